package poker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Unknown is the payload of an event whose kind this version does not know: it changes nothing but the session's life, so that an old version can read a newer log.
type Unknown struct {
	Name string          // its kind
	Data json.RawMessage // what was stored
}

// MarshalJSON returns what was stored; null if that was nothing.
func (p Unknown) MarshalJSON() ([]byte, error) { return p.Data.MarshalJSON() }

func (p Unknown) apply(*Session, time.Time) {}

// kind is one kind of event: the name under which its payload is stored, which never changes its meaning, and how to read it.
type kind struct {
	name   string
	decode func([]byte) (Payload, error)
	plain  func(*plainReader) Payload // nil, or decode for what this version writes, without reflection
}

// kinds are all that this version can read and write. A payload that is missing here cannot be stored.
var kinds = []kind{
	of[SessionCreated]("session_created"),
	of[ParticipantJoined]("participant_joined"),
	of[CredentialIssued]("credential_issued"),
	of[ParticipantReturned]("participant_returned"),
	of[ParticipantPresent]("participant_present"),
	of[StreamsClosed]("streams_closed"),
	of[ParticipantVouched]("participant_vouched"),
	of[ParticipantDisconnected]("participant_disconnected"),
	of[ParticipantLeft]("participant_left"),
	of[ScrumMasterChanged]("scrum_master_changed"),
	of[RoleChanged]("role_changed"),
	of[FacilitatorChanged]("facilitator_changed"),
	of[SettingsChanged]("settings_changed"),
	of[GraceBegan]("grace_began"),
	of[DeckChanged]("deck_changed"),
	of[SeatLinkIssued]("seat_link_issued"),
	of[SeatLinkUsed]("seat_link_used"),
	of[TimerSet]("timer_set"),
	of[Nudged]("nudged"),
	of[StoriesAdded]("stories_added"),
	of[StoryChanged]("story_changed"),
	of[StoryMoved]("story_moved"),
	of[StoryRemoved]("story_removed"),
	of[FileImported]("file_imported"),
	of[FileDropped]("file_dropped"),
	of[PauseBegan]("pause_began"),
	of[ProfileChanged]("profile_changed"),
	of[GraceLapsed]("grace_lapsed"),
	of[PauseEnded]("pause_ended"),
	of[VotingStarted]("voting_started").plainly(plainStarted),
	of[VoteSubmitted]("vote_submitted").plainly(plainVote),
	of[VoteRetracted]("vote_retracted"),
	of[RevealScheduled]("reveal_scheduled"),
	of[VotesRevealed]("votes_revealed").plainly(plainRevealed),
	of[RoundCompleted]("round_completed").plainly(plainCompleted),
	of[SessionExtended]("session_extended"),
	of[SessionRecovered]("session_recovered"),
	of[SessionExpired]("session_expired"),
}

var (
	kindsByName = map[string]kind{}
	kindNames   = map[reflect.Type]string{}
)

func of[P Payload](name string) kind {
	kindNames[reflect.TypeFor[P]()] = name
	return kind{name: name, decode: func(data []byte) (Payload, error) {
		var p P
		err := json.Unmarshal(data, &p)
		return p, err
	}}
}

// plainly is the kind with a quicker way to read it.
func (k kind) plainly(read func(*plainReader) Payload) kind {
	k.plain = read
	return k
}

func init() {
	for _, k := range kinds {
		kindsByName[k.name] = k
	}
}

// Kind returns the name under which a payload is stored. Empty: it is none of the kinds.
func Kind(p Payload) string {
	if u, ok := p.(Unknown); ok {
		return u.Name
	}
	return kindNames[reflect.TypeOf(p)]
}

// Kinds returns the names of all kinds of events.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// storedEvent is the JSON of an event in the log.
type storedEvent struct {
	Kind      string          `json:"kind"`
	At        time.Time       `json:"at"`
	ExpiresAt time.Time       `json:"expires_at"`
	Activity  bool            `json:"activity,omitempty"`
	Key       Key             `json:"key,omitzero"`
	Data      json.RawMessage `json:"data"`
}

// MarshalJSON returns the form in which the event is stored.
func (e Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil) }

// AppendJSON appends the form in which the event is stored. It is on the path of every command, and spares it the detour that json.Marshal takes over MarshalJSON.
func (e Event) AppendJSON(b []byte) ([]byte, error) {
	name := Kind(e.Payload)
	if _, unknown := e.Payload.(Unknown); name == "" && !unknown {
		return nil, fmt.Errorf("encode event: %T is none of the kinds", e.Payload)
	}
	b, err := appendKind(append(b, `{"kind":`...), name)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", name, err)
	}
	b = append(b, `,"at":"`...)
	b = appendTime(b, e.At)
	b = append(b, `","expires_at":"`...)
	b = appendTime(b, e.ExpiresAt)
	b = append(b, '"')
	if e.Activity {
		b = append(b, `,"activity":true`...)
	}
	if e.Key.ID != "" {
		b = appendKey(append(b, `,"key":`...), e.Key)
	}
	b = append(b, `,"data":`...)
	if b, err = appendPayload(b, e.Payload); err != nil {
		return nil, fmt.Errorf("encode event %s: %w", name, err)
	}
	return append(b, '}'), nil
}

// appendTime appends a time as encoding/json writes it. Those of events are in UTC and in whole milliseconds, and package time takes as long for the fraction as for the rest.
func appendTime(b []byte, t time.Time) []byte {
	ns := t.Nanosecond()
	if t.Location() != time.UTC || ns%int(time.Millisecond) != 0 {
		return t.AppendFormat(b, time.RFC3339Nano)
	}
	b = t.AppendFormat(b, time.RFC3339)
	if ns == 0 {
		return b
	}
	ms := ns / int(time.Millisecond)
	b = append(b[:len(b)-len("Z")], '.', '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10))
	return append(bytes.TrimRight(b, "0"), 'Z')
}

// plain are the bytes that JSON has as they are.
var plain = func() (plain [256]bool) {
	for c := ' '; c <= '~'; c++ {
		plain[c] = !strings.ContainsRune(`"\<>&`, c)
	}
	return plain
}()

// AppendText appends a text as encoding/json writes it: itself between quotes, unless something in it needs care.
func AppendText(b []byte, text string) []byte {
	if !needsNoEscape(text) {
		quoted, _ := json.Marshal(text) // a text always has one
		return append(b, quoted...)
	}
	b = slices.Grow(b, len(text)+2)
	return append(append(append(b, '"'), text...), '"')
}

// needsNoEscape reports whether JSON has a text as it is.
func needsNoEscape(text string) bool {
	for i := range len(text) {
		if !plain[text[i]] {
			return false
		}
	}
	return true
}

// appendKind quotes a kind. Those of this version need no escaping.
func appendKind(b []byte, kind string) ([]byte, error) {
	if _, known := kindsByName[kind]; known {
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
	*e = Event{At: stored.At, ExpiresAt: stored.ExpiresAt, Activity: stored.Activity, Key: stored.Key}
	k, ok := kindsByName[stored.Kind]
	if !ok {
		e.Payload = Unknown{Name: stored.Kind, Data: stored.Data}
		return nil
	}
	p, err := k.decode(stored.Data)
	if err != nil {
		return fmt.Errorf("decode event %s: %w", stored.Kind, err)
	}
	e.Payload = p
	return nil
}
