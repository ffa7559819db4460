package room

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

// moody is a real log whose writes fail in each of the three forms: not stored, stored and not acknowledged, stored only later.
type moody struct {
	*eventlog.Log
	mu    sync.Mutex
	dice  *rand.Rand
	calm  bool
	later sync.WaitGroup
}

func (l *moody) roll(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calm {
		return -1
	}
	return l.dice.IntN(n)
}

type write func(ctx context.Context, session string, after uint64, data []byte) (uint64, error)

func (l *moody) write(ctx context.Context, session string, after uint64, data []byte, write write) (uint64, error) {
	switch l.roll(12) {
	case 0:
		return 0, fmt.Errorf("not stored: %w", eventlog.ErrUnavailable)
	case 1:
		return 0, fmt.Errorf("not stored: %w", eventlog.ErrDoubtful)
	case 2:
		if _, err := write(ctx, session, after, data); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("stored: %w", eventlog.ErrDoubtful)
	case 3:
		data = slices.Clone(data)
		l.later.Go(func() { _, _ = write(context.WithoutCancel(ctx), session, after, data) })
		return 0, fmt.Errorf("stored soon: %w", eventlog.ErrDoubtful)
	}
	return write(ctx, session, after, data)
}

func (l *moody) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	return l.write(ctx, session, after, data, l.Log.Append)
}

func (l *moody) Snapshot(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	return l.write(ctx, session, after, data, l.Log.Snapshot)
}

func (l *moody) Load(ctx context.Context, session string, after uint64) ([]eventlog.Entry, error) {
	if l.roll(6) == 0 {
		return nil, fmt.Errorf("not read: %w", eventlog.ErrUnavailable)
	}
	return l.Log.Load(ctx, session, after)
}

// Whatever the store does, a command that is sent again with its key until it is answered happens once, and a reader that comes back misses nothing and gets nothing twice.
func TestCommands_and_readers_on_a_store_that_fails_now_and_then(t *testing.T) {
	for _, nodes := range []int{1, 3} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(nodes, " nodes, seed ", seed), func(t *testing.T) { chaos(t, nodes, seed) })
		}
	}
}

