package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/view"
)

type (
	// OfStory is a call about a story that acts as a participant.
	OfStory struct {
		AsUser
		StoryID string `path:"story_id" doc:"The story's id."`
	}
	// StoryList is the answer of stories.
	StoryList struct {
		Version int          `json:"version" doc:"Grows by one with every stories_updated."`
		Stories []view.Story `json:"stories" doc:"In their order, without descriptions."`
		File    *StoryFile   `json:"file" doc:"The file that was imported last; null if none was."`
	}
	// StoryFile is the file that was imported last.
	StoryFile struct {
		Name     string `json:"name" doc:"As whoever imported it called it; may be empty."`
		Format   string `json:"format" doc:"What kind of file it is, such as jira-csv."`
		Size     int    `json:"size" doc:"In bytes."`
		Original bool   `json:"original" doc:"It is kept: an export of the format original gives it back, with the estimates in it."`
	}
	// StoryAnswer is one story, whole.
	StoryAnswer struct {
		Version int             `json:"version" doc:"Of the list."`
		Story   view.WholeStory `json:"story"`
		Rounds  []view.Round    `json:"rounds" doc:"The story's completed rounds, oldest first."`
	}
	// StoriesDone is the answer of a change of the list.
	StoriesDone struct {
		Done
		Version int          `json:"version" doc:"Of the list, after the change."`
		Stories []view.Story `json:"stories" doc:"Those that were added or changed."`
	}
	// NewStory is a story to be added.
	NewStory struct {
		Key         string        `json:"key,omitempty" doc:"Its name in a tracker, up to 64 characters."`
		Title       string        `json:"title" doc:"1 to 500 characters."`
		Description string        `json:"description,omitempty" doc:"Up to 10,000 characters."`
		Type        string        `json:"type,omitempty" doc:"Up to 40 characters."`
		URL         maybe[string] `json:"url,omitempty" doc:"A link, by http or https, up to 2,000 characters."`
		Status      string        `json:"status,omitempty" enum:"todo,skipped"`
		Estimate    maybe[string] `json:"estimate,omitempty" doc:"A card of the session's deck."`
	}
	// AddStoriesRequest is the body with which stories are added.
	AddStoriesRequest struct {
		Stories []NewStory `json:"stories" doc:"1 to 500."`
		Before  *string    `json:"before,omitempty" nullable:"true" doc:"The story before which they are to stand; null or left out: at the end."`
	}
	// EditStoryRequest has the fields of a story that change.
	EditStoryRequest struct {
		Version     *int          `json:"version,omitempty" doc:"The version of the story on which the change was made. If its texts have changed since: 409, and current has the story as it is."`
		Key         *string       `json:"key,omitempty"`
		Title       *string       `json:"title,omitempty"`
		Description *string       `json:"description,omitempty"`
		Type        *string       `json:"type,omitempty"`
		URL         maybe[string] `json:"url,omitempty" doc:"null: none."`
		Estimate    maybe[string] `json:"estimate,omitempty" doc:"A card of the session's deck; null takes an estimate back."`
		Status      *string       `json:"status,omitempty" enum:"todo,skipped"`
	}
	// MoveStoryRequest is the optional body of move.
	MoveStoryRequest struct {
		Before *string `json:"before,omitempty" nullable:"true" doc:"The story before which it is to stand; null or left out: at the end."`
	}
)

func (a *API) stories(ctx context.Context, in *Reading) (*answer[StoryList], error) {
	s, _, err := a.readKept(ctx, in)
	if err != nil {
		return nil, err
	}
	list := StoryList{Version: s.Stories.Revision(), Stories: view.OfStories(s.Stories)}
	if f := s.File; f != nil {
		list.File = &StoryFile{Name: f.Name, Format: f.Format, Size: f.Size, Original: f.Kept()}
	}
	return &answer[StoryList]{Body: list}, nil
}

