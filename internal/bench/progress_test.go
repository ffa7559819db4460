package bench

import (
	"strings"
	"testing"
)

// lines is a terminal of which a test takes one line at a time.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

func TestProgressTellsWhatIsGoingOn(t *testing.T) {
	out := make(lines, 100)
	p := newProgress(out)
	p.say("run 1 of 5")
	p.sessionMade()
	p.update(16, 30, 480)
	line := <-out
	p.close()
	for _, want := range []string{"run 1 of 5", "1 sessions", "16 streams", "30 commands", "480 deliveries", "960/s"} {
		if !strings.Contains(line, want) {
			t.Errorf("no %q in %q", want, line)
		}
	}
}
