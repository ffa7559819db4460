package room

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

// written is what a node has written into its own log. It may be read at any time.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

// of is the levels at which something was said of a session, in order.
func (w *written) of(message, id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var levels []string
	for line := range strings.Lines(w.text.String()) {
		if !strings.Contains(line, fmt.Sprintf("msg=%q", message)) || !strings.Contains(line, "session_id="+id) {
			continue
		}
		_, level, _ := strings.Cut(line, "level=")
		level, _, _ = strings.Cut(level, " ")
		levels = append(levels, level)
	}
	return strings.Join(levels, " ")
}

// Whoever reads the logs of all nodes counts sessions by these lines.
func TestNodes_say_at_the_usual_level_what_they_have_done_themselves(t *testing.T) {
	logs := make([]*written, 0, 3)
	_, nodes := nodesOf(t, 3, openLog(t, 3), func(o *Options) {
		w := &written{}
		logs = append(logs, w)
		o.Logger = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	id := nodes[1].create(poker.Settings{})
	agree(t, nodes, id)
	nodes[2].do(id, poker.End{By: by("sm")})
	for _, h := range nodes {
		eventually(t, "the end on each node", func() bool { return h.hasEnded(id) })
	}
	for i, want := range []struct{ created, ended string }{{"DEBUG", "DEBUG"}, {"INFO", "DEBUG"}, {"DEBUG", "INFO"}} {
		equal(t, fmt.Sprint("creation, by node ", i), logs[i].of("session created", id), want.created)
		equal(t, fmt.Sprint("end, by node ", i), logs[i].of("session ended", id), want.ended)
	}
}

func TestNode_that_is_alone_says_what_becomes_of_its_sessions(t *testing.T) {
	w := &written{}
	h := newNodeOn(t, openLog(t, 3), clock.NewManual(time.Now()), func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(w, nil)) })
	id := h.create(poker.Settings{})
	h.clock.Advance(timeout + time.Millisecond)
	equal(t, "said", w.of("session created", id)+" "+w.of("session ended", id), "INFO INFO")
}
