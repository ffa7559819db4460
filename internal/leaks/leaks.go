// Package leaks ends the tests of a package with a look for goroutines that they
// have left. It waits for longer than goleak, whose half second is too short where
// packages are tested side by side.
package leaks

import (
	"time"

	"go.uber.org/goleak"
)

// patience is how long what ends by itself may take to do so.
const patience = 30 * time.Second

// VerifyTestMain is goleak's, after a wait. The options may have no goleak.Cleanup.
func VerifyTestMain(m goleak.TestingM, options ...goleak.Option) {
	goleak.VerifyTestMain(settling{m, options, patience}, options...)
}

// settling are tests after which is waited until their goroutines have ended.
type settling struct {
	tests   goleak.TestingM
	options []goleak.Option
	limit   time.Duration
}

// Run runs the tests.
func (s settling) Run() (exitCode int) {
	exitCode = s.tests.Run()
	for end := time.Now().Add(s.limit); exitCode == 0 && time.Now().Before(end); {
		if goleak.Find(s.options...) == nil { // which looks for half a second
			break
		}
	}
	return exitCode
}
