#!/usr/bin/env bash
# The last message of a stream is asked for in two ways: by a consumer that delivers the last one (DeliverLast), and by getting the last message of a subject, which may be a wildcard. When the newest message has been deleted, or its
# time to live is over, both give nothing for the whole stream (no filter, or ">"), although older messages are there; for a wildcard that means the same ("s.>") both give the newest that is left.
# The reason: without a filter, and for ">", the server takes the stream's last sequence, which stays when its message goes (server/consumer.go, selectStartingSeqNo; server/filestore.go, LoadLastMsg).
# So ask for the stream's own subjects, not for all.
# Versions: nats-server v2.15.2, nats.go v1.55.0.
# Seen on 2026-11-29, messages 1 and 2, and 3 deleted or with a second to live: "for s.> the consumer has 2, get has 2; for > the consumer has nothing, get has nothing".
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

// last asks for the last message in both ways, and reports the sequences.
func last(ctx context.Context, stream jetstream.Stream, subject string) string {
	consumed, got := "nothing", "nothing"
	c, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{FilterSubject: subject, DeliverPolicy: jetstream.DeliverLastPolicy})
	must(err)
	batch, err := c.Fetch(1, jetstream.FetchMaxWait(time.Second))
	must(err)
	for m := range batch.Messages() {
		where, err := m.Metadata()
		must(err)
		consumed = fmt.Sprint(where.Sequence.Stream)
	}
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if !errors.Is(err, jetstream.ErrMsgNotFound) {
		must(err)
		got = fmt.Sprint(m.Sequence)
	}
	return fmt.Sprintf("for %s the consumer has %s, get has %s", subject, consumed, got)
}

// remains makes a stream of three messages, lets the third go, and asks for the last.
func remains(ctx context.Context, js jetstream.JetStream, name string, header nats.Header, remove func(jetstream.Stream)) string {
	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name + ".>"}, AllowMsgTTL: true})
	must(err)
	for _, m := range []*nats.Msg{{Subject: name + ".1"}, {Subject: name + ".2"}, {Subject: name + ".3", Header: header}} {
		_, err := js.PublishMsg(ctx, m)
		must(err)
	}
	remove(stream)
	for {
		info, err := stream.Info(ctx)
		must(err)
		if info.State.Msgs == 2 && info.State.LastSeq == 3 {
			return last(ctx, stream, name+".>") + "; " + last(ctx, stream, ">")
		}
		time.Sleep(100 * time.Millisecond)
	}
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
	deleted := remains(ctx, js, "d", nil, func(stream jetstream.Stream) { must(stream.DeleteMsg(ctx, 3)) })
	expired := remains(ctx, js, "t", nats.Header{jetstream.MsgTTLHeader: {"1s"}}, func(jetstream.Stream) {})
	fmt.Println("deleted:", deleted)
	fmt.Println("expired:", expired)
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	const want = "for %s.> the consumer has 2, get has 2; for > the consumer has nothing, get has nothing"
	if deleted != fmt.Sprintf(want, "d") || expired != fmt.Sprintf(want, "t") {
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
