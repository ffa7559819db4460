package eventlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// sharedLog is a log that other nodes could write to, on a server of its own.
func sharedLog(t *testing.T) *Log {
	t.Helper()
	return open(t, Config{node: "a"})
}

// followed is what a follower has passed on.
type followed struct {
	mu  sync.Mutex
	all []Entry
}

func (f *followed) add(e Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, e)
}

func (f *followed) entries() []Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

func follow(t *testing.T, l *Log, after uint64) *followed {
	t.Helper()
	f := &followed{}
	stop, err := l.Follow(t.Context(), after, f.add)
	must(t, err)
	t.Cleanup(stop)
	return f
}

// marked stores a mark. One that finds no time is tried again, as followers do.
func marked(t *testing.T, l *Log) (seq uint64) {
	t.Helper()
	eventually(t, "a mark", func() bool {
		var err error
		seq, err = l.Sharing().Mark(t.Context())
		return err == nil
	})
	return seq
}

// passedMark stores a mark and waits for it: all that was stored before has been followed.
func passedMark(t *testing.T, l *Log) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	must(t, l.Sharing().Passed(ctx, marked(t, l)))
}

func wantFollowed(t *testing.T, f *followed, want []Entry) {
	t.Helper()
	got := f.entries()
	same := func(a, b Entry) bool {
		return a.Session == b.Session && a.Seq == b.Seq && a.After == b.After && string(a.Data) == string(b.Data)
	}
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("followed %v, want %v", got, want)
	}
}

// storeSome stores n entries in two sessions, and returns them.
func storeSome(t *testing.T, l *Log, n int) (stored []Entry) {
	t.Helper()
	last := map[string]uint64{}
	for i := range n {
		session, data := []string{"x", "y"}[i%2], fmt.Sprint(i)
		after := last[session]
		last[session] = mustAppend(t, l, session, after, data)
		stored = append(stored, Entry{Session: session, Seq: last[session], After: after, Data: []byte(data)})
	}
	return stored
}

func TestShared_everything_stored_is_followed_once_and_in_order(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	before := storeSome(t, l, 10)
	f := follow(t, l, before[3].Seq)
	var after []Entry
	for i := range 10 {
		e := Entry{Session: fmt.Sprint("z", i), Data: []byte("z")}
		e.Seq = mustAppend(t, l, e.Session, 0, "z")
		after = append(after, e)
		passedMark(t, l)
	}
	wantFollowed(t, f, slices.Concat(before[4:], after))
}

func TestShared_mark_is_above_what_was_stored_before(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			session, last := fmt.Sprint("s", i), uint64(0)
			for range 20 {
				seq, err := l.Append(t.Context(), session, last, []byte("x"))
				if err != nil {
					t.Error(err)
					return
				}
				last = seq
				mark, err := l.Sharing().Mark(t.Context())
				if err != nil || mark <= last {
					t.Errorf("mark %d after entry %d: %v", mark, last, err)
				}
			}
		})
	}
	group.Wait()
}

// silence ends the follower's subscription: nothing comes by itself any more, and no error says so.
func silence(t *testing.T, l *Log) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for f := range l.followers {
		must(t, f.source.(*liveFollower).sub.Unsubscribe())
	}
}

func TestShared_follower_to_which_nothing_comes_reads_what_is_stored(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	f := follow(t, l, 0)
	silence(t, l)
	stored := storeSome(t, l, 20)
	passedMark(t, l)
	wantFollowed(t, f, stored)
}

// As on a node that has come back to a meeting: it hears without a pause that
// there is more, and must not wait for one to read what it lacks.
func TestShared_follower_reads_what_is_stored_while_it_hears_of_more(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	f := follow(t, l, 0)
	silence(t, l)
	stored := storeSome(t, l, 500)
	const limit = 20 * time.Second // without a pause of the machine's in between
	began := time.Now()
	for seq := uint64(1); len(f.entries()) < len(stored) && time.Since(began) < limit; seq++ {
		for range 1000 {
			seq++
			l.sharing.live.learn(seq)
		}
	}
	if got := f.entries(); len(got) != len(stored) {
		t.Errorf("%d of %d entries were followed", len(got), len(stored))
	}
}

func TestShared_follower_to_which_nothing_comes_notices_by_itself(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	f := follow(t, l, 0)
	silence(t, l)
	stored := storeSome(t, l, 1)
	eventually(t, "the entry", func() bool { return len(f.entries()) > 0 })
	wantFollowed(t, f, stored)
}

// unreliable follows through a line that changes what comes.
func unreliable(t *testing.T, l *Log, change func([]*nats.Msg) []*nats.Msg) *followed {
	t.Helper()
	raw := make(chan *nats.Msg, liveRoom)
	source, err := l.sharing.live.follow(0)
	must(t, err)
	must(t, source.sub.Unsubscribe())
	source.sub, err = l.conn.requests.ChanSubscribe(livePrefix+">", raw)
	must(t, err)
	f := &followed{}
	var running sync.WaitGroup
	running.Go(func() { source.run(f.add) })
	running.Go(func() {
		for {
			var some []*nats.Msg
			for len(some) < 5 {
				select {
				case m := <-raw:
					some = append(some, m)
					continue
				case <-time.After(5 * time.Millisecond):
				case <-source.quit:
					return
				}
				break
			}
			for _, m := range change(some) {
				source.came <- m
			}
		}
	})
	t.Cleanup(func() {
		source.stop()
		running.Wait()
	})
	return f
}

