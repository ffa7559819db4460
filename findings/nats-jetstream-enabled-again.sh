#!/usr/bin/env bash
# An embedded NATS server can close its JetStream store and open it again (ShutdownJetStream, EnableJetStream); a program does so to get
# over a disk that failed for a while. Each opening starts workers for API requests, one for each processor, and closing the store does
# not end them: they end only with the server. A program that tries once a second to open its store collects them without limit.
# Why: setJetStreamExportSubs starts them at each opening with startGoRoutine, which only the end of the server ends
# (server/jetstream_api.go, processJSAPIRoutedRequests).
# Instead: end the server and start a new one, or open the store again rarely.
# Version: nats-server v2.15.3.
# Seen on 2026-11-30: "goroutines after opening once: 12, after 50 times more: 212, after the server's end: 1", four for each opening with
# GOMAXPROCS=4.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// settled is how many goroutines there are when that number has been the same for a while.
func settled() int {
	for last, same := 0, 0; ; time.Sleep(20 * time.Millisecond) {
		if now := runtime.NumGoroutine(); now != last {
			last, same = now, 0
		} else if same++; same == 25 {
			return now
		}
	}
}

func main() {
	const openings, processors = 50, 4
	runtime.GOMAXPROCS(processors)
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	config := server.JetStreamConfig{StoreDir: dir, MaxMemory: 1 << 20, MaxStore: 1 << 20}
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true})
	must(err)
	s.Start()
	first := config
	must(s.EnableJetStream(&first))
	before := settled()
	for range openings {
		must(s.ShutdownJetStream())
		time.Sleep(20 * time.Millisecond)
		again := config
		must(s.EnableJetStream(&again))
	}
	after := settled()
	s.Shutdown()
	s.WaitForShutdown()
	fmt.Printf("goroutines after opening once: %d, after %d times more: %d, after the server's end: %d\n", before, openings, after, settled())
	if after-before != openings*processors {
		fmt.Println("this has changed")
		os.Exit(1)
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod init example.com/finding 2>/dev/null
go get github.com/nats-io/nats-server/v2/server@v2.15.3 2>/dev/null
timeout 120 go run .
