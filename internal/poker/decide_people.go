package poker

import "time"

// The commands about who is there and who leads.

func (c Leave) decide(d *decision) error {
	d.did(ParticipantLeft{UserID: c.UserID, Reason: Left})
	switch {
	case len(d.state().Participants) == 0:
		d.finish(Empty)
	case d.state().ScrumMasterID == c.UserID:
		d.succeed()
	}
	return nil
}

// succeed gives the role of a Scrum Master who left to the longest-joined who is online, or else to the longest-joined of all, for whom the session then waits.
func (d *decision) succeed() {
	heir, ok := d.state().heir()
	if !ok {
		heir = d.state().Participants[0]
	}
	d.did(ScrumMasterChanged{OldID: d.state().ScrumMasterID, NewID: heir.ID, Reason: ByLeaving})
	d.welcomeMaster(MasterLeft)
}

func (c Kick) decide(d *decision) error {
	if err := d.onlyScrumMaster(c.UserID); err != nil {
		return err
	}
	if err := d.knows(c.Other); err != nil {
		return err
	}
	if c.Other == c.UserID {
		return refuse(Oneself)
	}
	d.did(ParticipantLeft{UserID: c.Other, Reason: Kicked})
	return nil
}

func (c Transfer) decide(d *decision) error {
	if err := d.onlyScrumMaster(c.UserID); err != nil {
		return err
	}
	heir, ok := d.state().Participant(c.To)
	if !ok {
		return refuse(NoSuchParticipant)
	}
	if heir.ID == c.UserID {
		return refuse(Oneself)
	}
	d.did(ScrumMasterChanged{OldID: d.actor, NewID: heir.ID, Reason: ByTransfer})
	d.welcomeMaster(MasterTransferred)
	return nil
}

// welcomeMaster ends a pause if the new Scrum Master is there, and begins one, with a whole grace period, if they are not.
func (d *decision) welcomeMaster(reason PauseReason) {
	if d.state().masterOnline() {
		d.settleMaster()
		return
	}
	d.did(PauseBegan{Reason: reason, ResumesBy: d.after(d.rules.GracePeriod)})
}

func (d *decision) knows(userID string) error {
	if _, ok := d.state().Participant(userID); !ok {
		return refuse(NoSuchParticipant)
	}
	return nil
}

func (c Reconnect) decide(d *decision) error {
	p, _ := d.state().Participant(c.UserID)
	if p.Online() {
		d.did(ParticipantVouched{UserID: c.UserID, Stream: c.Stream})
		return nil
	}
	d.did(ParticipantReturned{UserID: c.UserID, ByStream: c.Stream})
	d.settleMaster()
	return nil
}

func (c Arrive) decide(d *decision) error {
	p, _ := d.state().Participant(c.UserID)
	switch p.Presence {
	case Away:
		d.did(ParticipantReturned{UserID: c.UserID, ByStream: true})
		d.settleMaster()
	case Assumed:
		d.followed(ParticipantPresent{UserID: c.UserID})
	}
	return nil
}

func (c Depart) decide(d *decision) error {
	if p, _ := d.state().Participant(c.UserID); p.Presence != Present {
		return nil
	}
	d.followed(ParticipantDisconnected{UserID: c.UserID})
	if d.state().ScrumMasterID == c.UserID && d.state().Status != Paused {
		d.followed(PauseBegan{Reason: MasterDisconnected, ResumesBy: d.after(d.rules.GracePeriod)})
	}
	return nil
}

func (c Tick) decide(d *decision) error {
	if d.state().ID == "" || d.state().Ended != "" {
		return nil
	}
	if !d.now.Before(d.state().ExpiresAt) {
		d.finish(Inactive)
		return nil
	}
	if due(d.state().revealDeadline(), d.now) {
		d.followed(VotesRevealed{RoundID: d.state().Round.ID})
	}
	d.settleMaster()
	return nil
}

// settleMaster brings a paused session in line with who is there: the Scrum Master back ends the pause; a grace period that is over gives the role to whoever is online, or, with
// nobody online, leaves the session waiting for the first to come.
func (d *decision) settleMaster() {
	if d.state().Status != Paused {
		return
	}
	if d.state().masterOnline() {
		d.followed(PauseEnded{})
		return
	}
	waits := !d.state().Pause.ResumesBy.IsZero() && d.now.Before(d.state().Pause.ResumesBy)
	if waits || d.settling {
		return
	}
	if heir, ok := d.state().heir(); ok {
		d.followed(ScrumMasterChanged{OldID: d.state().ScrumMasterID, NewID: heir.ID, Reason: ByDisconnect})
		d.followed(PauseEnded{})
		return
	}
	if !d.state().Pause.ResumesBy.IsZero() {
		d.followed(GraceLapsed{})
	}
}

func due(deadline, now time.Time) bool { return !deadline.IsZero() && !now.Before(deadline) }
