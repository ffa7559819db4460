#!/usr/bin/env bash
# A full stream that discards new messages refuses the very message that would make room: one with "Nats-Rollup: sub", which replaces all
# others of its subject. Key-value buckets are such streams, and Purge of a key is such a message: a full bucket with a history refuses
# it, and Delete too. With a history of one, the same calls are taken, because there the server counts what the new message will replace.
# The limit of the whole server (JetStreamMaxStore, max_file) refuses them as well, with "insufficient resources".
# Why: the limit is checked before the message is stored, and the rollup purges after that (server/filestore.go, storeRawMsg;
# server/stream.go).
# Instead: purge the stream with a filter, which stores nothing.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30: of a full bucket with a history of five and three revisions of each key, Put, Delete and Purge of a key are refused
# ("maximum bytes exceeded"); with a history of one, all three are taken, as what they replace is not smaller. The full server refuses the
# rollup ("insufficient resources"), and takes it after another subject of the stream was purged.
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
	"strings"
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

var failed bool

func check(what string, err error, refused bool) {
	fmt.Printf("%-52s %v\n", what, err)
	failed = failed || (err != nil) != refused
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir, JetStreamMaxStore: 4 << 20})
	must(err)
	s.Start()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	js, err := jetstream.New(nc)
	must(err)

	for _, history := range []uint8{5, 1} {
		kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: fmt.Sprint("h", history), History: history, MaxBytes: 4000})
		must(err)
		for _, value := range []string{strings.Repeat("x", 200), ""} { // the long ones first, then what room is left
			for n, err := 0, error(nil); err == nil; n++ {
				_, err = kv.PutString(ctx, fmt.Sprintf("key%d-%d", len(value), n/3), value)
			}
		}
		of := fmt.Sprintf(" of a key in a full bucket, history %d", history)
		_, err = kv.PutString(ctx, "key200-0", strings.Repeat("y", 200))
		check("Put"+of, err, history > 1)
		check("Delete"+of, kv.Delete(ctx, "key200-1"), history > 1)
		check("Purge"+of, kv.Purge(ctx, "key200-2"), history > 1)
	}

	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "s", Subjects: []string{"s.*"}, Discard: jetstream.DiscardNew, AllowRollup: true})
	must(err)
	for n := 0; err == nil; n++ {
		_, err = js.Publish(ctx, fmt.Sprint("s.", n%3), make([]byte, 200_000))
	}
	rollup := func() error {
		_, err := js.PublishMsg(ctx, &nats.Msg{Subject: "s.1", Data: []byte("the last"), Header: nats.Header{"Nats-Rollup": {"sub"}}})
		return err
	}
	check("Rollup of a subject in a full server", rollup(), true)
	must(stream.Purge(ctx, jetstream.WithPurgeSubject("s.2")))
	check("Rollup after another subject was purged", rollup(), false)
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if failed {
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
