package sockets

import (
	"fmt"
	"os"
	"time"
)

// Options are the limits of a Set. All must be set.
type Options struct {
	KeepAlive    []byte        // what is sent now and then
	Every        time.Duration // how often
	Ping         []byte        // what is sent instead to sockets with pings
	PingEvery    time.Duration // how often
	Last         []byte        // what is sent last, when a socket is closed from here
	WriteTimeout time.Duration // a client whose queue has not moved for so long is disconnected; looked at whenever a sign of life is due
	QueueBytes   int           // how much may wait for one client
	CloseTimeout time.Duration // how long Close waits for those who want to know of the ends
}

// ErrClosed is returned by Attach after Close.
var ErrClosed = fmt.Errorf("sockets: %w", os.ErrClosed)