func TestShared_what_gets_lost_or_out_of_order_on_the_way_is_followed_in_order(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func([]*nats.Msg) []*nats.Msg{
		"lost": func(some []*nats.Msg) []*nats.Msg { return some[:len(some)/2] },
		"reversed": func(some []*nats.Msg) []*nats.Msg {
			slices.Reverse(some)
			return some
		},
		"twice": func(some []*nats.Msg) []*nats.Msg { return append(some, some...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := sharedLog(t)
			f := unreliable(t, l, change)
			stored := storeSome(t, l, 100)
			passedMark(t, l)
			wantFollowed(t, f, stored)
		})
	}
}

func TestShared_follower_leaves_out_what_was_purged(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	stored := storeSome(t, l, 10)
	must(t, l.Forget(t.Context(), "y", 0))
	f := follow(t, l, 0)
	passedMark(t, l)
	wantFollowed(t, f, slices.DeleteFunc(stored, func(e Entry) bool { return e.Session == "y" }))
}

func TestShared_follower_that_is_stuck_says_for_how_long(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	goes := make(chan struct{})
	stop, err := l.Follow(t.Context(), 0, func(Entry) { <-goes })
	must(t, err)
	t.Cleanup(stop)
	passedMark(t, l)
	if behind := l.Sharing().Behind(); behind != 0 {
		t.Errorf("behind for %v with everything passed", behind)
	}
	storeSome(t, l, 2)
	marked(t, l)
	eventually(t, "it is known for how long", func() bool { return l.Sharing().Behind() > 100*time.Millisecond })
	close(goes)
	passedMark(t, l)
	eventually(t, "it is not behind any more", func() bool { return l.Sharing().Behind() == 0 })
}

func TestShared_waiting_for_what_does_not_come_ends_with_the_context(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	follow(t, l, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Sharing().Passed(ctx, 1<<40); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestShared_replay_passes_what_is_wanted_of_each_session(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	stored := storeSome(t, l, 20)
	passed := func(begin func(Entry) uint64) (all []Entry, last uint64) {
		found, err := l.Replay(t.Context(), begin, func(e Entry) { all = append(all, e) })
		must(t, err)
		if len(found.Damaged) > 0 {
			t.Errorf("damaged: %v", found.Damaged)
		}
		return all, found.Last
	}
	all, last := passed(nil)
	wantFollowed(t, &followed{all: all}, stored)
	if last <= stored[19].Seq {
		t.Errorf("the log ends at %d before its last entry, %d", last, stored[19].Seq)
	}
	// Session x has a snapshot at its sixth entry; of y only the last entry is wanted.
	snapshot := stored[10].Seq
	some, _ := passed(func(e Entry) uint64 {
		switch {
		case e.Session == "y":
			return e.Seq
		case e.Seq < snapshot:
			return 0
		}
		return snapshot
	})
	want := []Entry{stored[10], stored[12], stored[14], stored[16], stored[18], stored[19]}
	wantFollowed(t, &followed{all: some}, want)
}

func TestShared_follow_after_a_replay_misses_nothing(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	before := storeSome(t, l, 6)
	var all followed
	found, err := l.Replay(t.Context(), nil, all.add)
	must(t, err)
	next := mustAppend(t, l, "x", before[4].Seq, "new")
	f := follow(t, l, found.Last)
	passedMark(t, l)
	wantFollowed(t, f, []Entry{{Session: "x", Seq: next, After: before[4].Seq, Data: []byte("new")}})
}

func TestNodes_hear_of_each_other(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	b := newSharing(l, "b", func() bool { return false })
	changes := make(chan []string, 16)
	l.Sharing().Changes(func() { changes <- l.Sharing().Nodes() })
	must(t, b.start())
	want := func(nodes ...string) {
		t.Helper()
		var got []string
		for late := time.After(testPatience); !slices.Equal(got, nodes); { // a node that has no time for a sign of life is gone for a moment
			select {
			case got = <-changes:
			case <-late:
				t.Fatalf("got %v, want %v", got, nodes)
			}
		}
	}
	want("a", "b")
	b.stop()
	want("a")
	if seq, err := b.Mark(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("mark %d of a node that has stopped: %v", seq, err)
	}
}

func TestNodes_of_which_nothing_is_heard_count_as_dead(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	must(t, l.conn.requests.Publish(alivePrefix+"b", []byte("here")))
	changes := make(chan []string, 16)
	l.Sharing().Changes(func() { changes <- l.Sharing().Nodes() })
	deadline := time.After(testPatience)
	for n := 2; n != 1; {
		select {
		case got := <-changes:
			n = len(got)
		case <-deadline:
			t.Fatal("the other node is still alive")
		}
	}
}
