package eventlog

import (
	"strings"

	"github.com/nats-io/nats.go"
)

const (
	// broadcastPrefix is what nodes say to all others under, by their names.
	broadcastPrefix = "broadcast."
	// broadcastRoom is how many broadcasts may wait to be taken. What does not fit
	// is lost.
	broadcastRoom = 4096
)

// Broadcast sends over plain NATS: nothing is stored, nothing is sent again.
func (s *sharing) Broadcast(data []byte) {
	_ = s.log.conn.requests.Publish(broadcastPrefix+s.node, data) // the interface promises nothing
}

// Hears sets who takes what the others broadcast.
func (s *sharing) Hears(fn func(data []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hears = fn
}

// startHearing passes on what the others broadcast, until stop.
func (s *sharing) startHearing() error {
	came := make(chan *nats.Msg, broadcastRoom)
	sub, err := s.log.conn.requests.ChanSubscribe(broadcastPrefix+"*", came)
	if err != nil {
		return notSent(err)
	}
	s.running.Go(func() {
		defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is gone
		for {
			select {
			case m := <-came:
				s.pass(m)
			case <-s.life.Done():
				return
			}
		}
	})
	return nil
}

func (s *sharing) pass(m *nats.Msg) {
	if strings.TrimPrefix(m.Subject, broadcastPrefix) == s.node {
		return
	}
	s.mu.Lock()
	fn := s.hears
	s.mu.Unlock()
	fn(m.Data)
}
