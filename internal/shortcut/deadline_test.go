package shortcut

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// The times of the server, far apart, and what the shortcut may be early by.
const (
	idle  = 2 * time.Minute
	write = 10 * time.Second
	early = write / 8
)

// inItsTime runs a test against a server on pipes, in a time of its own that passes when everybody waits.
func inItsTime(t *testing.T, idle, write time.Duration, handler http.HandlerFunc, test func(*testing.T, *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, newHouse(t, &http.Server{Handler: handler, IdleTimeout: idle, WriteTimeout: write}, way{pipes: true}))
	})
}

// shortly asks something that takes the shortcut.
func (g *guest) shortly(t *testing.T) {
	t.Helper()
	if way := g.ask(t, post("/", "")); way != "shortcut" {
		t.Errorf("the request went by %s", way)
	}
}

func TestSilentConnectionIsClosed(t *testing.T) {
	tests := map[string]func(*testing.T, *guest){
		"after net/http's answer":   func(*testing.T, *guest) {},
		"after one by the shortcut": func(t *testing.T, g *guest) { g.shortly(t) },
		"after many":                func(t *testing.T, g *guest) { g.often(t, 100, 0) },
		"after many in some time":   func(t *testing.T, g *guest) { g.often(t, 100, early/3) },
		"after many in a long time": func(t *testing.T, g *guest) { g.often(t, 5, idle-write) },
		"after both":                func(t *testing.T, g *guest) { g.shortly(t); g.ask(t, get("/")); synctest.Wait(); g.shortly(t) },
	}
	for name, use := range tests {
		t.Run(name, func(t *testing.T) {
			inItsTime(t, idle, write, tellWay, func(t *testing.T, h *house) {
				g := h.guest(t)
				use(t, g)
				silent := time.Now()
				_, err := g.answers.ReadByte()
				if d := time.Since(silent); !errors.Is(err, io.EOF) || d < idle-early || d > idle {
					t.Errorf("after a silence of %v: %v", d, err)
				}
			})
		})
	}
}

// often asks again and again, with pauses.
func (g *guest) often(t *testing.T, times int, pause time.Duration) {
	t.Helper()
	for range times {
		<-time.After(pause) // of the test's own time
		g.shortly(t)
	}
}

func TestUsedConnectionIsKept(t *testing.T) {
	for _, pause := range []time.Duration{early / 2, early, write, idle / 2, idle - early - 1} {
		t.Run(pause.String(), func(t *testing.T) {
			inItsTime(t, idle, write, tellWay, func(t *testing.T, h *house) { h.guest(t).often(t, int(2*idle/pause)+3, pause) })
		})
	}
}

func TestConnectionWithoutTimesIsKept(t *testing.T) {
	inItsTime(t, 0, 0, tellWay, func(t *testing.T, h *house) { h.guest(t).often(t, 3, 1000*time.Hour) })
}

// TestClientThatTakesNoAnswerIsGivenUp has a client that asks, and reads nothing.
func TestClientThatTakesNoAnswerIsGivenUp(t *testing.T) {
	tests := map[string]func(*testing.T, *guest){
		"at once":               func(*testing.T, *guest) {},
		"soon":                  func(t *testing.T, g *guest) { g.often(t, 10, early/3) },
		"late":                  func(t *testing.T, g *guest) { g.often(t, 2, idle/2) },
		"after silence":         func(t *testing.T, g *guest) { g.shortly(t); <-time.After(idle - early - 1) },
		"soon after net/http's": func(t *testing.T, g *guest) { g.shortly(t); g.ask(t, get("/")); synctest.Wait() },
	}
	for name, use := range tests {
		t.Run(name, func(t *testing.T) {
			inItsTime(t, idle, write, tellWay, func(t *testing.T, h *house) {
				g := h.guest(t)
				use(t, g)
				g.say(t, post("/", ""))
				asked := time.Now()
				_, err := io.WriteString(g.conn, "P") // nobody takes that before the answer
				if d := time.Since(asked); err == nil || d < write-early || d > write {
					t.Errorf("given up after %v: %v", d, err)
				}
			})
		})
	}
}

// TestDeadlinesEndWithTheShortcut has the shortcut set deadlines that must not hold for what goes to net/http.
func TestDeadlinesEndWithTheShortcut(t *testing.T) {
	slowly := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			<-time.After(2 * idle)
		}
		tellWay(w, r)
	}
	inItsTime(t, idle, 0, slowly, func(t *testing.T, h *house) {
		g := h.guest(t)
		g.shortly(t)
		if way := g.ask(t, get("/")); way != "net/http" {
			t.Errorf("the slow request went by %s", way)
		}
	})
}
