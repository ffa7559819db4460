package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// The times of a stop. Together they stay within the five seconds that are promised, whatever hangs: a disk, a client, or one for the other. For a node of several it is nine.
const (
	shutdownTimeout = 1900 * time.Millisecond // for the requests that are under way
	// A node of several has others that answer: a client whose request is cut short finds there what came of it, and by then has waited for less than a second.
	shutdownTimeoutOfSeveral = 700 * time.Millisecond
	streamsTimeout           = 150 * time.Millisecond  // for what the end of streams has still to note
	roomsTimeout             = 250 * time.Millisecond  // for the changes that time brings, at least
	beforeLog                = 2300 * time.Millisecond // for all of these: what the first do not need, the rooms may use for snapshots
	logTimeout               = 2600 * time.Millisecond
	// A node of several hands over first what it leads, which other nodes take their time for.
	logTimeoutOfSeveral = 5800 * time.Millisecond
)

// requestsLimit is how long the requests that are under way may take to finish.
func requestsLimit(several bool) time.Duration {
	if several {
		return shutdownTimeoutOfSeveral
	}
	return shutdownTimeout
}

// roomsLimit is how long the rooms may take when the stop has taken so long already.
func roomsLimit(taken time.Duration) time.Duration { return max(roomsTimeout, beforeLog-taken) }

var errSlow = errors.New("it was not done in time")

// within does something, and waits for it no longer than it may take. What is not done by then goes on, and ends with the process.
func within(limit time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return errSlow
	}
}

// closing closes a part that others may be waiting for. If it takes too long, it waits itself for what is closed next: a change for the log, which fails it.
func closing(name string, limit time.Duration, logger *slog.Logger, do func()) {
	err := within(limit, func() error {
		do()
		return nil
	})
	if err != nil {
		logger.Warn("stopping without waiting any longer", "for", name, "limit", limit)
	}
}

// closeLog closes the log, the last of all. Its error says that something acknowledged may be lost.
func closeLog(several bool, do func() error) error {
	limit := logTimeout
	if several {
		limit = logTimeoutOfSeveral
	}
	if err := within(limit, do); err != nil {
		return fmt.Errorf("close the event log: %w", err)
	}
	return nil
}
