package poker

import "time"

// Rules are the limits that a server sets for its sessions.
type Rules struct {
	SessionTimeout  time.Duration // a session expires so long after the last activity
	GracePeriod     time.Duration // a Scrum Master who is away keeps the role so long
	MaxParticipants int           // in one session; 0: no limit
}

// Moment is when, and under which circumstances, a command is decided.
type Moment struct {
	Now time.Time
	// Settling says that the server has just started and cannot know yet who is there: nobody inherits the role of an absent Scrum Master.
	Settling bool
	// Streaming says that a stream of the acting participant is open.
	Streaming bool
	// Node is the name of the node, of several, that decides; empty for a server that is alone.
	Node string
	// Key is the command's idempotency key, without Ref; zero for none.
	Key Key
}

// Step is an event and the session right after it.
type Step struct {
	Event   Event
	Session *Session
}

// Decision is how a command takes effect.
type Decision struct {
	Steps []Step
	// Ref is the id that the answer is about, see Key.
	Ref string
	// Repeated says that the command was carried out before, with the same key: nothing happens a second time.
	Repeated bool
}

// Events returns the events of the steps.
func (d Decision) Events() []Event {
	events := make([]Event, len(d.Steps))
	for i, step := range d.Steps {
		events[i] = step.Event
	}
	return events
}

// Decide returns the events by which the command takes effect on the session at that moment, at least one, or the Refusal for which it has none. The exceptions are Tick, Arrive
// and Depart, which may find nothing to do, and a command that is repeated: no events, no error. A nil session is one that does not exist; only Create accepts it.
//
// Validate is not called again: the caller has.
func (r Rules) Decide(s *Session, c Command, m Moment) (Decision, error) {
	if s == nil {
		s = &Session{}
	}
	if m.Key.ID != "" {
		if known, ok := s.Keyed(m.Key.ID); ok {
			return r.repeat(s, c, m, known)
		}
	}
	d := r.begin(s, m)
	if err := d.admit(c); err != nil {
		return Decision{}, err
	}
	if err := c.decide(d); err != nil {
		return Decision{}, err
	}
	d.settle()
	return d.result(), nil
}

// repeat answers a command whose key is known. Whoever created or joined before gets one more credential, because the answer with the first may have been lost.
func (r Rules) repeat(s *Session, c Command, m Moment, known Key) (Decision, error) {
	if known.Body != m.Key.Body {
		return Decision{}, refuse(KeyReused)
	}
	m.Key = Key{}
	d := r.begin(s, m)
	d.ref = known.Ref
	if seat, ok := c.(interface{ credential() string }); ok {
		if !s.Alive(d.now) {
			return Decision{}, Gone()
		}
		if _, ok := s.Participant(known.Ref); !ok {
			return Decision{}, refuse(NotParticipant)
		}
		d.followed(CredentialIssued{UserID: known.Ref, Credential: seat.credential()})
	}
	result := d.result()
	result.Repeated = true
	return result, nil
}

func (c *Create) credential() string { return c.Creator.Credential }
func (c *Join) credential() string   { return c.Newcomer.Credential }

// decision collects the steps of one command.
type decision struct {
	rules     Rules
	now       time.Time
	settling  bool
	streaming bool
	node      string
	key       Key
	before    *Session // as it was before the command
	role      Role     // the actor's
	actor     string   // as the state has it: what was sent is a part of a request, and would keep all of that in memory
	ref       string
	steps     []Step
}

func (r Rules) begin(s *Session, m Moment) *decision {
	return &decision{rules: r, now: m.Now.UTC().Truncate(time.Millisecond), settling: m.Settling, streaming: m.Streaming, node: m.Node, key: m.Key, before: s}
}

func (d *decision) result() Decision {
	return Decision{Steps: d.steps, Ref: d.ref}
}

// state is the session after the steps so far, so that the next is decided on what the one before made.
func (d *decision) state() *Session {
	if n := len(d.steps); n > 0 {
		return d.steps[n-1].Session
	}
	return d.before
}

// admit refuses what needs no look at the single command: a session that is gone, an actor who is not in it or may not do this.
func (d *decision) admit(c Command) error {
	switch c.(type) {
	case *Create, Tick, Recover:
		return nil
	}
	if !d.state().Alive(d.now) {
		return Gone()
	}
	actor := c.Actor()
	if actor == "" {
		return nil
	}
	p, ok := d.state().Participant(actor)
	if !ok {
		return refuse(NotParticipant)
	}
	d.actor, d.role = p.ID, p.Role
	if a := c.action(); !d.state().may(p.ID, a) {
		return forbidden(a)
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
	if len(d.steps) == 0 && d.key.ID != "" {
		e.Key = d.key
		e.Key.Ref = d.ref
	}
	d.steps = append(d.steps, Step{Event: e, Session: Fold(d.state(), e)})
}

// finish records the end of the session. Its expiry is then the moment of the end.
func (d *decision) finish(reason EndReason) {
	at := d.now
	if reason == Inactive {
		at = d.state().ExpiresAt
	}
	d.record(Event{At: d.now, ExpiresAt: at, Payload: SessionExpired{Reason: reason}})
}

func (d *decision) notPaused() error {
	if d.state().Status == Paused {
		return refuse(SessionPaused)
	}
	return nil
}

func (c *Create) decide(d *decision) error {
	if d.state().ID != "" { // made with another key, or by a version that forgot it
		return refuse(KeyReused)
	}
	d.ref = c.Creator.ID
	d.did(SessionCreated{SessionID: c.SessionID, Name: c.Name, Deck: c.Deck, Settings: c.Settings, Creator: c.Creator, Password: c.Password})
	return nil
}

func (c *Join) decide(d *decision) error {
	if err := d.state().mayJoin(c); err != nil {
		return err
	}
	if limit := d.rules.MaxParticipants; limit > 0 && len(d.state().Participants) >= limit {
		return refuse(SessionFull)
	}
	d.ref = c.Newcomer.ID
	d.did(ParticipantJoined{Newcomer: c.Newcomer})
	return nil
}

func (c Extend) decide(d *decision) error {
	d.did(SessionExtended{UserID: c.UserID})
	return nil
}

func (c Recover) decide(d *decision) error {
	if d.state().ID != "" && d.state().Ended == "" {
		d.followed(SessionRecovered{Missing: c.Missing})
	}
	return nil
}

func (c End) decide(d *decision) error {
	d.finish(EndedBy)
	return nil
}
