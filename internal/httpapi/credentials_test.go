package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// cookieOf is the credential that an answer sets.
func cookieOf(t *testing.T, r reply) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: r.header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0]
}

func cookies(seats ...seat) with {
	return func(r *http.Request) {
		for _, who := range seats {
			r.AddCookie(&http.Cookie{Name: "magnapp_" + who.user, Value: who.token})
		}
	}
}

func TestCookieOfACredential(t *testing.T) {
	s := start(t)
	created := s.must(t, "POST /api/sessions/", createBody)
	joined := s.must(t, "POST /api/sessions/"+created.text("session_id")+"/join", joinBody)
	for _, r := range []reply{created, joined} {
		c := cookieOf(t, r)
		if !strings.Contains(c.Name, r.text("user_id")) || c.Value != r.text("token") || c.Path != "/api" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure {
			t.Errorf("cookie %s", c)
		}
	}
	if a, b := created.text("token"), joined.text("token"); a == b || len(a) < 32 {
		t.Errorf("tokens %q, %q", a, b)
	}
}

func TestCookieIsSecureBehindHTTPS(t *testing.T) {
	for _, c := range []struct {
		name    string
		trusted string
		proto   string
		secure  bool
	}{
		{"by a trusted proxy that came by https", "127.0.0.0/8", "https", true},
		{"by several proxies, the last of which counts", "127.0.0.0/8", "http, https", true},
		{"by a trusted proxy that came by http", "127.0.0.0/8", "http", false},
		{"by somebody untrusted who says https", "10.0.0.0/8", "https", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, behind(c.trusted))
			r := s.must(t, "POST /api/sessions/", createBody, header("X-Forwarded-Proto", c.proto))
			if got := cookieOf(t, r).Secure; got != c.secure {
				t.Errorf("Secure is %v", got)
			}
			if got := strings.HasPrefix(r.text("join_url"), "https://"); got != c.secure {
				t.Errorf("join_url %s", r.text("join_url"))
			}
		})
	}
}

func TestJoinURL(t *testing.T) {
	forwarded := func(r *http.Request) {
		r.Header.Set("X-Forwarded-Host", "poker.example.com")
		r.Header.Set("X-Forwarded-Proto", "https")
	}
	for _, c := range []struct {
		name    string
		setting setting
		change  with
		want    string
	}{
		{"names the request's own host", func(*setup) {}, func(r *http.Request) { r.Host = "board:81" }, "http://board:81"},
		{"names the host of a trusted proxy", func(*setup) {}, forwarded, "https://poker.example.com"},
		{"does not believe others", behind("10.0.0.0/8"), func(r *http.Request) { forwarded(r); r.Host = "board" }, "http://board"},
		{"starts with PUBLIC_URL", publicURL("https://example.com/poker/"), func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "http") }, "https://example.com/poker"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, c.setting)
			r := s.must(t, "POST /api/sessions/", createBody, c.change)
			if want := c.want + "/session/" + r.text("session_id"); r.text("join_url") != want {
				t.Errorf("join_url %s, want %s", r.text("join_url"), want)
			}
		})
	}
}

func TestJoinURLForAClientThatNamesNoHost(t *testing.T) {
	s := start(t)
	conn := dial(t, s.url)
	if _, err := fmt.Fprintf(conn, "POST /api/sessions HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s", len(createBody), createBody); err != nil {
		t.Fatal(err)
	}
	_, body := answerOn(t, conn)
	if !body.Scan() || !strings.Contains(body.Text(), `"join_url":"`+s.url+`/session/`) {
		t.Errorf("%s", body.Text())
	}
}

