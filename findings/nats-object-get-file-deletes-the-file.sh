#!/usr/bin/env bash
# A program keeps a file up to date from an object store: it calls GetFile with the file's name, and if that fails it goes on with the file it has. It has none any more: when the object is not there, when the server is away, or when the
# context has ended, GetFile returns the error and has deleted the file that was there before.
# The reason is in jetstream/object.go of nats.go, GetFile: the file is emptied before the object is asked for, and removed when that fails. (When only the reading fails, later, what has come till then stays, under the file's name.)
# So get into a new file beside it and rename that when GetFile has returned without an error.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30: "no such object: nats: object not found, the file: gone", "the context has ended: context canceled, the file: gone", "the server is away: nats: connection closed, the file: gone".
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

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// refresh gets the object into a file that is there already, and reports whether it failed and took the file with it.
func refresh(ctx context.Context, store jetstream.ObjectStore, what, object string) bool {
	const name = "rates.csv"
	must(os.WriteFile(name, []byte("the rates of yesterday"), 0o600))
	err := store.GetFile(ctx, object, name)
	content, readErr := os.ReadFile(name)
	file := fmt.Sprintf("%q", content)
	if os.IsNotExist(readErr) {
		file = "gone"
	}
	fmt.Printf("%s: %v, the file: %s\n", what, err, file)
	return err != nil && file == "gone"
}

func main() {
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	must(err)
	s.Start()
	nc, err := nats.Connect(s.ClientURL(), nats.NoReconnect())
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	ctx := context.Background()
	store, err := js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "rates"})
	must(err)
	_, err = store.PutString(ctx, "today", "the rates of today")
	must(err)
	asSeen := refresh(ctx, store, "no such object", "tomorrow")
	ended, end := context.WithCancel(ctx)
	end()
	asSeen = refresh(ended, store, "the context has ended", "today") && asSeen
	s.Shutdown()
	s.WaitForShutdown()
	asSeen = refresh(ctx, store, "the server is away", "today") && asSeen
	nc.Close()
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
