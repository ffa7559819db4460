#!/usr/bin/env bash
# A durable consumer that delivers the last message of each subject does so only until the server restarts. After that it delivers every
# message behind its position, also those that newer ones have replaced. The numbers of pending messages still count the last ones only,
# and so reach zero before the newest messages have come. A program that reads until nothing is pending, as one does to load a state,
# ends with old values and believes that it has them all.
# Why: the list of last messages is kept in memory (server/consumer.go, lastSeqSkipList); only the position is stored.
# Instead: make such a consumer anew for each loading, without a durable name, or compare with the stream's own last messages.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, two of four subjects read, then a restart: "d=1 (1 pending) c=3 (0 pending) d=2 (0 pending) c=4 (0 pending)
# d=3 (0 pending)"; without the restart: "c=4 (1 pending) d=3 (0 pending)".
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

func start(dir string) (js jetstream.JetStream, stop func()) {
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	must(err)
	s.Start()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	js, err = jetstream.New(nc)
	must(err)
	return js, func() {
		nc.Close()
		s.Shutdown()
		s.WaitForShutdown()
	}
}

// take reads up to n messages, acknowledges them, and writes down each with what the server says is left.
func take(ctx context.Context, c jetstream.Consumer, n int) string {
	batch, err := c.Fetch(n, jetstream.FetchMaxWait(3*time.Second))
	must(err)
	var got []string
	for m := range batch.Messages() {
		about, err := m.Metadata()
		must(err)
		got = append(got, fmt.Sprintf("%s=%s (%d pending)", strings.TrimPrefix(m.Subject(), "s."), m.Data(), about.NumPending))
		must(m.DoubleAck(ctx))
	}
	return strings.Join(got, " ")
}

func load(ctx context.Context, restart bool) (before, after string) {
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	js, stop := start(dir)
	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "s", Subjects: []string{"s.*"}})
	must(err)
	values := map[rune]int{}
	for _, key := range "abcabcabdcdcd" {
		values[key]++
		_, err = js.Publish(ctx, "s."+string(key), fmt.Append(nil, values[key]))
		must(err)
	}
	c, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{Durable: "loader", FilterSubject: "s.*", DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, AckPolicy: jetstream.AckExplicitPolicy})
	must(err)
	before = take(ctx, c, 2)
	if restart {
		stop()
		js, stop = start(dir)
		c, err = js.Consumer(ctx, "s", "loader")
		must(err)
	}
	after = take(ctx, c, 10)
	stop()
	return before, after
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	before, after := load(ctx, false)
	fmt.Println("without a restart:", before, "|", after)
	beforeIt, afterIt := load(ctx, true)
	fmt.Println("with a restart:   ", beforeIt, "|", afterIt)
	if before != beforeIt || after != "c=4 (1 pending) d=3 (0 pending)" || afterIt != "d=1 (1 pending) c=3 (0 pending) d=2 (0 pending) c=4 (0 pending) d=3 (0 pending)" {
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