func TestActingTakesACredential(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	extend := w.fill("POST /api/sessions/{s}/extend?user_id={guest}", "")
	bearer := func(value string) with { return header("Authorization", value) }
	for _, c := range []struct {
		name   string
		change with
		want   int
	}{
		{"the bearer token", as(w.guest), 200},
		{"the bearer token, whatever the case of the scheme", bearer("bEARER " + w.guest.token), 200},
		{"the cookie", cookies(w.guest), 200},
		{"the cookie among others", cookies(w.master, w.guest, w.stranger), 200},
		{"a good cookie beside a bad token", func(r *http.Request) { cookies(w.guest)(r); bearer("Bearer nonsense")(r) }, 200},
		{"nothing", func(*http.Request) {}, 401},
		{"the user's id for a token", bearer("Bearer " + w.guest.user), 401},
		{"an empty token", bearer("Bearer "), 401},
		{"another scheme", bearer("Basic " + w.guest.token), 401},
		{"the token in capitals", bearer("Bearer " + strings.ToUpper(w.guest.token)), 401},
		{"the token of another", as(w.master), 401},
		{"the token of another session's Scrum Master", as(w.stranger), 401},
		{"the cookie of another", cookies(w.master), 401},
		{"another's token under the user's name", cookies(seat{user: w.guest.user, token: w.master.token}), 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.call(t, extend, "", c.change); got.status != c.want {
				t.Errorf("%d, want %d: %s", got.status, c.want, got.body)
			}
		})
	}
}

func TestOwnVote(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voted")
	w.act(t, w.master, "vote", `{"vote":"8"}`)
	for _, c := range []struct {
		name   string
		query  string
		change with
		want   any
	}{
		{"nobody", "", func(*http.Request) {}, nil},
		{"one token", "", as(w.guest), "5"},
		{"one cookie", "", cookies(w.guest), "5"},
		{"one cookie of this session among others", "", cookies(w.stranger, w.guest), "5"},
		{"two seats, not said which", "", cookies(w.master, w.guest), nil},
		{"two seats, said which", "?user_id={master}", cookies(w.master, w.guest), "8"},
		{"token and cookie of two", "", func(r *http.Request) { as(w.master)(r); cookies(w.guest)(r) }, nil},
		{"a bad token", "", as(w.stranger), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/api/sessions/{s}", "/api/sessions/{s}/round"} {
				r := s.must(t, "GET "+w.fill(path+c.query, ""), "", c.change)
				if got, ok := r.field("my_vote"); !ok || got != c.want {
					t.Errorf("%s: my_vote %v, want %v", path, got, c.want)
				}
			}
		})
	}
	r := w.act(t, w.guest, "reconnect", "")
	if got := r.text("session.my_vote"); got != "5" {
		t.Errorf("reconnect: my_vote %q", got)
	}
}

func TestAuthOpenLooksAtNoCredential(t *testing.T) {
	s := start(t, authOpen)
	w := newWorld(t, s, "voted")
	for _, change := range []with{func(*http.Request) {}, as(w.stranger), as(w.guest)} {
		s.must(t, w.fill("POST /api/sessions/{s}/extend?user_id={master}", ""), "", change)
		if got := s.must(t, w.fill("GET /api/sessions/{s}?user_id={guest}", ""), "", change); got.text("my_vote") != "5" {
			t.Errorf("my_vote %q", got.text("my_vote"))
		}
		if got := s.must(t, w.fill("GET /api/sessions/{s}", ""), "", change); got.json["my_vote"] != nil {
			t.Errorf("my_vote of nobody %v", got.json["my_vote"])
		}
	}
	isProblem(t, s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id={nobody}", ""), ""), 401)
	isProblem(t, s.call(t, w.fill("POST /api/sessions/{s}/start?user_id={guest}", ""), ""), 403)
	for path, item := range s.must(t, "GET /openapi.json", "").json["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			if asked := op.(map[string]any)["security"]; asked != nil {
				t.Errorf("%s %s is documented to look at %v", method, path, asked)
			}
		}
	}
}

func forwardedFor(addr string) with { return header("X-Forwarded-For", addr) }

func TestRateOfCreatingAndJoining(t *testing.T) {
	s := start(t, limitedTo(3, time.Minute))
	session := ""
	for range 3 {
		session = s.create(t, createBody).session
	}
	wait := s.call(t, "POST /api/sessions/", createBody)
	isProblem(t, wait, 429)
	if got := wait.header.Get("Retry-After"); got != "20" {
		t.Errorf("Retry-After %s", got)
	}
	isProblem(t, s.call(t, "POST /api/sessions", "broken"), 429) // every try counts, and comes first
	s.join(t, session)                                           // a kind of its own
	for range 2 {
		isProblem(t, s.call(t, "POST /api/sessions/"+session+"/join", "{}"), 422)
	}
	isProblem(t, s.call(t, "POST /api/sessions/"+session+"/join", joinBody), 429)
	s.must(t, "GET /api/sessions/", "") // reading is free
	s.must(t, "POST /api/sessions/", createBody, forwardedFor("192.0.2.1"))
	s.clock.Advance(20 * time.Second)
	s.create(t, createBody)
	isProblem(t, s.call(t, "POST /api/sessions/", createBody), 429)
}

