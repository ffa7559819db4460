package poker

import "time"

// TakeOverAfter is how long a session must have been paused before anybody who is there may take the role of the Scrum Master.
const TakeOverAfter = 30 * time.Second

// TakeOver makes the actor Scrum Master of a session that has been paused for TakeOverAfter. It takes an open stream of theirs.
type TakeOver struct{ By }

// TakeOverAt is from when on TakeOver is accepted; zero for a session that is not paused.
func (s *Session) TakeOverAt() time.Time {
	if s.Status != Paused {
		return time.Time{}
	}
	since := s.Pause.Since
	if since.IsZero() { // paused by a version that did not keep it, after the last activity
		since = s.LastActivity
	}
	return since.Add(TakeOverAfter)
}

func (c TakeOver) decide(d *decision) error {
	s := d.state()
	if s.Status != Paused {
		return refuse(NotPaused)
	}
	if d.settling || d.now.Before(s.TakeOverAt()) {
		return refuse(TooEarly)
	}
	if p, _ := s.Participant(c.UserID); !d.streams(p) || !p.Online() {
		return refuse(NoStream)
	}
	d.did(ScrumMasterChanged{OldID: s.ScrumMasterID, NewID: d.actor, Reason: ByDisconnect})
	return nil
}
