package room

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// leaping is the clock of a process that may stand still: it goes on at once when the process does, and only then the timers come that were due meanwhile.
type leaping struct {
	*clock.Manual
	mu sync.Mutex
	at time.Time // no moment is earlier
}

func (c *leaping) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.Manual.Now(); now.After(c.at) {
		return now
	}
	return c.at
}

// leap moves the clock by d before any timer comes.
func (c *leaping) leap(d time.Duration) {
	c.mu.Lock()
	c.at = c.Manual.Now().Add(d)
	c.mu.Unlock()
	c.Advance(d)
}

// machine is one of several on which a node runs, whose process may stand still or end.
type machine struct {
	*node
	clock  *leaping
	frozen int      // seconds for which it has stood still
	stands bool     // it stands still
	gone   bool     // its process has ended
	missed bool     // the others have missed it
	late   []func() // what has come to it meanwhile
}

func (m *machine) serves() bool { return !m.stands && !m.gone }

// page is somebody's page: a stream, by way of a machine, whose pings it answers.
type page struct {
	user, place string
	at          *machine
	stream      *reader
	silent      bool // it answers no more, and its connection stays open
	opened      int  // when, in seconds
	answered    int
}

// world is three machines, people and their pages.
type world struct {
	t        *testing.T
	g        *group
	machines []*machine
	id       string
	rand     *rand.Rand
	second   int
	pages    []*page
	places   int
	without  map[string]int // since when somebody has had no page that counts
	seq      uint64         // up to which the log has been looked through
	story    []string
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{t: t, g: &group{}, rand: rand.New(rand.NewPCG(seed, 0)), without: map[string]int{}}
	log := openLog(t, 3)
	for i := range 3 {
		w.g.side(fmt.Sprint("node", i), log)
	}
	began := time.Now()
	for _, s := range w.g.sides {
		m := &machine{clock: &leaping{Manual: clock.NewManual(began)}}
		w.machines = append(w.machines, m)
		m.node = w.node(m, s)
	}
	w.id = w.machines[0].create(poker.Settings{})
	w.machines[0].do(w.id, join("ann"), join("bob"))
	w.agree()
	return w
}

func (w *world) node(m *machine, s *side) *node {
	h := nodeAt(w.t, s, m.clock.Manual, func(o *Options) {
		o.Clock = m.clock
		o.Rules.SessionTimeout, o.Rules.GracePeriod = 24*time.Hour, 23*time.Hour
	})
	return h
}

func (w *world) say(format string, args ...any) {
	w.story = append(w.story, fmt.Sprintf("%4d ", w.second)+fmt.Sprintf(format, args...))
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(w.story, "\n"))
}

// serving is a machine whose process runs.
func (w *world) serving() *machine {
	for {
		if m := w.machines[w.rand.IntN(len(w.machines))]; m.serves() {
			return m
		}
	}
}

func (w *world) agree() {
	for _, m := range w.machines {
		if m.serves() {
			eventually(w.t, "a node that serves", func() bool { return m.Ready() == nil })
			eventually(w.t, "a node at the end of the log that has done what it has to", func() bool {
				m.mu.RLock()
				r := m.open[w.id]
				m.mu.RUnlock()
				return r != nil && !r.waking.Load() && m.reaches(w.id)()
			})
		}
	}
}

// to has something come to a machine, when its process goes on at the latest.
func (w *world) to(m *machine, do func()) {
	switch {
	case m.gone:
	case m.stands:
		m.late = append(m.late, do)
	default:
		do()
	}
}

func (w *world) opens(user string, m *machine) {
	w.places++
	p := &page{user: user, place: fmt.Sprint("place", w.places), at: m, opened: w.second, answered: w.second}
	p.stream = &reader{}
	cancel, err := m.Subscribe(w.t.Context(), Watch{SessionID: w.id, UserID: user, Proof: proven(true), Pings: true, Place: p.place}, p.stream)
	if err != nil {
		w.say("%s is refused on %s: %v", user, m.side.name, err)
		return
	}
	p.stream.cancel = cancel
	w.look() // what was said before is no mistake
	w.say("%s opens %s on %s", user, p.place, m.side.name)
	w.pages = append(w.pages, p)
}

