#!/usr/bin/env bash
# A line breaks in the middle of an event. By the specification of Server-Sent Events such an event is discarded, and its id with it: an
# id counts once its event is dispatched. A client that comes back therefore names the last whole event, and gets the cut one again.
# Two much used clients come back with the id of the cut event. They ask for what follows an event that nobody has seen: it is lost.
# One of them also hands the part of the data that has come to its caller, as an event.
# Why: fetch-event-source takes an id as soon as its line has come (src/parse.ts, getMessages). r3labs/sse takes what is left at the end
# of a stream for an event (event.go, NewEventStreamReader).
# Instead: let a server write "data:" before "id:". An id that has come then stands behind the whole data.
# Versions: @microsoft/fetch-event-source 2.0.1 (npm), r3labs/sse v2.10.0 (Go), the newest; for comparison eventsource 4.1.1 (npm), the
# newest for Node 20. Needs go and node.
# Seen on 2026-11-30, event 7 whole, event 8 cut in its data: eventsource has seen "seven" and comes back with 7, fetch-event-source has
# seen "seven" and comes back with 8, r3labs has seen "seven" and "eig" and comes back with 8. With the data before the id all three come
# back with 7.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @microsoft/fetch-event-source@2.0.1 eventsource@4.1.1
cat >server.mjs <<'JS'
// A server whose first answer breaks off in the middle of an event. It says what Last-Event-ID the next question has.
import net from 'node:net';
const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;
export function serve(cut, ready) {
  let questions = 0;
  return new Promise((done) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (question) => {
        if (++questions > 1) {
          socket.destroy();
          server.close();
          return done(/^last-event-id: (.*)\r$/im.exec(question)?.[1]);
        }
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
        socket.write(chunk('retry: 200\nid: 7\ndata: seven\n\n'));
        setTimeout(() => socket.write(chunk(cut), () => socket.destroy()), 200);
      });
    }).listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}/`));
  });
}
JS
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventSource } from 'eventsource';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { serve } from './server.mjs';

globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
const clients = {
  eventsource: (url, seen) => { new EventSource(url).onmessage = ({ data }) => data && seen(data); },
  'fetch-event-source': (url, seen) => fetchEventSource(url, {
    openWhenHidden: true,
    onmessage: ({ data }) => data && seen(data),
    onclose: () => { throw new Error('come back'); },
    onerror: () => 200,
  }),
  r3labs: (url, seen) => {
    const client = spawn('./client', [url]);
    client.stdout.on('data', (lines) => lines.toString().trim().split('\n').forEach(seen));
    process.on('exit', () => client.kill());
  },
};
const wants = {
  'id: 8\ndata: eig': { eventsource: [['seven'], '7'], 'fetch-event-source': [['seven'], '8'], r3labs: [['seven', 'eig'], '8'] },
  'data: eig': { eventsource: [['seven'], '7'], 'fetch-event-source': [['seven'], '7'], r3labs: [['seven', 'eig'], '7'] }, // the id would have followed
};
setTimeout(() => process.exit(2), 30_000);
for (const [cut, want] of Object.entries(wants)) {
  for (const [name, start] of Object.entries(clients)) {
    const events = [];
    const last = await serve(cut, (url) => start(url, (data) => events.push(data)));
    console.log(`cut off after ${JSON.stringify(cut)}: ${name} has seen ${events.join(', ')} and comes back with ${last}`);
    assert.deepEqual([events, last], want[name]);
  }
}
process.exit(0);
JS
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/r3labs/sse/v2"
)

func main() {
	_ = sse.NewClient(os.Args[1]).SubscribeRaw(func(event *sse.Event) {
		if len(event.Data) > 0 {
			fmt.Println(string(event.Data))
		}
	})
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod init example.com/finding 2>/dev/null
go get github.com/r3labs/sse/v2@v2.10.0 2>/dev/null
go build -o client .
node check.mjs
