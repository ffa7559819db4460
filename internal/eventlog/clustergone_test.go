package eventlog

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestSession_that_is_forgotten_leaves_a_mark_and_cannot_begin_again(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	a, b := c.nodes[0].log, c.nodes[1].log
	first := appendAgain(t, a, "s", 0, "one")
	last := appendAgain(t, b, "s", first, "two")
	var conflict *ConflictError
	eventually(t, "a conflict", func() bool { return errors.As(a.Forget(t.Context(), "s", first), &conflict) })
	if conflict.Last != last {
		t.Errorf("forget what has gone on: a conflict with %d, want %d", conflict.Last, last)
	}
	for _, l := range []*Log{a, b, a} {
		eventually(t, "forgetting", func() bool { return l.Forget(t.Context(), "s", last) == nil })
	}
	for i, n := range c.nodes {
		eventually(t, "the mark", func() bool {
			left, err := n.log.Load(t.Context(), "s", 0)
			return err == nil && len(left) == 1 && IsGone(left[0])
		})
		eventually(t, "a conflict", func() bool {
			_, err := n.log.Append(t.Context(), "s", 0, []byte("reborn"))
			if err == nil {
				t.Fatalf("the session begins again on node %d", i)
			}
			return errors.Is(err, ErrConflict)
		})
	}
}

func TestMark_of_a_forgotten_session_goes_after_thirty_days(t *testing.T) {
	t.Parallel()
	n := newNATSServer(t, "theirs")
	n.start(t)
	l := openAt(t, &logText{}, n.url())
	must(t, l.Forget(t.Context(), "s", mustAppend(t, l, "s", 0, "one")))
	m, err := l.sessions.GetLastMsgForSubject(t.Context(), sessionPrefix+"s")
	must(t, err)
	if life := m.Header.Get("Nats-TTL"); life != "720h0m0s" {
		t.Errorf("the mark stays %q", life)
	}
}

func TestSlots_are_counted_over_all_nodes(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	for _, n := range c.nodes {
		n.cfg.MaxSessions = 2
	}
	c.start(0, 1, 2)
	for i, session := range []string{"a", "b"} {
		eventually(t, "a slot", func() bool { return c.nodes[i].log.Reserve(t.Context(), session) == nil })
	}
	third := c.nodes[2].log
	eventually(t, "a refusal", func() bool {
		err := third.Reserve(t.Context(), "c")
		if err == nil {
			t.Fatal("a third session has a slot")
		}
		return errors.Is(err, ErrNoSlot)
	})
	eventually(t, "both slots", func() bool {
		held, err := third.Reserved(t.Context())
		return err == nil && len(held) == 2
	})
	eventually(t, "releasing", func() bool { return third.Release(t.Context(), "a") == nil })
	eventually(t, "a slot", func() bool { return third.Reserve(t.Context(), "c") == nil })
}

func TestLong_entry_is_read_through_another_node(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	leader := c.leader()
	a, b := others(leader)
	data := bytes.Repeat([]byte("x"), MaxEntryBytes/4)
	seq := appendAgain(t, c.nodes[a].log, "s", 0, string(data))
	eventually(t, "the entry", func() bool {
		e, found, err := c.nodes[b].log.Last(t.Context(), "s")
		return err == nil && found && e.Seq == seq && bytes.Equal(e.Data, data)
	})
}

func TestNode_that_was_away_learns_that_a_session_is_gone(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	away := (c.leader() + 1) % 3
	a, _ := others(away)
	here := c.nodes[a].log
	last := appendAgain(t, here, "s", 0, "one")
	eventually(t, "the entry", func() bool { return loaded(c.nodes[away].log, "s") == 1 })
	c.crash(away)
	eventually(t, "forgetting", func() bool { return here.Forget(t.Context(), "s", last) == nil })
	c.heal()
	c.start(away)
	eventually(t, "a replay that ends with the mark", func() bool {
		var found []Entry
		_, err := c.nodes[away].log.Replay(t.Context(), nil, func(e Entry) { found = append(found, e) })
		if err != nil {
			return false
		}
		// A replica that is still behind has the entry as well, and the mark after it.
		if n := len(found); n == 0 || n > 2 || !IsGone(found[n-1]) || IsGone(found[0]) != (n == 1) {
			t.Fatalf("the node finds %v", found)
		}
		return true
	})
}

func TestNode_that_has_lost_all_but_its_name_gets_everything_back(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	wiped := (c.leader() + 1) % 3
	a, _ := others(wiped)
	var after uint64
	for i := range 20 {
		after = appendAgain(t, c.nodes[a].log, "s", after, strconv.Itoa(i))
	}
	c.crash(wiped)
	must(t, os.RemoveAll(filepath.Join(c.nodes[wiped].cfg.Dir, "jetstream")))
	c.heal()
	c.start(wiped)
	c.crash(a) // so that what it has got is needed
	l := c.nodes[wiped].log
	appendAgain(t, l, "s", after, "one more")
	eventually(t, "everything", func() bool { return loaded(l, "s") == 21 })
}
