package poker

// The commands about the list of stories. None of them touches a round.
type (
	// AddStories adds stories, all or none (whoever runs the session).
	AddStories struct {
		By
		Stories []Story // with ids; of the rest of their fields, Rounds and Version are set by the game
		Before  *string // the story before which they stand; nil: at the end
		Ref     string  // what the answer is about, see Key
	}
	// EditStory changes a story (whoever runs the session).
	EditStory struct {
		By
		StoryID string
		// Version, if it is not nil, is that of the story on which the change was made: if its texts have changed since, the command is refused.
		Version *int
		Change  StoryChange // Rounds are the game's
	}
	// MoveStory gives a story another place (whoever runs the session).
	MoveStory struct {
		By
		StoryID string
		Before  *string // the story before which it is to stand; nil: at the end
	}
	// RemoveStory takes a story off the list (whoever runs the session).
	RemoveStory struct {
		By
		StoryID string
	}
)

func (*AddStories) action() action { return editStories }
func (*EditStory) action() action  { return editStories }
func (MoveStory) action() action   { return editStories }
func (RemoveStory) action() action { return editStories }

// Validate trims the texts of the stories and checks them.
func (c *AddStories) Validate() error {
	if len(c.Stories) == 0 || len(c.Stories) > MaxStories {
		return invalid("stories", "stories must be a list of 1 to %d stories.", MaxStories)
	}
	for i := range c.Stories {
		story := &c.Stories[i]
		if err := story.clean(storyField(i, "")); err != nil {
			return err
		}
		switch story.Status {
		case "":
			story.Status = StoryTodo
		case StoryTodo, StorySkipped:
		default:
			return invalid(storyField(i, "status"), "%s must be todo or skipped.", storyField(i, "status"))
		}
	}
	return nil
}

// Validate trims the texts that change and checks them.
func (c *EditStory) Validate() error {
	change := &c.Change
	if !change.ofTexts() && change.Estimate == nil && change.Status == nil {
		return invalid("", "Send at least one field of the story that changes.")
	}
	if change.Status != nil && *change.Status != StoryTodo && *change.Status != StorySkipped {
		return invalid("status", "status may be set to todo or skipped.")
	}
	story := Story{Title: "none"}.changed(*change, 0)
	if err := story.clean(""); err != nil {
		return err
	}
	for _, field := range []struct {
		sent    *string
		cleaned string
	}{{change.Key, story.Key}, {change.Title, story.Title}, {change.Type, story.Type}} {
		if field.sent != nil {
			*field.sent = field.cleaned
		}
	}
	return nil
}

// Validate refuses to put a story before itself.
func (c MoveStory) Validate() error {
	if c.Before != nil && *c.Before == c.StoryID {
		return invalid("before", "A story cannot stand before itself.")
	}
	return nil
}

// eventBytes is how long an event of the list may be, as JSON, where it is sent.
const eventBytes = 60_000

func (c *AddStories) decide(d *decision) error {
	before, err := d.placed(c.Before)
	if err != nil {
		return err
	}
	s := d.state()
	if s.Stories.Len()+len(c.Stories) > MaxStories {
		return refuse(TooManyStories)
	}
	deck := s.Deck
	for i := range c.Stories {
		story := &c.Stories[i]
		if story.Estimate != nil {
			if _, ok := deck.Card(*story.Estimate); !ok {
				return refuseField(UnknownCard, storyField(i, "estimate"))
			}
			if story.Status == StoryTodo {
				story.Status = StoryEstimated
			}
		}
	}
	size := s.Stories.bytes() + bytesOf(c.Stories)
	if size > MaxBacklogBytes {
		return refuse(StoriesTooLarge)
	}
	d.ref = c.Ref
	d.dropFileFor(size)
	d.addStories(c.Stories, before)
	return nil
}

// bytesOf is how long stories are at most, as JSON.
func bytesOf(stories []Story) (n int) {
	for i := range stories {
		n += stories[i].bytes()
	}
	return n
}

// addStories lists stories, in events that are not too long.
func (d *decision) addStories(stories []Story, before string) {
	for rest := stories; len(rest) > 0; {
		n, room := 0, eventBytes
		for n < len(rest) && (n == 0 || room >= rest[n].bytesInList()) {
			room -= rest[n].bytesInList()
			n++
		}
		d.did(StoriesAdded{Version: d.nextVersion(), Stories: versioned(rest[:n], d.nextVersion()), Before: before})
		rest = rest[n:]
	}
}

// versioned are copies of stories as they are first listed.
func versioned(stories []Story, version int) []Story {
	listed := make([]Story, len(stories))
	for i, story := range stories {
		story.Version, story.Rounds = version, 0
		listed[i] = story
	}
	return listed
}

