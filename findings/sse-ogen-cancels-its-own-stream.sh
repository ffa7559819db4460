#!/usr/bin/env bash
# ogen makes a client in Go of an OpenAPI document, and for text/event-stream one that "handles reconnection automatically". It does come back, with the right Last-Event-ID, and cancels the request it has come back with as soon as the
# head of the answer is there: what has arrived by then is read, what comes later is not. A loop over All ends, without an error; Next returns "context canceled", which the program's context is not. It is as if the server had said all.
# The reason is in the file it writes, oas_schemas_gen.go, Next: the new request has a context of its own (withCloseContext), and "cancel()" follows the call that makes the request, while its body has yet to be read.
# And where the server says that it is over, by 204 (by the specification of Server-Sent Events "do not come back") or by 404, the client asks again at the pace of "retry:" for as long as the program runs, though a comment
# in the file says that 204 ends it: reconnectSSE in oas_client_gen.go looks at no error of the connecting.
# So ask for one stream at a time (WithSSELastEventID), and take "context canceled" from Next as the end of that stream; in WithSSERetryErrorHandler, Close for 204 and 404.
# Version: ogen v1.25.0, the newest. It needs go, and some minutes for the modules that ogen is made of.
# Seen on 2026-11-30, a stream that is cut after event 1; the next one sends event 2 with its head and event 3 half a second later: All gives 1 and 2 and ends, with no error; the state says "context canceled". 204 and 404: 29 requests in 1.5 s, and it goes on.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >boats.yaml <<'YAML'
openapi: 3.1.0
info: {title: Boats, version: "1"}
paths:
  /stream:
    get:
      operationId: follow
      responses:
        "200":
          description: What happens
          content:
            text/event-stream:
              schema: {type: object, required: [n], properties: {n: {type: integer}}}
YAML
cat >ogen.yml <<'YAML'
generator:
  features:
    disable: [paths/server]
YAML
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"time"

	"example.com/finding/boats"
)

// follow reads for as long as there is something, but not beyond a limit. It gives what it has read, whether the loop has ended, and what the stream says of its end.
func follow(limit time.Duration, answer func(w http.ResponseWriter, r *http.Request, number int)) (read []string, ended bool, latest error, requests int) {
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r, int(count.Add(1))) }))
	defer server.Close()
	defer server.CloseClientConnections()
	client, err := boats.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stream, err := client.Follow(ctx)
	if err != nil {
		panic(err)
	}
	all := make(chan string)
	go func() {
		defer close(all)
		for event, err := range stream.All(ctx) {
			if err != nil {
				all <- err.Error()
				continue
			}
			all <- fmt.Sprint(event.Data.N)
		}
	}()
	over := time.After(limit)
	for !ended {
		select {
		case one, more := <-all:
			if ended = !more; more {
				read = append(read, one)
			}
		case <-over:
			go func() {
				for range all {
				}
			}()
			return read, false, nil, int(count.Load())
		}
	}
	_, latest = stream.State()
	return read, true, latest, int(count.Load())
}

func send(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = fmt.Fprint(w, text)
	_ = http.NewResponseController(w).Flush()
}

func main() {
	right := true
	read, ended, latest, requests := follow(20*time.Second, func(w http.ResponseWriter, r *http.Request, number int) {
		if number == 1 {
			send(w, "retry: 50\nid: 1\ndata: {\"n\":1}\n\n")
			panic(http.ErrAbortHandler)
		}
		send(w, "id: 2\ndata: {\"n\":2}\n\n")
		select {
		case <-r.Context().Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
		send(w, "id: 3\ndata: {\"n\":3}\n\n")
		<-r.Context().Done()
	})
	fmt.Printf("a stream that is cut after 1, then 2 at once and 3 later: read %v, ended %t, state %v, requests %d\n", read, ended, latest, requests)
	right = right && ended && requests == 2 && len(read) <= 2 && latest == context.Canceled
	for _, status := range []int{http.StatusNoContent, http.StatusNotFound} {
		read, ended, _, requests := follow(1500*time.Millisecond, func(w http.ResponseWriter, _ *http.Request, number int) {
			if number > 1 {
				w.WriteHeader(status)
				return
			}
			send(w, "retry: 50\nid: 1\ndata: {\"n\":1}\n\n")
		})
		fmt.Printf("a stream that ends, then %d: read %v, ended %t, requests %d\n", status, read, ended, requests)
		right = right && !ended && requests >= 4
	}
	if !right {
		fmt.Println("that is not what is written here")
		os.Exit(1)
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod init example.com/finding 2>/dev/null
go get -tool github.com/ogen-go/ogen/cmd/ogen@v1.25.0 2>/dev/null
go tool ogen --config ogen.yml --target boats --package boats --clean boats.yaml 2>/dev/null
go build -mod=mod -o follow .
timeout 60 ./follow
