package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

func headers(pairs ...string) with {
	return func(r *http.Request) {
		for i := 0; i < len(pairs); i += 2 {
			r.Header.Set(pairs[i], pairs[i+1])
		}
	}
}

func TestPreflight(t *testing.T) {
	s := start(t, friendly)
	ask := func(origin, method string) reply {
		return s.call(t, "OPTIONS /api/sessions/", "", headers("Origin", origin, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", "authorization,content-type,x-anything"))
	}
	for _, method := range []string{"GET", "POST", "DELETE"} {
		got := ask(friend, method)
		if got.status >= 300 || got.header.Get("Access-Control-Allow-Origin") != friend || got.header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("%s: %d %v", method, got.status, got.header)
		}
		for _, name := range []string{"authorization", "content-type", "x-anything"} {
			if !strings.Contains(strings.ToLower(got.header.Get("Access-Control-Allow-Headers")), name) {
				t.Errorf("%s: %s is not mirrored: %q", method, name, got.header.Get("Access-Control-Allow-Headers"))
			}
		}
		if got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Error("no nosniff")
		}
	}
	for _, origin := range []string{"https://evil.example", "null", friend + "0", "https://localhost:5173"} {
		if got := ask(origin, "POST"); got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may call: %v", origin, got.header)
		}
	}
	if got := ask(friend, "PUT"); got.header.Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("PUT is allowed: %v", got.header)
	}
}

func TestStateChangingRequests(t *testing.T) {
	s := start(t, friendly, behind("127.0.0.0/8"))
	own := s.url
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"of no browser", nil, 200},
		{"of our own page", []string{"Origin", own, "Sec-Fetch-Site", "same-origin"}, 200},
		{"of our own page in an old browser", []string{"Origin", own}, 200},
		{"of our own page behind a proxy", []string{"Origin", "https://poker.example.com", "X-Forwarded-Host", "poker.example.com", "X-Forwarded-Proto", "https"}, 200},
		{"typed into the address bar", []string{"Sec-Fetch-Site", "none"}, 200},
		{"of a page that may", []string{"Origin", friend, "Sec-Fetch-Site", "cross-site"}, 200},
		{"of a page that may, on the same site", []string{"Origin", friend, "Sec-Fetch-Site", "same-site"}, 200},
		{"of a foreign page", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"of a foreign page in an old browser", []string{"Origin", "https://evil.example"}, 403},
		{"of a neighbour", []string{"Origin", "http://localhost:9999", "Sec-Fetch-Site", "same-site"}, 403},
		{"of a sandbox", []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, s, "voting")
			for _, call := range []string{"POST /api/sessions/", "POST /api/sessions/{s}/join", "POST /api/sessions/{s}/vote?user_id={guest}", "DELETE /api/sessions/{s}/vote?user_id={guest}", "DELETE /api/sessions/{s}?user_id={master}"} {
				body := strings.Replace(createBody, "{", `{"user_name":"Eve","user_avatar":"","vote":"5",`, 1)
				before := w.state(t)
				got := s.call(t, w.fill(call, ""), body, cookies(w.master, w.guest), headers(c.headers...))
				if got.status != c.want {
					t.Fatalf("%s: %d, want %d: %s", call, got.status, c.want, got.body)
				}
				if c.want == 403 {
					isProblem(t, got, 403)
					if w.state(t) != before {
						t.Errorf("%s changed something", call)
					}
				}
			}
		})
	}
}

func TestReadingByForeignPages(t *testing.T) {
	s := start(t, friendly)
	w := newWorld(t, s, "voted")
	foreign := headers("Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	for _, path := range []string{"/api/sessions/", "/api/sessions/" + w.session, "/health"} {
		got := s.must(t, "GET "+path, "", foreign)
		if got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s can be read from anywhere", path)
		}
		got = s.must(t, "GET "+path, "", headers("Origin", friend))
		if got.header.Get("Access-Control-Allow-Origin") != friend || got.header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("%s cannot be read by a page that may", path)
		}
	}
	if got := s.call(t, "GET /api/sessions/unknown", "", headers("Origin", friend)); got.header.Get("Access-Control-Allow-Origin") != friend {
		t.Error("a page that may cannot read an error")
	}
}

func TestOwnOriginIsThatOfThePublicURL(t *testing.T) {
	s := start(t, publicURL("https://poker.example.com/sub"))
	s.must(t, "POST /api/sessions/", createBody, headers("Origin", "https://poker.example.com"))
	isProblem(t, s.call(t, "POST /api/sessions/", createBody, headers("Origin", "https://evil.example")), 403)
}