func chaos(t *testing.T, nodes int, seed uint64) {
	c := clock.NewManual(time.Now())
	log := &moody{Log: openLog(t, 3), dice: rand.New(rand.NewPCG(seed, 1)), calm: true}
	var cluster []*node
	unbounded := func(o *Options) { o.Rules.MaxParticipants, o.Rules.SessionTimeout = 0, 1000*time.Hour }
	if nodes == 1 {
		o := nodeOptions(c)
		unbounded(&o)
		rs, err := Open(t.Context(), log, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(rs.Close)
		cluster = []*node{{Rooms: rs, t: t, log: log.Log, clock: c}}
	} else {
		_, cluster = nodesOf(t, nodes, log, unbounded)
		c = cluster[0].clock
		for i, h := range cluster {
			h.side.lags(rand.New(rand.NewPCG(seed, uint64(2+i))))
		}
	}
	id := cluster[0].create(poker.Settings{})
	for _, h := range cluster {
		eventually(t, "the session", knows(h, id))
	}
	log.mu.Lock()
	log.calm = false
	log.mu.Unlock()

	const clients, each = 4, 32 // as many as a session remembers keys
	done := make(chan struct{})
	var readers, busy sync.WaitGroup
	for i := range 2 * nodes {
		readers.Go(func() { comesAndGoes(t, cluster, id, i, done) })
	}
	refs := make([][]string, clients)
	for i := range clients {
		busy.Go(func() { refs[i] = insists(t, cluster, id, i, each) })
	}
	cuts := func() {}
	if nodes > 1 {
		cuts = cutting(cluster, seed)
	}
	busy.Wait()
	cuts()
	close(done)
	readers.Wait()
	log.later.Wait()
	log.mu.Lock()
	log.calm = true
	log.mu.Unlock()
	checkOnce(t, log, id, clients*each)
	for _, h := range cluster {
		eventually(t, "the room at the end of its log", func() bool {
			c.Advance(2 * retryTime)
			return h.Ready() == nil && h.reaches(id)()
		})
		checkLogged(t, h, id)
	}
	all := slices.Concat(refs...)
	slices.Sort(all)
	equal(t, "nobody was seated twice", len(slices.Compact(all)), clients*each/4)
}

// insists sends commands, each until it is answered, and returns who was seated.
func insists(t *testing.T, cluster []*node, id string, client, n int) (refs []string) {
	for k := range n {
		var c poker.Command = poker.Extend{By: by("sm")}
		joins := k%4 == 0
		call := Call{Proof: proven(true), Key: fmt.Sprint(client, "/", k), Body: "b"}
		for try := 0; ; try++ {
			if joins {
				c = join(fmt.Sprint("u", client, ".", k, ".", try))
			}
			outcome, err := cluster[(client+try)%len(cluster)].Do(t.Context(), id, c, call)
			if err == nil {
				if joins {
					refs = append(refs, outcome.Ref)
				}
				break
			}
			if !isUnavailable(err) {
				t.Errorf("client %d, command %d: %v", client, k, err)
				return refs
			}
			if len(cluster) > 1 {
				<-time.After(time.Millisecond)
			}
		}
	}
	return refs
}

// comesAndGoes reads, goes, and comes back where it was, until done. It wants each event once.
func comesAndGoes(t *testing.T, cluster []*node, id string, i int, done <-chan struct{}) {
	seen, last := [][]string(nil), ""
	for over := false; !over; i++ {
		select {
		case <-done:
			over = true
		default:
		}
		r := &reader{}
		w := Watch{SessionID: id, LastEventID: last}
		if i%3 == 0 {
			w.UserID, w.Proof = "sm", proven(true)
		}
		cancel, err := cluster[i%len(cluster)].Subscribe(t.Context(), w, r)
		if isUnavailable(err) && (len(cluster) > 1 || w.UserID != "") { // cut off, or not stored that they are here
			<-time.After(time.Millisecond)
			continue
		}
		if err != nil {
			t.Error(err)
			return
		}
		cancel()
		for n, e := range r.events() {
			if n == 0 && e.Type == "session_updated" { // maybe a fresh start, as while the log cannot be read
				seen = append(seen, nil)
			}
			part := &seen[len(seen)-1]
			*part, last = append(*part, e.ID), e.ID
		}
	}
	checkSeen(t, cluster[0], id, seen, len(cluster) > 1)
}

// checkSeen compares the events that a reader has got with those in the log. A fresh start begins a further part, and with several nodes there may be many.
func checkSeen(t *testing.T, h *node, id string, seen [][]string, several bool) {
	entries, err := loadAll(h.log, id)
	if err != nil {
		t.Error(err)
		return
	}
	var all []string
	for _, e := range entries {
		rec, err := decodeRecord(e.Data)
		if err != nil {
			t.Error(err)
		}
		for i, event := range rec.Events {
			if view.Visible(event) {
				all = append(all, position{seq: e.Seq, index: i, change: rec.Change}.String())
			}
		}
	}
	at, afresh := 0, 0
	for _, part := range seen {
		from := slices.Index(all, part[0])
		if from < at || from < 0 || len(all) < from+len(part) || !slices.Equal(all[from:from+len(part)], part) {
			t.Errorf("a reader saw %d events that are not those of the log, from %d on of %d", len(part), from, len(all))
			return
		}
		if from != at {
			afresh++
		}
		at = from + len(part)
	}
	if !several && afresh > 6 { // the first time counts, too
		t.Errorf("a reader began afresh %d times", afresh)
	}
}

// loadAll reads a session, with patience: the log has two seconds for an answer, which
// a machine with other things to do may need for itself.
func loadAll(log *eventlog.Log, id string) (entries []eventlog.Entry, err error) {
	for end := time.Now().Add(patience); ; {
		entries, err = log.Load(context.Background(), id, 0)
		if !errors.Is(err, eventlog.ErrUnavailable) || time.Now().After(end) {
			return entries, err
		}
	}
}

// checkOnce wants each key once in the log.
func checkOnce(t *testing.T, log *moody, id string, n int) {
	entries, err := loadAll(log.Log, id)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]int{}
	snapshots := 0
	for _, e := range entries {
		rec, err := decodeRecord(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Snapshot {
			snapshots++
		}
		for _, event := range rec.Events {
			if event.Key.ID != "" {
				keys[event.Key.ID]++
			}
		}
	}
	for key, times := range keys {
		if times != 1 {
			t.Errorf("%s was carried out %d times", key, times)
		}
	}
	equal(t, "commands carried out", len(keys), n)
	if snapshots == 0 {
		t.Error("no snapshot was stored")
	}
}

// cutting cuts one node after the other off, and lets the others see it as dead, until end is called. The next one's turn comes when it serves again.
func cutting(cluster []*node, seed uint64) (end func()) {
	dice := rand.New(rand.NewPCG(seed, 99))
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			h := cluster[dice.IntN(len(cluster))]
			for _, cut := range []bool{true, false} {
				h.side.cutOff(cut)
				h.clock.Advance(time.Second)
				select {
				case <-time.After(time.Duration(dice.IntN(15)) * time.Millisecond):
				case <-done:
					h.side.cutOff(false)
					return
				}
			}
			for h.Ready() != nil {
				<-time.After(time.Millisecond)
				h.clock.Advance(retryTime)
			}
		}
	}()
	return func() { close(done); <-ended }
}

// lags lets what comes to a side come a little later, now and then.
func (s *side) lags(dice *rand.Rand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = func() {
		if dice.IntN(4) == 0 {
			<-time.After(time.Duration(dice.IntN(3000)) * time.Microsecond)
		}
	}
}
