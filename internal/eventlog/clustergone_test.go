package eventlog

import (
	"bytes"
	"errors"
	"testing"
)

func TestSession_that_is_forgotten_leaves_a_mark_and_cannot_begin_again(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	a, b := c.nodes[0].log, c.nodes[1].log
	first := mustAppend(t, a, "s", 0, "one")
	last := mustAppend(t, b, "s", first, "two")
	var conflict *ConflictError
	if err := a.Forget(t.Context(), "s", first); !errors.As(err, &conflict) || conflict.Last != last {
		t.Errorf("forget what has gone on: %v, want a conflict with %d", err, last)
	}
	for _, l := range []*Log{a, b, a} {
		if err := l.Forget(t.Context(), "s", last); err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range c.nodes {
		var left []Entry
		eventually(t, "the mark", func() bool {
			left = mustLoad(t, n.log, "s", 0)
			return len(left) == 1
		})
		if !IsGone(left[0]) {
			t.Errorf("node %d has %q, want a mark", i, left[0].Data)
		}
		if _, err := n.log.Append(t.Context(), "s", 0, []byte("reborn")); !errors.Is(err, ErrConflict) {
			t.Errorf("append on node %d: %v, want a conflict", i, err)
		}
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
		if err := c.nodes[i].log.Reserve(t.Context(), session); err != nil {
			t.Fatal(err)
		}
	}
	third := c.nodes[2].log
	if err := third.Reserve(t.Context(), "c"); !errors.Is(err, ErrNoSlot) {
		t.Errorf("third session: %v, want none", err)
	}
	held, err := third.Reserved(t.Context())
	if err != nil || len(held) != 2 {
		t.Errorf("reserved: %v, %v", held, err)
	}
	if err := third.Release(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a slot", func() bool { return third.Reserve(t.Context(), "c") == nil })
}

func TestLargest_entry_is_read_through_another_node(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	leader := c.leader()
	a, b := others(leader)
	data := bytes.Repeat([]byte("x"), MaxEntryBytes)
	seq := appendAgain(t, c.nodes[a].log, "s", 0, string(data))
	eventually(t, "the entry", func() bool {
		e, found, err := c.nodes[b].log.Last(t.Context(), "s")
		return err == nil && found && e.Seq == seq && bytes.Equal(e.Data, data)
	})
}
