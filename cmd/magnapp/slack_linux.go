package main

import (
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// timerSlack is how late the system may wake a thread that sleeps for a time. It does not delay what comes over a connection.
//
// Go's runtime has a thread that looks after the others: it sleeps for 20 µs at a time while something is going on, and is woken whenever that begins anew, which is with each command of a server that has
// little to do. It changes nothing, and took an eighth of the processor time of such a server. With some slack it sleeps through most commands. systemd's TimerSlackNSec= is the same setting.
//
// More of it would save little. That thread also takes a processor from a goroutine whose system call blocks, such as a sync, once it has slept twice: so where the program has one processor, the
// others wait for a disk for up to twice the slack.
const timerSlack = time.Millisecond

// slackAsked marks, in the environment, a program that has been started for the second time.
const slackAsked = "MAGNAPP_TIMER_SLACK_ASKED"

// relaxTimers gives the program the timer slack, unless it has as much. A thread has that of the thread that started it, and the runtime's own are running by now, so the program starts itself once
// more, in the same process. Where the system refuses, the program goes on as it is.
func relaxTimers() {
	if os.Getenv(slackAsked) != "" {
		_ = os.Unsetenv(slackAsked) // cannot fail for a name like this
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if has, err := slack(); err != nil || has >= timerSlack {
		return
	}
	program, err := os.Executable()
	if err != nil || unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(timerSlack.Nanoseconds()), 0, 0, 0) != nil {
		return
	}
	if has, err := slack(); err != nil || has < timerSlack {
		return
	}
	_ = syscall.Exec(program, os.Args, append(os.Environ(), slackAsked+"=1")) // returns only if it fails
}

// slack is that of the calling thread.
func slack() (time.Duration, error) {
	ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	return time.Duration(ns), err
}
