//go:build !linux

package main

import (
	"time"

	"github.com/magnapp/magnapp/internal/config"
)

func slackOf(config.Settings) time.Duration { return 0 }

// relaxTimers does nothing: only Linux has timer slack.
func relaxTimers(time.Duration) {}
