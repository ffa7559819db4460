package eventlog

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server/ats"
)

func TestTheStoresClockIsOurs(t *testing.T) {
	open(t, Config{Dir: t.TempDir(), Sync: time.Second})

	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if strings.Contains(string(stacks), "server/ats.") {
		t.Error("the goroutine that sets the stores' clock ten times a second is running")
	}

	later := time.Now().Add(time.Hour)
	setStoreClock(later)
	defer setStoreClock(time.Now())
	if got := ats.AccessTime(); got != later.UnixNano() {
		t.Errorf("stores read %d from their clock, and not the %d that it was set to", got, later.UnixNano())
	}
}
