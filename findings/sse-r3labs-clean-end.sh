#!/usr/bin/env bash
# A stream may have no length and no chunks: its body ends with the connection (RFC 9112, 6.3). It then looks the same whether the server
# has died or has said all it had to say. A browser comes back in both cases. r3labs/sse, a much used client for Go, takes both for the
# end: it returns without an error and does not come back. In a chunked stream it sees that the end is missing, and comes back.
# Why: client.go, readLoop, reports io.EOF as nil, and the retries of SubscribeRaw end when there is no error.
# Instead: let the server send chunks, or call SubscribeRaw again when it returns nil.
# Version: r3labs/sse v2.10.0, the newest.
# Seen on 2026-11-30: after a server whose body ends with the connection, and died, it has connected once and returned nil; after a
# chunked one it connects again.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"time"

	"github.com/r3labs/sse/v2"
)

func main() {
	for _, c := range []struct{ head, want string }{
		{"Connection: close\r\n\r\nid: 1\ndata: {}\n\n", "returned <nil>"},
		{"Transfer-Encoding: chunked\r\n\r\n10\r\nid: 1\ndata: {}\n\n\r\n", "connected again"},
	} {
		came := make(chan string, 100)
		var connections atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if connections.Add(1) == 2 {
				came <- "connected again"
			}
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n%s", c.head)
			_ = conn.(*net.TCPConn).Close() // as the kernel does for a process that has died
		}))
		go func() {
			came <- fmt.Sprintf("returned %v", sse.NewClient(server.URL).SubscribeRaw(func(*sse.Event) {}))
		}()
		got := "nothing"
		select {
		case got = <-came:
		case <-time.After(20 * time.Second):
		}
		fmt.Printf("%-28.28q %s\n", c.head, got)
		if got != c.want {
			fmt.Println("want", c.want)
			os.Exit(1)
		}
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod init example.com/finding 2>/dev/null
go get github.com/r3labs/sse/v2@v2.10.0 2>/dev/null
timeout 120 go run .
