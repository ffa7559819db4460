package browser_test

import (
	"io"
	"net/http"
	"regexp"
	"testing"
)

// heals ends all faults of a line.
func (l *line) heals() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.faults {
		f.times = 0
	}
}

// parts are the paths of what the page loads that match.
func (s *server) parts(pattern string) (paths []string) {
	s.t.Helper()
	resp, err := s.http.Get(s.url + "/")
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(page, -1) {
		paths = append(paths, string(m[1]))
	}
	if len(paths) == 0 {
		s.t.Fatalf("the page has nothing that matches %s", pattern)
	}
	return paths
}

// A proxy whose server has died says 502 for whatever is asked for in that moment, or another server does not have it, as while a new version is brought in.
func TestPageOfWhichAPartIsMissingComesByItself(t *testing.T) {
	for name, tt := range map[string]struct {
		pattern string
		status  int
	}{
		"the first module":         {`<script type="module" src="([^"]+)"`, http.StatusBadGateway},
		"a module that it imports": {`<link rel="modulepreload" href="([^"]+)"`, http.StatusServiceUnavailable},
		"the style sheet":          {`<link rel="stylesheet" href="([^"]+)"`, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
				s := serve(t)
				var faults []*fault
				for _, path := range s.parts(tt.pattern) {
					faults = append(faults, &fault{method: "GET", ending: path, times: 1 << 20, status: tt.status})
				}
				l := s.through(faults...)
				r := open(l.server)
				r.pardon("status of 404", "MIME")
				if err := r.goTo(r.s.url + "/"); err != nil {
					t.Fatal(err)
				}
				r.sees("A part of this page did not arrive. It is loaded again in a moment.")
				r.see("missing")
				l.heals()
				r.wait(`document.querySelector('h1')`)
				r.sees("No session is open right now")
			})
		})
	}
}
