#!/usr/bin/env bash
# A pull consumer that delivers the last message of each subject loses messages when it is asked with max_bytes. The message for which a
# request has no room left is gone: the request ends with 409, and the next one goes on behind that message. The consumer then says that
# nothing is pending and that nothing waits for an acknowledgement. A consumer of all messages puts the message back and begins the next
# request with it.
# Why: server/consumer.go. Such a consumer has a list of sequences; getNextMsg takes the first one off, and when no request can take the
# message, only the position in the stream goes back (loopAndGatherMsgs).
# Instead: ask such a consumer by the number of messages only, or check that all subjects have come.
# Versions: nats-server v2.15.3, nats.go v1.55.0 (FetchBytes).
# Seen on 2026-11-30, five subjects of 400 bytes, 1,000 bytes a request: "last_per_subject, AckExplicit: [s.1 s.2 s.4 s.5], pending 0,
# waiting for an ack 0", the same with AckNone; all five with the policy "all".
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

// pull asks for messages, in requests of 1,000 bytes at most, until there are none, and reports whether the third is missing without a word.
func pull(ctx context.Context, stream jetstream.Stream, policy jetstream.DeliverPolicy, ack jetstream.AckPolicy) bool {
	var got []string
	c, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{DeliverPolicy: policy, FilterSubjects: []string{"s.*"}, AckPolicy: ack})
	must(err)
	for empty := 0; empty < 3; {
		batch, err := c.FetchBytes(1000, jetstream.FetchMaxWait(time.Second))
		must(err)
		n := len(got)
		for m := range batch.Messages() {
			got = append(got, m.Subject())
			must(m.Ack())
		}
		if len(got) == n {
			empty++
		}
	}
	info, err := c.Info(ctx)
	must(err)
	fmt.Printf("%s, %s: %v, pending %d, waiting for an ack %d\n", policy, ack, got, info.NumPending, info.NumAckPending)
	return len(got) == 4 && got[2] == "s.4" && info.NumPending == 0 && info.NumAckPending == 0
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
	for n := 1; n <= 5; n++ {
		_, err = js.Publish(ctx, fmt.Sprint("s.", n), make([]byte, 400))
		must(err)
	}
	failed := false
	for _, ack := range []jetstream.AckPolicy{jetstream.AckNonePolicy, jetstream.AckExplicitPolicy} {
		for _, policy := range []jetstream.DeliverPolicy{jetstream.DeliverAllPolicy, jetstream.DeliverLastPerSubjectPolicy} {
			failed = failed || pull(ctx, stream, policy, ack) != (policy == jetstream.DeliverLastPerSubjectPolicy)
		}
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
