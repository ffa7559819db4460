package eventlog

import (
	"strings"
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
	id    identity
	log   *clusterLog
	inbox string
	heard atomic.Bool // another node, since the last ask
	twin  atomic.Bool // another node has the name of this one
}

// startEcho answers other nodes and is ready to ask them. It ends with nc.
func startEcho(nc *nats.Conn, id identity, log *clusterLog) (*echo, error) {
	e := &echo{nc: nc, id: id, log: log, inbox: nc.NewInbox()}
	_, err := nc.Subscribe(echoSubject, func(m *nats.Msg) {
		if e.other(m) {
			_ = m.Respond(e.me()) // who gets no answer asks again
		}
	})
	if err == nil {
		_, err = nc.Subscribe(e.inbox, func(m *nats.Msg) {
			if e.other(m) {
				e.heard.Store(true)
			}
		})
	}
	return e, err
}

func (e *echo) me() []byte { return []byte(e.id.Node + " " + e.id.run) }

// other reports whether a message is another node's, by its name.
func (e *echo) other(m *nats.Msg) bool {
	node, run, _ := strings.Cut(string(m.Data), " ")
	if run == e.id.run {
		return false
	}
	if node == e.id.Node {
		e.twin.Store(true)
		e.log.say("duplicate", sameName, "node", node)
		_ = m.Respond(e.me()) // so that it knows as well
		return false
	}
	return true
}

// ask asks all other nodes, and reports whether one has answered since the last
// time.
func (e *echo) ask() bool {
	heard := e.heard.Swap(false)
	_ = e.nc.PublishRequest(echoSubject, e.inbox, e.me()) // if not, nobody answers
	return heard
}
