package cluster_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/relay"
)

// meeting is three people before their pages, each of whose streams comes by way of another node, and somebody who listens.
type meeting struct {
	top, t       *testing.T // top is until when the nodes run
	c            *cluster
	f            *front
	ada, bo, cy  *page // Ada is the Scrum Master; Bo has Firefox, the others Chromium
	heard        *listener
	rounds, from int // from is what had been heard before the round
}

// meet has the three take their seats.
func meet(t *testing.T, b browsers) *meeting {
	t.Helper()
	c := startCluster(t)
	f := newFront(t, c)
	m := &meeting{top: t, t: t, c: c, f: f}
	m.ada = &page{t: t, w: b.chromiums(t), name: "Ada", url: f.url}
	m.bo = &page{t: t, w: b.firefoxes(t), name: "Bo", url: f.url}
	m.cy = &page{t: t, w: b.chromiums(t), name: "Cy", url: f.url}
	for i, p := range m.all() {
		p.sits(m.ada.session)
		f.wishes(p.id, i)
		p.enters()
	}
	m.heard = c.listen(t, person{session: m.ada.session}, 0)
	return m
}

func (m *meeting) all() []*page { return []*page{m.ada, m.bo, m.cy} }

// begins starts a round, from when on it is noted what the pages show.
func (m *meeting) begins() {
	m.t.Helper()
	m.rounds++
	topic := fmt.Sprint("Story ", m.rounds)
	m.from = len(m.heard.heard())
	a, _, err := m.c.persist(0, m.ada.as("start"), `{"topic":"`+topic+`"}`, m.ada.token)
	if err != nil || a.status != http.StatusOK {
		m.t.Fatalf("start: %d %s %v", a.status, a.raw, err)
	}
	for _, p := range m.all() {
		p.sees(topic)
		p.watch()
	}
}

// ends turns the cards, and checks that each lies there that was laid, and was laid once.
func (m *meeting) ends(cards map[*page]string) {
	m.t.Helper()
	a, _, err := m.c.persist(0, m.ada.as("reveal"), "", m.ada.token)
	var revealed struct{ Votes map[string]struct{ Value string } }
	if err != nil || a.status != http.StatusOK || json.Unmarshal([]byte(a.raw), &revealed) != nil {
		m.t.Fatalf("reveal: %d %s %v", a.status, a.raw, err)
	}
	for _, p := range m.all() {
		if got := revealed.Votes[p.id].Value; got != cards[p] {
			m.t.Errorf("%s's card is %q, want %q", p.name, got, cards[p])
		}
		p.wait(`document.querySelector('.board.turned')`)
	}
	eventually(m.t, "the cards have been turned for who listens", func() bool {
		return slices.ContainsFunc(m.heard.heard()[m.from:], func(e event) bool { return e.typ == "votes_revealed" })
	})
	times := map[string]int{}
	for _, e := range m.heard.heard()[m.from:] {
		var is struct {
			Data struct {
				User string `json:"user_id"`
			}
		}
		if err := json.Unmarshal([]byte(e.data), &is); err != nil {
			m.t.Fatal(err)
		}
		switch e.typ {
		case "vote_submitted":
			times[is.Data.User]++
		case "user_disconnected", "session_paused", "scrum_master_changed", "user_left":
			m.t.Errorf("this was heard: %s", e.data)
		}
	}
	for p, card := range cards {
		if card != "" && times[p.id] != 1 {
			m.t.Errorf("%s's card was laid %d times", p.name, times[p.id])
		}
	}
}

// back starts a node again.
func (m *meeting) back(n int) {
	m.t.Helper()
	m.c.nodes[n].start(m.top)
	m.c.nodes[n].awaitReady(m.t)
}

// leader is through which node everything is stored.
func (m *meeting) leader() (leader int) {
	m.t.Helper()
	eventually(m.t, "one node leads", func() bool {
		leader = -1
		for i, n := range m.c.nodes {
			if figure(m.t, n, "magnapp_cluster_leader") == 1 {
				leader = i
			}
		}
		return leader >= 0
	})
	return leader
}

func TestPagesGoOn(t *testing.T) {
	t.Parallel()
	b := startBrowsers(t)
	t.Run("without the node of one", func(t *testing.T) {
		m := meet(t, b)
		t.Run("that dies before the vote", m.dies)
		t.Run("that dies while a vote is under way", m.diesUnderWay)
		t.Run("that dies before it answers for a vote", m.diesUnanswered)
		t.Run("that is stopped", m.stopped)
	})
	t.Run("without the leader", func(t *testing.T) {
		m := meet(t, b)
		t.Run("that dies", m.leaderDies)
	})
	t.Run("when it is cut off", func(t *testing.T) {
		m := meet(t, b)
		t.Run("a node", m.isCut)
	})
}

