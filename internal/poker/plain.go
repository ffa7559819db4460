package poker

import (
	"bytes"
	"encoding/json"
	"time"
)

// DecodeEvents reads a JSON array of stored events, as [Event.AppendJSON] writes them. The error is what is none, or a known kind whose data does not fit.
func DecodeEvents(b []byte) (events []Event, err error) {
	if events, ok := plainEvents(b); ok {
		return events, nil
	}
	err = json.Unmarshal(b, &events)
	return events, err
}

// plainEvents reads events as this version writes them. Each node of several reads what the others store, and a decoder goes through an event three times before it comes to the payload. What looks
// otherwise is left to that.
func plainEvents(b []byte) (events []Event, ok bool) {
	r := plainReader{rest: b, ok: true}
	r.skip(`[`)
	for more := true; more && r.ok; more = r.has(`,`) {
		events = append(events, r.event())
	}
	r.skip(`]`)
	return events, r.ok && len(r.rest) == 0
}

func (r *plainReader) event() (e Event) {
	r.skip(`{"kind":"`)
	kind, known := kindsByName[string(r.quoted())]
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
	data := r.object()
	r.skip(`}`)
	if r.ok = r.ok && known; r.ok {
		e.Payload, r.ok = kind.read(data)
	}
	return e
}

// read reads a payload. What is not as this version writes it, and what is seldom there, is read by reflection, which takes ten times as long.
func (k kind) read(data []byte) (Payload, bool) {
	if k.plain != nil {
		r := plainReader{rest: data, ok: true}
		if p := k.plain(&r); r.ok && len(r.rest) == 0 {
			return p, true
		}
	}
	p, err := k.decode(data)
	return p, err == nil
}

// The payloads that rounds consist of, which are nearly all.

func plainVote(r *plainReader) Payload {
	r.skip(`{"user_id":"`)
	vote := VoteSubmitted{UserID: r.text()}
	r.skip(`,"value":"`)
	vote.Value = r.text()
	r.skip(`}`)
	return vote
}

func plainRevealed(r *plainReader) Payload {
	r.skip(`{"round_id":"`)
	revealed := VotesRevealed{RoundID: r.text()}
	r.skip(`}`)
	return revealed
}

func plainCompleted(r *plainReader) Payload {
	r.skip(`{"round_id":"`)
	completed := RoundCompleted{RoundID: r.text()}
	r.skip(`,"estimate":`)
	if r.has(`"`) {
		estimate := r.text()
		completed.Estimate = &estimate
	} else {
		r.skip(`null`)
	}
	r.skip(`}`)
	return completed
}

func plainStarted(r *plainReader) Payload {
	r.skip(`{"round_id":"`)
	started := VotingStarted{RoundID: r.text()}
	if r.has(`,"topic":"`) {
		topic := r.text()
		started.Topic = &topic
	}
	if r.has(`,"story_id":"`) {
		started.StoryID = r.text()
	}
	if r.has(`,"ends_at":"`) {
		started.EndsAt = r.time()
	}
	started.Anonymous = r.has(`,"anonymous":true`)
	r.skip(`}`)
	return started
}

// appendPayload appends what json.Marshal makes of a payload. What rounds consist of, which is nearly all, needs no reflection.
func appendPayload(b []byte, p Payload) ([]byte, error) {
	switch p := p.(type) {
	case VoteSubmitted:
		b = AppendText(append(b, `{"user_id":`...), p.UserID)
		b = AppendText(append(b, `,"value":`...), p.Value)
		return append(b, '}'), nil
	case VotesRevealed:
		return append(AppendText(append(b, `{"round_id":`...), p.RoundID), '}'), nil
	case RoundCompleted:
		b = append(AppendText(append(b, `{"round_id":`...), p.RoundID), `,"estimate":`...)
		if p.Estimate == nil {
			return append(b, `null}`...), nil
		}
		return append(AppendText(b, *p.Estimate), '}'), nil
	case VotingStarted:
		return appendStarted(b, p), nil
	}
	data, err := json.Marshal(p)
	return append(b, data...), err
}

func appendStarted(b []byte, p VotingStarted) []byte {
	b = AppendText(append(b, `{"round_id":`...), p.RoundID)
	if p.Topic != nil {
		b = AppendText(append(b, `,"topic":`...), *p.Topic)
	}
	if p.StoryID != "" {
		b = AppendText(append(b, `,"story_id":`...), p.StoryID)
	}
	if !p.EndsAt.IsZero() {
		b = append(appendTime(append(b, `,"ends_at":"`...), p.EndsAt), '"')
	}
	if p.Anonymous {
		b = append(b, `,"anonymous":true`...)
	}
	return append(b, '}')
}

func appendKey(b []byte, k Key) []byte {
	b = AppendText(append(b, `{"id":`...), k.ID)
	b = AppendText(append(b, `,"body":`...), k.Body)
	if k.Ref != "" {
		b = AppendText(append(b, `,"ref":`...), k.Ref)
	}
	return append(b, '}')
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
	text := string(r.quoted())
	r.ok = r.ok && needsNoEscape(text)
	return text
}

// time takes a time, the first quotation mark of which has been taken.
func (r *plainReader) time() (t time.Time) {
	text := r.quoted()
	r.ok = r.ok && t.UnmarshalText(text) == nil
	return t
}

// quoted takes what comes up to the next quotation mark.
func (r *plainReader) quoted() []byte {
	text, rest, found := bytes.Cut(r.rest, []byte{'"'})
	r.rest, r.ok = rest, r.ok && found
	return text
}

// object takes a JSON object whole, without a look at what is in it.
func (r *plainReader) object() []byte {
	depth, quoted := 0, false
	for i := 0; i < len(r.rest); i++ {
		switch c := r.rest[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
		if depth == 0 {
			object := r.rest[:i+1]
			r.ok = r.ok && object[0] == '{'
			r.rest = r.rest[i+1:]
			return object
		}
	}
	r.ok, r.rest = false, nil
	return nil
}
