#!/usr/bin/env bash
# A consumer that delivers the last message of each subject makes a list of them when it is created. If a message of the list is gone
# before its turn (deleted, or removed by the subject's limit because newer ones have come), delivery stops there: a waiting request gets
# nothing more until it expires, although messages are pending. The next request goes on behind the gap, up to the next gap.
# Any new message in the stream starts delivery again, so the fault shows where nobody writes any more: the rest of a loading waits until
# the request expires (30 s by default), and for ever if nobody sends another one.
# Why: server/consumer.go. For the missing message getNextMsg returns "not found", and loopAndGatherMsgs takes this for the end of the
# stream and waits for new messages.
# Instead: let the requests of such a consumer expire soon, and ask again while messages are pending.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, five subjects, the second one's message gone, requests that last 3 s and ask for more than there is:
# "deleted: [a] and nothing more in 3 s, pending 3; the next request: [c d e]"; where newer ones have replaced it: "[a] and nothing more
# in 3 s, pending 5; the next request: [c d e b b]"; where nothing is gone: "[a b c d e]".
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

// ask makes one request, which waits 3 s for more than there is.
func ask(c jetstream.Consumer) (got []string) {
	batch, err := c.Fetch(20, jetstream.FetchMaxWait(3*time.Second))
	must(err)
	for m := range batch.Messages() {
		got = append(got, m.Subject()[strings.Index(m.Subject(), ".")+1:])
	}
	return got
}

// load makes five subjects and a consumer, lets something happen, and asks twice.
func load(ctx context.Context, js jetstream.JetStream, name string, happens func(jetstream.Stream)) string {
	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name + ".*"}, MaxMsgsPerSubject: 2})
	must(err)
	for _, key := range "abcde" {
		_, err := js.Publish(ctx, name+"."+string(key), nil)
		must(err)
	}
	c, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{FilterSubject: name + ".*", DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, AckPolicy: jetstream.AckNonePolicy})
	must(err)
	happens(stream)
	time.Sleep(500 * time.Millisecond) // news that is still on its way would wake delivery up
	first := ask(c)
	info, err := c.Info(ctx)
	must(err)
	return fmt.Sprintf("%v and nothing more in 3 s, pending %d; the next request: %v", first, info.NumPending, ask(c))
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
	failed := false
	for _, c := range []struct {
		name, want string
		happens    func(jetstream.Stream)
	}{
		{"nothing", "[a b c d e] and nothing more in 3 s, pending 0; the next request: []", func(jetstream.Stream) {}},
		{"deleted", "[a] and nothing more in 3 s, pending 3; the next request: [c d e]", func(stream jetstream.Stream) { must(stream.DeleteMsg(ctx, 2)) }},
		{"replaced", "[a] and nothing more in 3 s, pending 5; the next request: [c d e b b]", func(jetstream.Stream) {
			for range 2 {
				_, err := js.Publish(ctx, "replaced.b", nil)
				must(err)
			}
		}},
	} {
		got := load(ctx, js, c.name, c.happens)
		fmt.Println(c.name+":", got)
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