// leaves ends a page's stream, with or without a goodbye, which comes by way of any machine.
func (w *world) leaves(p *page, bye bool) {
	w.say("%s closes %s on %s, goodbye %v", p.user, p.place, p.at.side.name, bye)
	w.pages = slices.DeleteFunc(w.pages, func(q *page) bool { return q == p })
	if bye {
		m := w.machines[w.rand.IntN(3)]
		w.to(m, func() { w.says(m, p, true) })
	}
	w.to(p.at, p.stream.cancel)
}

// says has a machine hear of a page, and reports whether it took that.
func (w *world) says(m *machine, p *page, gone bool) bool {
	return m.Here(w.t.Context(), Here{SessionID: w.id, UserID: p.user, Proof: proven(true), Place: p.place, Gone: gone}) == nil
}

func (w *world) answers(p *page) {
	m := w.machines[w.rand.IntN(3)]
	if !m.serves() {
		if m.stands {
			w.to(m, func() { w.says(m, p, false) })
		}
		m = w.serving() // again, as the first had no answer
	}
	if w.says(m, p, false) {
		p.answered = w.second
	}
}

// freezes has a machine's process stand still.
func (w *world) freezes(m *machine) {
	w.say("%s freezes", m.side.name)
	m.stands, m.frozen, m.missed = true, 0, false
	m.side.hold(true)
	m.side.lazy = true
	m.side.mu.Lock()
	hears := m.Rooms.hears
	m.side.hears = func(data []byte) { m.late = append(m.late, func() { hears(data) }) }
	m.side.mu.Unlock()
}

// seen has the others know whether a machine is alive, and those that serve look.
func (w *world) seen(m *machine, dead bool) {
	w.g.mu.Lock()
	if w.g.dead == nil {
		w.g.dead = map[string]bool{}
	}
	w.g.dead[m.side.name] = dead
	w.g.mu.Unlock()
	for _, other := range w.machines {
		if other != m && other.serves() {
			other.side.changed()
		}
	}
}

// goesOn has the process of a machine go on, with what is due and what has come meanwhile in any order.
func (w *world) goesOn(m *machine) {
	w.say("%s goes on after %d s", m.side.name, m.frozen)
	m.stands = false
	late := m.late
	m.late = nil
	steps := []func(){
		func() { m.clock.leap(time.Duration(m.frozen) * time.Second) },
		func() { m.side.hold(false) },
		func() { // for it, the others have fallen silent
			if m.frozen < 3 {
				return
			}
			var back []string
			w.g.mu.Lock()
			for _, other := range w.machines {
				if other != m && !w.g.dead[other.side.name] {
					w.g.dead[other.side.name] = true
					back = append(back, other.side.name)
				}
			}
			w.g.mu.Unlock()
			m.side.changed()
			w.g.mu.Lock()
			for _, name := range back {
				w.g.dead[name] = false
			}
			w.g.mu.Unlock()
			m.side.changed()
		},
		func() {
			if m.missed {
				w.seen(m, false)
			}
		},
		func() {
			m.side.mu.Lock()
			m.side.hears = m.Rooms.hears
			m.side.mu.Unlock()
			w.rand.Shuffle(len(late), func(i, j int) { late[i], late[j] = late[j], late[i] })
			for _, do := range late {
				do()
			}
		},
	}
	w.rand.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		step()
	}
	m.frozen, m.missed = 0, false
	w.agree()
}

func (w *world) dies(m *machine) {
	w.say("%s dies", m.side.name)
	m.Close()
	m.gone, m.frozen, m.missed = true, 0, false
	w.pages = slices.DeleteFunc(w.pages, func(p *page) bool { return p.at == m })
}

