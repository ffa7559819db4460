#!/usr/bin/env bash
# A program publishes asynchronously and waits for the acknowledgements (Ok and Err of each future, or PublishAsyncComplete). When its connection closes meanwhile, because it drains it as one does at the end of a program, or because the
# server is gone and the client does not come back (NoReconnect, or MaxReconnects tries used up, 60 by default), the futures without an answer never get one, neither Ok nor Err, and PublishAsyncComplete never completes: whoever waits,
# waits for ever. A connection that is only lost for a while ends them with "nats: server is disconnected". What was published in the case of draining is all stored.
# The reason is in jetstream/publish.go of nats.go, resetPendingAcksOnReconnect: it listens to RECONNECTING and to CLOSED, ends all futures at the first, and at the second only itself. And Drain waits for the subscriptions, not for the answers to
# what is sent.
# So give the futures a time of their own (WithPublishAsyncTimeout), which holds after the end as well, and wait for PublishAsyncComplete before draining.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30: "drained: 5000 stored, without an answer: 4125, complete: false", "server gone: without an answer: 1, error: <nil>, complete: false", "server gone, with a time of 1 s: without an answer: 0, error: nats: timeout
# waiting for ack, complete: true", "server back again: without an answer: 0, error: nats: server is disconnected, complete: true".
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"context"
	"errors"
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

func start(dir string, port int) *server.Server {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	must(err)
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		panic("the server is not ready")
	}
	return s
}

func stop(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// outcome waits 3 s, and reports of how many futures nothing is known, the last error of the others, and whether PublishAsyncComplete says that all have ended.
func outcome(js jetstream.JetStream, futures []jetstream.PubAckFuture) (unknown int, err error, complete bool) {
	time.Sleep(3 * time.Second)
	for _, f := range futures {
		select {
		case <-f.Ok():
		case err = <-f.Err():
		default:
			unknown++
		}
	}
	select {
	case <-js.PublishAsyncComplete():
		complete = true
	default:
	}
	return unknown, err, complete
}

// drain publishes, drains the connection, and reports of how many nothing is known, and how many are stored.
func drain(s *server.Server) (unknown int, complete bool, stored uint64) {
	nc, err := nats.Connect(s.ClientURL())
	must(err)
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(10_000))
	must(err)
	var futures []jetstream.PubAckFuture
	for range 5000 {
		f, err := js.PublishAsync("s", nil)
		must(err)
		futures = append(futures, f)
	}
	must(nc.Drain())
	for !nc.IsClosed() {
		time.Sleep(10 * time.Millisecond)
	}
	unknown, err, complete = outcome(js, futures)
	must(err)
	other, err := nats.Connect(s.ClientURL())
	must(err)
	defer other.Close()
	js, err = jetstream.New(other)
	must(err)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stream, err := js.Stream(ctx, "S")
	must(err)
	return unknown, complete, stream.CachedInfo().State.Msgs
}

// lose publishes one message of which no ack comes, and takes the server away.
func lose(dir string, s *server.Server, back bool, connect []nats.Option, options ...jetstream.JetStreamOpt) (next *server.Server, unknown int, reason error, complete bool) {
	nc, err := nats.Connect(s.ClientURL(), connect...)
	must(err)
	defer nc.Close()
	_, err = nc.SubscribeSync("slow") // takes it and does not answer
	must(err)
	js, err := jetstream.New(nc, options...)
	must(err)
	f, err := js.PublishAsync("slow", nil)
	must(err)
	must(nc.Flush())
	port := s.Addr().String()
	stop(s)
	if back {
		var number int
		_, err := fmt.Sscanf(port, "127.0.0.1:%d", &number)
		must(err)
		s = start(dir, number)
	} else {
		s = start(dir, -1)
	}
	unknown, reason, complete = outcome(js, []jetstream.PubAckFuture{f})
	return s, unknown, reason, complete
}

func main() {
	dir, err := os.MkdirTemp(".", "store")
	must(err)
	s := start(dir, -1)
	nc, err := nats.Connect(s.ClientURL())
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	_, err = js.CreateStream(context.Background(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
	must(err)
	nc.Close()
	unknown, complete, stored := drain(s)
	fmt.Printf("drained: %d stored, without an answer: %d, complete: %v\n", stored, unknown, complete)
	asSeen := stored == 5000 && unknown > 0 && !complete
	never := []nats.Option{nats.NoReconnect()}
	s, unknown, err, complete = lose(dir, s, false, never)
	fmt.Printf("server gone: without an answer: %d, error: %v, complete: %v\n", unknown, err, complete)
	asSeen = asSeen && unknown == 1 && err == nil && !complete
	s, unknown, err, complete = lose(dir, s, false, never, jetstream.WithPublishAsyncTimeout(time.Second))
	fmt.Printf("server gone, with a time of 1 s: without an answer: %d, error: %v, complete: %v\n", unknown, err, complete)
	asSeen = asSeen && unknown == 0 && err != nil && complete
	s, unknown, err, complete = lose(dir, s, true, []nats.Option{nats.MaxReconnects(-1), nats.ReconnectWait(50 * time.Millisecond)})
	fmt.Printf("server back again: without an answer: %d, error: %v, complete: %v\n", unknown, err, complete)
	asSeen = asSeen && unknown == 0 && errors.Is(err, nats.ErrDisconnected) && complete
	stop(s)
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
