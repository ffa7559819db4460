//go:build !linux

package main

// relaxTimers does nothing: only Linux has timer slack.
func relaxTimers() {}