func (a *API) story(ctx context.Context, in *struct {
	Reading
	StoryID string `path:"story_id" doc:"The story's id."`
}) (*answer[StoryAnswer], error) {
	s, _, err := a.readKept(ctx, &in.Reading)
	if err != nil {
		return nil, err
	}
	story := s.Stories.Story(in.StoryID)
	if story == nil {
		return nil, a.fail(callerOf(ctx), room.Refuse(poker.NoSuchStory))
	}
	return &answer[StoryAnswer]{Body: StoryAnswer{Version: s.Stories.Revision(), Story: view.OfWholeStory(story), Rounds: view.OfRoundsOf(s, story.ID)}}, nil
}

func (a *API) addStories(ctx context.Context, in *struct {
	AsUser
	Body AddStoriesRequest
}) (*answer[StoriesDone], error) {
	seed := uuid.NewString()
	cmd := &poker.AddStories{By: poker.By{UserID: in.UserID}, Before: in.Body.Before, Ref: seed, Stories: make([]poker.Story, len(in.Body.Stories))}
	for i, n := range in.Body.Stories {
		cmd.Stories[i] = poker.Story{ID: storyID(seed, i), Key: n.Key, Title: n.Title, Description: n.Description, Type: n.Type, Status: poker.StoryStatus(n.Status), Estimate: n.Estimate.value}
		if n.URL.value != nil {
			cmd.Stories[i].URL = *n.URL.value
		}
	}
	outcome, err := a.do(ctx, in.SessionID, cmd)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(cmd.Stories))
	for i := range ids {
		ids[i] = storyID(outcome.Ref, i)
	}
	return storiesDone(outcome, "The stories have been added.", ids...), nil
}

// storyID is the id of one of the stories that are added together: of random bytes, and the same when the answer is asked for again.
func storyID(seed string, i int) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(seed), uint32(i)))
	id, _ := uuid.FromBytes(sum[:16]) // fails only for another length
	id[6] = id[6]&0x0f | 0x40         // RFC 9562, section 5.4: version 4
	id[8] = id[8]&0x3f | 0x80         // and its variant
	return id.String()
}

func (a *API) editStory(ctx context.Context, in *struct {
	OfStory
	Body EditStoryRequest
}) (*answer[StoriesDone], error) {
	b := &in.Body
	if e := b.Estimate.value; e != nil && *e == "" {
		return nil, invalidField("estimate", "estimate must be a card of the session's deck; null takes an estimate back.")
	}
	cmd := &poker.EditStory{By: poker.By{UserID: in.UserID}, StoryID: in.StoryID, Version: b.Version, Change: poker.StoryChange{
		Key: b.Key, Title: b.Title, Description: b.Description, Type: b.Type, URL: b.URL.orEmpty(), Estimate: b.Estimate.orEmpty(), Status: (*poker.StoryStatus)(b.Status),
	}}
	outcome, err := a.do(ctx, in.SessionID, cmd)
	if err != nil {
		return nil, err
	}
	return storiesDone(outcome, "The story has been changed.", in.StoryID), nil
}

func (a *API) moveStory(ctx context.Context, in *struct {
	OfStory
	Body *MoveStoryRequest
}) (*answer[StoriesDone], error) {
	cmd := poker.MoveStory{By: poker.By{UserID: in.UserID}, StoryID: in.StoryID}
	if in.Body != nil {
		cmd.Before = in.Body.Before
	}
	outcome, err := a.do(ctx, in.SessionID, cmd)
	if err != nil {
		return nil, err
	}
	return storiesDone(outcome, "The story has been moved."), nil
}

func (a *API) removeStory(ctx context.Context, in *OfStory) (*answer[StoriesDone], error) {
	outcome, err := a.do(ctx, in.SessionID, poker.RemoveStory{By: poker.By{UserID: in.UserID}, StoryID: in.StoryID})
	if err != nil {
		return nil, err
	}
	return storiesDone(outcome, "The story has been removed."), nil
}

// storiesDone answers with the version of the list, and those of the stories that are still there.
func storiesDone(outcome room.Outcome, message string, ids ...string) *answer[StoriesDone] {
	list := outcome.Session.Stories
	done := StoriesDone{Done: Done{Success: true, Message: message}, Version: list.Revision(), Stories: []view.Story{}}
	for _, id := range ids {
		if story := list.Story(id); story != nil {
			done.Stories = append(done.Stories, view.OfStory(story))
		}
	}
	return &answer[StoriesDone]{Body: done}
}
