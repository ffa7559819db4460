package eventlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	sessionBatch = 256 // messages of one session
	streamBatch  = 4096
	batchBytes   = 4 << 20
)

// Load returns the session's entries with sequences above after, in order. It
// returns none if there are none, and an ErrUnavailable if it cannot read.
// Among many sessions' entries this costs up to a millisecond per entry:
// Replay is the way to read all.
func (l *Log) Load(ctx context.Context, session string, after uint64) ([]Entry, error) {
	entries, err := l.load(ctx, session, after, 0)
	if err != nil {
		return nil, l.unavailable("load session", session, err)
	}
	return entries, nil
}

func (l *Log) load(ctx context.Context, session string, after uint64, limit int) (entries []Entry, err error) {
	subj, err := subject(sessionPrefix, session)
	if err != nil {
		return nil, err
	}
	q := query{stream: sessionsStream, filter: subj, after: after, limit: limit}
	err = l.read(ctx, q, func(m message) {
		entries = append(entries, Entry{Session: session, Seq: m.seq, Data: m.data})
	})
	return entries, err
}

// Replay passes every stored entry of every session to fn, in the order they
// were stored, up to the end as it is at the call. It returns the sequence of
// that end (0: nothing was ever stored), which is where Follow goes on.
func (l *Log) Replay(ctx context.Context, fn func(Entry)) (last uint64, err error) {
	info, err := l.sessions.Info(ctx)
	if err != nil {
		return 0, l.unavailable("replay", "all sessions", err)
	}
	last = info.State.LastSeq
	q := query{stream: sessionsStream, until: last}
	err = l.read(ctx, q, func(m message) {
		fn(Entry{Session: m.subject[len(sessionPrefix):], Seq: m.seq, Data: m.data})
	})
	if err != nil {
		return 0, l.unavailable("replay", "all sessions", err)
	}
	return last, nil
}

// query says which messages of a stream to read.
type query struct {
	stream string
	filter string // a subject; "" is all
	after  uint64 // sequences above this
	until  uint64 // up to and with this; 0 is the end
	limit  int    // 0 is no limit
}

// message is a message as it is stored.
type message struct {
	subject string
	seq     uint64
	at      time.Time
	data    []byte
}

// read asks for what q names in batches, one after another. What a broken
// connection cost it asks for again, within retryTimeout.
func (l *Log) read(ctx context.Context, q query, fn func(message)) error {
	for next := q.after + 1; next != 0 && (q.until == 0 || next <= q.until); {
		if l.isClosed() {
			return ErrClosed
		}
		var err error
		if next, err = l.readBatch(ctx, q, next, fn); err != nil {
			return fmt.Errorf("read stream %s: %w", q.stream, err)
		}
	}
	return nil
}

// readBatch passes one batch to fn and returns where the next begins, 0 if
// there is no more.
func (l *Log) readBatch(ctx context.Context, q query, next uint64, fn func(message)) (uint64, error) {
	pass := func(m message) {
		if next = m.seq + 1; q.until == 0 || m.seq <= q.until {
			fn(m)
		}
	}
	for r := (retries{}); ; {
		more, err := l.tryBatch(ctx, q, next, pass)
		if err == nil && more {
			return next, nil
		}
		if err == nil || !r.again(ctx, l, err) {
			return 0, err
		}
	}
}

// tryBatch asks once for the messages from next on, and says whether there are
// more. The answer comes to an inbox: the messages, and then one without data.
func (l *Log) tryBatch(ctx context.Context, q query, next uint64, fn func(message)) (more bool, err error) {
	lost := l.conn.lost()
	inbox, answers := l.conn.nc.NewInbox(), make(chan *nats.Msg, q.batch()+1)
	sub, err := l.conn.nc.ChanSubscribe(inbox, answers)
	if err != nil {
		return false, notSent(err)
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is gone
	if err := l.request(q, next, inbox); err != nil {
		return false, err
	}
	timeout := time.NewTimer(requestTimeout)
	defer timeout.Stop()
	for {
		timeout.Reset(requestTimeout)
		select {
		case m := <-answers:
			if status := m.Header.Get("Status"); status != "" {
				return q.endOfBatch(m, status)
			}
			got, err := parseMessage(m)
			if err != nil {
				return false, err
			}
			fn(got)
		case <-lost:
			return false, fmt.Errorf("%w: connection lost", errDoubtful)
		case <-timeout.C:
			return false, fmt.Errorf("%w: no answer within %v", ErrUnavailable, requestTimeout)
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

func (q query) batch() int {
	switch {
	case q.limit > 0:
		return q.limit
	case q.filter != "":
		return sessionBatch
	}
	return streamBatch
}

func (l *Log) request(q query, next uint64, inbox string) error {
	body, err := json.Marshal(map[string]any{
		"seq": next, "next_by_subj": q.filter, "batch": q.batch(), "max_bytes": batchBytes,
	})
	if err != nil {
		return err
	}
	return notSent(l.conn.nc.PublishRequest("$JS.API.DIRECT.GET."+q.stream, inbox, body))
}

func (q query) endOfBatch(m *nats.Msg, status string) (more bool, err error) {
	switch status {
	case "404": // nothing, or nothing more
		return false, nil
	case "204": // the end of the batch
		return m.Header.Get("Nats-Num-Pending") != "0" && q.limit == 0, nil
	case "503":
		return false, errNotSent
	}
	return false, fmt.Errorf("%w: %s %s", ErrUnavailable, status, m.Header.Get("Description"))
}

func parseMessage(m *nats.Msg) (message, error) {
	seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return message{}, fmt.Errorf("sequence: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp"))
	if err != nil {
		return message{}, fmt.Errorf("time of %d: %w", seq, err)
	}
	return message{
		subject: m.Header.Get("Nats-Subject"),
		seq:     seq,
		at:      at,
		data:    m.Data,
	}, nil
}
