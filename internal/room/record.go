package room

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/magnapp/magnapp/internal/poker"
)

// record is one entry of the log: what one command did, or a snapshot of the state, from which on the session can be read.
type record struct {
	head
	Events []poker.Event
	State  *poker.Session // a snapshot's
}

// head is the beginning of a record.
type head struct {
	// Change is random for each record. It tells an entry from another that was stored under the same sequence before a power cut lost the tail of the log.
	Change string
	// Base is the sequence of the session's latest snapshot before this entry; 0 if there is none.
	Base uint64
	// Last, of a snapshot, is the id of the last event that clients were sent.
	Last string
	// Snapshot says that the record holds the state.
	Snapshot bool
}

func newChange() string {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], rand.Uint64()) // nothing that must not be guessed
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// A record is a JSON object whose first members are its head, so that a start can tell from the beginning of an entry what else there is to read.
func (h head) append(b []byte) []byte {
	b = append(b, `{"change":"`...)
	b = append(append(b, h.Change...), '"')
	if h.Base > 0 {
		b = strconv.AppendUint(append(b, `,"base":`...), h.Base, 10)
	}
	if h.Snapshot {
		b = append(append(append(b, `,"last":"`...), h.Last...), '"')
	}
	return b
}

// appendRecord appends a record of what a command did, as one entry of the log.
func appendRecord(b []byte, change string, base uint64, steps []poker.Step) ([]byte, error) {
	b = append(head{Change: change, Base: base}.append(b), `,"events":[`...)
	for i, step := range steps {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = step.Event.AppendJSON(b); err != nil {
			return nil, fmt.Errorf("encode record: %w", err)
		}
	}
	return append(b, "]}"...), nil
}

// appendSnapshot appends a record with the whole state.
func appendSnapshot(b []byte, h head, s *poker.Session) ([]byte, error) {
	h.Snapshot = true
	b, err := s.AppendStored(append(h.append(b), `,"state":`...))
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return append(b, '}'), nil
}

func decodeRecord(data []byte) (record, error) {
	h, body, err := headOf(data)
	if err != nil {
		return record{}, err
	}
	r := record{head: h}
	if h.Snapshot {
		r.State, err = poker.DecodeStored(body)
	} else {
		r.Events, err = poker.DecodeEvents(body)
	}
	if err != nil {
		return record{}, fmt.Errorf("decode record: %w", err)
	}
	return r, nil
}

// headOf reads the head of a record, and returns the value of its last member, the events or the state, undecoded.
func headOf(data []byte) (h head, body []byte, err error) {
	if h, body, ok := plainHead(data); ok {
		return h, body, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return head{}, nil, fmt.Errorf("decode record: %w", err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return head{}, nil, fmt.Errorf("decode record: %w", err)
		}
		switch name {
		case "change":
			err = d.Decode(&h.Change)
		case "base":
			err = d.Decode(&h.Base)
		case "last":
			err = d.Decode(&h.Last)
		case "events", "state":
			h.Snapshot = name == "state"
			rest := bytes.TrimSuffix(data[d.InputOffset():], []byte("}"))
			return h, bytes.TrimPrefix(rest, []byte(":")), nil
		default: // of a later version
			err = d.Decode(new(json.RawMessage))
		}
		if err != nil {
			return head{}, nil, fmt.Errorf("decode record: %w", err)
		}
	}
	return head{}, nil, errors.New("decode record: there is nothing in it")
}

// plainHead reads the head of a record as this version writes it, without the cost of a decoder: among several, each node reads what the others store. What looks otherwise is left to that.
func plainHead(data []byte) (h head, body []byte, ok bool) {
	rest := data
	if h.Change, ok = plainText(&rest, `{"change":"`); !ok {
		return head{}, nil, false
	}
	if after, found := bytes.CutPrefix(rest, []byte(`,"base":`)); found {
		digits := bytes.IndexByte(after, ',')
		base, err := strconv.ParseUint(string(after[:max(digits, 0)]), 10, 64)
		if err != nil {
			return head{}, nil, false
		}
		h.Base, rest = base, after[digits:]
	}
	if last, found := plainText(&rest, `,"last":"`); found {
		h.Last = last
	}
	if body, h.Snapshot = bytes.CutPrefix(rest, []byte(`,"state":`)); !h.Snapshot {
		if body, ok = bytes.CutPrefix(rest, []byte(`,"events":`)); !ok {
			return head{}, nil, false
		}
	}
	return h, bytes.TrimSuffix(body, []byte("}")), true
}

// plainText takes a string of plain letters, digits and signs from the beginning of b, after what has to precede it.
func plainText(b *[]byte, before string) (text string, ok bool) {
	rest, ok := bytes.CutPrefix(*b, []byte(before))
	if !ok {
		return "", false
	}
	end := bytes.IndexByte(rest, '"')
	if end < 0 || bytes.ContainsFunc(rest[:end], func(r rune) bool { return r < ' ' || r > '~' || r == '\\' }) {
		return "", false
	}
	*b = rest[end+1:]
	return string(rest[:end]), true
}

// steps folds the events of a record.
func (r record) steps(state *poker.Session) []poker.Step {
	steps := make([]poker.Step, len(r.Events))
	for i, e := range r.Events {
		state = poker.Fold(state, e)
		steps[i] = poker.Step{Event: e, Session: state}
	}
	return steps
}

// position is where an event stands in a session's log: its id in streams is made of it.
type position struct {
	seq    uint64 // of the record
	index  int    // of the event in the record
	change string // the record's
}

// String returns the id of the event in streams.
func (p position) String() string {
	b := make([]byte, 0, 40)
	b = strconv.AppendUint(b, p.seq, 10)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(p.index), 10)
	b = append(b, '.')
	return string(append(b, p.change...))
}

// parsePosition reads an id back; false if no id of ours looks like it.
func parsePosition(id string) (position, bool) {
	seq, rest, ok1 := strings.Cut(id, ".")
	index, change, ok2 := strings.Cut(rest, ".")
	n, err1 := strconv.ParseUint(seq, 10, 64)
	i, err2 := strconv.ParseUint(index, 10, 31)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || change == "" {
		return position{}, false
	}
	p := position{seq: n, index: int(i), change: change}
	return p, p.String() == id
}