func (d *decision) nextVersion() int { return d.state().Stories.Revision() + 1 }

// story finds a story, or refuses.
func (d *decision) story(id string) (*Story, error) {
	if story := d.state().Stories.Story(id); story != nil {
		return story, nil
	}
	return nil, refuse(NoSuchStory)
}

// placed is the id of the story before which something is to stand, as the state has it; empty for the end.
func (d *decision) placed(before *string) (string, error) {
	if before == nil {
		return "", nil
	}
	story, err := d.story(*before)
	if err != nil {
		return "", err
	}
	return story.ID, nil
}

func (c *EditStory) decide(d *decision) error {
	story, err := d.story(c.StoryID)
	if err != nil {
		return err
	}
	change := c.Change
	if story.Status == StoryVoting && (change.Status != nil || change.Estimate != nil) {
		return refuse(StoryVotedOn)
	}
	if c.Version != nil && *c.Version != story.Version && change.ofTexts() {
		r := refuse(StoryMeanwhileChanged)
		r.Story = story
		return r
	}
	if e := change.Estimate; e != nil && *e != "" {
		if _, ok := d.state().Deck.Card(*e); !ok {
			return refuseField(UnknownCard, "estimate")
		}
	}
	change.Status = story.statusAfter(change)
	after := story.changed(change, 0)
	size := d.state().Stories.bytes() + after.bytes() - story.bytes()
	if size > MaxBacklogBytes {
		return refuse(StoriesTooLarge)
	}
	d.dropFileFor(size)
	d.changeStory(story, change)
	return nil
}

// statusAfter is the status of a story after a change of its estimate or its status by a person; nil for no change.
func (s *Story) statusAfter(c StoryChange) *StoryStatus {
	estimated := s.changed(c, 0).Estimate != nil
	status := s.Status
	switch {
	case c.Status != nil && *c.Status == StorySkipped:
		status = StorySkipped
	case c.Status != nil && s.Status == StorySkipped && estimated, c.Estimate != nil && estimated:
		status = StoryEstimated // it is back, as it was; or has just become it
	case c.Status != nil, c.Estimate != nil && s.Status == StoryEstimated:
		status = StoryTodo
	}
	if status == s.Status {
		return nil
	}
	return &status
}

func (d *decision) changeStory(story *Story, change StoryChange) {
	d.did(StoryChanged{Version: d.nextVersion(), StoryID: story.ID, Change: change})
}

func (c MoveStory) decide(d *decision) error {
	story, err := d.story(c.StoryID)
	if err != nil {
		return err
	}
	before, err := d.placed(c.Before)
	if err != nil {
		return err
	}
	d.did(StoryMoved{Version: d.nextVersion(), StoryID: story.ID, Before: before})
	return nil
}

func (c RemoveStory) decide(d *decision) error {
	story, err := d.story(c.StoryID)
	if err != nil {
		return err
	}
	if story.Status == StoryVoting {
		return refuse(StoryVotedOn)
	}
	d.did(StoryRemoved{Version: d.nextVersion(), StoryID: story.ID})
	return nil
}

// What rounds do to stories.

// storyBegins marks the story of a round that begins.
func (d *decision) storyBegins(story *Story) {
	if story != nil && d.state().Stories.Story(story.ID).Status != StoryVoting {
		d.changeStory(story, StoryChange{Status: ptrTo(StoryVoting)})
	}
}

// storyLeft takes the mark off the story of a round that is forgotten, unless the next round is about the same.
func (d *decision) storyLeft(r *Round, next *Story) {
	if story := d.state().Stories.Story(r.StoryID); story != nil && story.Status == StoryVoting && story != next {
		d.changeStory(story, StoryChange{Status: ptrTo(story.rest())})
	}
}

// rest is the status of a story that is not voted on any more.
func (s *Story) rest() StoryStatus {
	if s.Estimate != nil {
		return StoryEstimated
	}
	return StoryTodo
}

// storyDone notes that a round of a story is completed. An estimate that was accepted, or none, is the story's; a round that is completed by the start of the next changes no estimate. before is
// the round as it was.
func (d *decision) storyDone(before *Round, accepted bool, estimate *string) {
	story := d.state().Stories.Story(before.StoryID)
	if story == nil {
		return
	}
	var change StoryChange
	if accepted {
		change.Estimate = ptrTo("")
		if estimate != nil {
			change.Estimate = estimate
		}
	}
	if before.CompletedAt.IsZero() {
		change.Rounds = ptrTo(story.Rounds + 1)
	}
	change.Status = ptrTo(story.changed(change, 0).rest())
	d.changeStory(story, change)
}

func ptrTo[T any](v T) *T { return &v }
