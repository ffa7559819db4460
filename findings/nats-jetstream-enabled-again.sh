#!/usr/bin/env bash
# An embedded NATS server can close its JetStream store and open it again (ShutdownJetStream, EnableJetStream), which is how a program gets over a disk that failed for a while. Each opening
# starts workers for API requests, as many as there are processors, and closing the store does not end those of the opening before: they end only with the server. A program that tries to
# open its store once a second, for as long as something is wrong with it, collects them without limit.
# Version: nats-server v2.15.2.
# Seen on 2026-11-29: "goroutines after opening once: 12, after 50 times more: 212, after the server's end: 1", four for each opening with GOMAXPROCS=4.
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
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/nats-io/nats-server/v2/server@v2.15.2 2>/dev/null
go run .
