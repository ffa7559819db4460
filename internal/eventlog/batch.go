package eventlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	sessionBatch = 256 // messages of one session
	streamBatch  = 4096
	batchBytes   = 4 << 20
)

// query says which messages of a stream to read, as the server wants it.
type query struct {
	stream string
	Seq    uint64   `json:"seq,omitempty"`          // from this on
	Filter string   `json:"next_by_subj,omitempty"` // a subject
	LastOf []string `json:"multi_last,omitempty"`   // instead: only the last of each of these subjects
	UpTo   uint64   `json:"up_to_seq,omitempty"`    // with LastOf: as it was at this sequence
	Batch  int      `json:"batch,omitempty"`        // as many and no more; 0: in batches, to the end
	Bytes  int      `json:"max_bytes"`
}

// message is a message as it is stored.
type message struct {
	subject string
	seq     uint64
	after   uint64 // what it was decided on
	at      time.Time
	data    []byte
}

// ofSession returns the entry that a message is; false for a node's mark.
func (m message) ofSession() (Entry, bool) {
	if !strings.HasPrefix(m.subject, sessionPrefix) {
		return Entry{}, false
	}
	return m.entry(), true
}

func (m message) entry() Entry {
	return Entry{Session: m.subject[len(sessionPrefix):], Seq: m.seq, After: m.after, Data: m.data}
}

// read asks for what q names in batches, one after another, until there is no
// more or fn returns false. What a broken connection cost it asks for again,
// within the time for retries.
func (l *Log) read(ctx context.Context, q query, fn func(message) bool) error {
	for more := true; more; {
		if l.isClosed() {
			return ErrClosed
		}
		var err error
		if more, err = l.readBatch(ctx, &q, fn); err != nil {
			return fmt.Errorf("read stream %s: %w", q.stream, err)
		}
	}
	return nil
}

// readBatch passes one batch to fn, moves q behind it and says whether there is
// more.
func (l *Log) readBatch(ctx context.Context, q *query, fn func(message) bool) (more bool, err error) {
	for r := (retries{}); ; {
		more, err = l.conn.fetch(ctx, l, *q, func(m message) bool {
			q.Seq = m.seq + 1
			return fn(m)
		})
		if err == nil || !r.again(ctx, l, err) {
			return more, err
		}
	}
}

// directBatch asks any server that has the stream, and says whether there is
// more. The answer comes to an inbox: the messages, and then one without data.
func (l *Log) directBatch(ctx context.Context, q query, fn func(message) bool) (more bool, err error) {
	single := q.Batch > 0
	if !single && q.LastOf == nil {
		q.Batch = sessionBatch
	}
	q.Bytes = batchBytes
	ask, err := json.Marshal(q)
	if err != nil {
		return false, err
	}
	size := max(q.Batch, len(q.LastOf))
	err = l.ask(ctx, "$JS.API.DIRECT.GET."+q.stream, ask, size, func(m *nats.Msg) (bool, error) {
		if status := m.Header.Get("Status"); status != "" {
			more, err = endOfBatch(m, status)
			return false, err
		}
		got, err := parseMessage(m)
		return err == nil && fn(got), err
	})
	return more && !single, err
}

// ask sends a request and passes the answers, up to size and one more, to fn
// until that returns false.
func (l *Log) ask(ctx context.Context, subj string, request []byte, size int, fn func(*nats.Msg) (bool, error)) error {
	lost := l.conn.requests.lost()
	inbox, answers := l.conn.requests.NewInbox(), make(chan *nats.Msg, size+1)
	sub, err := l.conn.requests.ChanSubscribe(inbox, answers)
	if err != nil {
		return notSent(err)
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is gone
	if err := l.conn.requests.PublishRequest(subj, inbox, request); err != nil {
		return notSent(err)
	}
	timeout := time.NewTimer(requestTimeout)
	defer timeout.Stop()
	for goOn := true; goOn && err == nil; {
		timeout.Reset(requestTimeout)
		select {
		case m := <-answers:
			if goOn, err = fn(m); ctx.Err() != nil {
				return ctx.Err()
			}
		case <-lost:
			return fmt.Errorf("%w: connection lost", errDoubtful)
		case <-timeout.C:
			return fmt.Errorf("%w: no answer within %v", ErrUnavailable, requestTimeout)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func endOfBatch(m *nats.Msg, status string) (more bool, err error) {
	switch status {
	case "404": // nothing, or nothing more
		return false, nil
	case "204": // the end of the batch
		return m.Header.Get("Nats-Num-Pending") != "0", nil
	case "503":
		return false, errNoStream
	}
	return false, fmt.Errorf("%w: %s %s", ErrUnavailable, status, m.Header.Get("Description"))
}

func parseMessage(m *nats.Msg) (message, error) {
	got, err := parseRepublished(m)
	if err == nil {
		got.at, err = time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp"))
	}
	if err != nil {
		return message{}, fmt.Errorf("message %d: %w", got.seq, err)
	}
	return got, nil
}

// parseRepublished is parseMessage without the time, which nobody asks of what
// is followed.
func parseRepublished(m *nats.Msg) (message, error) {
	seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return message{}, fmt.Errorf("sequence: %w", err)
	}
	after, err := decidedOn(m.Header)
	if err != nil {
		return message{}, fmt.Errorf("entry %d: %w", seq, err)
	}
	return message{subject: m.Header.Get("Nats-Subject"), seq: seq, after: after, data: m.Data}, nil
}

// decidedOn reads which sequence a message was decided on.
func decidedOn(header nats.Header) (uint64, error) {
	text := header.Get(expectedHeader)
	if text == "" {
		return 0, nil
	}
	after, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("what it was decided on: %w", err)
	}
	return after, nil
}
