package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	// sayEvery is how often the same thing is logged at most.
	sayEvery = time.Minute
	// maxKinds bounds what is remembered of what was logged.
	maxKinds = 1000
)

// clusterLog logs each kind of line once a minute at most: a link that fails is
// tried again every second.
type clusterLog struct {
	to *slog.Logger

	mu   sync.Mutex
	said map[string]time.Time
}

func newClusterLog(to *slog.Logger) *clusterLog {
	return &clusterLog{to: to, said: map[string]time.Time{}}
}

// say warns of something of the kind named, unless it did so a moment ago.
func (c *clusterLog) say(kind, text string, args ...any) {
	if c.due(kind) {
		c.to.Warn(text, args...)
	}
}

// keepTrying calls try until that succeeds, or no further try would, or ctx ends,
// and says why it waits if that takes a while.
func (c *clusterLog) keepTrying(ctx context.Context, text string, try func() error) error {
	for began := time.Now(); ; {
		err := try()
		var never finalError
		if err == nil || errors.As(err, &never) || !wait(ctx, longestPause) {
			return err
		}
		if time.Since(began) > sayMissing {
			c.say(text, text, "why", err)
		}
	}
}

func (c *clusterLog) due(kind string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if at, ok := c.said[kind]; ok && now.Sub(at) < sayEvery {
		return false
	}
	if len(c.said) >= maxKinds {
		clear(c.said)
	}
	c.said[kind] = now
	return true
}

// refusals are the server's words for links that are not made, with ours.
var refusals = []struct{ nats, kind, text string }{
	{"authentication error", "secret", wrongSecret},
	{"Authorization Violation", "secret", wrongSecret},
	{"authentication timeout", "secret", wrongSecret},
	{"handshake error: tls: ", "certificate", wrongCertificate},
	{"handshake error: remote error: tls: ", "certificate", wrongCertificate},
	{"does not match", "name", otherCluster},
	{"duplicate name", "duplicate", sameName},
}

const (
	wrongSecret      = "a link between nodes was refused: their cluster secrets differ"
	wrongCertificate = "a link between nodes was refused: the certificate of one is not what the other expects"
	otherCluster     = "a link to a node of another cluster was refused"
	sameName         = "a node with the name of this one was refused: was its data directory copied?"
)

// nats logs what the server says, in our words if we have some.
func (c *clusterLog) nats(level slog.Level, format string, v []any) {
	text := fmt.Sprintf(format, v...)
	for _, r := range refusals {
		if strings.Contains(text, r.nats) {
			c.say(r.kind, r.text, "nats", text)
			return
		}
	}
	if quiet(text) {
		c.to.Debug("nats: " + text)
		return
	}
	if _, rest, found := strings.Cut(format, " - "); found { // behind which link it is
		format = rest
	}
	if c.due(format) {
		c.to.Log(context.Background(), level, "nats: "+text)
	}
}

// quiet reports whether a line is of no use to an operator: what it warns of is
// as it should be, or said elsewhere.
func quiet(text string) bool {
	for _, known := range []string{
		"Plaintext passwords detected",                       // they are made at each start and kept nowhere
		"TLS route handshake error",                          // a node that was about to start or to stop
		"Waiting for routing", "has not established contact", // the beginning of each start
		"Error trying to connect to route",        // said as "not reachable"
		"has no leader", "no quorum", "NO quorum", // Ready says so
	} {
		if strings.Contains(text, known) {
			return true
		}
	}
	return false
}
