package poker

// The commands about who is there and who leads. What follows from them for the session is settle's.

func (c Leave) decide(d *decision) error {
	d.did(ParticipantLeft{UserID: c.UserID, Reason: Left})
	return nil
}

func (c Kick) decide(d *decision) error {
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
	heir, ok := d.state().Participant(c.To)
	if !ok {
		return refuse(NoSuchParticipant)
	}
	if heir.ID == c.UserID {
		return refuse(Oneself)
	}
	d.did(ScrumMasterChanged{OldID: d.actor, NewID: heir.ID, Reason: ByTransfer})
	return nil
}

func (c ChangeRole) decide(d *decision) error {
	if c.Other != c.UserID && d.actor != d.state().ScrumMasterID {
		return refuse(NotScrumMaster)
	}
	if err := d.knows(c.Other); err != nil {
		return err
	}
	d.did(RoleChanged{UserID: c.Other, Role: c.Role})
	return nil
}

func (c SetFacilitator) decide(d *decision) error {
	if err := d.knows(c.Other); err != nil {
		return err
	}
	d.did(FacilitatorChanged{UserID: c.Other, Facilitator: c.Facilitator})
	return nil
}

func (d *decision) knows(userID string) error {
	if _, ok := d.state().Participant(userID); !ok {
		return refuse(NoSuchParticipant)
	}
	return nil
}

func (c Reconnect) decide(d *decision) error {
	p, _ := d.state().Participant(c.UserID)
	node := ""
	if d.streaming {
		node = d.node
	}
	if p.Online() {
		d.did(ParticipantVouched{UserID: c.UserID, Stream: d.streams(p), Node: node})
		return nil
	}
	d.did(ParticipantReturned{UserID: c.UserID, ByStream: d.streaming, Node: node})
	return nil
}

// streams reports whether a participant has a stream, here or on another node.
func (d *decision) streams(p Participant) bool {
	return d.streaming || d.node != "" && len(without(p.Nodes, d.node)) > 0
}

func (c Arrive) decide(d *decision) error {
	p, _ := d.state().Participant(c.UserID)
	switch p.Presence {
	case Away:
		d.did(ParticipantReturned{UserID: c.UserID, ByStream: true, Node: d.node})
	case Assumed:
		d.followed(ParticipantPresent{UserID: c.UserID, Node: d.node})
	case Present:
		if d.node != "" && !p.On(d.node) {
			d.followed(ParticipantPresent{UserID: c.UserID, Node: d.node})
		}
	}
	return nil
}

func (c Depart) decide(d *decision) error {
	p, _ := d.state().Participant(c.UserID)
	switch {
	case p.Presence != Present, d.node != "" && !p.On(c.Node): // there by another stream, or not at all
	case d.node != "" && len(without(p.Nodes, c.Node)) > 0:
		d.followed(StreamsClosed{UserID: c.UserID, Node: c.Node})
	default:
		d.followed(ParticipantDisconnected{UserID: c.UserID})
	}
	return nil
}

func (c Tick) decide(d *decision) error {
	s := d.state()
	if s.ID != "" && s.Ended == "" && !d.now.Before(s.ExpiresAt) {
		d.finish(Inactive)
	}
	return nil
}
