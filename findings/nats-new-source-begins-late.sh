#!/usr/bin/env bash
# A stream gathers what other streams have (Sources), and gets one more source. Of what the new one has already, nothing comes if the gathering stream's own first messages are gone, as they are wherever there is a limit of age or
# number: copying begins at the time of the gathering stream's last message, and the lag is said to be 0. The same happens where the source says from when on it is wanted (opt_start_time) and the gathering stream has a newer message,
# even if all of its messages are there. Only without such a time, and with message 1 still in place, does the new source come whole.
# The reason is in server/stream.go, trySetupSourceConsumer: a source of which nothing has been copied yet is taken for one whose state has been forgotten, and must not be copied twice.
# So give a new source opt_start_seq 1: that is obeyed in any case.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, of the new source's 5 messages: "message 1 in place: 5; message 1 purged: 0, lag 0; number limited: 0, lag 0; wanted since an hour ago: 0, lag 0; purged, from sequence 1: 5".
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

// heard waits until the stream has heard of all its sources and has as many messages as wanted, or for 8 s, and reports how many came from the source "new", and the lag of that.
func heard(ctx context.Context, gathers jetstream.Stream, before uint64) (came uint64, lag uint64) {
	for began := time.Now(); time.Since(began) < 8*time.Second; time.Sleep(50 * time.Millisecond) {
		info, err := gathers.Info(ctx)
		must(err)
		came = info.State.LastSeq - before
		for _, source := range info.Sources {
			if source.Name == "new" {
				lag = source.Lag
			}
		}
		if came == 5 {
			break
		}
	}
	return came, lag
}

// add makes a stream that gathers from "old", changes it, adds the source "new", and reports what comes of that.
func add(ctx context.Context, js jetstream.JetStream, name string, limit int64, change func(jetstream.Stream), source jetstream.StreamSource) string {
	config := jetstream.StreamConfig{Name: name, MaxMsgs: limit, Sources: []*jetstream.StreamSource{{Name: "old"}}}
	gathers, err := js.CreateStream(ctx, config)
	must(err)
	if came, _ := heard(ctx, gathers, 0); came != 5 {
		panic("the first source has not come")
	}
	change(gathers)
	source.Name = "new"
	config.MaxMsgs, config.Sources = -1, append(config.Sources, &source)
	gathers, err = js.UpdateStream(ctx, config)
	must(err)
	came, lag := heard(ctx, gathers, 5)
	if came == 0 {
		return fmt.Sprintf("0, lag %d", lag)
	}
	return fmt.Sprint(came)
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
	began := time.Now()
	for _, name := range []string{"new", "old"} {
		_, err = js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name}})
		must(err)
		for range 5 {
			_, err = js.Publish(ctx, name, nil)
			must(err)
		}
	}
	hourAgo := began.Add(-time.Hour)
	nothing := func(jetstream.Stream) {}
	purge := func(stream jetstream.Stream) { must(stream.Purge(ctx, jetstream.WithPurgeSequence(2))) }
	got := "message 1 in place: " + add(ctx, js, "A", -1, nothing, jetstream.StreamSource{}) +
		"; message 1 purged: " + add(ctx, js, "B", -1, purge, jetstream.StreamSource{}) +
		"; number limited: " + add(ctx, js, "C", 4, nothing, jetstream.StreamSource{}) +
		"; wanted since an hour ago: " + add(ctx, js, "D", -1, nothing, jetstream.StreamSource{OptStartTime: &hourAgo}) +
		"; purged, from sequence 1: " + add(ctx, js, "E", -1, purge, jetstream.StreamSource{OptStartSeq: 1})
	fmt.Println(got)
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if got != "message 1 in place: 5; message 1 purged: 0, lag 0; number limited: 0, lag 0; wanted since an hour ago: 0, lag 0; purged, from sequence 1: 5" {
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