// begun has somebody's stream come by way of each node, a round begin, and the pages watched from then on.
func (m *meeting) begun(t *testing.T) {
	m.t = t
	for i, p := range m.all() {
		p.t = t
		m.f.wishes(p.id, i)
		if m.f.at(p.id) != i {
			p.enters()
		}
	}
	m.begins()
}

// at is whose stream comes by way of a node, and the others.
func (m *meeting) at(n int) (who *page, others []*page) {
	m.t.Helper()
	for _, p := range m.all() {
		if m.f.at(p.id) == n {
			who = p
		} else {
			others = append(others, p)
		}
	}
	if who == nil || len(others) != size-1 {
		m.t.Fatalf("by way of node %d comes the stream of %v", n, who)
	}
	return who, others
}

func (m *meeting) dies(t *testing.T) {
	m.begun(t)
	n := (m.leader() + 1) % size
	p, others := m.at(n)
	cards := map[*page]string{m.ada: "5", m.bo: "8", m.cy: "13"}
	m.c.nodes[n].kill()
	p.wait(`document.querySelector('.live.lost')`)
	began := time.Now()
	for who, card := range cards {
		who.chooses(card)
	}
	for who, card := range cards {
		who.holds(card)
	}
	p.wait(live)
	t.Logf("%s is back after %v", p.name, time.Since(began))
	p.returned(cards[p])
	for _, o := range others {
		o.undisturbed()
	}
	m.ends(cards)
	m.back(n)
}

func (m *meeting) diesUnderWay(t *testing.T) { m.diesBy(t, false) }

func (m *meeting) diesUnanswered(t *testing.T) { m.diesBy(t, true) }

func (m *meeting) diesBy(t *testing.T, answered bool) {
	m.begun(t)
	n := (m.leader() + 2) % size
	p, others := m.at(n)
	m.f.once(moment{user: p.id, ending: "/vote", answered: answered, then: m.c.nodes[n].kill})
	p.chooses("8")
	p.holds("8")
	p.returned("8")
	for _, o := range others {
		o.undisturbed()
	}
	m.ends(map[*page]string{p: "8"})
	m.back(n)
}

func (m *meeting) stopped(t *testing.T) {
	m.begun(t)
	n := m.leader()
	p, others := m.at(n)
	m.c.nodes[n].stop(t)
	p.chooses("3")
	p.holds("3")
	for _, o := range others {
		o.undisturbed()
	}
	for _, p := range m.all() {
		p.wait(live)
		t.Logf("%s: %+v", p.name, p.seen())
	}
	m.ends(map[*page]string{p: "3"})
	m.back(n)
}

func (m *meeting) leaderDies(t *testing.T) {
	m.begun(t)
	n := m.leader()
	p, others := m.at(n)
	m.c.nodes[n].kill()
	began := time.Now()
	cards := map[*page]string{m.ada: "5", m.bo: "8", m.cy: "13"}
	for who, card := range cards {
		who.chooses(card)
	}
	for who, card := range cards {
		who.holds(card)
		t.Logf("%s's vote after %v", who.name, time.Since(began))
	}
	p.wait(live)
	t.Logf("%s back after %v", p.name, time.Since(began))
	for _, who := range m.all() {
		t.Logf("%s: %+v", who.name, who.seen())
	}
	_ = others
	m.ends(cards)
	m.back(n)
}

func (m *meeting) isCut(t *testing.T) {
	m.begun(t)
	n := (m.leader() + 1) % size
	p, others := m.at(n)
	p.url = m.c.nodes[n].url
	p.sits(p.session)
	p.enters()
	p.watch()
	m.c.links(n, (*relay.Relay).Cut)
	began := time.Now()
	p.wait(`document.querySelector('.live.lost')`)
	t.Logf("%s: reconnecting after %v", p.name, time.Since(began))
	p.chooses("8")
	p.waitsWith("8")
	m.c.links(n, (*relay.Relay).Heal)
	began = time.Now()
	p.holds("8")
	t.Logf("%s: held after %v", p.name, time.Since(began))
	for _, who := range m.all() {
		t.Logf("%s: %+v", who.name, who.seen())
	}
	_ = others
	m.ends(map[*page]string{p: "8"})
}
