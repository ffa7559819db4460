package cluster_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/magnapp/magnapp/internal/relay"
)

// meeting is three people before their pages, and somebody who listens.
type meeting struct {
	top, t      *testing.T // top is until when the nodes run
	c           *cluster
	f           *front // nil if another proxy is before the nodes
	ada, bo, cy *page  // Ada is the Scrum Master; Bo has Firefox, the others Chromium
	heard       *listener
	rounds      int
	cuts        cuts          // before the round
	by          map[*page]int // by way of which node each page's stream came when the round began; only with a front
	from        int           // what had been heard before the round
}

// meet has three people take their seats.
func meet(t *testing.T, b browsers, c *cluster, f *front, url string) *meeting {
	t.Helper()
	m := &meeting{top: t, t: t, c: c, f: f}
	m.ada = &page{t: t, w: b.chromiums(t), name: "Ada", url: url}
	m.bo = &page{t: t, w: b.firefoxes(t), name: "Bo", url: url}
	m.cy = &page{t: t, w: b.chromiums(t), name: "Cy", url: url}
	for _, p := range m.all() {
		p.sits(m.ada.session)
	}
	through := &node{url: url, server: c.nodes[0].server} // which stands for a server that runs
	behind := &cluster{nodes: [size]*node{through, through, through}}
	m.heard = behind.listen(t, person{session: m.ada.session}, 0)
	return m
}

func (m *meeting) all() []*page { return []*page{m.ada, m.bo, m.cy} }

// begins starts a round, from when on it is noted what the pages show. With a front, the stream of each page comes by way of another node.
func (m *meeting) begins(t *testing.T) {
	t.Helper()
	m.t = t
	m.rounds++
	m.from = len(m.heard.heard())
	m.cuts, m.by = m.c.cuts(t), make(map[*page]int)
	for i, p := range m.all() {
		m.by[p] = i
		p.t = t
		if m.f == nil {
			p.enters()
			continue
		}
		m.f.wishes(p.id, i)
		for new := m.rounds == 1; new || m.f.at(p.id) != i; new = false {
			m.f.awaitUp(t, i)
			p.enters()
		}
	}
	topic := fmt.Sprint("Story ", m.rounds)
	a, _, err := m.c.persist(0, m.ada.as("start"), `{"topic":"`+topic+`"}`, m.ada.token)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("start: %d %s %v", a.status, a.raw, err)
	}
	for _, p := range m.all() {
		p.sees(topic)
		p.watch()
	}
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

// undisturbed checks that pages were, unless the machine had no time for them or their node: then they may say that they have to wait.
func (m *meeting) undisturbed(pages []*page) {
	m.t.Helper()
	for _, p := range pages {
		s := p.seen()
		if lost := len(s.Line) > 1; lost && m.c.starved(m.t, m.by[p], m.cuts) || !lost && len(s.Said) > 0 && wasBusy(m.cuts.at) {
			p.wait(live)
			p.saidToWait(p.seen())
			p.steady(p.seen())
			continue
		}
		p.undisturbed()
	}
}

// ends turns the cards, unless somebody has, and checks that each lies there that was laid, and was laid once.
func (m *meeting) ends(cards map[*page]string) {
	m.t.Helper()
	a, _, err := m.c.persist(0, m.ada.as("reveal"), "", m.ada.token)
	if err != nil || a.status != http.StatusOK && a.status != http.StatusConflict {
		m.t.Fatalf("reveal: %d %s %v", a.status, a.raw, err)
	}
	for _, p := range m.all() {
		p.wait(`document.querySelector('.board.turned')`)
	}
	eventually(m.t, "the cards have been turned for who listens", func() bool {
		return slices.ContainsFunc(m.heard.heard()[m.from:], func(e event) bool { return e.typ == "votes_revealed" })
	})
	laid, lie := map[string]int{}, map[string]string{}
	for _, e := range m.heard.heard()[m.from:] {
		var is struct {
			Data struct {
				User  string `json:"user_id"`
				Votes map[string]struct{ Value string }
			}
		}
		if err := json.Unmarshal([]byte(e.data), &is); err != nil {
			m.t.Fatal(err)
		}
		switch e.typ {
		case "vote_submitted":
			laid[is.Data.User]++
		case "votes_revealed":
			for user, vote := range is.Data.Votes {
				lie[user] = vote.Value
			}
		case "user_disconnected", "session_paused", "scrum_master_changed", "user_left":
			m.t.Errorf("this was heard: %s", e.data)
		}
	}
	for _, p := range m.all() {
		if lie[p.id] != cards[p] {
			m.t.Errorf("%s's card is %q, want %q", p.name, lie[p.id], cards[p])
		}
		if cards[p] != "" && laid[p.id] != 1 {
			m.t.Errorf("%s's card was laid %d times", p.name, laid[p.id])
		}
	}
}