func (w *world) starts(m *machine) {
	w.say("%s starts", m.side.name)
	m.clock.leap(time.Duration(m.frozen) * time.Second)
	m.gone = false
	m.node = w.node(m, m.side)
	if m.missed {
		w.seen(m, false)
	}
	m.frozen, m.missed = 0, false
}

// counts reports whether somebody is there by a page of which nobody can doubt that.
func (w *world) counts(p *page) bool {
	return p.at.serves() && !p.silent && !p.stream.ended() && w.second-p.opened >= 1
}

func (w *world) has(user string) bool {
	return slices.ContainsFunc(w.pages, func(p *page) bool { return p.user == user && w.counts(p) })
}

// look reads what the log has had since the last time.
func (w *world) look() {
	w.t.Helper()
	log := w.machines[0].log
	err := log.Range(context.Background(), w.id, w.seq, func(e eventlog.Entry) bool {
		w.seq = e.Seq
		rec, err := decodeRecord(e.Data)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, event := range rec.Events {
			if _, ok := event.Payload.(poker.SessionCreated); !ok {
				w.say("%T %+v", event.Payload, event.Payload)
			}
			if p, ok := event.Payload.(poker.ParticipantDisconnected); ok && w.has(p.UserID) {
				w.fail("%s was said to have gone", p.UserID)
			}
		}
		return true
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// check looks who is online.
func (w *world) check() {
	w.t.Helper()
	w.look()
	m := w.serving()
	for _, user := range []string{"ann", "bob"} {
		p, _ := m.state(w.id).Participant(user)
		switch {
		case w.has(user):
			w.without[user] = w.second
			if !p.Online() {
				w.fail("%s is away: %v", user, p)
			}
		case slices.ContainsFunc(w.pages, func(p *page) bool { return p.user == user && !p.silent }):
			w.without[user] = w.second
		case p.Presence == poker.Present && w.second-w.without[user] > 130:
			w.fail("%s is still there: %v", user, p)
		}
	}
}

func (w *world) pass() {
	w.second++
	for _, m := range w.machines {
		if m.serves() {
			m.clock.Advance(time.Second)
			continue
		}
		if m.frozen++; m.frozen == 3 {
			m.missed = true
			w.seen(m, true)
		}
	}
	for _, p := range slices.Clone(w.pages) {
		if !p.silent && w.second-p.answered >= 30 && p.at.serves() {
			w.answers(p)
		}
	}
	for _, p := range slices.Clone(w.pages) {
		if p.stream.ended() && !p.silent {
			w.leaves(p, false)
			w.opens(p.user, w.serving())
		}
	}
	w.agree()
	w.check()
}

func (w *world) happens() {
	users := []string{"ann", "bob"}
	var down *machine
	for _, m := range w.machines {
		if !m.serves() {
			down = m
		}
	}
	switch k := w.rand.IntN(60); {
	case k < 5 && len(w.pages) < 4:
		w.opens(users[w.rand.IntN(2)], w.serving())
	case k < 9 && len(w.pages) > 0:
		w.leaves(w.pages[w.rand.IntN(len(w.pages))], w.rand.IntN(2) == 0)
	case k == 9 && len(w.pages) > 0:
		p := w.pages[w.rand.IntN(len(w.pages))]
		p.silent = true
		w.say("%s is silent", p.place)
	case k == 10 && len(w.pages) > 0: // moves
		p := w.pages[w.rand.IntN(len(w.pages))]
		if w.rand.IntN(2) == 0 {
			w.opens(p.user, w.serving())
			w.leaves(p, true)
		} else {
			w.leaves(p, true)
			w.opens(p.user, w.serving())
		}
	case k == 11 && down == nil:
		w.freezes(w.serving())
	case k == 12 && down == nil:
		w.dies(w.serving())
	case k == 13 && down != nil:
		if down.gone {
			w.starts(down)
		} else {
			w.goesOn(down)
		}
	}
}

func TestNodes_that_freeze_and_go_on_keep_who_is_there(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed)
			for range 400 {
				w.happens()
				w.pass()
			}
		})
	}
}
