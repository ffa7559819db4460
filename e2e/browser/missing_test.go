package browser_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
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
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
		paths = append(paths, string(m[1]))
	}
	if len(paths) == 0 {
		s.t.Fatalf("the page has nothing that matches %s", pattern)
	}
	return paths
}

// A proxy whose server has died says 502 for whatever is asked for in that moment, or another server does not have it, as while a new version is brought in.
func TestPageOfWhichAPartIsMissingComesByItself(t *testing.T) {
	t.Parallel()
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
				r.sees("A part of this page did not arrive. The page is loaded again when all of it can be had.")
				r.see("missing")
				r.wait(`[...document.querySelectorAll('svg')].every((drawing) => drawing.clientWidth < 200)`) // which without a size fill a page without styles
				l.heals()
				r.wait(`document.querySelector('h1')`)
				r.sees("No session is open right now")
			})
		})
	}
}

// Without any script nothing can load the page again, but whoever waits for it. A page that is only slow must not say so at once.
func TestPageOfWhichNoScriptArrivesSaysSo(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		l := serve(t).through(&fault{method: "GET", ending: ".js", times: 1 << 20, status: http.StatusBadGateway})
		r := open(l.server)
		r.pardon("MIME")
		if err := r.goTo(r.s.url + "/"); err != nil {
			t.Fatal(err)
		}
		r.wait(`document.querySelector('.late') && document.readyState === 'complete'`) // with its style sheet
		r.sees("The page is still on its way. If nothing comes, reload it.")
		if ms := value[float64](r, `performance.now()`); ms < 9_000 {
			t.Errorf("the page says so after %.0f ms", ms)
		}
		r.see("late")
		l.heals()
		if _, err := r.js(`location.reload()`); err != nil {
			t.Fatal(err)
		}
		r.sees("No session is open right now")
		if value[bool](r, `!!document.querySelector('.late')`) {
			t.Error("the page that came still says so")
		}
	})
}

// It is shown by an animation, and those who want no motion have none.
func TestPageOfWhichNoScriptArrivesSaysSoWithoutMotion(t *testing.T) {
	t.Parallel()
	l := serve(t).through(&fault{method: "GET", ending: ".js", times: 1 << 20, status: http.StatusBadGateway})
	p := l.person("Sarah")
	p.pardon("status of 50", "Failed to load resource", "MIME")
	p.prefers("light", false)
	p.do(navigateTo(p.s.url + "/"))
	p.sees("The page is still on its way.")
}

// While a new version is brought in, a page of the old one may come from one server, and a part of it, which nobody has any more, be asked for at another.
func TestPageOfAVersionThatIsGoneBecomesThatOfTheNewOne(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		l := serve(t).through()
		var once sync.Once
		l.proxy.ModifyResponse = func(resp *http.Response) (err error) {
			if resp.Request.URL.Path == "/" {
				once.Do(func() {
					err = replaceIn(resp, `<script type="module" src="/assets/`, `<script type="module" src="/assets/0`)
				})
			}
			return err
		}
		l.proxy.Transport = plain{}
		r := open(l.server)
		r.pardon("status of 404", "MIME")
		if err := r.goTo(r.s.url + "/"); err != nil {
			t.Fatal(err)
		}
		r.wait(`document.querySelector('h1')`)
		r.sees("No session is open right now")
	})
}

// Extensions and proxies put scripts into pages, which the page's policy keeps out: nothing of the page is missing then.
func TestAForeignScriptThatIsKeptOutIsNoMissingPart(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		l := serve(t).through()
		l.proxy.ModifyResponse = func(resp *http.Response) error {
			if resp.Request.URL.Path != "/" {
				return nil
			}
			return replaceIn(resp, "<body>", `<body><script src="http://127.0.0.1:9/foreign.js"></script><link rel="stylesheet" href="http://127.0.0.1:9/foreign.css">`)
		}
		l.proxy.Transport = plain{}
		r := open(l.server)
		r.pardon("Content Security Policy", "foreign")
		if err := r.goTo(r.s.url + "/"); err != nil {
			t.Fatal(err)
		}
		r.sees("No session is open right now")
		r.wait(`document.readyState === 'complete'`)
		if text := value[string](r, `document.body.innerText`); strings.Contains(text, "did not arrive") {
			t.Errorf("the page says %q", text)
		}
	})
}

// A content blocker may keep out a part that can be had, and storage with it: to load the page again and again would not help.
func TestPageThatWasLoadedAgainInVainWaitsLonger(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ before, says string }{
		"often":                     {`Object.defineProperty(navigator, 'languages', { get: () => ['en'] }); sessionStorage.setItem('magnapp.loads', 10)`, "A part of this page did not arrive."},
		"in German without storage": {`Object.defineProperty(navigator, 'languages', { get: () => ['de-AT'] }); for (const s of ['localStorage', 'sessionStorage']) Object.defineProperty(window, s, { get() { throw new DOMException('', 'SecurityError') } })`, "Ein Teil dieser Seite kam nicht an."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := serve(t).through()
			l.proxy.ModifyResponse = func(resp *http.Response) error {
				if path := resp.Request.URL.Path; strings.HasSuffix(path, ".js") && !strings.HasSuffix(path, "/boot.js") {
					resp.Header.Set("Content-Type", "text/plain") // which a browser does not run
				}
				return nil
			}
			p := l.person("Sarah")
			p.pardon("MIME")
			p.do(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
				window.__pauses = []
				{ const after = window.setTimeout; window.setTimeout = (f, ms) => { __pauses.push(ms); return after(f, ms) } }
				` + tt.before}))
			p.do(navigateTo(p.s.url + "/"))
			p.wait(`__pauses.some((ms) => ms > 300_000)`)
			p.wait(`document.querySelector('[role=alert]')`)
			p.sees(tt.says)
		})
	}
}

// plain asks for what is not packed, so that it can be changed.
type plain struct{}

func (plain) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Accept-Encoding", "identity")
	return http.DefaultTransport.RoundTrip(r)
}

func replaceIn(resp *http.Response, old, new string) error {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	body = bytes.ReplaceAll(body, []byte(old), []byte(new))
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	resp.ContentLength = int64(len(body))
	return nil
}