// back starts a node again.
func (m *meeting) back(n int) {
	m.t.Helper()
	m.c.nodes[n].start(m.top)
	m.c.nodes[n].awaitReady(m.t)
}

// leader is by way of which node everything is stored.
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

// follower is a node that does not lead, and by way of which nobody listens.
func (m *meeting) follower() int {
	m.t.Helper()
	leader := m.leader()
	n := (leader + 1) % size
	if n == m.f.at("") {
		n = (leader + 2) % size
	}
	return n
}

func TestPagesGoOn(t *testing.T) {
	t.Parallel()
	b := startBrowsers(t)
	both(t, step{"without their node", func(t *testing.T) {
		c := startCluster(t)
		f := newFront(t, c)
		m := meet(t, b, c, f, f.url)
		inOrder(t,
			step{"that is cut off", m.isCut},
			step{"that dies before a vote", m.dies},
			step{"that dies while a vote is under way", func(t *testing.T) { m.diesAtVote(t, false) }},
			step{"that dies before it answers for a vote", func(t *testing.T) { m.diesAtVote(t, true) }},
			step{"that falls silent", m.fallsSilent},
			step{"that is stopped, soon after another has gone on", m.isStopped})
	}}, step{"without a leader", func(t *testing.T) {
		c := startCluster(t)
		var m *meeting
		if _, err := exec.LookPath("haproxy"); err == nil {
			m = meet(t, b, c, nil, startHAProxy(t, c))
		} else {
			f := newFront(t, c)
			m = meet(t, b, c, f, f.url)
		}
		inOrder(t, step{"that they need to vote", m.votesWithoutLeader}, step{"that they need to turn the cards", m.revealsWithoutLeader})
	}})
}

// both runs two parts of a test beside each other, but in a long run. As parallel tests, they would wait with their browsers until all others have begun.
func both(t *testing.T, parts ...step) {
	t.Helper()
	var running sync.WaitGroup
	defer running.Wait()
	for _, s := range parts {
		running.Go(func() { t.Run(s.name, s.run) })
		if long() {
			running.Wait()
		}
	}
}

// step is a part of a test that begins where the one before has ended.
type step struct {
	name string
	run  func(*testing.T)
}

// inOrder runs steps until one fails.
func inOrder(t *testing.T, steps ...step) {
	t.Helper()
	for _, s := range steps {
		if !t.Run(s.name, s.run) {
			return
		}
	}
}

func (m *meeting) dies(t *testing.T) {
	m.begins(t)
	n := m.follower()
	p, others := m.at(n)
	cards := map[*page]string{m.ada: "5", m.bo: "8", m.cy: "13"}
	m.c.nodes[n].kill()
	p.wait(`window.__seen.Line.includes('Reconnecting…')`) // which may be over by then
	for who, card := range cards {
		who.chooses(card)
	}
	for who, card := range cards {
		who.holds(card)
	}
	p.returned(cards[p])
	m.undisturbed(others)
	m.ends(cards)
	m.back(n)
}

func (m *meeting) diesAtVote(t *testing.T, answered bool) {
	m.begins(t)
	n := m.follower()
	p, others := m.at(n)
	m.f.once(moment{user: p.id, ending: "/vote", answered: answered, then: m.c.nodes[n].kill})
	p.chooses("8")
	p.holds("8")
	p.returned("8")
	m.undisturbed(others)
	m.ends(map[*page]string{p: "8"})
	m.back(n)
}

// fallsSilent has a node stand still, as a machine does that has lost its network: connections to it stay open. What it had begun, it ends when it goes on.
func (m *meeting) fallsSilent(t *testing.T) {
	m.begins(t)
	n := m.follower()
	p, others := m.at(n)
	m.c.nodes[n].signal(t, standStill)
	p.chooses("8")
	p.holds("8")
	p.wait(live)
	eventually(t, "the stream comes by way of another node", func() bool { return m.f.at(p.id) != n })
	p.steady(p.seen())
	m.undisturbed(others)
	m.c.nodes[n].signal(t, goOn)
	m.c.nodes[n].awaitReady(t)
	m.ends(map[*page]string{p: "8"})
}

