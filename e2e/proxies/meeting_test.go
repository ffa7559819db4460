//go:build linux

package proxies

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// The bounds that every row has to keep. A silence is noticed after 58 s and a goodbye after 8 s if the machine has nothing else to do.
const (
	mostSilence = 60 * time.Second
	mostGoodbye = 10 * time.Second
)

// busy is how much longer anything may take where the tests run beside others: what is promised is measured with all proxies, and nothing else.
func busy() time.Duration {
	if *all {
		return 0
	}
	return 10 * time.Second
}

// measured is a row of the table.
type measured struct {
	proxy, protocol string
	delay           time.Duration // of an event, in the middle of many
	cut             time.Duration // after which a stream was cut; 0: not while it was watched
	goodbye         time.Duration // until a closed tab was noticed that had said goodbye
	closed          time.Duration // until one was noticed that had not
	silent          time.Duration // until a line was noticed that had died in silence
	restart         time.Duration // until everybody had a stream again, from when the server listened
	problems        []string      // what else is wrong
	forwarded       bool
	refused         int // of tries with a body that is too long, how many got 413
}

// tries is how many bodies are sent that are too long.
const tries = 25

// meeting is three people who meet through a proxy.
type meeting struct {
	*measured
	server *server
	people []*person // the first is the Scrum Master
	port   string
	secure bool
	http2  bool
}

func (m *meeting) line(t *testing.T, from string) *line {
	t.Helper()
	return newLine(t, m.port, m.secure, m.http2, from)
}

// hold goes through all of it.
func (m *meeting) hold(t *testing.T) {
	t.Helper()
	m.begin(t)
	m.votes(t)
	m.restarts(t)
	m.watched(t)
	m.tooLong(t)
	m.claims(t)
}

func (m *meeting) begin(t *testing.T) {
	t.Helper()
	m.line(t, "127.0.0.2").awaits(t)
	for i := range 3 {
		p := &person{line: m.line(t, "127.0.0.2")}
		var a answer
		if i == 0 { // with claims that are the client's own
			a = p.line.ask("POST /api/sessions", `{"name":"Sprint 12","creator_name":"Ada","creator_avatar":""}`, "", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "gopher", "X-Forwarded-For", "198.51.100.7")
			m.forwarded = strings.HasPrefix(a.text("join_url"), p.line.base+"/session/") && strings.Contains(a.header.Get("Set-Cookie"), "Secure") == m.secure
			if !m.forwarded {
				m.problems = append(m.problems, "the link is "+a.text("join_url")+", the cookie "+a.header.Get("Set-Cookie"))
			}
			p.session = a.text("session_id")
		} else {
			p.session = m.people[0].session
			a = p.line.ask("POST /api/sessions/"+p.session+"/join", fmt.Sprintf(`{"user_name":"Person %d","user_avatar":""}`, i), "")
		}
		if a.status != http.StatusOK {
			t.Fatalf("person %d: %d %s", i, a.status, a.raw)
		}
		p.id, p.token = a.text("user_id"), a.text("token")
		m.people = append(m.people, p)
		p.watches(t)
		p.isOpen(t)
		p.until(t, "session_updated", "")
	}
}

// awaits waits until the proxy passes requests on.
func (l *line) awaits(t *testing.T) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(patience); ; <-look.C {
		a := l.ask("GET /health", "", "")
		if a.status == http.StatusOK {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("nothing comes through: %d %s", a.status, a.raw)
		}
	}
}

// votes measures how long an event takes, from before the vote is sent.
func (m *meeting) votes(t *testing.T) {
	t.Helper()
	master := m.people[0]
	master.does(t, "start", `{"topic":"Story"}`)
	var delays []time.Duration
	const votes = 20
	for range votes {
		begun := time.Now()
		master.does(t, "vote", `{"vote":"5"}`)
		for _, p := range m.people[1:] {
			delays = append(delays, p.until(t, "vote_submitted", "").at.Sub(begun))
		}
	}
	slices.Sort(delays)
	m.delay = delays[len(delays)/2]
	for range votes { // so that none arrives after the restart
		master.until(t, "vote_submitted", "")
	}
}

