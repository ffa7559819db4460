package poker

import "time"

// settle records what follows from a command, and from the time that has passed, in one place for all commands: the turning of the cards, the succession of the Scrum Master, the
// beginning and the end of a pause, the end of a session that nobody is left in.
func (d *decision) settle() {
	s := d.state()
	if s.ID == "" || s.Ended != "" {
		return
	}
	if len(s.Participants) == 0 {
		d.finish(Empty)
		return
	}
	if due(s.revealDeadline(d.now), d.now) {
		d.followed(VotesRevealed{RoundID: s.Round.ID})
	}
	d.replaceLeaver()
	switch {
	case !d.state().masterOnline():
		d.waitForMaster()
	case d.state().Status == Paused:
		d.followed(PauseEnded{})
	}
}

// replaceLeaver gives the role of a Scrum Master who left to the longest-joined who is online, or else to the longest-joined of all, for whom the session then waits.
func (d *decision) replaceLeaver() {
	s := d.state()
	if _, ok := s.Participant(s.ScrumMasterID); ok {
		return
	}
	heir, ok := s.heir()
	if !ok {
		heir = s.Participants[0]
	}
	d.did(ScrumMasterChanged{OldID: s.ScrumMasterID, NewID: heir.ID, Reason: ByLeaving})
}

// waitForMaster pauses a session whose Scrum Master is away; one who has just become Scrum Master is given a whole grace period. When that is over, the role goes to whoever is online,
// or, with nobody online, the session waits for the first to come.
func (d *decision) waitForMaster() {
	s := d.state()
	if reason := d.absence(); s.Status != Paused || reason != MasterDisconnected {
		d.followed(PauseBegan{Reason: reason, ResumesBy: d.after(d.rules.GracePeriod)})
		return
	}
	if d.settling || !s.Pause.ResumesBy.IsZero() && d.now.Before(s.Pause.ResumesBy) {
		return
	}
	if heir, ok := s.heir(); ok {
		d.followed(ScrumMasterChanged{OldID: s.ScrumMasterID, NewID: heir.ID, Reason: ByDisconnect})
		d.followed(PauseEnded{})
		return
	}
	if !s.Pause.ResumesBy.IsZero() {
		d.followed(GraceLapsed{})
	}
}

// absence is why the Scrum Master is away: they have just been given the role, or else they dropped.
func (d *decision) absence() PauseReason {
	for _, step := range d.steps {
		if p, ok := step.Event.Payload.(ScrumMasterChanged); ok {
			if p.Reason == ByLeaving {
				return MasterLeft
			}
			return MasterTransferred
		}
	}
	return MasterDisconnected
}

func due(deadline, now time.Time) bool { return !deadline.IsZero() && !now.Before(deadline) }
