package httpapi_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A client that lost the answer sends the same again, and gets the same stories.
func TestStoriesAreAddedOnce(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	add := func() reply {
		return s.must(t, "POST /api/sessions/"+who.session+"/stories?user_id="+who.user, `{"stories":[{"title":"a"},{"title":"b"}]}`, as(who), header("Idempotency-Key", "once"))
	}
	first, again := add(), add()
	if first.body != again.body {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	if list := s.must(t, "GET /api/sessions/"+who.session+"/stories", "").json["stories"].([]any); len(list) != 2 {
		t.Errorf("%d stories", len(list))
	}
}

// What a reader makes of the events of the list is the list.
func TestStoriesByTheirEvents(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	stream := s.listen(t, "/api/sse/"+w.session)
	stream.until(t, "session_updated")
	w.step(t, "stories")
	w.step(t, "start-story")
	s.act(t, w.master, "stories/"+w.other+"/move", `{"before":"`+w.story+`"}`)
	s.act(t, w.master, "stories", `{"stories":[{"title":"between"}],"before":"`+w.story+`"}`)
	s.act(t, w.master, "stories/"+w.other, `{"title":"Sign out","url":"https://tracker.example/2"}`)
	s.act(t, w.master, "reveal", "")
	s.act(t, w.master, "accept", `{"estimate":"8"}`)
	s.must(t, "DELETE /api/sessions/"+w.session+"/stories/"+w.other+"?user_id="+w.master.user, "", as(w.master))
	want := s.must(t, "GET /api/sessions/"+w.session+"/stories", "").json
	var list stories
	version := 0.0
	for version < want["version"].(float64) {
		data := stream.until(t, "stories_updated").data
		if version++; data["version"] != version {
			t.Fatalf("version %v after %v", data["version"], version-1)
		}
		list = list.folded(data)
	}
	if diff := cmp.Diff(want["stories"], []any(list)); diff != "" {
		t.Errorf("the list (-answered +by events):\n%s", diff)
	}
	backlog, _ := json.Marshal(s.must(t, "GET /api/sessions/"+w.session, "").json["backlog"])
	if string(backlog) != `{"estimated":1,"original":false,"total":2,"version":7}` {
		t.Errorf("backlog %s", backlog)
	}
}

// stories is a list of stories as a client has it.
type stories []any

func idOf(story any) any { return story.(map[string]any)["id"] }

func (l stories) place(id any) int {
	return slices.IndexFunc(l, func(story any) bool { return idOf(story) == id })
}

// put is the list with a story before another, or at the end.
func (l stories) put(story, before any) stories {
	i := len(l)
	if before != nil {
		i = l.place(before)
	}
	return slices.Insert(slices.Clone(l), i, story)
}

func (l stories) without(id any) stories {
	return slices.DeleteFunc(slices.Clone(l), func(story any) bool { return idOf(story) == id })
}

// folded is the list after a stories_updated.
func (l stories) folded(data map[string]any) stories {
	for _, a := range data["added"].([]any) {
		l = l.put(a.(map[string]any)["story"], a.(map[string]any)["before"])
	}
	for _, changed := range data["changed"].([]any) {
		l[l.place(idOf(changed))] = changed
	}
	for _, m := range data["moved"].([]any) {
		story := l[l.place(idOf(m))]
		l = l.without(idOf(m)).put(story, m.(map[string]any)["before"])
	}
	for _, id := range data["removed"].([]any) {
		l = l.without(id)
	}
	return l
}
