package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/poker"
)

// importing is a call with a file.
func (s *server) importing(t testing.TB, who seat, query, file string, changes ...with) reply {
	t.Helper()
	return s.call(t, "POST /api/sessions/"+who.session+"/stories/import?user_id="+who.user+query, file, append([]with{as(who)}, changes...)...)
}

// imported is an import that succeeds.
func (s *server) imported(t testing.TB, who seat, query, file string, changes ...with) reply {
	t.Helper()
	got := s.importing(t, who, query, file, changes...)
	if got.status != http.StatusOK {
		t.Fatalf("import: %d %s", got.status, got.body)
	}
	return got
}

// titles are the titles on a session's list.
func (s *server) titles(t testing.TB, session string) string {
	t.Helper()
	var titles []string
	for _, story := range s.must(t, "GET /api/sessions/"+session+"/stories", "").json["stories"].([]any) {
		titles = append(titles, story.(map[string]any)["title"].(string))
	}
	return strings.Join(titles, "|")
}

// sprints has eight stories: of two types, in two sprints, some of them done.
const sprints = "Issue key,Issue id,Summary,Issue Type,Status,Sprint,Custom field (Story Points)\n" +
	"P-1,1,One,Story,To Do,Sprint 12,5.0\nP-2,2,Two,Bug,To Do,Sprint 12,\nP-3,3,Three,Story,Done,Sprint 12,4\n" +
	"P-4,4,Four,Story,To Do,Sprint 13,\nP-5,5,Five,Story,To Do,,\nP-6,6,,Story,To Do,,\n"

func TestImportOfWhatIsAskedFor(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ query, want string }{
		{"", "One|Two|Three|Four|Five"},
		{"&types=story", "One|Three|Four|Five"},
		{"&types=Story&open=true&sprints=Sprint+12", "One"},
		{"&sprints=Sprint+12&sprints=sprint+13", "One|Two|Three|Four"},
		{"&sprints=", "Five"},
		{"&statuses=Done", "Three"},
		{"&rows=2,5&types=Story", "One|Four"},
		{"&title=0&key=-1&rows=2,3", "P-1|P-2"},
		{"&types=none", ""},
	} {
		who := s.create(t, createBody)
		preview := s.imported(t, who, "&dry_run=true"+c.query, sprints)
		if got := s.titles(t, who.session); got != "" {
			t.Fatalf("a dry run added %s", got)
		}
		got := s.imported(t, who, c.query, sprints)
		if titles := s.titles(t, who.session); titles != c.want {
			t.Errorf("%q: %s, want %s", c.query, titles, c.want)
		}
		for _, name := range []string{"added", "selected", "existing", "total", "columns", "skipped", "types", "sprints", "original", "format"} {
			if diff := cmp.Diff(preview.json[name], got.json[name]); diff != "" {
				t.Errorf("%q: %s (-dry run +import):\n%s", c.query, name, diff)
			}
		}
	}
}

