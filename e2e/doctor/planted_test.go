package doctor_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magnapp/magnapp/internal/doctor"
)

// looks lets the doctor look, again if votes were slow: a machine with much else to do is that by itself for a moment.
func looks(t *testing.T, o doctor.Options) (r doctor.Report) {
	t.Helper()
	for range calm {
		if r = doctor.Run(t.Context(), o, nil); bad(r)["delay"] != doctor.Warn {
			break
		}
		t.Logf("votes were slow:\n%s", text(r))
	}
	return r
}

// calm is how many looks there are at most for one at a calm moment.
const calm = 4

// before starts a proxy, and returns how the doctor looks at it for a while.
func before(t *testing.T, m *middle, watch time.Duration) doctor.Options {
	t.Helper()
	address, roots := m.start(t)
	scheme := "https"
	if m.plain {
		scheme = "http"
	}
	return doctor.Options{URL: scheme + "://" + name, Dial: doctor.To(address), Roots: roots, Watch: watch}
}

// found is what a report should have that is no good: for each check how bad it is.
type found map[string]doctor.Level

func check(t *testing.T, r doctor.Report, want found) {
	t.Helper()
	if got := found(bad(r)); !maps.Equal(got, want) {
		t.Errorf("found %v, want %v:\n%s", got, want, text(r))
	}
}

const short = time.Second

func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	t.Parallel()
	r := looks(t, before(t, &middle{}, 20*time.Second))
	check(t, r, found{})
	if r.Status != 0 || r.Origin != "https://"+name {
		t.Errorf("status %d, origin %q", r.Status, r.Origin)
	}
	for _, want := range []string{"reachable", "http-version", "certificate", "session", "join-url", "cookie", "credentials", "cache", "paths", "headers", "clock", "stream", "compression", "forwarded", "delay", "resume", "streams", "body", "goodbye", "closed", "watch", "end"} {
		if !strings.Contains(text(r), "ok    "+want) {
			t.Errorf("%s is not well:\n%s", want, text(r))
		}
	}
}

func TestDoctorStopsWhatItStarts(t *testing.T) {
	ours := goleak.IgnoreCurrent()
	for _, m := range []middle{{}, {limit: 300 * time.Millisecond}, {request: lacking("Cookie"), plain: true}} {
		t.Run("", func(t *testing.T) { doctor.Run(t.Context(), before(t, &m, short), nil) })
	}
	var left error
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		if left = goleak.Find(ours); left == nil { // it looks for about a second
			return
		}
	}
	t.Error(left)
}