func TestRateOfFailedCredentials(t *testing.T) {
	s := start(t, limitedTo(5, time.Minute))
	w := newWorld(t, s, "voting")
	vote := w.fill("POST /api/sessions/{s}/vote?user_id={guest}", "")
	for i := range 5 {
		if got := s.call(t, vote, `{"vote":"5"}`, as(w.master)); got.status != 401 {
			t.Fatalf("try %d: %d", i, got.status)
		}
	}
	isProblem(t, s.call(t, vote, `{"vote":"5"}`, as(w.master)), 429)
	isProblem(t, s.call(t, w.fill("GET /api/sse/{s}?user_id={guest}", ""), ""), 429)
	isProblem(t, s.call(t, w.fill("GET /api/sessions/{s}?user_id={guest}", ""), ""), 429)
	for range 20 {
		s.must(t, vote, `{"vote":"5"}`, as(w.guest)) // a good credential never gets that
	}
	isProblem(t, s.call(t, vote, `{"vote":"5"}`, as(w.master), forwardedFor("192.0.2.1")), 401)
	s.clock.Advance(time.Minute)
	isProblem(t, s.call(t, vote, `{"vote":"5"}`, as(w.master)), 401)
}

func TestWhoseAddressCounts(t *testing.T) {
	for _, c := range []struct {
		name    string
		trusted []string
		first   string // X-Forwarded-For of the try that uses the rate up
		second  string
		same    bool
	}{
		{"clients of a trusted proxy differ", []string{"127.0.0.0/8"}, "192.0.2.1", "192.0.2.2", false},
		{"what the client put before counts nothing", []string{"127.0.0.0/8"}, "6.6.6.6, 192.0.2.1", "7.7.7.7, 192.0.2.1", true},
		{"a chain of trusted proxies", []string{"127.0.0.0/8", "10.0.0.0/8"}, "192.0.2.1, 10.1.1.1", "192.0.2.1, 10.2.2.2", true},
		{"an untrusted peer is not believed", []string{"10.0.0.0/8"}, "192.0.2.1", "192.0.2.2", true},
		{"nonsense ends the walk back", []string{"127.0.0.0/8"}, "192.0.2.1, nonsense", "192.0.2.2, nonsense", true},
		{"one network of IPv6 is one address", []string{"127.0.0.0/8"}, "2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true},
		{"two networks of IPv6 are two", []string{"127.0.0.0/8"}, "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"IPv4 written as IPv6 is the same", []string{"127.0.0.0/8"}, "192.0.2.1", "::ffff:192.0.2.1", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, limitedTo(1, time.Hour), behind(c.trusted...))
			s.must(t, "POST /api/sessions/", createBody, forwardedFor(c.first))
			got := s.call(t, "POST /api/sessions/", createBody, forwardedFor(c.second))
			if (got.status == 429) != c.same {
				t.Errorf("%d: %s", got.status, got.body)
			}
		})
	}
}

func TestNoRateWhenOff(t *testing.T) {
	s := start(t)
	for range 300 {
		s.create(t, createBody)
	}
}

func TestSeveralSeatsInOneBrowser(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voting")
	jar := cookies(w.master, w.guest, w.stranger)
	for i, who := range []seat{w.master, w.guest} {
		s.must(t, fmt.Sprintf("POST /api/sessions/%s/vote?user_id=%s", w.session, who.user), []string{`{"vote":"1"}`, `{"vote":"2"}`}[i], jar)
	}
	r := s.must(t, "POST "+w.fill("/api/sessions/{s}/leave?user_id={guest}", ""), "", jar)
	if c := cookieOf(t, r); !strings.Contains(c.Name, w.guest.user) || c.MaxAge >= 0 || c.Value != "" {
		t.Errorf("leaving does not take the cookie back: %s", c)
	}
}