func TestImportSaysWhatItUnderstood(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	s.imported(t, who, "&rows=3", sprints)
	got := s.imported(t, who, "&dry_run=true&estimates=true", sprints)
	for name, want := range map[string]string{
		"format": `"jira-csv"`, "tracker": `"Jira"`, "encoding": `"utf-8"`, "delimiter": `","`, "total": `6`, "selected": `5`, "added": `4`, "existing": `1`, "room": `499`, "skipped_total": `1`,
		"skipped": `[{"reason":"no title","row":7}]`, "dry_run": `true`, "original": `true`, "message": `"4 stories would be added."`,
		"sprints":  `[{"count":3,"value":"Sprint 12"},{"count":1,"value":"Sprint 13"},{"count":1,"value":""}]`,
		"warnings": `["1 story has points that are no card of this session's deck: left without an estimate."]`,
		"notes":    `[{"code":"no_card","max":0,"n":1,"name":"","row":0}]`,
	} {
		if text, _ := json.Marshal(got.json[name]); string(text) != want {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
	column, _ := json.Marshal(got.json["columns"].([]any)[2])
	if string(column) != `{"index":2,"meaning":"title","name":"Summary","sample":"One","unnamed":false}` {
		t.Errorf("column: %s", column)
	}
	first, _ := json.Marshal(got.json["stories"].([]any)[0])
	if string(first) != `{"done":false,"estimate":"5","existing":false,"key":"P-1","parent":"","points":"5","row":2,"sprint":"Sprint 12","status":"To Do","story_id":null,"title":"One","type":"Story","url":null}` {
		t.Errorf("first story: %s", first)
	}
	if second := got.json["stories"].([]any)[1].(map[string]any); second["existing"] != true || second["story_id"] == nil {
		t.Errorf("second story: %v", second)
	}
}

func TestImportTakesPointsForEstimatesOnlyIfAsked(t *testing.T) {
	s := start(t)
	for query, want := range map[string]string{"": "todo todo todo", "&estimates=true": "estimated todo todo"} {
		who := s.create(t, createBody)
		s.imported(t, who, "&rows=2,3,4"+query, sprints)
		var statuses []string
		for _, story := range s.must(t, "GET /api/sessions/"+who.session+"/stories", "").json["stories"].([]any) {
			statuses = append(statuses, story.(map[string]any)["status"].(string))
		}
		if got := strings.Join(statuses, " "); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}

// A client that lost the answer sends the same again, and gets the same.
func TestImportIsDoneOnce(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	key := header("Idempotency-Key", "once")
	first := s.imported(t, who, "", "One story\nOne story\nAnother story\n", key)
	if again := s.imported(t, who, "", "One story\nOne story\nAnother story\n", key); again.body != first.body {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	isProblem(t, s.importing(t, who, "", "Something else\n", key), http.StatusUnprocessableEntity)
	if got := s.titles(t, who.session); got != "One story|One story|Another story" {
		t.Errorf("on the list: %s", got)
	}
	if got := s.imported(t, who, "", "Another story\none story\nOne story\n"); got.json["added"] != 1.0 || got.json["existing"] != 2.0 {
		t.Errorf("without a key: %s", got.body)
	}
}

// The same file by many people at once is on the list once.
func TestImportsAtOnceAddEachStoryOnce(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	var b strings.Builder
	b.WriteString("Title,Issue key\n")
	for i := range 100 {
		fmt.Fprintf(&b, "Story %d,P-%d\n", i, i)
	}
	var all sync.WaitGroup
	added := make([]float64, 6)
	for i := range added {
		all.Go(func() {
			got := s.importing(t, who, "", b.String(), header("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i)))
			if got.status != http.StatusOK {
				t.Errorf("import %d: %s", i, got.body)
				return
			}
			added[i] = got.json["added"].(float64)
		})
	}
	all.Wait()
	sum := 0.0
	for _, n := range added {
		sum += n
	}
	if list := strings.Count(s.titles(t, who.session), "|") + 1; sum != 100 || list != 100 {
		t.Errorf("%v were added, %d are on the list", added, list)
	}
}

// As many stories as there may be come in events that are not too long, and what a reader makes of them is the list.
func TestImportByItsEvents(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	stream := s.listen(t, "/api/sse/"+who.session)
	stream.until(t, "session_updated")
	var b strings.Builder
	b.WriteString("Title,Issue key\n")
	for i := range poker.MaxStories {
		fmt.Fprintf(&b, "\"%s\",P-%d\n", strings.Repeat("Long <title> ", 38), i)
	}
	s.imported(t, who, "", b.String())
	want := s.must(t, "GET /api/sessions/"+who.session+"/stories", "").json
	var list stories
	for len(list) < poker.MaxStories {
		e := stream.until(t, "stories_updated")
		if len(e.raw) > 64<<10 {
			t.Errorf("an event of %d bytes", len(e.raw))
		}
		if e.data["original"] != true {
			t.Error("the file is not said to be there")
		}
		list = list.folded(e.data)
	}
	if diff := cmp.Diff(want["stories"], []any(list)); diff != "" {
		t.Errorf("the list (-answered +by events):\n%s", diff)
	}
	isProblem(t, s.importing(t, who, "", "One more story\nand another\n"), http.StatusConflict)
	if got := s.imported(t, who, "&dry_run=true", "One more story\nand another\n"); got.json["room"] != 0.0 || !strings.Contains(got.body, "2 stories would be added, and the session takes 0 more") {
		t.Errorf("a dry run of too many: %s", got.body)
	}
}

func TestImportOfAFormIsRefused(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	got := s.importing(t, who, "", backlogFile, header("Content-Type", "multipart/form-data; boundary=x"))
	isProblem(t, got, http.StatusUnsupportedMediaType)
	s.imported(t, who, "", backlogFile, header("Content-Type", "text/csv"))
	s.imported(t, who, "", backlogFile, header("Content-Type", "no type"))
}

// Texts that no list takes from people do not keep a file out.
func TestImportOfHostileTexts(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	got := s.imported(t, who, "", "Title,Issue key,Description,URL\n\"a\x01b\u2028c\",\"K\x02 1\",\"d\x03\ne\",javascript:alert(1)\n\u2800,K-2,,\nfine,K-3,,https://tracker.example/K-3\n")
	if titles := s.titles(t, who.session); strings.Count(titles, "|") != 1 || !strings.HasSuffix(titles, "|fine") {
		t.Errorf("on the list: %q after %s", titles, got.body)
	}
	if got.json["skipped_total"] != 1.0 {
		t.Errorf("skipped: %v", got.json["skipped"])
	}
}

// The name of a file comes back in the list of stories.
func TestImportedFileIsNamed(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	if list := s.must(t, "GET /api/sessions/"+who.session+"/stories", ""); list.json["file"] != nil {
		t.Errorf("before any import: %s", list.body)
	}
	s.imported(t, who, "&name="+url.QueryEscape("C:\\Users\\ada\\..\\Sprint:12\u202e.csv"), sprints)
	file, _ := json.Marshal(s.must(t, "GET /api/sessions/"+who.session+"/stories", "").json["file"])
	if want := fmt.Sprintf(`{"format":"jira-csv","name":"Sprint-12.csv","original":true,"size":%d}`, len(sprints)); string(file) != want {
		t.Errorf("file %s, want %s", file, want)
	}
}
