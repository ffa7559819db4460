package eventlog

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCluster_without_room_is_read_and_freed fills all nodes. NATS refuses a message that takes the place of others too, when its store is full.
func TestCluster_without_room_is_read_and_freed(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	for _, n := range c.nodes {
		n.cfg.maxStore = 16 << 20
	}
	c.start(0, 1, 2)
	l, other := c.nodes[0].log, c.nodes[1].log
	var last uint64
	for n := range 14 {
		c.level(t)
		last = appendAgain(t, l, "s", last, strconv.Itoa(n)+strings.Repeat("x", 1<<20))
	}
	c.fill(t, l, "t")
	eventually(t, "an entry read through another node", func() bool {
		e, found, err := other.Last(t.Context(), "s")
		return err == nil && found && e.Seq == last
	})
	eventually(t, "the end of a session", func() bool {
		seq, err := other.End(t.Context(), "s", last, []byte("the end"))
		var met *ConflictError
		if errors.As(err, &met) && met.Last > last { // a doubtful one was stored
			seq, err = met.Last, nil
		}
		if err == nil {
			last = seq
		}
		return err == nil
	})
	eventually(t, "forgetting", func() bool { return other.Forget(t.Context(), "s", last) == nil })
	appendAgain(t, l, "new", 0, "x")
}

// fill appends entries until there is no more room: small ones beside what is kept for marks. A node that is cut off for a moment, as on a machine with
// much else to do, refuses them too, and at once: that is asked again, and says nothing of the room.
func (c *testCluster) fill(t *testing.T, l *Log, session string) {
	t.Helper()
	const size, most = 32 << 10, 512
	last, full := uint64(0), false
	for n := 0; !full; n++ {
		if n == most {
			t.Fatalf("%d entries of %d bytes, and never full", n, size)
		}
		if n%4 == 0 {
			c.level(t)
		}
		eventually(t, "an entry or no room for it", func() bool {
			seq, err := l.Append(t.Context(), session, last, []byte(strconv.Itoa(n)+strings.Repeat("x", size)))
			var met *ConflictError
			if errors.As(err, &met) { // a doubtful one was stored
				seq, err = met.Last, nil
			}
			if err == nil {
				last = seq
			}
			full = !errors.Is(err, ErrDoubtful) && errors.Is(err, ErrFull)
			return err == nil || full
		})
	}
}

// level waits until all nodes have stored as much, and looks at how much that is: on a machine with much else to do one may be far behind.
func (c *testCluster) level(t *testing.T) {
	t.Helper()
	eventually(t, "nodes that have stored as much", func() bool {
		var stored []uint64
		for _, n := range c.nodes {
			b := n.log.conn.backend.(*clustered)
			srv := b.srv.Load()
			if srv == nil {
				return false
			}
			b.lookRoom(srv)
			is, err := srv.Jsz(nil)
			if err != nil {
				return false
			}
			stored = append(stored, is.Store)
		}
		return slices.Max(stored)-slices.Min(stored) < 16<<10
	})
}
