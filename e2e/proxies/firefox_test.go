//go:build linux

package proxies

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/firefox"
)

const (
	mostAway = 2 * time.Second // until a page is live again after a restart, from when the server listens
	restarts = 5               // how many there are at most, for a machine that is busy for a moment
)

// Firefox takes a stream for open with the first byte of its body, and who has missed nothing is sent no event: without bytes of another kind it would wait for a sign of life.
func TestFirefoxIsLiveSoonAfterARestart(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	beside(t)
	f, err := firefox.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	for _, p := range proxies {
		program, found := p.find()
		if !found || !p.inCI && !*all {
			t.Logf("%s is left out", p.name)
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			where := newPlace(t, program)
			s := startServer(t, where.dir, where.upstream)
			port := where.upstream
			if p.begin != nil {
				awaitPort(t, where.port, p.begin(t, where))
				port = where.port
			}
			l := newLine(t, port, !p.plain, false, "127.0.0.2")
			l.awaits(t)
			w, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			g := &page{t: t, w: w, base: l.base}
			g.sits(l)
			away := g.restarts(s)
			t.Logf("live %v after the server listened", away)
			if slices.Min(away) > mostAway+busy()/2 { // still far below the 15 s until a sign of life
				t.Errorf("live only %v after the server listened", away)
			}
		})
	}
}

// page is somebody's page in Firefox.
type page struct {
	t    *testing.T
	w    firefox.Window
	base string // scheme, host and port
}

// value evaluates an expression. One that fails, as while a page loads, has none.
func value[T any](g *page, js string) (v T, err error) {
	out, err := g.w.Evaluate(js)
	if err == nil {
		err = json.Unmarshal([]byte(out), &v)
	}
	return v, err
}

// wait waits until the expression is true on the page.
func (g *page) wait(js string) {
	g.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(patience); ; <-look.C {
		yes, err := value[bool](g, `!!(`+js+`)`)
		if yes {
			return
		}
		if time.Now().After(limit) {
			text, _ := value[string](g, `document.body.innerText`)
			g.t.Fatalf("waited in vain for %s (%v)\nthe page says: %s", js, err, text)
		}
	}
}

func (g *page) visits(path string) {
	g.t.Helper()
	if err := g.w.Navigate(g.base + path); err != nil {
		g.t.Fatal(err)
	}
	g.wait(`location.href === ` + strconv.Quote(g.base+path) + ` && document.readyState === 'complete' && document.querySelector('h1')`)
}

// live is whether the page says that it hears everything.
const live = `document.querySelector('.live:not(.connecting, .lost)') && !document.querySelector('.notice.lost')`

// sits takes a seat in a session of somebody else's, and notes from then on when the page is live and when not.
func (g *page) sits(l *line) {
	g.t.Helper()
	a := l.ask("POST /api/sessions", `{"name":"Sprint 12","creator_name":"Ada","creator_avatar":""}`, "")
	if a.status != http.StatusOK {
		g.t.Fatalf("%d %s", a.status, a.raw)
	}
	session := a.text("session_id")
	g.visits("/")
	_, err := value[any](g, fmt.Sprintf(`(async () => {
		const answer = await fetch('/api/sessions/%[1]s/join', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user_name: 'Sarah', user_avatar: 'cat' }) })
		localStorage.setItem('magnapp.me', JSON.stringify({ name: 'Sarah', avatar: 'cat', saved: Date.now() }))
		localStorage.setItem('magnapp.seat.%[1]s', JSON.stringify({ user: (await answer.json()).user_id, saved: Date.now() }))
	})()`, session))
	if err != nil {
		g.t.Fatal(err)
	}
	g.visits("/session/" + session)
	g.wait(`document.querySelector('.place.me') && ` + live)
	_, err = value[any](g, `(() => {
		window.__live = true
		window.__since = 0
		const look = () => { const now = !!(`+live+`); if (now !== __live) { window.__live = now; window.__since = Date.now() } }
		new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
		look()
	})()`)
	if err != nil {
		g.t.Fatal(err)
	}
}

// restarts restarts the server until the page is back as soon as it should be, and returns how long it took each time.
func (g *page) restarts(s *server) (away []time.Duration) {
	g.t.Helper()
	for len(away) < restarts && (len(away) == 0 || away[len(away)-1] > mostAway+busy()/2) {
		s.stop(g.t)
		g.wait(`!window.__live`)
		s.run(g.t)
		begun := time.Now()
		g.wait(`window.__live`)
		since, err := value[int64](g, `window.__since`)
		if err != nil {
			g.t.Fatal(err)
		}
		away = append(away, max(0, time.UnixMilli(since).Sub(begun).Round(time.Millisecond)))
	}
	return away
}
