#!/usr/bin/env bash
# There are two requests for the last message of a stream: a consumer with the policy DeliverLast, and "get the last message of a
# subject", which may be a wildcard. If the newest message has been deleted, or its time to live is over, both give nothing for the whole
# stream (">", or a consumer without a filter), although older messages are there. For a wildcard that means the same subjects ("s.>"),
# both give the newest message that is left.
# Why: for the whole stream the server takes the stream's last sequence, which stays when its message goes (server/consumer.go,
# selectStartingSeqNo; server/filestore.go, LoadLastMsg).
# Instead: ask for the stream's own subjects, not for all.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, messages 1 and 2, and 3 deleted or expired after a second: "for s.> the consumer has 2, get has 2; for > the
# consumer has nothing, get has nothing; without a filter the consumer has nothing".
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

// consumed has a consumer deliver the last message, and reports its sequence.
func consumed(ctx context.Context, stream jetstream.Stream, subject string) string {
	sequence := "nothing"
	c, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{FilterSubject: subject, DeliverPolicy: jetstream.DeliverLastPolicy})
	must(err)
	batch, err := c.Fetch(1, jetstream.FetchMaxWait(3*time.Second))
	must(err)
	for m := range batch.Messages() {
		where, err := m.Metadata()
		must(err)
		sequence = fmt.Sprint(where.Sequence.Stream)
	}
	return sequence
}

// last asks for the last message in both ways, and reports the sequences.
func last(ctx context.Context, stream jetstream.Stream, subject string) string {
	got := "nothing"
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if !errors.Is(err, jetstream.ErrMsgNotFound) {
		must(err)
		got = fmt.Sprint(m.Sequence)
	}
	return fmt.Sprintf("for %s the consumer has %s, get has %s", subject, consumed(ctx, stream, subject), got)
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
			return last(ctx, stream, name+".>") + "; " + last(ctx, stream, ">") + "; without a filter the consumer has " + consumed(ctx, stream, "")
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
	const want = "for %s.> the consumer has 2, get has 2; for > the consumer has nothing, get has nothing; without a filter the consumer has nothing"
	if deleted != fmt.Sprintf(want, "d") || expired != fmt.Sprintf(want, "t") {
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
