package eventlog

import (
	"testing"
	"time"
)

// Others may store without a pause, so that what comes from them shows that the
// node follows. It shows nothing of what the node itself can store.
func TestNode_that_counted_as_cut_off_finds_out_that_it_can_store_while_much_is_stored(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	follow(t, l, 0)
	s := l.sharing
	s.mu.Lock()
	s.may = 0
	s.mu.Unlock()
	s.noteMark(errSilent)
	s.noteMark(errSilent)
	if !s.Cut() {
		t.Fatal("not cut off")
	}
	stop := time.After(testPatience)
	again := time.NewTicker(idleMark / 20)
	defer again.Stop()
	for seq := uint64(0); s.Cut(); {
		seq = appendAgain(t, l, "s", seq, "more")
		select {
		case <-again.C:
		case <-stop:
			t.Fatal("still cut off")
		}
	}
}

// A mark that fails now and another that fails an hour later are not an hour
// without anything stored.
func TestNode_forgets_a_mark_that_failed_while_much_is_stored(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	follow(t, l, 0)
	l.sharing.noteMark(errSilent)
	stop := time.After(testPatience)
	again := time.NewTicker(idleMark / 20)
	defer again.Stop()
	for seq := uint64(0); l.sharing.fails(); {
		seq = appendAgain(t, l, "s", seq, "more")
		select {
		case <-again.C:
		case <-stop:
			t.Fatal("the failed mark is remembered")
		}
	}
}
