#!/usr/bin/env bash
# A consumer of several subjects that begins at a time ("what came in the last hour") does not get all that came since. If one subject has messages from before that time, and another has its very first one after it, delivery
# begins at that first one: what the older subject got between the time and there is never delivered, and is not in the number of pending messages either. The same subjects asked for with a wildcard, or alone, are whole.
# The reason is in server/consumer.go, selectStartingSeqNo: to begin no earlier than needed it goes to the lowest of the subjects' first sequences in the whole stream that is not below the start, and a subject whose first one
# is older has no part in that. (Issue 6076 was in the same lines and another fault: off by one.)
# So ask for a wildcard, or make a consumer for each subject, or begin by a sequence.
# Versions: nats-server v2.15.2, nats.go v1.55.0.
# Seen on 2026-11-29, four messages since the time: "[s.a s.b] pending 2: [s.b@5 s.a@6]", "[s.*] pending 4: [s.a@3 s.a@4 s.b@5 s.a@6]", "[s.a] pending 3: [s.a@3 s.a@4 s.a@6]".
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
	batch, err := c.Fetch(10, jetstream.FetchMaxWait(time.Second))
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
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
cd program
go mod init example.com/finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go get example.com/finding 2>/dev/null # what they need
go build -o finding .
timeout 120 ./finding