func TestDoctorFindsWhatIsPlanted(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant middle
		want  found
	}{
		{"events held back until the stream ends", middle{stream: func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter { return held{w} }}, found{"stream": doctor.Fail}},
		{"events collected", middle{stream: func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
			return &collecting{ResponseWriter: w}
		}}, found{"delay": doctor.Warn}},
		{"compressed for browsers, and nothing comes through", middle{stream: packing(false)}, found{"compression": doctor.Fail}},
		{"compressed for browsers, but all comes through", middle{stream: packing(true)}, found{"compression": doctor.Warn}},
		{"streams cut", middle{limit: 800 * time.Millisecond}, found{"watch": doctor.Warn}},
		{"streams cut at once", middle{limit: 300 * time.Millisecond}, found{"watch": doctor.Warn}},
		{"Host rewritten", middle{rewritesHost: true}, found{"join-url": doctor.Fail}},
		{"Host rewritten, without TLS", middle{rewritesHost: true, plain: true}, found{"join-url": doctor.Fail, "origin": doctor.Fail, "http-version": doctor.Warn}},
		{"forwarded headers of a client passed on", middle{keepsHeaders: true}, found{"forwarded": doctor.Warn}},
		{"no X-Forwarded-Proto", middle{saysNoScheme: true}, found{"join-url": doctor.Warn, "cookie": doctor.Warn}},
		{"no TLS", middle{plain: true}, found{"http-version": doctor.Warn}},
		{"no HTTP/2", middle{http1: true}, found{"http-version": doctor.Warn}},
		{"a certificate that ends soon", middle{life: 5 * 24 * time.Hour}, found{"certificate": doctor.Warn}},
		{"headers taken out", middle{answer: without("Content-Security-Policy", "X-Content-Type-Options")}, found{"headers": doctor.Warn}},
		{"another policy", middle{answer: func(r *http.Response) { r.Header.Add("Content-Security-Policy", "default-src 'none'") }}, found{"headers": doctor.Warn}},
		{"no-store taken out", middle{answer: without("Cache-Control")}, found{"headers": doctor.Warn, "stream-head": doctor.Warn}},
		{"cookies of answers taken out", middle{answer: without("Set-Cookie")}, found{"cookie": doctor.Fail}},
		{"cookies of requests taken out", middle{request: lacking("Cookie")}, found{"credentials": doctor.Fail}},
		{"tokens taken out", middle{request: lacking("Authorization")}, found{"credentials": doctor.Warn}},
		{"all credentials taken out", middle{request: func(r *http.Request) { lacking("Authorization")(r); lacking("Cookie")(r) }}, found{"credentials": doctor.Fail, "end": doctor.Fail}},
		{"Last-Event-ID taken out", middle{request: lacking("Last-Event-ID")}, found{"resume": doctor.Warn}},
		{"answers kept", middle{refuse: keeping()}, found{"cache": doctor.Fail}},
		{"a body limit of its own", middle{refuse: whenever(func(r *http.Request) bool { return r.ContentLength > 64<<10 }, http.StatusBadGateway)}, found{"body": doctor.Warn, "import": doctor.Warn}},
		{"no DELETE", middle{refuse: whenever(func(r *http.Request) bool { return r.Method == http.MethodDelete }, http.StatusMethodNotAllowed)}, found{"end": doctor.Fail}},
		{"few streams", middle{refuse: few(8)}, found{"streams": doctor.Fail}},
		{"slow", middle{refuse: slowly}, found{"delay": doctor.Warn}},
		{"slashes redirected", middle{refuse: redirecting("/api/sessions", "/api/sessions/")}, found{"paths": doctor.Fail}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			options, look := before(t, &c.plant, short), looks
			if c.want["delay"] != "" {
				look = func(t *testing.T, o doctor.Options) doctor.Report { return doctor.Run(t.Context(), o, nil) }
			}
			r := look(t, options)
			check(t, r, c.want)
			if want := statusOf(c.want); r.Status != want {
				t.Errorf("status %d, want %d", r.Status, want)
			}
		})
	}
}

func statusOf(f found) int {
	status := 0
	for _, level := range f {
		status = max(status, map[doctor.Level]int{doctor.Warn: 1, doctor.Fail: 2}[level])
	}
	return status
}

func isStream(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/sse/") }

func without(names ...string) func(*http.Response) {
	return func(r *http.Response) {
		for _, name := range names {
			r.Header.Del(name)
		}
	}
}

func lacking(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(name) }
}

func whenever(matches func(*http.Request) bool, status int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !matches(r) {
			return false
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<html><h1>%d</h1></html>", status) // the client may be gone
		return true
	}
}

// few takes so many streams of a session, and no more.
func few(most int) func(http.ResponseWriter, *http.Request) bool {
	var mu sync.Mutex
	streams := make(map[string]int)
	return whenever(func(r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if isStream(r) {
			streams[r.URL.Path]++
		}
		return streams[r.URL.Path] > most
	}, http.StatusServiceUnavailable)
}

func redirecting(from, to string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != from {
			return false
		}
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return true
	}
}

// slowly lets a vote and a goodbye wait.
func slowly(_ http.ResponseWriter, r *http.Request) bool {
	if r.ContentLength < 100 && (strings.HasSuffix(r.URL.Path, "/vote") || strings.HasSuffix(r.URL.Path, "/here")) {
		timer := time.NewTimer(2500 * time.Millisecond)
		defer timer.Stop()
		<-timer.C
	}
	return false
}

// keeping answers every reading of a session as it was before anything had happened in it.
func keeping() func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || r.URL.RawQuery != "" || !strings.HasPrefix(r.URL.Path, "/api/sessions/") || r.URL.Path == "/api/sessions/" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"waiting"}`)) // the client may be gone
		return true
	}
}
