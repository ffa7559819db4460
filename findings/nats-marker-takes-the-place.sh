#!/usr/bin/env bash
# A stream that keeps one message of a subject and refuses a second (MaxMsgsPerSubject 1, DiscardNewPerSubject) can serve as a lock: the
# first to publish holds it, and a time to live releases it if the holder dies. With SubjectDeleteMarkerTTL, which lets others learn of
# the release, the lock is not released: the marker that says that the message is gone counts as the subject's one message, and everybody
# is refused until the marker has expired, too. (In a stream without DiscardNewPerSubject a new message replaces the marker, as the
# server's pull request 6818 says.)
# Why: server/filestore.go, storeRawMsg. It counts the subject's messages, markers included; only a rollup is let through.
# Instead: use no markers there, or short ones, or publish with "Nats-Rollup: sub" and the marker's sequence as the expected one.
# Versions: nats-server v2.15.3, nats.go v1.55.0.
# Seen on 2026-11-30, a lock of 2 s and markers of 1 minute: "held: refused with 10077; 2 s later only a marker is there (MaxAge): refused
# with 10077; rollup: stored"; without markers: "2 s later nothing is there: stored".
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

func publish(ctx context.Context, js jetstream.JetStream, subject, header, value string, expected ...jetstream.PublishOpt) string {
	_, err := js.PublishMsg(ctx, &nats.Msg{Subject: subject, Header: nats.Header{header: {value}}}, expected...)
	var refused *jetstream.APIError
	if errors.As(err, &refused) {
		return fmt.Sprint("refused with ", refused.ErrorCode)
	}
	must(err)
	return "stored"
}

// lock takes a lock for 2 s, tries to take it again at once and after it has gone, and reports what became of that.
func lock(ctx context.Context, js jetstream.JetStream, name string, marker time.Duration) string {
	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name: name, Subjects: []string{name}, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true,
		AllowMsgTTL: true, AllowRollup: true, SubjectDeleteMarkerTTL: marker,
	})
	must(err)
	if got := publish(ctx, js, name, jetstream.MsgTTLHeader, "2s"); got != "stored" {
		return "not taken: " + got
	}
	out := "held: " + publish(ctx, js, name, jetstream.MsgTTLHeader, "2s")
	var there *jetstream.RawStreamMsg
	for {
		there, err = stream.GetLastMsgForSubject(ctx, name)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return out + "; 2 s later nothing is there: " + publish(ctx, js, name, jetstream.MsgTTLHeader, "2s")
		}
		must(err)
		if there.Header.Get("Nats-Marker-Reason") != "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	out += fmt.Sprintf("; 2 s later only a marker is there (%s): %s", there.Header.Get("Nats-Marker-Reason"), publish(ctx, js, name, jetstream.MsgTTLHeader, "2s"))
	return out + "; rollup: " + publish(ctx, js, name, jetstream.MsgRollup, jetstream.MsgRollupSubject, jetstream.WithExpectLastSequencePerSubject(there.Sequence))
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
	with, without := lock(ctx, js, "with", time.Minute), lock(ctx, js, "without", 0)
	fmt.Println("with markers:   ", with)
	fmt.Println("without markers:", without)
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	if with != "held: refused with 10077; 2 s later only a marker is there (MaxAge): refused with 10077; rollup: stored" || without != "held: refused with 10077; 2 s later nothing is there: stored" {
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