// restarts stops and starts the server. Nobody may miss an event or get one twice.
func (m *meeting) restarts(t *testing.T) {
	t.Helper()
	master := m.people[0]
	m.server.restart(t)
	begun := time.Now()
	for _, p := range m.people {
		p.isOpen(t)
	}
	m.restart = time.Since(begun)
	for _, p := range m.people { // who has missed nothing is sent nothing
		for len(p.arrived) > 0 {
			if e := <-p.arrived; e.typ != "vote_submitted" {
				m.problems = append(m.problems, "after the restart "+e.typ)
			}
		}
	}
	master.does(t, "reveal", "")
	ids := make(map[string]bool)
	for _, p := range m.people {
		e := p.next(t)
		if e.typ != "votes_revealed" {
			m.problems = append(m.problems, "instead of the reveal "+e.typ)
		}
		ids[e.id] = true
	}
	if len(ids) != 1 {
		m.problems = append(m.problems, "an event has several ids")
	}
}

// watched lets one tab close with a goodbye and again without one, and another's line die, while the Scrum Master's stream is watched.
func (m *meeting) watched(t *testing.T) {
	t.Helper()
	master, silent, closing := m.people[0], m.people[1], m.people[2]
	master.mu.Lock()
	master.ended = nil
	master.mu.Unlock()
	begun := time.Now()

	silent.here("") // the latest sign of life that there may be
	silent.mu.Lock()
	silent.mute = true
	silent.mu.Unlock()
	died := time.Now()

	closing.here("&gone=true")
	closing.cancel()
	m.goodbye = master.until(t, "user_disconnected", closing.id).at.Sub(begun)
	closing.watches(t)
	master.until(t, "user_joined", closing.id)
	closing.cancel()
	closedAt := time.Now()
	for m.closed == 0 || m.silent == 0 {
		switch e := master.until(t, "user_disconnected", ""); e.user {
		case silent.id:
			m.silent = e.at.Sub(died)
		case closing.id:
			m.closed = e.at.Sub(closedAt)
		}
	}
	<-time.After(*watch - time.Since(begun)) // this is the measure, not a wait for something
	master.mu.Lock()
	defer master.mu.Unlock()
	if len(master.ended) > 0 {
		m.cut = master.ended[0].Sub(begun)
	}
}

// tooLong sends bodies that are refused.
func (m *meeting) tooLong(t *testing.T) {
	t.Helper()
	body := `{"topic":"` + strings.Repeat("x", 900<<10) + `"}`
	master := m.people[0]
	var other string
	for range tries {
		a := master.line.ask(master.path("start"), body, master.token)
		if a.status == http.StatusRequestEntityTooLarge && a.header.Get("Content-Type") == "application/problem+json" {
			m.refused++
		} else {
			other = fmt.Sprintf("%d %.100s", a.status, a.raw)
		}
	}
	if other != "" {
		m.problems = append(m.problems, "instead of 413: "+other)
	}
}

// claims lets a client bring wrong credentials, each time with another address that it makes up: they count against its own, and against nobody else.
func (m *meeting) claims(t *testing.T) {
	t.Helper()
	master := m.people[0]
	liar, neighbour := m.line(t, "127.0.0.3"), m.line(t, "127.0.0.4")
	for i := range failures + 1 {
		a := liar.ask(master.path("extend"), "", "wrong", "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
		if limited := a.status == http.StatusTooManyRequests; limited != (i == failures) {
			m.forwarded = false
			m.problems = append(m.problems, fmt.Sprintf("wrong credential %d: %d", i+1, a.status))
		}
	}
	if a := neighbour.ask(master.path("extend"), "", "wrong"); a.status != http.StatusUnauthorized {
		m.forwarded = false
		m.problems = append(m.problems, fmt.Sprintf("another address: %d", a.status))
	}
}
