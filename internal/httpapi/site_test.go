package httpapi_test

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// metas are the page's meta elements, by name or property, each as a browser or a chat reads it.
func metas(t *testing.T, page string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`<meta (?:name|property)="([^"]*)" content="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		found[m[1]] = html.UnescapeString(m[2])
	}
	if len(found) < 5 {
		t.Fatalf("the page says nothing of itself: %s", page)
	}
	return found
}

func TestPageSaysWhatAnInvitationShows(t *testing.T) {
	s := start(t, realSite)
	who := s.create(t, createBody)
	page := s.must(t, "GET /session/"+who.session, "")
	got := metas(t, page.body)
	for name, want := range map[string]string{
		"og:title": "Sprint 12", "og:url": s.url + "/session/" + who.session, "og:image": s.url + "/invitation.png", "og:site_name": "MagnaPP", "og:type": "website", "public-url": "",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if got["og:description"] == "" || got["og:image:alt"] == "" {
		t.Error("neither description nor picture have words")
	}
	start := metas(t, s.must(t, "GET /", "").body)
	if !strings.HasPrefix(start["og:title"], "MagnaPP") || start["og:url"] != s.url+"/" {
		t.Errorf("the start page is %q at %q", start["og:title"], start["og:url"])
	}
	picture := s.must(t, "GET /invitation.png", "")
	if picture.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(picture.body, "\x89PNG") {
		t.Errorf("the picture is %q", picture.header.Get("Content-Type"))
	}
}

func TestPageOfAPrivateSessionDoesNotNameIt(t *testing.T) {
	s := start(t, realSite)
	for settings, named := range map[string]bool{`{}`: true, `{"listed": true}`: true, `{"locked": true}`: true, `{"listed": false}`: false, `{"password": "open sesame"}`: false} {
		body := `{"name": "Secret merger", "creator_name": "Ada Lovelace", "creator_avatar": "", "settings": ` + settings + `}`
		page := s.must(t, "GET /session/"+s.create(t, body).session, "").body
		if got := strings.Contains(page, "Secret merger"); got != named {
			t.Errorf("with %s the page names the session: %v", settings, got)
		}
		if title := metas(t, page)["og:title"]; !named && !strings.HasPrefix(title, "MagnaPP") {
			t.Errorf("with %s the title is %q", settings, title)
		}
	}
}

func TestPageKnowsThePublicURL(t *testing.T) {
	s := start(t, realSite, publicURL("https://poker.example.com/"))
	who := s.create(t, createBody)
	for _, path := range []string{"/", "/session/" + who.session, "/session/" + who.session + "/"} {
		got := metas(t, s.must(t, "GET "+path, "").body)
		if got["public-url"] != "https://poker.example.com" || !strings.HasPrefix(got["og:url"], "https://poker.example.com/") || !strings.HasPrefix(got["og:image"], "https://poker.example.com/") {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestPageKnowsHowManySeatsASessionHas(t *testing.T) {
	for seats, want := range map[int]string{16: "16", 0: ""} {
		s := start(t, realSite, func(o *setup) { o.rules.MaxParticipants = seats })
		who := s.create(t, createBody)
		for _, path := range []string{"/", "/session/" + who.session} {
			if got := metas(t, s.must(t, "GET "+path, "").body)["seats"]; got != want {
				t.Errorf("%s with a limit of %d: seats is %q, want %q", path, seats, got, want)
			}
		}
	}
}

func TestPageOfAForwardedHostLinksThere(t *testing.T) {
	s := start(t, realSite)
	got := metas(t, s.must(t, "GET /", "", headers("X-Forwarded-Host", "poker.example.com", "X-Forwarded-Proto", "https")).body)
	if got["og:url"] != "https://poker.example.com/" {
		t.Errorf("og:url is %q", got["og:url"])
	}
	for _, hostile := range []string{`"><script>`, "a'b", "x y", "{{.}}"} {
		page := s.call(t, "GET /", "", header("X-Forwarded-Host", hostile)).body
		if got := metas(t, page); got["og:url"] != s.url+"/" {
			t.Errorf("%q: og:url is %q", hostile, got["og:url"])
		}
	}
}

