package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A client may write the type of its body in every form that RFC 9110 allows.
func TestJSONByEveryNameOfItsType(t *testing.T) {
	for _, contentType := range []string{
		"application/json", "Application/JSON", "APPLICATION/JSON; charset=UTF-8", "application/json ;charset=utf-8", "application/json; a=b+c", `application/json;charset="x+y"`,
		"application/vnd.api+json", "application/vnd.api+JSON", "application/a+b+json",
	} {
		t.Run(contentType, func(t *testing.T) {
			s := start(t)
			s.must(t, "POST /api/sessions/", createBody, header("Content-Type", contentType))
		})
	}
}

func TestPathsAreNeverRedirected(t *testing.T) {
	s := start(t)
	for _, path := range []string{"//api/sessions", "/api//sessions", "/api/./sessions", "/api/x/../sessions", "/api/sessions//", "//", "/x//", "/session/x//"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if r := s.call(t, method+" "+path, ""); r.status != http.StatusNotFound || r.text("error") == "" {
				t.Errorf("%s %s: %d %s", method, path, r.status, r.body)
			}
		}
	}
}

func TestATargetThatIsNoPathIsNoPathOfOurs(t *testing.T) {
	s := start(t)
	conn := dial(t, s.url)
	if _, err := fmt.Fprint(conn, "GET * HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, _ := answerOn(t, conn)
	if resp.StatusCode != http.StatusNotFound || resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s, %q", resp.Status, resp.Header.Get("Content-Type"))
	}
}

func TestMalformedQueryIsRefused(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voting")
	for _, call := range []string{"GET /api/sessions/", "GET /api/sse/", "POST /api/sessions/"} {
		for _, tail := range []string{"?user_id=%zz", "?user_id=a;b"} {
			path := call + w.session + tail
			if strings.HasPrefix(call, "POST") {
				path = call + w.session + "/extend" + tail
			}
			if r := s.call(t, path, "", as(w.guest)); r.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", path, r.status, r.body)
			}
		}
	}
}

func TestGoodCookieBesideAStaleOneOfTheSameName(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voting")
	stale := func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "magnapp_" + w.guest.user, Value: "stale"})
	}
	s.must(t, "POST /api/sessions/"+w.session+"/extend?user_id="+w.guest.user, "", stale, cookies(w.guest))
	s.must(t, "POST /api/sessions/"+w.session+"/extend?user_id="+w.guest.user, "", cookies(w.guest), stale)
}

// A proxy that appends writes its own entry last, on a line of its own or not; what comes before is the client's.
func TestTheNearestProxyHasTheLastWord(t *testing.T) {
	s := start(t, behind("127.0.0.0/8"))
	twoLines := func(r *http.Request) {
		r.Header["X-Forwarded-Host"] = []string{"evil.example", "poker.example"}
		r.Header["X-Forwarded-Proto"] = []string{"http", "https"}
	}
	r := s.must(t, "POST /api/sessions/", createBody, twoLines)
	if url := r.text("join_url"); !strings.HasPrefix(url, "https://poker.example/session/") {
		t.Errorf("join_url %q", url)
	}
}
