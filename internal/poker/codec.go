package poker

import (
	"encoding/json"
	"fmt"
	"time"
)

// Unknown is the payload of an event whose kind this version does not know: it changes nothing but the session's life, so that an old version can read a newer log.
type Unknown struct {
	Name string          // its kind
	Data json.RawMessage // what was stored
}

// Kind returns the name under which the event was stored.
func (p Unknown) Kind() string { return p.Name }

// MarshalJSON returns what was stored; null if that was nothing.
func (p Unknown) MarshalJSON() ([]byte, error) { return p.Data.MarshalJSON() }

func (p Unknown) apply(*Session, time.Time) {}

// The names under which the payloads are stored.

func (SessionCreated) Kind() string          { return "session_created" }
func (ParticipantJoined) Kind() string       { return "participant_joined" }
func (ParticipantReturned) Kind() string     { return "participant_returned" }
func (ParticipantPresent) Kind() string      { return "participant_present" }
func (ParticipantVouched) Kind() string      { return "participant_vouched" }
func (ParticipantDisconnected) Kind() string { return "participant_disconnected" }
func (ParticipantLeft) Kind() string         { return "participant_left" }
func (ScrumMasterChanged) Kind() string      { return "scrum_master_changed" }
func (PauseBegan) Kind() string              { return "pause_began" }
func (GraceLapsed) Kind() string             { return "grace_lapsed" }
func (PauseEnded) Kind() string              { return "pause_ended" }
func (VotingStarted) Kind() string           { return "voting_started" }
func (VoteSubmitted) Kind() string           { return "vote_submitted" }
func (VoteRetracted) Kind() string           { return "vote_retracted" }
func (RevealScheduled) Kind() string         { return "reveal_scheduled" }
func (VotesRevealed) Kind() string           { return "votes_revealed" }
func (RoundCompleted) Kind() string          { return "round_completed" }
func (SessionExtended) Kind() string         { return "session_extended" }
func (SessionExpired) Kind() string          { return "session_expired" }

// decoders knows every kind that this version can read.
var decoders = map[string]func([]byte) (Payload, error){}

func init() {
	known[SessionCreated]()
	known[ParticipantJoined]()
	known[ParticipantReturned]()
	known[ParticipantPresent]()
	known[ParticipantVouched]()
	known[ParticipantDisconnected]()
	known[ParticipantLeft]()
	known[ScrumMasterChanged]()
	known[PauseBegan]()
	known[GraceLapsed]()
	known[PauseEnded]()
	known[VotingStarted]()
	known[VoteSubmitted]()
	known[VoteRetracted]()
	known[RevealScheduled]()
	known[VotesRevealed]()
	known[RoundCompleted]()
	known[SessionExtended]()
	known[SessionExpired]()
}

func known[P Payload]() {
	var zero P
	decoders[zero.Kind()] = func(data []byte) (Payload, error) {
		var p P
		err := json.Unmarshal(data, &p)
		return p, err
	}
}

// storedEvent is the JSON of an event in the log.
type storedEvent struct {
	Kind      string          `json:"kind"`
	At        time.Time       `json:"at"`
	ExpiresAt time.Time       `json:"expires_at"`
	Activity  bool            `json:"activity,omitempty"`
	Data      json.RawMessage `json:"data"`
}

// MarshalJSON returns the form in which the event is stored.
func (e Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil) }

// AppendJSON appends the form in which the event is stored. It is on the path of every command, and spares it the detour that json.Marshal takes over MarshalJSON.
func (e Event) AppendJSON(b []byte) ([]byte, error) {
	b, err := appendKind(append(b, `{"kind":`...), e.Payload.Kind())
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	b = append(b, `,"at":"`...)
	b = e.At.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","expires_at":"`...)
	b = e.ExpiresAt.AppendFormat(b, time.RFC3339Nano)
	b = append(b, '"')
	if e.Activity {
		b = append(b, `,"activity":true`...)
	}
	b = append(b, `,"data":`...)
	if b, err = appendPayload(b, e.Payload); err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.Payload.Kind(), err)
	}
	return append(b, '}'), nil
}

// appendPayload appends what json.Marshal makes of a payload. A vote, which is nearly every one, needs no reflection.
func appendPayload(b []byte, p Payload) ([]byte, error) {
	if v, ok := p.(VoteSubmitted); ok && needsNoEscape(v.UserID) && needsNoEscape(v.Value) {
		b = append(append(b, `{"user_id":"`...), v.UserID...)
		b = append(append(b, `","value":"`...), v.Value...)
		return append(b, `"}`...), nil
	}
	data, err := json.Marshal(p)
	return append(b, data...), err
}

// needsNoEscape reports whether JSON has a text as it is.
func needsNoEscape(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}

// appendKind quotes a kind. Ours need no escaping.
func appendKind(b []byte, kind string) ([]byte, error) {
	if _, ours := decoders[kind]; ours {
		return append(append(append(b, '"'), kind...), '"'), nil
	}
	quoted, err := json.Marshal(kind)
	return append(b, quoted...), err
}

// UnmarshalJSON reads a stored event. A kind that is not known becomes an Unknown payload; a known kind whose data does not fit is an error.
func (e *Event) UnmarshalJSON(b []byte) error {
	var stored storedEvent
	if err := json.Unmarshal(b, &stored); err != nil {
		return fmt.Errorf("decode event: %w", err)
	}
	*e = Event{At: stored.At, ExpiresAt: stored.ExpiresAt, Activity: stored.Activity}
	decode, ok := decoders[stored.Kind]
	if !ok {
		e.Payload = Unknown{Name: stored.Kind, Data: stored.Data}
		return nil
	}
	p, err := decode(stored.Data)
	if err != nil {
		return fmt.Errorf("decode event %s: %w", stored.Kind, err)
	}
	e.Payload = p
	return nil
}
