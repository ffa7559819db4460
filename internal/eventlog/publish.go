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
	codeWrongLast   = 10071
	codeInFlight    = 10164
	codeNotReady    = 10163
	codeStoreFailed = 10077 // also for a limit that is reached
)

const expectedHeader = "Nats-Expected-Last-Subject-Sequence"

// publish is one try: it sends a message and waits for its acknowledgement.
func (l *Log) publish(ctx context.Context, subj string, after uint64, data []byte, patience time.Duration, extra nats.Header) (uint64, error) {
	if err := l.conn.writable(ctx); err != nil {
		return 0, err
	}
	s, err := l.senders.take()
	if err != nil {
		return 0, err
	}
	s.lost = l.conn.appends.lost()
	got := s.send(ctx, l.conn.appends.Conn, subj, after, data, patience, extra)
	l.senders.put(s, got.err)
	return got.seq, got.err
}

// ack is how a try ended.
type ack struct {
	seq uint64
	err error
}

func parseAck(m *nats.Msg) ack {
	if len(m.Data) == 0 { // no stream listens, or none has a leader
		return ack{err: errNoStream}
	}
	if seq, ok := plainAck(m.Data); ok {
		return ack{seq: seq}
	}
	var answer struct {
		Seq   uint64 `json:"seq"`
		Error *struct {
			Code        int    `json:"err_code"`
			Description string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return ack{err: fmt.Errorf("%w that can be read: %w", errDoubtful, err)}
	}
	if answer.Error == nil {
		return ack{seq: answer.Seq}
	}
	return ack{err: refusal(answer.Error.Code, answer.Error.Description)}
}

func refusal(code int, description string) error {
	switch code {
	case codeWrongLast:
		return conflict(description)
	case codeInFlight, codeNotReady:
		return errInFlight
	case codeStoreFailed:
		if strings.HasPrefix(description, "maximum ") {
			return ErrFull
		}
		return fmt.Errorf("%w that says what was stored: %s", errDoubtful, description)
	}
	return fmt.Errorf("%w: refused: %s (%d)", ErrUnavailable, description, code)
}

// conflict reads the subject's last sequence from "wrong last sequence: 7".
func conflict(description string) error {
	text := description[strings.LastIndexByte(description, ' ')+1:]
	last, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		last = 0
	}
	return &ConflictError{Last: last}
}

// plainAck reads the acknowledgement as a lone server writes it, without the
// cost of a JSON decoder. What looks otherwise is left to that.
func plainAck(data []byte) (seq uint64, ok bool) {
	const head = `{"stream":"` + sessionsStream + `","seq":`
	if len(data) <= len(head)+1 || string(data[:len(head)]) != head || data[len(data)-1] != '}' {
		return 0, false
	}
	seq, err := strconv.ParseUint(string(data[len(head):len(data)-1]), 10, 64)
	return seq, err == nil
}
