#!/usr/bin/env bash
# The specification of Server-Sent Events lets a server send "retry: 1000" as a block of its own: it sets the time to wait, and no event
# is dispatched. Three much used Go clients hand their caller an empty event for it, whose data is no JSON.
# Why: each reports a block with any field, not only one with data (tmaxmax: event.go, read, "dirty"; the others: decoder.go, Decode).
# Instead: send the field in the block of the next event. All of them obey it there, and report that event only.
# Versions: tmaxmax/go-sse v0.12.0, launchdarkly/eventsource v1.11.0, donovanhide/eventsource v0.0.0-20210830082556-c59027999da0, the
# newest.
# Seen on 2026-11-30: with the empty line between, each reports "" and then {"n":1}; without it, {"n":1} only.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	donovanhide "github.com/donovanhide/eventsource"
	launchdarkly "github.com/launchdarkly/eventsource"
	tmaxmax "github.com/tmaxmax/go-sse"
)

var clients = map[string]func(ctx context.Context, url string, heard func(string)){
	"tmaxmax/go-sse": func(ctx context.Context, url string, heard func(string)) {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		c := tmaxmax.NewConnection(req)
		c.SubscribeToAll(func(e tmaxmax.Event) { heard(e.Data) })
		_ = c.Connect()
	},
	"launchdarkly/eventsource": func(ctx context.Context, url string, heard func(string)) {
		s, err := launchdarkly.Subscribe(url, "")
		if err != nil {
			panic(err)
		}
		defer s.Close()
		for {
			select {
			case e := <-s.Events:
				heard(e.Data())
			case <-ctx.Done():
				return
			}
		}
	},
	"donovanhide/eventsource": func(ctx context.Context, url string, heard func(string)) {
		s, err := donovanhide.Subscribe(url, "")
		if err != nil {
			panic(err)
		}
		defer s.Close()
		for {
			select {
			case e := <-s.Events:
				heard(e.Data())
			case <-ctx.Done():
				return
			}
		}
	},
}

func main() {
	for name, listen := range clients {
		for between, want := range map[string]string{"\n": `"",{"n":1}`, "": `{"n":1}`} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				fmt.Fprintf(w, "retry: 1000\n%sid: 1\ndata: {\"n\":1}\n\n", between)
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			}))
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			var all []string
			listen(ctx, server.URL, func(data string) {
				if data == "" {
					data = `""`
				}
				if all = append(all, data); data == `{"n":1}` {
					cancel()
				}
			})
			cancel()
			server.CloseClientConnections()
			server.Close()
			fmt.Printf("%-26s empty line between: %-5t events: %s\n", name, between != "", strings.Join(all, ","))
			if strings.Join(all, ",") != want {
				fmt.Println("want", want)
				os.Exit(1)
			}
		}
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod init example.com/finding 2>/dev/null
go get github.com/tmaxmax/go-sse@v0.12.0 github.com/launchdarkly/eventsource@v1.11.0 github.com/donovanhide/eventsource@v0.0.0-20210830082556-c59027999da0 2>/dev/null
timeout 120 go run .
