package httpapi_test

import (
	"fmt"
	"math/rand/v2"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// played is a session whose stories have been estimated. The name has signs that are none of a file's.
func played(t *testing.T, s *server) *world {
	t.Helper()
	w := newWorld(t, s, "waiting")
	w.act(t, w.master, "stories", `{"stories":[{"title":"=cmd()","key":"P-1","type":"Story","url":"https://tracker.example/P-1"},{"title":"Log out, please","key":"17","type":"Bug"},{"title":"Not yet"}]}`)
	list := s.must(t, "GET /api/sessions/"+w.session+"/stories", "").json["stories"].([]any)
	for i, estimate := range []string{"8", "5"} {
		w.act(t, w.master, "start", fmt.Sprintf(`{"story_id":%q}`, list[i].(map[string]any)["id"]))
		w.act(t, w.guest, "vote", `{"vote":"5"}`)
		w.act(t, w.master, "vote", `{"vote":"8"}`)
		s.clock.Advance(90 * time.Second)
		w.act(t, w.master, "reveal", "")
		w.act(t, w.master, "accept", fmt.Sprintf(`{"estimate":%q}`, estimate))
	}
	w.act(t, w.master, "start", `{"topic":"hidden"}`)
	w.act(t, w.guest, "vote", `{"vote":"21"}`)
	return w
}

func (s *server) exported(t testing.TB, session, query string) reply {
	t.Helper()
	return s.must(t, "GET /api/sessions/"+session+"/export?"+query, "")
}

func TestExportsOfOurOwnMaking(t *testing.T) {
	s := start(t)
	w := played(t, s)
	for query, want := range map[string]string{
		"":                          "key,title,type,estimate,average,votes,rounds,seconds,url\r\nP-1,'=cmd(),Story,8,6.5,2,1,90,https://tracker.example/P-1\r\n17,\"Log out, please\",Bug,5,6.5,2,1,90,\r\n,Not yet,,,,0,0,0,\r\n",
		"format=jira":               "Issue Key,Summary,Story Points\r\nP-1,'=cmd(),8\r\n17,\"Log out, please\",5\r\n",
		"format=azure&field=Effort": "ID,Work Item Type,Title,Effort\r\n17,Bug,\"Log out, please\",5\r\n",
		"format=markdown":           "## Sprint 12\n\n2 of 3 stories estimated, 13 points.\n\n| Key | Story | Estimate | Average | Votes | Rounds |\n| --- | --- | ---: | ---: | ---: | ---: |\n| [P-1](<https://tracker.example/P-1>) | =cmd() | 8 | 6.5 | 2 | 1 |\n| 17 | Log out, please | 5 | 6.5 | 2 | 1 |\n|  | Not yet |  |  | 0 | 0 |\n",
	} {
		got := s.exported(t, w.session, query)
		if diff := cmp.Diff(want, got.body); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

// TestExportsOfOurOwnMakingComeBack holds that stories go from one session to another with any of them.
func TestExportsOfOurOwnMakingComeBack(t *testing.T) {
	s := start(t)
	w := played(t, s)
	for _, format := range []string{"csv", "json", "markdown"} {
		other := s.create(t, `{"name":"Sprint 13","creator_name":"Ada","creator_avatar":""}`)
		s.imported(t, other, "&estimates=true", s.exported(t, w.session, "format="+format).body)
		var got []string
		for _, story := range s.must(t, "GET /api/sessions/"+other.session+"/stories", "").json["stories"].([]any) {
			of := story.(map[string]any)
			got = append(got, fmt.Sprint(of["key"], " ", of["title"], " ", of["estimate"], " ", of["url"]))
		}
		want := []string{"P-1 =cmd() 8 https://tracker.example/P-1", "17 Log out, please 5 <nil>", " Not yet <nil> <nil>"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestExportsAreFilesWithSafeNames(t *testing.T) {
	s := start(t)
	who := s.create(t, `{"name":"../../Sprint: \"12\" / ½\u202e","creator_name":"Ada","creator_avatar":""}`)
	s.imported(t, who, "", sprints)
	for query, want := range map[string][2]string{
		"format=csv":      {"text/csv; charset=utf-8", "½ estimates.csv"},
		"format=json":     {"application/json", "½ estimates.json"},
		"format=markdown": {"text/markdown; charset=utf-8", "½ estimates.md"},
		"format=jira":     {"text/csv; charset=utf-8", "½ estimates for Jira.csv"},
		"format=azure":    {"text/csv; charset=utf-8", "½ estimates for Azure DevOps.csv"},
		"format=original": {"text/csv", "½ original.csv"},
	} {
		h := s.exported(t, who.session, query).header
		how, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
		if err != nil || how != "attachment" || params["filename"] != want[1] || h.Get("Content-Type") != want[0] || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v (%v, %v)", query, h, params, err)
		}
		if head := s.call(t, "HEAD /api/sessions/"+who.session+"/export?"+query, ""); head.status != 200 || head.body != "" || head.header.Get("Content-Type") != want[0] {
			t.Errorf("HEAD of %s: %d %v", query, head.status, head.header)
		}
	}
}

// What is still hidden is in no export.
func TestExportsHaveNoHiddenVote(t *testing.T) {
	s := start(t)
	w := played(t, s)
	for _, format := range []string{"csv", "json", "markdown", "jira", "azure"} {
		if got := s.exported(t, w.session, "format="+format); strings.Contains(got.body, "21") && !strings.Contains(got.body, w.session) || strings.Contains(got.body, `"21"`) || strings.Contains(got.body, "hidden") {
			t.Errorf("%s has the vote, or its round: %s", format, got.body)
		}
	}
	got := s.exported(t, w.session, "format=json").json
	whole := s.must(t, "GET /api/sessions/"+w.session+"/rounds", "")
	if diff := cmp.Diff(parsed(t, whole.body), got["rounds"]); diff != "" {
		t.Errorf("rounds (-answered +exported):\n%s", diff)
	}
}

// Who played which card of an anonymous round is in no export, and a session with a password is for those who have a seat in it.
func TestExportsOfASessionThatKeepsToItself(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	w.act(t, w.master, "settings", `{"anonymous":true}`)
	s.imported(t, w.master, "", sprints)
	w.story = s.must(t, "GET /api/sessions/"+w.session+"/stories", "").json["stories"].([]any)[0].(map[string]any)["id"].(string)
	for _, step := range []string{"start-story", "vote", "reveal", "accept"} {
		w.step(t, step)
	}
	rounds := s.exported(t, w.session, "format=json").json["rounds"].([]any)
	if vote := rounds[0].(map[string]any)["votes"].(map[string]any)[w.guest.user].(map[string]any); vote["value"] != nil {
		t.Errorf("an anonymous vote: %v", vote)
	}
	if csv := s.exported(t, w.session, "").body; !strings.Contains(csv, "P-1,One,Story,5,5,1,1,0,") {
		t.Errorf("statistics are not whole: %s", csv)
	}
	w.step(t, "protect")
	for _, format := range []string{"csv", "json", "markdown", "jira", "azure", "original"} {
		call := "GET /api/sessions/" + w.session + "/export?format=" + format
		isProblem(t, s.call(t, call, ""), http.StatusUnauthorized)
		isProblem(t, s.call(t, call, "", as(w.stranger)), http.StatusUnauthorized)
		s.must(t, call, "", as(w.guest))
	}
	isProblem(t, s.importing(t, w.guest, "&dry_run=true", sprints), http.StatusForbidden)
}

// sampleFile is a file of the reader's tests.
func sampleFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "tracker", "testdata", "samples", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What was imported comes back byte for byte, also from a server that was started again; then with the estimates in it, for stories by their rows whatever became of their texts.
func TestOriginalComesBack(t *testing.T) {
	dir := t.TempDir()
	s := start(t, keptIn(dir))
	who := s.create(t, createBody)
	file := sampleFile(t, "jira-server.csv")
	got := s.imported(t, who, "&name=backlog.csv", file)
	if same := s.exported(t, who.session, "format=original"); same.body != file {
		t.Errorf("not the file: %s", cmp.Diff(file, same.body))
	}
	stories := got.json["stories"].([]any)
	first := stories[0].(map[string]any)["story_id"].(string)
	last := stories[len(stories)-1].(map[string]any)["story_id"].(string)
	s.act(t, who, "stories/"+first, `{"estimate":"8","key":"OTHER-1","title":"Renamed"}`)
	s.act(t, who, "stories/"+last, `{"estimate":"coffee"}`)
	s.rooms.Close()
	s.closeStore(t)
	s = start(t, keptIn(dir))
	s.act(t, who, "extend", "")
	again := s.exported(t, who.session, "format=original")
	if want := strings.Replace(file, ";BOAT-1;3.0;", ";BOAT-1;8.0;", 1); want == file || again.body != want {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, again.body))
	}
	if name := again.header.Get("Content-Disposition"); name != "attachment; filename=backlog.csv" {
		t.Errorf("Content-Disposition %q", name)
	}
}

// Every sample that a tracker would take back comes back byte for byte when nothing was estimated.
func TestOriginalsOfAllSamples(t *testing.T) {
	files, err := os.ReadDir(filepath.Join("..", "tracker", "testdata", "samples"))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t)
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			who := s.create(t, createBody)
			file := sampleFile(t, f.Name())
			got := s.imported(t, who, "", file)
			back := s.call(t, "GET /api/sessions/"+who.session+"/export?format=original", "")
			switch {
			case got.json["original"] != true:
				isProblem(t, back, http.StatusConflict)
			case back.body != file:
				t.Errorf("not the file (-want +got):\n%s", cmp.Diff(file, back.body))
			}
		})
	}
}

// A file that has no room beside the session is imported, and not kept.
func TestFileWithoutRoomIsImportedAllTheSame(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	var b strings.Builder
	b.WriteString("Title,Issue key,Noise\n")
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		fmt.Fprintf(&b, "Story,P-%d,", i)
		for range 5000 {
			fmt.Fprintf(&b, "%016x", chance.Uint64())
		}
		b.WriteString("\n")
	}
	got := s.imported(t, who, "", b.String())
	if got.json["added"] != 100.0 || got.json["original"] != false || !strings.Contains(got.body, "too large to be kept") {
		t.Errorf("%.500s", got.body)
	}
	back := s.call(t, "GET /api/sessions/"+who.session+"/export?format=original", "")
	isProblem(t, back, http.StatusConflict)
	if !strings.Contains(back.text("detail"), "too large") {
		t.Errorf("%s", back.body)
	}
	s.imported(t, who, "", sprints) // a smaller one
	if back := s.exported(t, who.session, "format=original"); back.body != sprints {
		t.Errorf("%s", back.body)
	}
}
