package poker

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// listed is a game with stories y1, y2, …
func listed(t tb, n int) *game {
	g := newGame(t)
	g.do(&AddStories{By: by("sm"), Stories: someStories("y", n)})
	return g
}

func someStories(prefix string, n int) []Story {
	stories := make([]Story, n)
	for i := range stories {
		stories[i] = Story{ID: fmt.Sprint(prefix, i+1), Title: fmt.Sprint("Story ", prefix, i+1), Status: StoryTodo}
	}
	return stories
}

// order is the list, with what has become of each story.
func (g *game) order() string {
	var all []string
	for _, s := range g.s.Stories.Stories {
		text := s.ID
		if s.Status != StoryTodo {
			text += ":" + string(s.Status)
		}
		if s.Estimate != nil {
			text += "=" + *s.Estimate
		}
		if s.Rounds > 0 {
			text += fmt.Sprint("/", s.Rounds)
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func TestStories_stand_where_they_are_put(t *testing.T) {
	g := listed(t, 3)
	g.do(&AddStories{By: by("sm"), Stories: someStories("z", 2), Before: ptr("y2")})
	equal(t, "added before", g.order(), "y1 z1 z2 y2 y3")
	g.do(MoveStory{By: by("sm"), StoryID: "y3", Before: ptr("y1")})
	g.do(MoveStory{By: by("sm"), StoryID: "z1"})
	equal(t, "moved", g.order(), "y3 y1 z2 y2 z1")
	g.do(RemoveStory{By: by("sm"), StoryID: "z2"})
	equal(t, "removed", g.order(), "y3 y1 y2 z1")
	equal(t, "version", g.s.Stories.Version, 5)
	for _, c := range []Command{
		MoveStory{By: by("sm"), StoryID: "z2"}, MoveStory{By: by("sm"), StoryID: "y1", Before: ptr("z2")}, RemoveStory{By: by("sm"), StoryID: "z2"},
		&EditStory{By: by("sm"), StoryID: "z2", Change: StoryChange{Title: ptr("x")}}, &AddStories{By: by("sm"), Stories: someStories("a", 1), Before: ptr("z2")},
		Start{By: by("sm"), RoundID: "r", StoryID: ptr("z2")},
	} {
		equal(t, Name(c)+" of what is gone", g.try(c), NoSuchStory)
	}
}

func TestStory_goes_through_its_rounds(t *testing.T) {
	g := listed(t, 2)
	start := func(id, story string) string { return g.do(Start{By: by("sm"), RoundID: id, StoryID: &story}) }
	equal(t, "start", start("r1", "y1"), "voting_started story_changed")
	equal(t, "topic", *g.s.Round.Topic, "Story y1")
	equal(t, "voting", g.order(), "y1:voting y2")
	equal(t, "start another before the reveal", start("r2", "y2"), "story_changed voting_started story_changed")
	equal(t, "the first is left", g.order(), "y1 y2:voting")
	equal(t, "start the same again", start("r3", "y2"), "voting_started")
	g.do(CastVote{By: by("ann"), Value: "5"})
	g.do(Reveal{by("sm")})
	equal(t, "accept", g.do(Accept{By: by("sm"), Estimate: ptr("5")}), "round_completed story_changed")
	equal(t, "estimated", g.order(), "y1 y2:estimated=5/1")
	g.do(Accept{By: by("sm"), Estimate: ptr("8")})
	equal(t, "amended", g.order(), "y1 y2:estimated=8/1")
	start("r4", "y2")
	equal(t, "voted on again", g.order(), "y1 y2:voting=8/1")
	g.do(Reveal{by("sm")})
	equal(t, "the next begins without an estimate", start("r5", "y1"), "round_completed story_changed voting_started story_changed")
	equal(t, "it keeps what it had", g.order(), "y1:voting y2:estimated=8/2")
	g.do(Reveal{by("sm")})
	g.do(Accept{By: by("sm")})
	equal(t, "accepted with nothing", g.order(), "y1/1 y2:estimated=8/2")
	start("r5b", "y2")
	g.do(Reveal{by("sm")})
	g.do(Accept{By: by("sm")})
	equal(t, "which takes an earlier estimate back", g.order(), "y1/1 y2/3")
	equal(t, "a round about something else", g.do(Start{By: by("sm"), RoundID: "r6", Topic: ptr("Lunch")}), "voting_started")
	equal(t, "rounds of a story", g.s.Rounds[1].StoryID, "y2")
}

func TestStory_that_is_voted_on_may_be_edited_but_not_set_aside(t *testing.T) {
	g := listed(t, 2)
	g.do(Start{By: by("sm"), RoundID: "r1", StoryID: ptr("y1")})
	g.do(CastVote{By: by("ann"), Value: "5"})
	round := g.s.Round
	for _, c := range []Command{
		RemoveStory{By: by("sm"), StoryID: "y1"}, &EditStory{By: by("sm"), StoryID: "y1", Change: StoryChange{Status: ptr(StorySkipped)}},
		&EditStory{By: by("sm"), StoryID: "y1", Change: StoryChange{Estimate: ptr("")}},
	} {
		equal(t, Name(c), g.try(c), StoryVotedOn)
	}
	g.do(&EditStory{By: by("sm"), StoryID: "y1", Change: StoryChange{Title: ptr("Another"), Description: ptr("More")}})
	g.do(MoveStory{By: by("sm"), StoryID: "y1"})
	g.do(RemoveStory{By: by("sm"), StoryID: "y2"})
	g.do(&AddStories{By: by("sm"), Stories: someStories("z", 3)})
	equal(t, "round", g.s.Round, round)
}

func TestStory_that_somebody_else_has_changed(t *testing.T) {
	g := listed(t, 1)
	edit := func(version int, title string) *EditStory {
		return &EditStory{By: by("sm"), StoryID: "y1", Version: &version, Change: StoryChange{Title: &title}}
	}
	g.do(edit(1, "First"))
	_, err := g.rules.Decide(g.s, edit(1, "Second"), g.moment())
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Reason != StoryMeanwhileChanged || refusal.Story.Title != "First" {
		t.Fatalf("refusal %+v", refusal)
	}
	g.do(edit(refusal.Story.Version, "Second"))
	equal(t, "title", g.s.Stories.Story("y1").Title, "Second")
	version := g.s.Stories.Story("y1").Version
	g.do(Start{By: by("sm"), RoundID: "r1", StoryID: ptr("y1")}) // which changes the story, but none of its texts
	g.do(edit(version, "Third"))
}

func TestStory_is_set_aside_and_back(t *testing.T) {
	g := listed(t, 1)
	change := func(c StoryChange) string {
		g.do(&EditStory{By: by("sm"), StoryID: "y1", Change: c})
		return g.order()
	}
	equal(t, "skipped", change(StoryChange{Status: ptr(StorySkipped)}), "y1:skipped")
	equal(t, "back", change(StoryChange{Status: ptr(StoryTodo)}), "y1")
	equal(t, "estimated by hand", change(StoryChange{Estimate: ptr("5")}), "y1:estimated=5")
	equal(t, "skipped again", change(StoryChange{Status: ptr(StorySkipped)}), "y1:skipped=5")
	equal(t, "its estimate taken back", change(StoryChange{Estimate: ptr("")}), "y1:skipped")
	equal(t, "and back", change(StoryChange{Status: ptr(StoryTodo)}), "y1")
	equal(t, "estimated again", change(StoryChange{Estimate: ptr("5")}), "y1:estimated=5")
	equal(t, "skipped with it", change(StoryChange{Status: ptr(StorySkipped)}), "y1:skipped=5")
	equal(t, "back with its estimate", change(StoryChange{Status: ptr(StoryTodo)}), "y1:estimated=5")
	equal(t, "taken back", change(StoryChange{Estimate: ptr("")}), "y1")
	equal(t, "no card", g.try(&EditStory{By: by("sm"), StoryID: "y1", Change: StoryChange{Estimate: ptr("4")}}), UnknownCard)
	g.do(&AddStories{By: by("sm"), Stories: []Story{{ID: "y2", Title: "y2", Status: StoryTodo, Estimate: ptr("8")}, {ID: "y3", Title: "y3", Status: StorySkipped, Estimate: ptr("8")}}})
	equal(t, "new ones with estimates", g.order(), "y1 y2:estimated=8 y3:skipped=8")
	equal(t, "no card in a new one", g.try(&AddStories{By: by("sm"), Stories: []Story{{ID: "z", Title: "z", Status: StoryTodo, Estimate: ptr("4")}}}), UnknownCard)
}

func TestStories_are_as_many_as_a_session_takes(t *testing.T) {
	g := listed(t, 1)
	equal(t, "events of 499", strings.Count(g.do(&AddStories{By: by("sm"), Stories: someStories("z", 499)}), "stories_added"), 4)
	equal(t, "one more", g.try(&AddStories{By: by("sm"), Stories: someStories("a", 1)}), TooManyStories)
	equal(t, "length", g.s.Stories.Len(), 500)
	g.do(RemoveStory{By: by("sm"), StoryID: "y1"})
	long := []Story{{ID: "long", Title: "long", Description: strings.Repeat("\u2028<", MaxStoryDescription/2), Status: StoryTodo}}
	equal(t, "a long one", g.try(&AddStories{By: by("sm"), Stories: long}), "")
	g = newGame(t)
	var many []Story
	for i := range 200 {
		many = append(many, Story{ID: fmt.Sprint("l", i), Title: "long", Description: strings.Repeat("<", MaxStoryDescription), Status: StoryTodo})
	}
	equal(t, "many long ones", g.try(&AddStories{By: by("sm"), Stories: many}), StoriesTooLarge)
	g.do(&AddStories{By: by("sm"), Stories: many[:100]})
	equal(t, "one that grows", g.try(&EditStory{By: by("sm"), StoryID: "l1", Change: StoryChange{Description: ptr("")}}), "")
}

// The bound of all stories must hold for what is stored, and that of an event for what is sent; neither is measured by encoding.
func TestStory_is_never_longer_than_it_is_taken_for(t *testing.T) {
	for _, text := range []string{"a", "<", "\"", "\\", "\n", "\u2028", "é", "🦊", "\x01"} {
		many := strings.Repeat(text, 30)
		story := Story{ID: strings.Repeat("0", 36), Key: many, Title: many, Description: many, Type: many, URL: many, Status: StoryEstimated, Estimate: &many, Rounds: 1000, Version: 1e9}
		stored, err := json.Marshal(story)
		if err != nil {
			t.Fatal(err)
		}
		if got, taken := len(stored), story.bytes(); got > taken {
			t.Errorf("%q: %d bytes, taken for %d", text, got, taken)
		}
	}
}

func TestStories_that_are_refused(t *testing.T) {
	one := func(s Story) *AddStories { return &AddStories{Stories: []Story{{Title: "fine"}, s}} }
	for _, c := range []struct {
		name, field string
		command     Command
	}{
		{"none", "stories", &AddStories{}},
		{"501", "stories", &AddStories{Stories: someStories("y", 501)}},
		{"no title", "stories[1].title", one(Story{Title: " "})},
		{"a title of 501 characters", "stories[1].title", one(Story{Title: strings.Repeat("é", 501)})},
		{"a title of two lines", "stories[1].title", one(Story{Title: "a\nb"})},
		{"a key of 65 characters", "stories[1].key", one(Story{Title: "a", Key: strings.Repeat("k", 65)})},
		{"a type of 41 characters", "stories[1].type", one(Story{Title: "a", Type: strings.Repeat("k", 41)})},
		{"a description of 10,001 characters", "stories[1].description", one(Story{Title: "a", Description: strings.Repeat("é", 10_001)})},
		{"a script", "stories[1].url", one(Story{Title: "a", URL: "javascript:alert(1)"})},
		{"a script in disguise", "stories[1].url", one(Story{Title: "a", URL: "java\tscript:alert(1)"})},
		{"data", "stories[1].url", one(Story{Title: "a", URL: "data:text/html,x"})},
		{"no host", "stories[1].url", one(Story{Title: "a", URL: "https:///x"})},
		{"half a link", "stories[1].url", one(Story{Title: "a", URL: "//tracker.example"})},
		{"a link of 2,001 characters", "stories[1].url", one(Story{Title: "a", URL: "https://a.example/" + strings.Repeat("x", 2000)})},
		{"voted on already", "stories[1].status", one(Story{Title: "a", Status: StoryVoting})},
		{"a change to estimated", "status", &EditStory{Change: StoryChange{Status: ptr(StoryEstimated)}}},
		{"a change of nothing", "", &EditStory{}},
		{"a change to no title", "title", &EditStory{Change: StoryChange{Title: ptr("")}}},
		{"a change to a script", "url", &EditStory{Change: StoryChange{URL: ptr("javascript:alert(1)")}}},
		{"before itself", "before", MoveStory{StoryID: "y1", Before: ptr("y1")}},
	} {
		if refusal, _ := c.command.Validate().(*Refusal); refusal == nil || refusal.Field != c.field { //nolint:errorlint // it is not wrapped here
			t.Errorf("%s: %v", c.name, refusal)
		}
	}
	good := one(Story{Title: " a ", Key: " K-1 ", URL: "HTTPS://tracker.example/x?y=1&z"})
	if err := good.Validate(); err != nil || good.Stories[1].Title != "a" || good.Stories[1].Key != "K-1" || good.Stories[1].Status != StoryTodo {
		t.Errorf("%v, %+v", err, good.Stories[1])
	}
}

func BenchmarkVoteWithStories(b *testing.B) {
	g := listed(b, 500)
	g.do(Start{By: by("sm"), RoundID: "r1", StoryID: ptr("y1")})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.rules.Decide(g.s, CastVote{By: by("ann"), Value: "8"}, g.moment()); err != nil {
			b.Fatal(err)
		}
	}
}
