package poker

import "time"

// settle records what follows from a command, and from the time that has passed, in one place for all commands: the turning of the cards when a countdown or a timer ends or all have voted, the succession of the Scrum Master, the
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
	d.missMaster()
	d.pace()
}

// missMaster lets an absent Scrum Master's session pause, and go on when they are back. A facilitator who is online keeps it going.
func (d *decision) missMaster() {
	s := d.state()
	if s.masterOnline() {
		if s.Status == Paused {
			d.followed(PauseEnded{})
		}
		return
	}
	if _, ok := s.facilitatorOnline(); ok {
		d.goOnWithoutMaster()
		return
	}
	d.waitForMaster()
}

// goOnWithoutMaster keeps a session going by a facilitator, or lets it go on. When the grace period is over, the role is theirs.
func (d *decision) goOnWithoutMaster() {
	s := d.state()
	by := s.Pause.ResumesBy
	if d.absence() != MasterDisconnected {
		by = d.after(d.rules.GracePeriod)
	} else if over := s.Status == Paused && by.IsZero() || due(by, d.now); over && !d.settling {
		d.succeed()
		return
	}
	if s.Status == Paused {
		d.followed(PauseEnded{})
	}
	if by.IsZero() {
		by = d.after(d.rules.GracePeriod)
	}
	if !d.state().Pause.ResumesBy.Equal(by) {
		d.followed(GraceBegan{EndsAt: by})
	}
}

// succeed gives the role of an absent Scrum Master to the heir, with whom a paused session goes on. False if there is none.
func (d *decision) succeed() bool {
	s := d.state()
	heir, ok := s.heir()
	if !ok {
		return false
	}
	d.followed(ScrumMasterChanged{OldID: s.ScrumMasterID, NewID: heir.ID, Reason: ByDisconnect})
	if s.Status == Paused {
		d.followed(PauseEnded{})
	}
	return true
}

// replaceLeaver gives the role of a Scrum Master who left to the heir, or with nobody online to the longest-joined, for whom the session then waits.
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
		by := s.Pause.ResumesBy // the facilitator who was there has gone, too
		if by.IsZero() || reason != MasterDisconnected {
			by = d.after(d.rules.GracePeriod)
		}
		d.followed(PauseBegan{Reason: reason, ResumesBy: by})
		return
	}
	if d.settling || d.now.Before(s.Pause.ResumesBy) {
		return
	}
	if !d.succeed() && !s.Pause.ResumesBy.IsZero() {
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
