package poker

import (
	"slices"
	"time"
)

// What keeps a round going without anybody who reminds: the timer, the reveal when all have voted, and the nudge.

// nudgePause is the least time between two nudges in a session.
const nudgePause = 10 * time.Second

type (
	// SetTimer starts, changes or stops the timer of the running round (whoever runs the session).
	SetTimer struct {
		By
		Seconds *float64 // from now, more than 0 and at most MaxTimer; nil: no timer
	}
	// Nudge reminds voters who have not voted (whoever runs the session).
	Nudge struct {
		By
		UserIDs []string // none: all voters who have not voted
	}
	// TimerSet says that the timer of the running round ends at another time, or that there is none any more.
	TimerSet struct {
		RoundID string    `json:"round_id"`
		EndsAt  time.Time `json:"ends_at,omitzero"`
	}
	// Nudged says that voters who have not voted are reminded.
	Nudged struct {
		UserIDs []string `json:"user_ids"`
	}
)

func (SetTimer) action() action { return setTimer }
func (Nudge) action() action    { return nudge }

// Validate checks the time.
func (c SetTimer) Validate() error {
	if c.Seconds != nil && !(*c.Seconds > 0 && *c.Seconds <= MaxTimer.Seconds()) { // not a number fits neither
		return invalid("seconds", "seconds must be more than 0 and at most %d; null stops the timer.", MaxTimer/time.Second)
	}
	return nil
}

func (c SetTimer) decide(d *decision) error {
	if err := d.openForVotes(); err != nil {
		return err
	}
	set := TimerSet{RoundID: d.state().Round.ID}
	if c.Seconds != nil {
		set.EndsAt = d.after(seconds(*c.Seconds))
	}
	d.did(set)
	return nil
}

func (c Nudge) decide(d *decision) error {
	s := d.state()
	for _, id := range c.UserIDs {
		if err := d.knows(id); err != nil {
			return err
		}
	}
	if err := d.openForVotes(); err != nil {
		return err
	}
	var late []string
	for _, p := range s.Participants {
		if p.Role == Voter && s.Round.indexOf(p.ID) < 0 && (len(c.UserIDs) == 0 || slices.Contains(c.UserIDs, p.ID)) {
			late = append(late, p.ID)
		}
	}
	if len(late) == 0 {
		return refuse(NobodyToNudge)
	}
	if since := d.now.Sub(s.NudgedAt); since >= 0 && since < nudgePause { // below: the clock was set back
		return &waitRefusal{Refusal: refuse(NudgedJustNow), wait: nudgePause - since}
	}
	d.did(Nudged{UserIDs: late})
	return nil
}

// waitRefusal is a refusal that says how long to wait.
type waitRefusal struct {
	*Refusal
	wait time.Duration
}

// RetryAfter is how long to wait before the next try.
func (r *waitRefusal) RetryAfter() time.Duration { return r.wait }

// Unwrap gives the refusal.
func (r *waitRefusal) Unwrap() error { return r.Refusal }

func (p TimerSet) apply(s *Session, _ time.Time) {
	if s.Round == nil || s.Round.ID != p.RoundID || s.Round.Revealed { // its start could not be read
		return
	}
	s.changeRound(func(r *Round) { r.EndsAt = p.EndsAt })
}

func (p Nudged) apply(s *Session, at time.Time) { s.NudgedAt = at }

// timerDeadline is when the cards turn because the round's timer ends; zero if they do not. That is never further away than the longest timer: if it seems so, the clock was set back meanwhile.
func (s *Session) timerDeadline(now time.Time) time.Time {
	if s.Status != Voting || !s.Settings.TimerReveals || s.Round == nil || s.Round.EndsAt.IsZero() {
		return time.Time{}
	}
	if s.Round.EndsAt.Sub(now) > MaxTimer+time.Second {
		return now
	}
	return s.Round.EndsAt
}

// allVoted reports whether every voter who is online has voted, at least two of them.
func (s *Session) allVoted() bool {
	voted := 0
	for _, p := range s.Participants {
		if p.Role == Spectator || !p.Online() {
			continue
		}
		if s.Round.indexOf(p.ID) < 0 {
			return false
		}
		voted++
	}
	return voted >= 2
}

// pace turns the cards of a round for which nobody has to wait any longer, through the countdown if there is one.
func (d *decision) pace() {
	s := d.state()
	if s.Status != Voting || s.Round == nil {
		return
	}
	if due(s.timerDeadline(d.now), d.now) || s.Settings.AutoReveal && s.allVoted() {
		d.followed(d.reveal())
	}
}

// reveal is what happens when the cards are to turn.
func (d *decision) reveal() Payload {
	if countdown := d.state().Settings.countdown(); countdown > 0 {
		return RevealScheduled{RoundID: d.state().Round.ID, RevealsAt: d.after(countdown)}
	}
	return VotesRevealed{RoundID: d.state().Round.ID}
}
