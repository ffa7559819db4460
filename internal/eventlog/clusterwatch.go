package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	// lookEvery is how often a running server is looked after.
	lookEvery = 200 * time.Millisecond
	// rejoinEvery is how often a server of a node that was there before is looked
	// after until it takes part, for rejoinLooks times: everybody waits for that.
	rejoinEvery = 20 * time.Millisecond
	rejoinLooks = 500
	// maxUnlinked is how many times a node may be found without links before it
	// counts as cut off: one second, long enough for a link that is made anew.
	maxUnlinked = 5
	// maxSilent is how many times it may be found with links and without an answer.
	maxSilent = 6
	// maxAlone is how many times it may be found without an answer before its
	// server stops: three seconds, less than the four after which it would stand
	// for election. It would be refused, but force an election on the others when
	// it comes back, who would take no write meanwhile.
	maxAlone = 15
	// joinGrace is how long a server that has just started may be without answers:
	// the others may still be reading their files.
	joinGrace = 3 * time.Second
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

// guard returns when no other node answers any more, or the server cannot be
// used, or is to stop. It says whether another node had answered.
func (c *clustered) guard(srv *server.Server, grace time.Duration) (joined bool) {
	nc, err := c.connect(nats.NoReconnect())
	if err != nil {
		c.log.say("start", "embedded NATS server cannot be asked", "err", err)
		return false
	}
	defer nc.Close()
	echo, err := startEcho(nc, c.id, c.log)
	if err != nil {
		return false
	}
	echo.ask() // so that the first look finds an answer
	tick, soon := time.NewTicker(lookEvery), time.NewTicker(rejoinEvery)
	defer tick.Stop()
	defer soon.Stop()
	if c.new {
		soon.Stop()
	}
	ctx, cancel := context.WithCancel(context.Background())
	var rest gather
	defer rest.ending.Wait()
	defer cancel()
	// What is counted are looks, not time: a machine that stands still does not
	// look either.
	looks, unlinked, silent, patience := 0, 0, 0, int(grace/lookEvery)
	for srv.Running() && srv.JetStreamEnabled() && silent < patience {
		select {
		case <-tick.C:
			unlinked, silent = unlinked+1, silent+1
		case <-soon.C:
			if looks++; joined && c.current.Load() || looks > rejoinLooks {
				soon.Stop()
				continue
			}
		case <-c.quit:
			return joined
		}
		if srv.NumRoutes() > 0 {
			unlinked = 0
		}
		if echo.ask() {
			silent, joined, patience = 0, true, maxAlone
			c.rejoined()
			c.firstStart(nil)
		} else if unlinked >= maxUnlinked || silent >= maxSilent {
			c.cutOff(errCut)
		}
		c.look(srv, joined)
		rest.look(ctx, c, srv, nc)
	}
	return joined
}

// look finds out whether a server that has started is as far as the others, and
// whether it leads.
func (c *clustered) look(srv *server.Server, joined bool) {
	c.lookRoom(srv)
	leads := srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, sessionsStream)
	if leads && !c.leading.Load() {
		c.led.Add(1) // first: who leads has come to
	}
	c.leading.Store(leads)
	if joined && !c.current.Load() && c.hasAll(srv) {
		c.current.Store(true)
	}
}

// notSought is how far the others are as long as that is not known.
const notSought = math.MaxUint64

// seek notes how far the others are, which is up to where a server that has started
// must have the sessions to be as far as they are.
func (c *clustered) seek(seq uint64) {
	if !c.copies.Load() {
		seq = 0
	}
	if c.cutErr() == nil {
		c.sought.CompareAndSwap(notSought, seq)
	}
}

// seeks reports whether it is not known how far the others are.
func (l *Log) seeks() bool {
	c, ok := l.conn.backend.(*clustered)
	return ok && c.sought.Load() == notSought
}

// marked notes that everything up to a mark is stored.
func (l *Log) marked(seq uint64) {
	if c, ok := l.conn.backend.(*clustered); ok {
		c.seek(seq)
	}
}

// hasAll reports whether a server is as far as the others. That it is well is what
// it also says of a stream of which it has heard nothing since its start. It is asked
// last: how far the others are is not known before everything is restored, and
// asking earlier is a data race within NATS 2.15.3
// (findings/nats-healthz-races-with-restore.sh).
func (c *clustered) hasAll(srv *server.Server) bool {
	return lastHeld(srv, sessionsStream) >= c.sought.Load() && srv.Healthz(nil).Status == "ok"
}

// stopServer stops the server. Answers to what was sent to it will not come.
func (c *clustered) stopServer(srv *server.Server) {
	if srv.JetStreamEnabled() {
		c.cutOff(errCut)
	} else {
		c.cutOff(errors.New("event store failed; it is opened anew"))
	}
	c.srv.Store(nil)
	c.sought.Store(notSought) // what is stored meanwhile is not known
	c.current.Store(false)
	c.leading.Store(false)
	srv.Shutdown()
	srv.WaitForShutdown()
}

// cutOff notes that this node can do nothing, and why.
func (c *clustered) cutOff(why error) {
	if was := c.why.Swap(&why); was != nil {
		return // it was before, or has not begun to take any
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
	c.logger.Info("another node of the cluster answers", "node", c.id.Node)
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

func (c *clustered) leads() (now bool, times uint64) { return c.leading.Load(), c.led.Load() }

func (c *clustered) whenCut(fn func()) { c.onCut.Store(&fn) }
