#!/usr/bin/env bash
# An ordered consumer of nats.go's jetstream package promises all messages in order, without a gap. One that begins with what is new (DeliverNew) loses what comes before its first message has: when the first Fetch or Next has found
# nothing, whatever is published until the next call is never delivered, and again until one happens to wait just when a message comes. With Consume the same happens over a lost connection before the first message. From its first message on it
# keeps its word. With DeliverLast, all but the last of them are lost in the same way.
# The reason is in jetstream/ordered.go, getConsumerConfig: each of these calls makes a new consumer in the server, behind the last message that was delivered; as long as there is none, with the policy it began with, for which "new" is
# counted from now.
# So begin by a sequence: one more than the stream's last one (OptStartSeq).
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, nothing to fetch, then messages 1 and 2, a fetch, and message 3 during the next one: "new: [] [] [3]; last: [] [2] [3]; by sequence: [] [1 2] [3]"; Consume, connection lost, 1 and 2 published, 3 once it is back:
# "new: [3]; by sequence: [1 2 3]".
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

type client struct {
	nc *nats.Conn
	js jetstream.JetStream
}

func connect(s *server.Server) client {
	nc, err := nats.Connect(s.ClientURL(), nats.ReconnectWait(10*time.Millisecond))
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	return client{nc, js}
}

func (c client) publish(ctx context.Context, subject, text string) {
	_, err := c.js.Publish(ctx, subject, []byte(text))
	must(err)
}

func fetch(c jetstream.Consumer, wait time.Duration) string {
	batch, err := c.Fetch(2, jetstream.FetchMaxWait(wait))
	must(err)
	var got []string
	for m := range batch.Messages() {
		got = append(got, string(m.Data()))
	}
	return fmt.Sprint(got)
}

// fetches asks three times: when there is nothing, when there are two messages, and while a third one comes.
func fetches(ctx context.Context, c client, stream string, config jetstream.OrderedConsumerConfig) string {
	_, err := c.js.CreateStream(ctx, jetstream.StreamConfig{Name: stream, Subjects: []string{stream}})
	must(err)
	ordered, err := c.js.OrderedConsumer(ctx, stream, config)
	must(err)
	got := fetch(ordered, 300*time.Millisecond) + " "
	c.publish(ctx, stream, "1")
	c.publish(ctx, stream, "2")
	got += fetch(ordered, 300*time.Millisecond) + " "
	third := time.AfterFunc(500*time.Millisecond, func() { c.publish(ctx, stream, "3") })
	defer third.Stop()
	return got + fetch(ordered, 2*time.Second)
}

// consumes loses its connection before the first message.
func consumes(ctx context.Context, s *server.Server, other client, stream string, config jetstream.OrderedConsumerConfig) string {
	_, err := other.js.CreateStream(ctx, jetstream.StreamConfig{Name: stream, Subjects: []string{stream}})
	must(err)
	c := connect(s)
	defer c.nc.Close()
	ordered, err := c.js.OrderedConsumer(ctx, stream, config)
	must(err)
	got := make(chan string, 10)
	consuming, err := ordered.Consume(func(m jetstream.Msg) { got <- string(m.Data()) })
	must(err)
	defer consuming.Stop()
	time.Sleep(500 * time.Millisecond)
	id, err := c.nc.GetClientID()
	must(err)
	must(s.DisconnectClientByID(id))
	other.publish(ctx, stream, "1")
	other.publish(ctx, stream, "2")
	time.Sleep(6 * time.Second)
	other.publish(ctx, stream, "3")
	var all []string
	for len(all) == 0 || all[len(all)-1] != "3" {
		select {
		case text := <-got:
			all = append(all, text)
		case <-ctx.Done():
			panic("the third message has not come")
		}
	}
	return "[" + strings.Join(all, " ") + "]"
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	must(err)
	s.Start()
	c := connect(s)
	fresh := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy}
	last := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverLastPolicy}
	sequence := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: 1}
	fetched := "new: " + fetches(ctx, c, "A", fresh) + "; last: " + fetches(ctx, c, "B", last) + "; by sequence: " + fetches(ctx, c, "C", sequence)
	fmt.Println("fetched,", fetched)
	consumed := "new: " + consumes(ctx, s, c, "D", fresh) + "; by sequence: " + consumes(ctx, s, c, "E", sequence)
	fmt.Println("consumed,", consumed)
	c.nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if fetched != "new: [] [] [3]; last: [] [2] [3]; by sequence: [] [1 2] [3]" || consumed != "new: [3]; by sequence: [1 2 3]" {
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
