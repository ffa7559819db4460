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

// record is one entry of the log: what one command did.
type record struct {
	// Change is random for each command. It tells an entry from another that was stored under the same sequence before a power cut lost the tail of the log.
	Change string        `json:"change"`
	Events []poker.Event `json:"events"`
}

func newRecord(events []poker.Event) record {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], rand.Uint64()) // nothing that must not be guessed
	return record{Change: base64.RawURLEncoding.EncodeToString(b[:]), Events: events}
}

// appendJSON appends the record as one entry of the log.
func (r record) appendJSON(b []byte) ([]byte, error) {
	b = append(b, `{"change":"`...)
	b = append(b, r.Change...)
	b = append(b, `","events":[`...)
	for i, e := range r.Events {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = e.AppendJSON(b); err != nil {
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

// position is where an event stands in a session's log: its id in streams is made of it.
type position struct {
	seq    uint64 // of the record
	index  int    // of the event in the record
	change string // the record's
}

func (p position) before(q position) bool {
	return p.seq < q.seq || p.seq == q.seq && p.index < q.index
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
