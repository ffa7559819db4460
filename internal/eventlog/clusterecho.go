package eventlog

import (
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// echoSubject is where every node answers every other.
const echoSubject = "cluster.echo"

// echo shows whether another node hears this one and is heard. Links that stand
// show neither: they can be silent for seconds before they are dropped, and one
// of them may work one way only.
type echo struct {
	nc    *nats.Conn
	inbox string
	heard atomic.Bool // another node, since the last ask
}

// startEcho answers other nodes and is ready to ask them.
func (c *clustered) startEcho() (*echo, error) {
	nc, err := c.connect(nats.NoReconnect())
	if err != nil {
		return nil, err
	}
	e := &echo{nc: nc, inbox: nc.NewInbox()}
	me := []byte(c.id.Node)
	_, err = nc.Subscribe(echoSubject, func(m *nats.Msg) {
		if string(m.Data) != c.id.Node {
			_ = m.Respond(me) // who gets no answer asks again
		}
	})
	if err == nil {
		_, err = nc.Subscribe(e.inbox, func(*nats.Msg) { e.heard.Store(true) })
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return e, nil
}

// ask asks all other nodes, and reports whether one has answered since the last
// time.
func (e *echo) ask(me string) bool {
	heard := e.heard.Swap(false)
	_ = e.nc.PublishRequest(echoSubject, e.inbox, []byte(me)) // if not, nobody answers
	return heard
}

func (e *echo) stop() { e.nc.Close() }
