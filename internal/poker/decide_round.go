package poker

// The commands of a round.

func (c Start) decide(d *decision) error {
	started := VotingStarted{RoundID: c.RoundID, Topic: c.Topic}
	var story *Story
	if c.StoryID != nil {
		var err error
		if story, err = d.story(*c.StoryID); err != nil {
			return err
		}
		started.StoryID, started.Topic = story.ID, &story.Title
	}
	if err := d.notPaused(); err != nil {
		return err
	}
	if d.state().Status == Revealing {
		return refuse(RevealPending)
	}
	// A revealed round that nobody accepted is completed by the next one; one that was not revealed is forgotten.
	switch r := d.state().Round; {
	case r == nil:
	case !r.Revealed:
		d.storyLeft(r, story)
	case r.CompletedAt.IsZero():
		d.did(RoundCompleted{RoundID: r.ID})
		d.storyDone(r, false, nil)
	}
	started.Anonymous = d.state().Settings.Anonymous
	if timer := d.state().Settings.RoundSeconds; timer > 0 {
		started.EndsAt = d.after(seconds(timer))
	}
	d.did(started)
	d.storyBegins(story)
	return nil
}

func (c CastVote) decide(d *decision) error {
	if err := d.openForVotes(); err != nil {
		return err
	}
	if d.role == Spectator {
		return refuse(Spectating)
	}
	card, ok := d.state().Round.Deck.Card(c.Value)
	if !ok {
		return refuseField(UnknownCard, "vote")
	}
	d.did(VoteSubmitted{UserID: d.actor, Value: card.Value})
	return nil
}

func (c RetractVote) decide(d *decision) error {
	if err := d.openForVotes(); err != nil {
		return err
	}
	d.did(VoteRetracted{UserID: c.UserID})
	return nil
}

func (c Reveal) decide(d *decision) error {
	if err := d.openForVotes(); err != nil {
		return err
	}
	d.ref = d.state().Round.ID
	d.did(d.reveal())
	return nil
}

func (c Accept) decide(d *decision) error {
	if err := d.revealed(); err != nil {
		return err
	}
	if c.Estimate != nil {
		if _, ok := d.state().Round.Deck.Card(*c.Estimate); !ok {
			return refuseField(UnknownCard, "estimate")
		}
	}
	r := d.state().Round
	d.did(RoundCompleted{RoundID: r.ID, Estimate: c.Estimate})
	d.storyDone(r, true, c.Estimate)
	return nil
}

// openForVotes refuses whatever needs a round whose cards are still open.
func (d *decision) openForVotes() error {
	if err := d.notPaused(); err != nil {
		return err
	}
	switch d.state().Status {
	case Voting:
		return nil
	case Revealing:
		return refuse(RevealPending)
	case Results:
		return refuse(AlreadyRevealed)
	default:
		return refuse(NoRound)
	}
}

// revealed refuses whatever needs a round whose cards are turned.
func (d *decision) revealed() error {
	if err := d.notPaused(); err != nil {
		return err
	}
	switch d.state().Status {
	case Results:
		return nil
	case Revealing:
		return refuse(RevealPending)
	case Voting:
		return refuse(NotRevealed)
	default:
		return refuse(NoRound)
	}
}
