package room

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/magnapp/magnapp/internal/poker"
)

// record is one entry of the log: what one command did, or a snapshot of the state, from which on the session can be read.
type record struct {
	// Change is random for each record. It tells an entry from another that was stored under the same sequence before a power cut lost the tail of the log.
	Change string `json:"change"`
	// Base is the sequence of the session's latest snapshot before this entry; 0 if there is none.
	Base   uint64        `json:"base,omitempty"`
	Events []poker.Event `json:"events,omitempty"`

	// State and Last are a snapshot's: the state, and the id of the last event that clients were sent.
	State *poker.Session `json:"state,omitempty"`
	Last  string         `json:"last,omitempty"`
}

func newChange() string {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], rand.Uint64()) // nothing that must not be guessed
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// appendRecord appends a record of what a command did, as one entry of the log.
func appendRecord(b []byte, change string, base uint64, steps []poker.Step) ([]byte, error) {
	b = append(b, `{"change":"`...)
	b = append(append(b, change...), '"')
	if base > 0 {
		b = strconv.AppendUint(append(b, `,"base":`...), base, 10)
	}
	b = append(b, `,"events":[`...)
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

func decodeRecord(data []byte) (record, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return record{}, fmt.Errorf("decode record: %w", err)
	}
	return r, nil
}

// head is what a record says of itself.
type head struct {
	base     uint64
	snapshot bool
}

// headOf reads the head of a record without decoding all of it.
func headOf(data []byte) (head, error) {
	var r struct {
		Base  uint64 `json:"base"`
		State marker `json:"state"`
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return head{}, fmt.Errorf("decode record: %w", err)
	}
	return head{base: r.Base, snapshot: bool(r.State)}, nil
}

// marker is true if there is a value, whatever it is.
type marker bool

// UnmarshalJSON notes the value.
func (m *marker) UnmarshalJSON([]byte) error {
	*m = true
	return nil
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
