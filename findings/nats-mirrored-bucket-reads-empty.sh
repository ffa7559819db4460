#!/usr/bin/env bash
# A key-value bucket that mirrors another one has all of its entries, and its status counts them. In the same JetStream domain it reads as empty all the same: Get of every key says "key not found", Keys finds none, a watch says at once that
# there is nothing. Put through it works, and is stored in the bucket that is mirrored. A bucket that has the other one as a source (Sources) is read as one would expect.
# The reason is in jetstream/kv.go of nats.go, mapStreamToKVS: a mirror's messages keep their subjects ($KV.<other bucket>.<key>), and the prefix of what is written is set to that; the prefix of what is read is, too, but only where
# the mirror has an external API prefix. Otherwise it is asked for $KV.<own bucket>.<key>, which it does not have.
# So use Sources for a copy in the same domain, or read the mirror's stream (KV_<bucket>) by the other bucket's subjects.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, two keys: "mirror: 2 values; a: nats: key not found; keys: nats: no keys found; watched: 0; by subject: 1", "source: 2 values; a: 1; keys: [a b]; watched: 2".
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
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

// read waits until the bucket has two values, and reports what can be read of them.
func read(ctx context.Context, js jetstream.JetStream, bucket string) string {
	kv, err := js.KeyValue(ctx, bucket)
	must(err)
	for {
		status, err := kv.Status(ctx)
		must(err)
		if status.Values() == 2 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	got := "2 values; a: "
	if entry, err := kv.Get(ctx, "a"); err != nil {
		got += err.Error()
	} else {
		got += string(entry.Value())
	}
	got += "; keys: "
	if keys, err := kv.Keys(ctx); err != nil {
		got += err.Error()
	} else {
		slices.Sort(keys)
		got += fmt.Sprint(keys)
	}
	watcher, err := kv.WatchAll(ctx)
	must(err)
	defer watcher.Stop()
	watched := 0
	for entry := range watcher.Updates() {
		if entry == nil { // all that is there has come
			break
		}
		watched++
	}
	return got + fmt.Sprintf("; watched: %d", watched)
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
	kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "origin"})
	must(err)
	_, err = kv.PutString(ctx, "a", "1")
	must(err)
	_, err = js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "mirror", Mirror: &jetstream.StreamSource{Name: "origin"}})
	must(err)
	_, err = js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "source", Sources: []*jetstream.StreamSource{{Name: "origin"}}})
	must(err)
	through, err := js.KeyValue(ctx, "mirror")
	must(err)
	_, err = through.PutString(ctx, "b", "2")
	must(err)
	entry, err := kv.Get(ctx, "b")
	must(err)
	fmt.Println("put through the mirror, got from the origin:", string(entry.Value()))
	mirror := read(ctx, js, "mirror")
	stream, err := js.Stream(ctx, "KV_mirror")
	must(err)
	m, err := stream.GetLastMsgForSubject(ctx, "$KV.origin.a")
	must(err)
	mirror += "; by subject: " + string(m.Data)
	fmt.Println("mirror:", mirror)
	source := read(ctx, js, "source")
	fmt.Println("source:", source)
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if mirror != "2 values; a: nats: key not found; keys: nats: no keys found; watched: 0; by subject: 1" || source != "2 values; a: 1; keys: [a b]; watched: 2" {
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
