#!/usr/bin/env bash
# A consumer with several filter subjects that starts at a time ("everything of the last hour") can skip messages. It happens when one
# subject has messages from before that time and another has its very first message after it: delivery then starts at that first message.
# What the older subject received between the time and there is never delivered, and is not in the number of pending messages.
# A wildcard for the same subjects, or one subject alone, delivers everything.
# Why: server/consumer.go, selectStartingSeqNo. To skip ahead, it takes the lowest first sequence of the filter subjects that is not below
# the start. These are first sequences in the whole stream, so a subject whose first message is older has no part in it. (Issue 6076 was
# another fault in the same lines, off by one, and is fixed.)
# Instead: filter with a wildcard, make a consumer for each subject, or start at a sequence.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, four messages since the time: "[s.a s.b] pending 2: [s.b@5 s.a@6]", "[s.*] pending 4: [s.a@3 s.a@4 s.b@5 s.a@6]",
# "[s.a] pending 3: [s.a@3 s.a@4 s.a@6]".
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

// since makes a consumer of these subjects that begins at the time, and reports what it says is pending and what it delivers.
func since(ctx context.Context, stream jetstream.Stream, at time.Time, subjects ...string) string {
	c, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{FilterSubjects: subjects, DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &at})
	must(err)
	batch, err := c.Fetch(10, jetstream.FetchMaxWait(3*time.Second))
	must(err)
	var got []string
	for m := range batch.Messages() {
		where, err := m.Metadata()
		must(err)
		got = append(got, fmt.Sprintf("%s@%d", m.Subject(), where.Sequence.Stream))
	}
	return fmt.Sprintf("%v pending %d: %v", subjects, c.CachedInfo().NumPending, got)
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
	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "s", Subjects: []string{"s.*"}})
	must(err)
	publish := func(subjects ...string) {
		for _, subject := range subjects {
			_, err := js.Publish(ctx, subject, nil)
			must(err)
		}
	}
	publish("s.a", "s.a")
	time.Sleep(100 * time.Millisecond)
	at := time.Now()
	time.Sleep(100 * time.Millisecond)
	publish("s.a", "s.a", "s.b", "s.a")
	failed := false
	for _, c := range []struct {
		subjects []string
		want     string
	}{
		{[]string{"s.a", "s.b"}, "[s.a s.b] pending 2: [s.b@5 s.a@6]"},
		{[]string{"s.*"}, "[s.*] pending 4: [s.a@3 s.a@4 s.b@5 s.a@6]"},
		{[]string{"s.a"}, "[s.a] pending 3: [s.a@3 s.a@4 s.a@6]"},
	} {
		got := since(ctx, stream, at, c.subjects...)
		fmt.Println(got)
		failed = failed || got != c.want
	}
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
