package room

import (
	"context"
	"sync"
)

// The bounds of what is read from the log for readers that come back. Each reading costs a part of a session's log, and anybody may ask.
const (
	maxReadings       = 2   // at once
	maxWaiting        = 256 // that wait for their turn
	maxWaitingAddress = 16  // under way and waiting, of one address: a meeting in one office, whose people come back together
)

// readings bounds how much is read from the log at once. Who does not get a turn begins afresh, which costs no reading.
type readings struct {
	turns chan struct{}

	mu      sync.Mutex
	all     int
	address map[string]int
}

func newReadings() *readings {
	return &readings{turns: make(chan struct{}, maxReadings), address: make(map[string]int)}
}

// begin waits for a turn. False: there are too many, or the reader has gone meanwhile. Otherwise the caller must call end.
func (q *readings) begin(ctx context.Context, address string) bool {
	if !q.enter(address) {
		return false
	}
	select {
	case q.turns <- struct{}{}:
		if ctx.Err() == nil {
			return true
		}
		<-q.turns
	case <-ctx.Done():
	}
	q.leave(address)
	return false
}

func (q *readings) end(address string) {
	<-q.turns
	q.leave(address)
}

func (q *readings) enter(address string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.all >= maxWaiting || q.address[address] >= maxWaitingAddress {
		return false
	}
	q.all++
	q.address[address]++
	return true
}

func (q *readings) leave(address string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all--
	if q.address[address]--; q.address[address] == 0 {
		delete(q.address, address)
	}
}
