package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// consumerTry is how long the first try to make a consumer may take among several
// nodes: it may be given to one that has only just started. The next tries may
// take longer.
const consumerTry = 500 * time.Millisecond

// errFilled is the end of a request because the next message is too long for it.
var errFilled = errors.New("the next message is too much for one request")

// consumer is one of the server's, which passes many messages for half of what
// asking for them directly costs. It keeps nothing, and ends by itself when
// nobody asks it.
type consumer struct {
	log     *Log
	name    string // with the stream's
	pending uint64 // how many it had when it was made
	heard   bool   // it has answered
}

// consume makes a consumer, which end ends. Nothing has been read when it fails.
func (l *Log) consume(ctx context.Context, patience time.Duration, stream jetstream.Stream, cfg jetstream.ConsumerConfig) (*consumer, error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cfg.AckPolicy, cfg.MemoryStorage, cfg.InactiveThreshold = jetstream.AckNonePolicy, true, openTimeout
	made, err := stream.CreateConsumer(limited, cfg)
	if err != nil && (l.conn.broken() != nil || l.sharing != nil && limited.Err() != nil && ctx.Err() == nil) {
		return nil, fmt.Errorf("%w: %w", errNotSent, err) // see retries
	}
	if err != nil {
		return nil, err
	}
	info := made.CachedInfo()
	return &consumer{log: l, name: info.Stream + "." + info.Name, pending: info.NumPending}, nil
}

// end waits for no answer: if it is not heard, the consumer ends by itself.
func (c *consumer) end() {
	nc := &c.log.conn.requests
	_ = nc.PublishRequest("$JS.API.CONSUMER.DELETE."+c.name, nc.NewInbox(), nil)
}

// batch passes the next messages, up to size and up to the sequence until, and
// says whether there are more. A consumer on another node can be asked a moment
// after it was made.
func (c *consumer) batch(ctx context.Context, size int, until uint64, fn func(message)) (more bool, err error) {
	for pause := firstPause; ; pause *= 2 {
		more, err = c.ask(ctx, size, until, fn)
		unknown := errors.Is(err, errNoStream) && !c.heard
		if !unknown || pause > longestPause || !wait(ctx, pause) {
			c.heard = true
			return more, err
		}
	}
}

func (c *consumer) ask(ctx context.Context, size int, until uint64, fn func(message)) (more bool, err error) {
	left := size
	request := fmt.Appendf(nil, `{"batch":%d,"max_bytes":%d,"no_wait":true}`, left, 2*maxPayload)
	err = c.log.ask(ctx, "$JS.API.CONSUMER.MSG.NEXT."+c.name, request, left, func(m *nats.Msg) (bool, error) {
		if status := m.Header.Get("Status"); status != "" {
			more = false
			return false, endOfRequest(m, status)
		}
		got, pending, err := parseDelivered(m)
		if err != nil {
			return false, err
		}
		if got.seq <= until {
			fn(got)
		}
		left--
		more = got.seq < until && pending
		return more && left > 0, nil
	})
	return more, err
}

// endOfRequest is why a request has ended, nil if there is nothing more.
func endOfRequest(m *nats.Msg, status string) error {
	switch description := m.Header.Get("Description"); {
	case status == "404", status == "408":
		return nil
	case status == "409" && strings.Contains(description, "MaxBytes"):
		return errFilled
	case status == "503":
		return errNoStream
	default:
		return fmt.Errorf("%w: %s %s", ErrUnavailable, status, description)
	}
}

// parseDelivered reads what a consumer has sent, and whether it has more.
func parseDelivered(m *nats.Msg) (got message, more bool, err error) {
	meta, err := m.Metadata()
	if err != nil {
		return message{}, false, fmt.Errorf("sequence: %w", err)
	}
	after, err := decidedOn(m.Header)
	if err != nil {
		return message{}, false, fmt.Errorf("entry %d: %w", meta.Sequence.Stream, err)
	}
	got = message{subject: m.Subject, seq: meta.Sequence.Stream, after: after, at: meta.Timestamp, data: m.Data}
	return got, meta.NumPending > 0, nil
}

// stream passes all messages from a sequence up to another to fn.
func (l *Log) stream(ctx context.Context, stream jetstream.Stream, from, until uint64, fn func(message)) error {
	patience := requestTimeout
	if l.sharing != nil {
		patience = consumerTry
	}
	for r := (retries{}); from <= until; patience = min(2*patience, requestTimeout) {
		err := l.tryStream(ctx, patience, stream, from, until, func(m message) {
			from = m.seq + 1
			fn(m)
		})
		if err == nil || !r.again(ctx, l, err) {
			return err
		}
	}
	return nil
}

func (l *Log) tryStream(ctx context.Context, patience time.Duration, stream jetstream.Stream, from, until uint64, fn func(message)) error {
	c, err := l.consume(ctx, patience, stream, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   from,
	})
	if err != nil {
		return err
	}
	defer c.end()
	for more := true; more; {
		more, err = c.batch(ctx, streamBatch, until, fn)
		if errors.Is(err, errFilled) {
			more, err = true, nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
