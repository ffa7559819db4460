package main

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magnapp/magnapp/internal/config"
)

// timerSlack is how late the system may wake a thread that sleeps for a time. It does not delay what comes over a connection.
//
// Go's runtime has a thread that looks after the others: it sleeps for 20 µs at a time while something is going on, and is woken whenever that begins anew, which is with each command of a server that has
// little to do. It changes nothing, and took an eighth of the processor time of such a server. With some slack it sleeps through most commands. systemd's TimerSlackNSec= is the same setting.
//
// More of it would save little. That thread also takes a processor from a goroutine whose system call blocks, such as a sync, once it has slept twice: so where the program has one processor, the
// others wait for a disk for up to twice the slack.
const timerSlack = time.Millisecond

// nodeSlack is that of a node among several. It has nothing to do for a moment after most of what the others send, and is busy again soon: so it is woken far more often than a server that is alone, and the
// thread that looks after the others took a twentieth of its processor time.
const nodeSlack = 4 * time.Millisecond

// slackOf is the timer slack that a server is to have. It goes by the settings as they are: to read what files they name is for the program's second start, since a pipe can be read once.
func slackOf(s config.Settings) time.Duration {
	if s.ClusterName != "" {
		return nodeSlack
	}
	return timerSlack
}

// slackAsked marks, in the environment, a program that has been started for the second time.
const slackAsked = "MAGNAPP_TIMER_SLACK_ASKED"

// relaxTimers gives the program a timer slack, unless it has as much. A thread has that of the thread that started it, and the runtime's own are running by now, so the program starts itself once
// more, in the same process. Where the system refuses, the program goes on as it is.
//
// The caller must be on the thread that the process began with, the main goroutine's as long as that is locked to it: what else the parent has asked of the process, such as to end when it does, is that
// thread's and gone with it. Nobody may listen for signals yet: one that has been taken, and not acted on, is gone with the program that took it.
func relaxTimers(wanted time.Duration) {
	if os.Getenv(slackAsked) != "" {
		_ = os.Unsetenv(slackAsked) // cannot fail for a name like this
		return
	}
	if has, err := slack(); err != nil || has >= wanted {
		return
	}
	program, err := os.Executable()
	if err != nil || unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(wanted.Nanoseconds()), 0, 0, 0) != nil {
		return
	}
	if has, err := slack(); err != nil || has < wanted {
		return
	}
	_ = syscall.Exec(program, os.Args, append(os.Environ(), slackAsked+"=1")) // returns only if it fails
}

// slack is that of the calling thread.
func slack() (time.Duration, error) {
	ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	return time.Duration(ns), err
}
