//go:build unix

package cluster_test

import "syscall"

// These have a process stand still, with its connections open, and go on.
const (
	standStill = syscall.SIGSTOP
	goOn       = syscall.SIGCONT
)