func (m *meeting) isStopped(t *testing.T) {
	m.begins(t)
	n := m.leader()
	p, others := m.at(n)
	m.c.nodes[n].stop(t)
	p.chooses("3")
	p.holds("3")
	p.returned("3")
	m.undisturbed(others)
	m.ends(map[*page]string{p: "3"})
	m.back(n)
}

// isCut has somebody's page come from their node without a proxy, which would send them elsewhere.
func (m *meeting) isCut(t *testing.T) {
	m.t = t
	n := m.follower()
	for i, p := range m.all() {
		if p.t = t; i == n {
			p.keepsSeatAt(m.c.nodes[n].url)
		}
	}
	m.begins(t)
	p, others := m.at(n)
	p.moves(m.c.nodes[n].url)
	for _, p := range m.all() {
		p.watch()
	}
	m.c.links(n, (*relay.Relay).Cut)
	p.chooses("8")
	p.waitsWith("8")
	p.wait(`document.querySelector('.live.lost')`)
	p.wait(`document.querySelector('.notice.lost')`)
	p.sees("Next try in")
	p.pictures("cut")
	p.waitsWith("8") // still
	m.c.links(n, (*relay.Relay).Heal)
	p.holds("8")
	p.returned("8")
	m.undisturbed(others)
	m.ends(map[*page]string{p: "8"})
	p.moves(m.f.url)
}

// without kills the leader, does something, and checks when that has come about that all who had their streams elsewhere were not disturbed.
func (m *meeting) without(t *testing.T, then func()) {
	t.Helper()
	n := m.leader()
	there, cuts := int(figure(t, m.c.nodes[n], "magnapp_streams")), m.c.cuts(t)
	m.c.nodes[n].kill()
	then()
	for _, p := range m.all() {
		p.wait(live)
		s := p.seen()
		p.steady(s)
		if len(s.Line) > 1 {
			there--
		}
		t.Logf("%s: %q %q", p.name, s.Line, s.Said)
	}
	if there < 0 && !m.c.starved(t, (n+1)%size, cuts) && !m.c.starved(t, (n+2)%size, cuts) {
		t.Errorf("%d pages lost their streams that did not come by way of the leader", -there)
	}
}

// waiting are the beginnings of what a page may say while there is no leader, or for a moment no node.
var waiting = []string{"No answer yet. It is tried again by itself.", "No connection."}

func (m *meeting) saidToWait() {
	m.t.Helper()
	for _, p := range m.all() {
		p.saidToWait(p.seen())
	}
}

// saidToWait checks that a page said nothing else.
func (p *page) saidToWait(s seen) {
	p.t.Helper()
	for _, said := range s.Said {
		if !slices.ContainsFunc(waiting, func(w string) bool { return strings.HasPrefix(said, w) }) {
			p.t.Errorf("%s's page said %q", p.name, said)
		}
	}
}

func (m *meeting) votesWithoutLeader(t *testing.T) {
	m.begins(t)
	cards := map[*page]string{m.ada: "5", m.bo: "8", m.cy: "13"}
	m.without(t, func() {
		for who, card := range cards {
			who.chooses(card)
		}
		if *shots != "" {
			m.ada.wait(`!document.querySelector('.pending') || document.querySelector('.notice')`)
			m.ada.pictures("no-answer")
		}
		for who, card := range cards {
			who.holds(card)
		}
	})
	m.saidToWait()
	m.ends(cards)
	for i, n := range m.c.nodes {
		if !n.running() {
			m.back(i)
		}
	}
}

func (m *meeting) revealsWithoutLeader(t *testing.T) {
	m.begins(t)
	m.bo.chooses("8")
	m.bo.holds("8")
	m.without(t, func() {
		const turned, cannot = `document.querySelector('.board.turned')`, `document.querySelector('.notice')?.innerText.includes('Nothing was changed.')`
		m.ada.click("button|Reveal cards")
		m.ada.wait(turned + ` || ` + cannot)
		if must[bool](m.ada, `!`+turned) { // it was her node, too, and for long: she is not kept in doubt
			m.ada.wait(live)
			m.ada.click("button|Reveal cards")
			m.ada.wait(turned)
		}
	})
	m.saidToWait()
	m.ends(map[*page]string{m.bo: "8"})
}
