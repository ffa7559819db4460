#!/usr/bin/env bash
# A key of a key-value bucket gets a time to live of its own (KeyTTL), for which the bucket must have a LimitMarkerTTL: how long the marker stays by which watchers hear that the key is gone. In a bucket that keeps no history the key
# goes when its time is over. With a history of 2 and more it lives as long as markers do, if that is longer, without a word: a lock of a second is held for a minute. The time of a purge's marker (PurgeTTL) is prolonged in the same way.
# The reason is in server/stream.go, processJetStreamMsgWithBatch: so that no marker is missed, a message's time is raised to that of the markers, except where a subject has one message only. The stored message says the raised time.
# So keep locks and leases in a bucket with a history of 1, or let markers live no longer than the shortest of them.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, a key with a second to live, markers of 4 s: "history 1: gone after 1 s, stored with 1s; history 2: gone after 4 s, stored with 4".
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// lives takes a lock for a second, and reports when it is free, and what the stream has stored.
func lives(ctx context.Context, js jetstream.JetStream, history uint8) (stored string, lived time.Duration) {
	bucket := fmt.Sprint("locks", history)
	kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: bucket, History: history, LimitMarkerTTL: 4 * time.Second})
	must(err)
	began := time.Now()
	_, err = kv.Create(ctx, "lock", []byte("mine"), jetstream.KeyTTL(time.Second))
	must(err)
	stream, err := js.Stream(ctx, "KV_"+bucket)
	must(err)
	m, err := stream.GetMsg(ctx, 1)
	must(err)
	for {
		_, err := kv.Get(ctx, "lock")
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return m.Header.Get(jetstream.MsgTTLHeader), time.Since(began)
		}
		must(err)
		time.Sleep(20 * time.Millisecond)
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	must(err)
	s.Start()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	one, short := lives(ctx, js, 1)
	two, long := lives(ctx, js, 2)
	fmt.Printf("history 1: gone after %.0f s, stored with %s; history 2: gone after %.0f s, stored with %s\n", short.Seconds(), one, long.Seconds(), two)
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if one != "1s" || two != "4" || short > 3*time.Second || long < 4*time.Second {
		os.Exit(1)
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
cd program
go mod init example.com/finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go get example.com/finding 2>/dev/null # what they need
go build -o finding .
timeout 120 ./finding