func TestPageOfAHostileNameIsEscaped(t *testing.T) {
	s := start(t, realSite)
	plain := s.must(t, "GET /session/"+s.create(t, createBody).session, "").body
	for _, name := range []string{`"><script>alert(1)</script>`, `' onload='x`, "</title></head><body>", "{{.Origin}}", "<!--", "&quot;&amp;", "javascript:alert(1)", "0;url=//evil.example", "\u202egnitov", "日本語 🦊"} {
		named, err := json.Marshal(map[string]string{"name": name, "creator_name": "Ada", "creator_avatar": ""})
		if err != nil {
			t.Fatal(err)
		}
		page := s.must(t, "GET /session/"+s.create(t, string(named)).session, "").body
		if got := metas(t, page)["og:title"]; got != name {
			t.Errorf("%q is told as %q", name, got)
		}
		for _, mark := range []string{"<", ">", `"`} {
			if got, want := strings.Count(page, mark), strings.Count(plain, mark); got != want {
				t.Errorf("%q: %d times %s, want %d", name, got, mark, want)
			}
		}
	}
}

// The page of what came of a session is there for as long as that can be read, and says nothing of the session itself.
func TestPageOfASummaryOutlivesItsSession(t *testing.T) {
	s := start(t, realSite, keeping(time.Hour))
	w := newWorld(t, s, "results")
	page := "GET /session/" + w.session + "/summary"
	if got := metas(t, s.must(t, page, "").body)["og:title"]; got != "Sprint 12" {
		t.Errorf("while the session lives its summary is %q", got)
	}
	w.step(t, "accept")
	s.must(t, w.fill("DELETE /api/sessions/{s}?user_id={master}", ""), "", cookies(w.master))
	for _, path := range []string{page, page + "/"} {
		if got := metas(t, s.must(t, path, "").body)["og:title"]; !strings.HasPrefix(got, "MagnaPP") {
			t.Errorf("after its end the summary is %q", got)
		}
	}
	if got := s.call(t, "GET /session/"+w.session, ""); got.status != http.StatusNotFound {
		t.Errorf("the page of the session that has ended: %d", got.status)
	}
	s.clock.Advance(time.Hour)
	for _, path := range []string{page, "GET /session/" + w.stranger.user + "/summary", "GET /session/no-guid/summary"} {
		if got := s.call(t, path, ""); got.status != http.StatusNotFound || !strings.Contains(got.body, `<div id="app">`) {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestPageOfASessionThatIsNotThereSays404(t *testing.T) {
	s := start(t, realSite)
	ended, expired, there := newWorld(t, s, "ended"), newWorld(t, s, "waiting"), newWorld(t, s, "waiting")
	page := s.must(t, "GET /session/"+there.session, "").body
	expired.step(t, "expire")
	for _, id := range []string{ended.session, expired.session, there.stranger.user, "no-guid", "%F0%9F%A6%89", "%22%3E%3Cscript%3E"} {
		for _, path := range []string{"/session/" + id, "/session/" + id + "/"} {
			got := s.call(t, "GET "+path, "")
			if got.status != http.StatusNotFound || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, `<div id="app">`) {
				t.Errorf("%s: %d %s", path, got.status, got.header.Get("Content-Type"))
			}
			if told := metas(t, got.body); !strings.HasPrefix(told["og:title"], "MagnaPP") || told["og:url"] != s.url+"/" {
				t.Errorf("%s says %q of %q", path, told["og:title"], told["og:url"])
			}
			if got.header.Get("Content-Security-Policy") == "" || got.header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: %v", path, got.header)
			}
			again := s.call(t, "GET "+path, "", header("If-None-Match", got.header.Get("ETag")))
			if again.status != http.StatusNotFound {
				t.Errorf("%s again: %d", path, again.status)
			}
			if head := s.call(t, "HEAD "+path, ""); head.status != http.StatusNotFound || head.body != "" {
				t.Errorf("HEAD %s: %d %q", path, head.status, head.body)
			}
			isProblem(t, s.call(t, "POST "+path, ""), http.StatusMethodNotAllowed)
		}
	}
	for _, path := range []string{"/session/", "/session", "/session/a/b", "/assets/x.js"} {
		isProblem(t, s.call(t, "GET "+path, ""), http.StatusNotFound)
	}
	if strings.Contains(page, "public-url") {
		t.Error("a public address is told that nobody has set")
	}
}
