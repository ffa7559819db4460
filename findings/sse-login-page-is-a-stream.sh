#!/usr/bin/env bash
# A stream has ended. When its client comes back, a proxy in front of the server wants a login: it answers 200 with a page. By the
# specification of Server-Sent Events an answer of another type than text/event-stream is a failure, after which a client does not come
# back; browsers and the package eventsource report an error and stop. Two other clients for Node take the page for a stream without
# events that ends. They ask for it again and again, after the time of "retry:", for as long as the program runs. No error is reported,
# and the program shows old data.
# Why: neither looks at the type of the answer (eventsource-client, src/client.ts, onFetchResponse; launchdarkly-eventsource,
# lib/eventsource.js, connect).
# Instead: check the type in a fetch of your own (eventsource-client takes one), or watch for how long nothing has come.
# Versions: eventsource-client 1.2.0, launchdarkly-eventsource 2.2.0 (npm), the newest; for comparison eventsource 4.1.1, the newest for
# Node 20. Needs node.
# Seen on 2026-11-30, with "retry: 100": eventsource has asked twice within 2 s and reported an error; the others have asked 15 times and
# more, and reported nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent eventsource@4.1.1 eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import http from 'node:http';
import { EventSource } from 'eventsource';
import { createEventSource } from 'eventsource-client';
import launchdarkly from 'launchdarkly-eventsource';

const clients = {
  eventsource: (url, failed) => {
    const stream = new EventSource(url);
    stream.onerror = () => stream.readyState === stream.CLOSED && failed();
    return stream;
  },
  // Its documentation names no callback for errors; the end of a stream and the next try it does report.
  'eventsource-client': (url) => createEventSource({ url, onMessage() {} }),
  'launchdarkly-eventsource': (url, failed) => {
    const stream = new launchdarkly.EventSource(url, { initialRetryDelayMillis: 100 });
    stream.onerror = failed;
    return stream;
  },
};
const seen = {};
for (const [name, start] of Object.entries(clients)) {
  let questions = 0;
  let errors = 0;
  const server = http.createServer((question, answer) => {
    if (++questions === 1) {
      answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
      return answer.end('retry: 100\nid: 7\ndata: seven\n\n');
    }
    answer.writeHead(200, { 'Content-Type': 'text/html' });
    answer.end('<!DOCTYPE html><title>Please log in</title>');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const stream = start(`http://127.0.0.1:${server.address().port}/`, () => errors++);
  await new Promise((done) => setTimeout(done, 2000));
  stream.close();
  server.closeAllConnections();
  server.close();
  seen[name] = { questions, errors };
}
console.log(seen);
assert.deepEqual(seen.eventsource, { questions: 2, errors: 1 });
for (const name of ['eventsource-client', 'launchdarkly-eventsource']) {
  assert.ok(seen[name].questions >= 5, name);
  assert.equal(seen[name].errors, 0);
}
process.exit(0);
JS
node check.mjs
