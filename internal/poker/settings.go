package poker

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settings are what may be chosen for a session, in the form in which the log, the API and the page have it. The zero value is the default.
type Settings struct {
	// RevealCountdownSeconds is the time between asking for the reveal and the turning of the cards: 0 to MaxRevealCountdown, in seconds, with a fraction of whole milliseconds.
	RevealCountdownSeconds float64 `json:"reveal_countdown_seconds" doc:"Time between asking for the reveal and the turning of the cards, 0 to 10. May have a fraction."`
	// AutoReveal turns the cards as soon as every voter who is online has voted, at least two of them.
	AutoReveal bool `json:"auto_reveal" doc:"The cards turn as soon as every voter who is online has voted, at least two of them."`
	// RoundSeconds is how long each round's timer runs: 0 to MaxTimer, in seconds, with a fraction of whole milliseconds; 0 is no timer.
	RoundSeconds float64 `json:"round_seconds" doc:"How long each round's timer runs, 0 to 3,600; 0 is no timer. May have a fraction."`
	// TimerReveals turns the cards when the round's timer ends.
	TimerReveals bool `json:"timer_reveals" doc:"The cards turn when the round's timer ends."`
	// Anonymous rounds never show who played which card.
	Anonymous bool `json:"anonymous" doc:"After the reveal, votes name nobody's card. Rounds that were played so stay so."`
	// EveryoneMay are the actions that everybody in the session may do, besides those who run it.
	EveryoneMay Permissions `json:"everyone_may" enum:"start,reveal,accept,stories,timer" doc:"What everybody may do, and not only the Scrum Master and facilitators."`
	// Unlisted keeps the session out of the list of open sessions.
	Unlisted Unlisted `json:"listed" doc:"Whether the session is in the list of open sessions."`
	// Locked lets nobody join.
	Locked bool `json:"locked" doc:"Nobody can join."`
}

// The longest countdown and the longest timer that a session may have.
const (
	MaxRevealCountdown = 10 * time.Second
	MaxTimer           = time.Hour
)

// Unlisted is stored and shown as its opposite, whether a session is listed, so that the zero value is the default.
type Unlisted bool

// MarshalJSON says whether the session is listed.
func (u Unlisted) MarshalJSON() ([]byte, error) { return strconv.AppendBool(nil, !bool(u)), nil }

// UnmarshalJSON reads what MarshalJSON wrote. null changes nothing.
func (u *Unlisted) UnmarshalJSON(b []byte) error {
	listed := !bool(*u)
	err := json.Unmarshal(b, &listed)
	*u = Unlisted(!listed)
	return err
}

// Permissions are actions that everybody may do, by their names in the API.
type Permissions []string

// permissions are the names, by action.
var permissions = map[action]string{startRound: "start", revealVotes: "reveal", acceptEstimate: "accept", editStories: "stories", setTimer: "timer"}

// MarshalJSON writes a list, which is never null.
func (p Permissions) MarshalJSON() ([]byte, error) {
	if len(p) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal([]string(p))
}

// UnmarshalJSON reads a list into one of its own: what was there before may be part of a state.
func (p *Permissions) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	if *p = nil; len(list) > 0 {
		*p = list
	}
	return nil
}

func (p Permissions) allow(a action) bool {
	name, known := permissions[a]
	return known && slices.Contains(p, name)
}

// countdown is the time between asking for the reveal and the turning of the cards.
func (s Settings) countdown() time.Duration { return seconds(s.RevealCountdownSeconds) }

// seconds are so many, in whole milliseconds.
func seconds(n float64) time.Duration {
	return time.Duration(n * float64(time.Second)).Round(time.Millisecond)
}

// validate checks the settings, whose names in messages begin with prefix.
func (s Settings) validate(prefix string) error {
	for _, number := range []struct {
		field string
		value float64
		most  time.Duration
	}{{"reveal_countdown_seconds", s.RevealCountdownSeconds, MaxRevealCountdown}, {"round_seconds", s.RoundSeconds, MaxTimer}} {
		if !(number.value >= 0 && number.value <= number.most.Seconds()) { // not a number fits neither
			return invalid(prefix+number.field, "%s must be between 0 and %d.", prefix+number.field, number.most/time.Second)
		}
	}
	return s.EveryoneMay.validate(prefix + "everyone_may")
}

func (p Permissions) validate(field string) error {
	names := make([]string, 0, len(permissions))
	for _, name := range permissions {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range p {
		if !slices.Contains(names, name) || slices.Contains(p[:i], name) {
			return invalid(field, "%s may have each of %s, once.", field, strings.Join(names, ", "))
		}
	}
	return nil
}

// ChangeSettings changes settings (Scrum Master; whether the session is locked: facilitators, too).
type ChangeSettings struct {
	By
	// Changes is a JSON object with the settings that change, by their names. Other names in it are ignored.
	Changes json.RawMessage
	// Password is a slow hash of the new password; empty for none, nil for no change.
	Password *string
}

// Validate checks the settings that change.
func (c ChangeSettings) Validate() error {
	changed, err := c.applied(Settings{})
	if err != nil {
		return err
	}
	return changed.validate("")
}

func (c ChangeSettings) applied(to Settings) (Settings, error) {
	if len(c.Changes) == 0 {
		return to, nil
	}
	if err := json.Unmarshal(c.Changes, &to); err != nil {
		return to, invalid("", "A setting has a value of the wrong type.")
	}
	return to, nil
}

func (c ChangeSettings) decide(d *decision) error {
	before := d.state().Settings
	after, err := c.applied(before)
	if err != nil {
		return err
	}
	rest := after
	rest.Locked = before.Locked
	if (c.Password != nil || !reflect.DeepEqual(rest, before)) && d.actor != d.state().ScrumMasterID {
		return refuse(NotScrumMaster)
	}
	d.did(SettingsChanged{Settings: after, Password: c.Password})
	return nil
}
