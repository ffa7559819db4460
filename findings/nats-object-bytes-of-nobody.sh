#!/usr/bin/env bash
# An upload to an object store breaks off because its context ends, as that of an HTTP request does when the browser goes away. What had been sent stays in the bucket for ever: no object has these bytes, no call lists them, and deleting
# all objects does not free them. Two uploads of one name at the same time leave those of one of them, too. A bucket with a limit fills up with bytes of nobody; a reader (io.Reader) that fails leaves nothing.
# The reason is in jetstream/object.go of nats.go, Put: what was sent is purged with the very context that has ended, and the error of that is not looked at; and each of two uploads purges the version that it found when it began, which is
# the same for both, so that the one that the other replaces is purged by nobody.
# So put with a context of its own that the request's end does not end (context.WithoutCancel), and let the reader fail instead; let one at a time put an object; and look at a bucket's size now and then. What is to be purged are the subjects
# $O.<bucket>.C.<nuid> of which no object's info has the nuid.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, uploads of 1 MB, the size when all objects are deleted: "context ended half way: 0.5 MB; reader failed half way: 0.0 MB; two at once: 1.0 MB".
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
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

const size = 1 << 20

// half gives half of the bytes, and then what end says.
type half struct {
	io.Reader
	end func() error
}

func (h half) Read(b []byte) (int, error) {
	n, err := h.Reader.Read(b)
	if err == io.EOF {
		if err = h.end(); err == nil {
			b[0], n = 'x', 1
		}
	}
	return n, err
}

func firstHalf(end func() error) io.Reader { return half{bytes.NewReader(make([]byte, size/2)), end} }

// left makes a bucket, uses it, deletes all objects and reports how many megabytes the bucket has then.
func left(ctx context.Context, js jetstream.JetStream, bucket string, use func(jetstream.ObjectStore)) string {
	store, err := js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: bucket})
	must(err)
	use(store)
	objects, err := store.List(ctx)
	if !errors.Is(err, jetstream.ErrNoObjectsFound) {
		must(err)
	}
	for _, object := range objects {
		must(store.Delete(ctx, object.Name))
	}
	time.Sleep(300 * time.Millisecond) // what is still on its way
	status, err := store.Status(ctx)
	must(err)
	return fmt.Sprintf("%.1f MB", float64(status.Size())/size)
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
	name := jetstream.ObjectMeta{Name: "film"}
	ended := left(ctx, js, "ended", func(store jetstream.ObjectStore) {
		request, goAway := context.WithCancel(ctx)
		_, err := store.Put(request, name, firstHalf(func() error { goAway(); return nil }))
		if !errors.Is(err, context.Canceled) {
			panic(fmt.Sprint("put has not been canceled: ", err))
		}
	})
	failed := left(ctx, js, "failed", func(store jetstream.ObjectStore) {
		_, err := store.Put(ctx, name, firstHalf(func() error { return io.ErrUnexpectedEOF }))
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			panic(fmt.Sprint("put has not failed: ", err))
		}
	})
	twice := left(ctx, js, "twice", func(store jetstream.ObjectStore) {
		var meet sync.WaitGroup // both have begun
		var both sync.WaitGroup
		meet.Add(2)
		for range 2 {
			both.Go(func() {
				begun := sync.OnceFunc(func() { meet.Done(); meet.Wait() })
				_, err := store.Put(ctx, name, io.MultiReader(bytes.NewReader(make([]byte, size)), half{bytes.NewReader(nil), func() error { begun(); return io.EOF }}))
				must(err)
			})
		}
		both.Wait()
	})
	got := "context ended half way: " + ended + "; reader failed half way: " + failed + "; two at once: " + twice
	fmt.Println(got)
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if got != "context ended half way: 0.5 MB; reader failed half way: 0.0 MB; two at once: 1.0 MB" {
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
