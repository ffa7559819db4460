#!/usr/bin/env bash
# Servers keep an event stream alive with a comment, mostly written ": keep-alive" and an empty line. By the specification nothing is dispatched then. Two of the most used clients hand their
# caller an empty message each time, and JSON.parse of its data throws. Without the empty line, which the comment does not need, nobody hears it.
# Versions: @microsoft/fetch-event-source 2.0.1 (npm), r3labs/sse v2.10.0 (Go).
# Seen on 2026-11-29: with the empty line both report an empty message for the comment and then {"n":1}; without it only {"n":1}.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @microsoft/fetch-event-source@2.0.1
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import http from 'node:http';
import { getBytes, getLines, getMessages } from '@microsoft/fetch-event-source/lib/cjs/parse.js';

for (const [between, want] of [['\n', ['', '{"n":1}']], ['', ['{"n":1}']]]) {
  const server = http.createServer((_, answer) => {
    answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
    answer.end(`: keep-alive\n${between}id: 1\ndata: {"n":1}\n\n`);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`);
  const heard = [];
  // What fetchEventSource does with a body; around it, it wants a browser's document.
  await getBytes(answer.body, getLines(getMessages(() => {}, () => {}, (message) => heard.push(message.data))));
  server.close();
  console.log('fetch-event-source, empty line', Boolean(between), JSON.stringify(heard));
  assert.deepEqual(heard, want);
}
JS
node check.mjs
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/r3labs/sse/v2"
)

func main() {
	for between, want := range map[string]string{"\n": `["" "{\"n\":1}"]`, "": `["{\"n\":1}"]`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, ": keep-alive\n%sid: 1\ndata: {\"n\":1}\n\n", between)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}))
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		var heard []string
		_ = sse.NewClient(server.URL).SubscribeRawWithContext(ctx, func(e *sse.Event) {
			if heard = append(heard, string(e.Data)); string(e.Data) == `{"n":1}` {
				cancel()
			}
		})
		cancel()
		server.CloseClientConnections()
		server.Close()
		fmt.Printf("r3labs/sse, empty line %t: %q\n", between != "", heard)
		if got := fmt.Sprintf("%q", heard); got != want {
			fmt.Println("want", want)
			os.Exit(1)
		}
	}
}
GO
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/r3labs/sse/v2@v2.10.0 2>/dev/null
go run .
