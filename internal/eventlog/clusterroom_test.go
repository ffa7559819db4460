package eventlog

import (
	"errors"
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
		last = appendAgain(t, l, "s", last, strconv.Itoa(n)+strings.Repeat("x", 1<<20))
	}
	small, full := uint64(0), false
	for n := 0; !full && n < 16<<10; n++ {
		seq, err := l.Append(t.Context(), "t", small, []byte(strconv.Itoa(n)+strings.Repeat("x", 1<<10)))
		var met *ConflictError
		switch {
		case err == nil:
			small = seq
		case errors.As(err, &met): // a doubtful one was stored
			small = met.Last
		default:
			full = !errors.Is(err, ErrDoubtful) && errors.Is(err, ErrUnavailable)
		}
	}
	if !full {
		t.Fatal("never full")
	}
	eventually(t, "an entry read through another node", func() bool {
		e, found, err := other.Last(t.Context(), "s")
		return err == nil && found && e.Seq == last
	})
	eventually(t, "forgetting", func() bool { return other.Forget(t.Context(), "s", last) == nil })
	appendAgain(t, l, "new", 0, "x")
}
