#!/usr/bin/env bash
# Servers keep an event stream alive with a comment, mostly ": keep-alive" and an empty line. By the specification of Server-Sent Events
# nothing is dispatched then. Microsoft's client, much used because it can send headers, hands its caller an empty message each time, and
# JSON.parse of its data throws.
# Why: src/parse.ts, getMessages, reports a message at every empty line.
# Instead: leave out the empty line, which the comment does not need; or ignore messages without data.
# Version: @microsoft/fetch-event-source 2.0.1, the newest on npm.
# Seen on 2026-11-30: with the empty line it reports an empty message for the comment and then {"n":1}; without it only {"n":1}.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
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
