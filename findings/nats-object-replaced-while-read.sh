#!/usr/bin/env bash
# While an object is read from an object store, somebody puts a new version under its name, or deletes it. The reader, who has had the first part, gets neither the rest nor an error: it stands still until the deadline of its context,
# and then says "nats: timeout" or "i/o timeout", as if the network were slow. Nothing tells it that the rest is gone, and a program that reads without a hurry (a backup, a download) stands for as long as it is allowed to.
# The reason is in jetstream/object.go of nats.go: Put and Delete purge the old version's pieces at once, and Get reads them with a consumer that waits for the piece after which none is pending. Nobody sends that one.
# So do not put a new version under a name that is being read: use a new name for each version, and delete the old one later. Or watch how long no byte has come, and look at the object's info again.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, a deadline 6 s away: "replaced: 2097152 of 20971520 bytes, then not a byte for 6 s: nats: timeout", and "deleted: ..." the same.
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
	"io"
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

const size = 20 << 20

// read reads an object of which the rest is taken away after the first bytes, and reports whether that stood still until the deadline.
func read(store jetstream.ObjectStore, what string, takeAway func(context.Context) error) bool {
	_, err := store.PutBytes(context.Background(), "backup", make([]byte, size))
	must(err)
	ctx, cancel := context.WithTimeout(context.Background(), 6*time.Second)
	defer cancel()
	object, err := store.Get(ctx, "backup")
	must(err)
	defer object.Close()
	buffer := make([]byte, 64<<10)
	n, err := object.Read(buffer)
	must(err)
	must(takeAway(context.Background()))
	last := time.Now() // when the last bytes came
	for err == nil {
		var k int
		if k, err = object.Read(buffer); k > 0 {
			n, last = n+k, time.Now()
		}
	}
	still := time.Since(last)
	fmt.Printf("%s: %d of %d bytes, then not a byte for %.0f s: %v\n", what, n, size, still.Seconds(), err)
	return n < size && still > 2*time.Second && !errors.Is(err, io.EOF) && !errors.Is(err, jetstream.ErrDigestMismatch)
}

func main() {
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	must(err)
	s.Start()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	store, err := js.CreateObjectStore(context.Background(), jetstream.ObjectStoreConfig{Bucket: "backups"})
	must(err)
	replaced := read(store, "replaced", func(ctx context.Context) error {
		_, err := store.PutString(ctx, "backup", "a new version")
		return err
	})
	deleted := read(store, "deleted", func(ctx context.Context) error { return store.Delete(ctx, "backup") })
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if !replaced || !deleted {
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
