package poker

import (
	"bytes"
	"encoding/json"
	"time"
)

// DecodeEvents reads a JSON array of stored events, as [Event.AppendJSON] writes them. The error is what is none, or a known kind whose data does not fit.
func DecodeEvents(b []byte) (events []Event, err error) {
	if e, ok := plainEvent(b); ok {
		return []Event{e}, nil
	}
	err = json.Unmarshal(b, &events)
	return events, err
}

// plainEvent reads a single event as this version writes it. Nearly every entry of a log is one, each node of several reads those of the others, and a decoder goes through an event three times before
// it comes to the payload. What looks otherwise is left to that.
func plainEvent(b []byte) (e Event, ok bool) {
	r := plainReader{rest: b, ok: true}
	r.skip(`[{"kind":"`)
	kind, known := kindsByName[r.text()]
	r.skip(`,"at":"`)
	e.At = r.time()
	r.skip(`,"expires_at":"`)
	e.ExpiresAt = r.time()
	e.Activity = r.has(`,"activity":true`)
	if r.has(`,"key":{"id":"`) {
		e.Key.ID = r.text()
		r.skip(`,"body":"`)
		e.Key.Body = r.text()
		if r.has(`,"ref":"`) {
			e.Key.Ref = r.text()
		}
		r.skip(`}`)
	}
	r.skip(`,"data":`)
	data, single := bytes.CutSuffix(r.rest, []byte(`}]`))
	if !known || !r.ok || !single {
		return Event{}, false
	}
	if kind.name == voteKind {
		if e.Payload, ok = plainVote(data); ok {
			return e, true
		}
	}
	payload, err := kind.decode(data) // which refuses a second event behind the first
	e.Payload = payload
	return e, err == nil
}

// voteKind is that of nearly every event.
const voteKind = "vote_submitted"

// plainVote reads the payload of a vote as this version writes it: reflection takes ten times as long.
func plainVote(b []byte) (vote VoteSubmitted, ok bool) {
	r := plainReader{rest: b, ok: true}
	r.skip(`{"user_id":"`)
	vote.UserID = r.text()
	r.skip(`,"value":"`)
	vote.Value = r.text()
	r.skip(`}`)
	return vote, r.ok && len(r.rest) == 0
}

// plainReader takes apart what is in the one form in which it was written. ok tells in the end whether it was.
type plainReader struct {
	rest []byte
	ok   bool
}

// has takes what comes next, if it is that.
func (r *plainReader) has(next string) (found bool) {
	r.rest, found = bytes.CutPrefix(r.rest, []byte(next))
	return found
}

// skip takes what must come next.
func (r *plainReader) skip(next string) { r.ok = r.has(next) && r.ok }

// text takes a string without escapes, the first quotation mark of which has been taken.
func (r *plainReader) text() string {
	text, rest, found := bytes.Cut(r.rest, []byte{'"'})
	r.rest = rest
	value := string(text)
	r.ok = r.ok && found && needsNoEscape(value)
	return value
}

func (r *plainReader) time() time.Time {
	var t time.Time
	if text := r.text(); r.ok {
		r.ok = t.UnmarshalText([]byte(text)) == nil
	}
	return t
}
