//go:build !unix

package main

import "time"

// processorTime is not known here.
var processorTime func() time.Duration
