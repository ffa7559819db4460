#!/usr/bin/env bash
# An object is read from an object store with a context that has no deadline, context.Background() or that of an HTTP request, piece by piece as whoever wants it can take it. Five seconds after Get the reader fails with "nats: timeout" or
# "i/o timeout", however far it has come and though bytes come all the time. Put with the same context takes as long as it takes. So downloads work in tests, and break off for those with a slow line, or with a
# large object. GetBytes and GetFile read through Get.
# The reason is in jetstream/object.go of nats.go, Get: a context without a deadline gets the time that JetStream's answers may take (DefaultTimeout, 5 s), and it holds for the reader as well, to the last byte; of Put only each message has it.
# So give Get a context with a deadline of its own, as far off as a download may last.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, 4 MB read in pieces of 64 KB, ten a second: "no deadline: read pipe: i/o timeout after 5 s, whole: false", "deadline in a minute: EOF after 7 s, whole: true".
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

const size = 4 << 20

// download reads the object in pieces of 64 KB, ten a second, and reports how that ended, and after which time.
func download(ctx context.Context, store jetstream.ObjectStore) (whole bool, took time.Duration, err error) {
	object, err := store.Get(ctx, "film")
	must(err)
	defer object.Close()
	began, n, buffer := time.Now(), 0, make([]byte, 64<<10)
	for {
		k, err := object.Read(buffer)
		n += k
		if err != nil {
			return n == size, time.Since(began), err
		}
		time.Sleep(100 * time.Millisecond)
	}
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
	store, err := js.CreateObjectStore(context.Background(), jetstream.ObjectStoreConfig{Bucket: "films"})
	must(err)
	_, err = store.PutBytes(context.Background(), "film", make([]byte, size))
	must(err)
	whole, took, err := download(context.Background(), store)
	fmt.Printf("no deadline: %v after %.0f s, whole: %v\n", err, took.Seconds(), whole)
	asSeen := !errors.Is(err, io.EOF) && !whole && took >= 4900*time.Millisecond
	limited, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	whole, took, err = download(limited, store)
	fmt.Printf("deadline in a minute: %v after %.0f s, whole: %v\n", err, took.Seconds(), whole)
	asSeen = asSeen && errors.Is(err, io.EOF) && whole && took > 5*time.Second
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if !asSeen {
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
