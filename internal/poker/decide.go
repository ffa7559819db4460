package poker

import "time"

// Rules are the limits that a server sets for its sessions.
type Rules struct {
	SessionTimeout  time.Duration // a session expires so long after the last activity
	GracePeriod     time.Duration // a Scrum Master who is away keeps the role so long
	MaxParticipants int           // in one session; 0: no limit
}

// Moment is when a command is decided.
type Moment struct {
	Now time.Time
	// Settling says that the server has just started and cannot know yet who is there: nobody inherits the role of an absent Scrum Master.
	Settling bool
}

// Decide returns the events by which the command takes effect on the session at that moment, at least one, or the Refusal for which it has none. The exceptions are Tick, Arrive
// and Depart, which may find nothing to do: no events, no error. A nil session is one that does not exist; only Create accepts it.
//
// Validate is not called again: the caller has.
func (r Rules) Decide(s *Session, c Command, m Moment) ([]Event, error) {
	d := &decision{rules: r, now: m.Now.UTC().Truncate(time.Millisecond), settling: m.Settling}
	if d.ahead = s; s == nil {
		d.ahead = &Session{}
	}
	if err := d.admit(c); err != nil {
		return nil, err
	}
	if err := c.decide(d); err != nil {
		return nil, err
	}
	return d.events, nil
}

// decision collects the events of one command.
type decision struct {
	rules    Rules
	now      time.Time
	settling bool
	actor    string // as the state has it: what was sent is a part of a request, and would keep all of that in memory
	events   []Event
	ahead    *Session // runs ahead of the log, see state
	folded   int      // how many of the events are in it
}

// state is the session after the events so far, so that the next is decided on what the one before made. The last one, nearly always the only one, nobody asks for.
func (d *decision) state() *Session {
	for ; d.folded < len(d.events); d.folded++ {
		d.ahead = Fold(d.ahead, d.events[d.folded])
	}
	return d.ahead
}

// admit refuses what needs no look at the single command: a session that is gone, an actor who is not in it.
func (d *decision) admit(c Command) error {
	switch c.(type) {
	case *Create, Tick:
		return nil
	}
	if !d.state().Alive(d.now) {
		return Gone()
	}
	if actor := c.Actor(); actor != "" {
		p, ok := d.state().Participant(actor)
		if !ok {
			return refuse(NotParticipant)
		}
		d.actor = p.ID
	}
	return nil
}

// did records an event that a person caused: the session lives on.
func (d *decision) did(p Payload) {
	d.record(Event{At: d.now, ExpiresAt: d.after(d.rules.SessionTimeout), Activity: true, Payload: p})
}

// after is the moment so long from now, in whole milliseconds like every other: a deadline between two of them would not have come when its timer looks.
func (d *decision) after(wait time.Duration) time.Time {
	return d.now.Add(wait).Round(time.Millisecond)
}

// followed records an event that the server brings about by itself.
func (d *decision) followed(p Payload) {
	d.record(Event{At: d.now, ExpiresAt: d.state().ExpiresAt, Payload: p})
}

func (d *decision) record(e Event) {
	d.events = append(d.events, e)
}

// finish records the end of the session. Its expiry is then the moment of the end.
func (d *decision) finish(reason EndReason) {
	at := d.now
	if reason == Inactive {
		at = d.state().ExpiresAt
	}
	d.record(Event{At: d.now, ExpiresAt: at, Payload: SessionExpired{Reason: reason}})
}

func (d *decision) onlyScrumMaster(actor string) error {
	if d.state().ScrumMasterID != actor {
		return refuse(NotScrumMaster)
	}
	return nil
}

func (d *decision) notPaused() error {
	if d.state().Status == Paused {
		return refuse(SessionPaused)
	}
	return nil
}

func (c *Create) decide(d *decision) error {
	d.did(SessionCreated{SessionID: c.SessionID, Name: c.Name, Deck: c.Deck, RevealCountdown: c.Settings.RevealCountdown, Creator: c.Creator})
	return nil
}

func (c *Join) decide(d *decision) error {
	if limit := d.rules.MaxParticipants; limit > 0 && len(d.state().Participants) >= limit {
		return refuse(SessionFull)
	}
	d.did(ParticipantJoined{Newcomer: c.Newcomer})
	d.settleMaster()
	return nil
}

func (c Extend) decide(d *decision) error {
	d.did(SessionExtended{UserID: c.UserID})
	return nil
}

func (c End) decide(d *decision) error {
	if err := d.onlyScrumMaster(c.UserID); err != nil {
		return err
	}
	d.finish(EndedBy)
	return nil
}
