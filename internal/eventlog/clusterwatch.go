package eventlog

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// lookEvery is how often a running server's links are counted.
	lookEvery = 100 * time.Millisecond
	// cutAfter is how long a node without links goes on. Long enough for a link
	// that is made anew, and much shorter than the four seconds after which the
	// server would stand for election: it would be refused, but force an election
	// on the others when it comes back, who would take no write meanwhile.
	cutAfter = time.Second
	// joinGrace is how long a server that has just started may be without links:
	// the others may still be reading their files.
	joinGrace = 3 * time.Second
	// healthEvery is how often a server that has just started is asked whether it
	// is as far as the others.
	healthEvery = 250 * time.Millisecond
	// readyTimeout is for reading a store whose index is missing.
	readyTimeout = 30 * time.Second
	// longestRest is the longest time between two starts that found no one.
	longestRest = 5 * time.Second
)

var (
	errForming = errors.New("waiting for another node of the cluster")
	errCut     = errors.New("cut off from the other nodes of the cluster")
)

// run has the server run while another node can be reached, until stop.
//
// A NATS server without links stands for election every few seconds, with a
// higher term each time. When the links are back, that term deposes a healthy
// leader, and nothing can be written for seconds. So a server that is alone is
// stopped before it stands, and started when another node answers.
func (c *clustered) run() {
	defer close(c.ended)
	rest := time.Duration(0)
	for c.awaitPeer(rest) {
		began := time.Now()
		srv, err := c.startServer()
		if err != nil {
			c.log.say("start", "embedded NATS server does not start", "err", err)
			c.firstStart(err)
		} else {
			joined := c.guard(srv, max(joinGrace, 2*time.Since(began)))
			c.stopServer(srv)
			if joined {
				rest = 0
				continue
			}
		}
		rest = min(max(2*rest, probeEvery), longestRest)
	}
	c.firstStart(ErrClosed)
}

// firstStart tells startClustered how the first start ended.
func (c *clustered) firstStart(err error) {
	c.firstOnce.Do(func() { c.first <- err })
}

func (c *clustered) startServer() (*server.Server, error) {
	if err := c.settle(); err != nil {
		return nil, err
	}
	options, err := c.serverOptions()
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("configure the embedded NATS server: %w", err)
	}
	lines := &natsLogger{to: c.logger, rated: c.log}
	srv.SetLoggerV2(lines, false, false, false)
	srv.Start()
	if err = lines.fatal(); err == nil && !srv.ReadyForConnections(readyTimeout) {
		err = fmt.Errorf("not ready within %v", readyTimeout)
	}
	if err != nil {
		srv.Shutdown()
		srv.WaitForShutdown()
		return nil, fmt.Errorf("start the embedded NATS server: %w", err)
	}
	c.srv.Store(srv)
	return srv, nil
}

// guard returns when the server has been without links for too long, or cannot
// be used, or is to stop. It says whether there were links.
func (c *clustered) guard(srv *server.Server, grace time.Duration) (joined bool) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	linked, asked := time.Now(), time.Time{}
	for {
		select {
		case <-tick.C:
		case <-c.quit:
			return joined
		}
		now := time.Now()
		if srv.NumRoutes() > 0 {
			linked, grace, joined = now, cutAfter, true
			c.rejoined()
			c.firstStart(nil)
		}
		if now.Sub(linked) >= grace || !srv.Running() || !srv.JetStreamEnabled() {
			return joined
		}
		if !c.current.Load() && now.Sub(asked) >= healthEvery {
			asked = now
			c.current.Store(joined && srv.Healthz(nil).Status == "ok")
		}
	}
}

// stopServer stops the server. Answers to what was sent to it will not come.
func (c *clustered) stopServer(srv *server.Server) {
	if srv.JetStreamEnabled() {
		c.cutOff(errCut)
	} else {
		c.cutOff(errors.New("event store failed; it is opened anew"))
	}
	c.srv.Store(nil)
	c.current.Store(false)
	srv.Shutdown()
	srv.WaitForShutdown()
}

// cutOff notes that this node can do nothing, and why.
func (c *clustered) cutOff(why error) {
	if was := c.why.Swap(&why); was != nil {
		return
	}
	c.onBroken()
	c.tellCut()
	select {
	case <-c.quit:
	default:
		c.logger.Warn("this node takes no requests", "node", c.id.Node, "why", why)
	}
}

func (c *clustered) rejoined() {
	if was := c.why.Swap(nil); was == nil {
		return
	}
	c.logger.Info("this node has a link to another one", "node", c.id.Node)
	c.tellCut()
}

func (c *clustered) tellCut() {
	if fn := c.onCut.Load(); fn != nil {
		(*fn)()
	}
}

func (c *clustered) cut() bool { return c.why.Load() != nil }

// cutErr says why this node is cut off, nil if it is not.
func (c *clustered) cutErr() error {
	if why := c.why.Load(); why != nil {
		return *why
	}
	return nil
}

func (c *clustered) whenCut(fn func()) { c.onCut.Store(&fn) }
