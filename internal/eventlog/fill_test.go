package eventlog

import (
	"strings"
	"testing"
)

func TestLog_says_when_it_is_nearly_full(t *testing.T) {
	t.Parallel()
	for dir, most := range map[string]int64{t.TempDir(): 10 << 20, "": maxMemoryBytes} {
		l := open(t, Config{Dir: dir, maxStore: 10 << 20})
		var last uint64
		for range 7 {
			last = appendAgain(t, l, "s", last, strings.Repeat("x", 1<<20))
		}
		if l.NearlyFull() {
			t.Errorf("with 7 MiB of %d it says that it is nearly full", most>>20)
		}
		for range 2 {
			last = appendAgain(t, l, "s", last, strings.Repeat("x", 1<<20-1<<10))
		}
		if want := most == 10<<20; l.NearlyFull() != want {
			t.Errorf("with 9 MiB of %d it says %t", most>>20, !want)
		}
	}
}
