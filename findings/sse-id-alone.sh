#!/usr/bin/env bash
# The specification of Server-Sent Events lets a server send "id: 9" as a block of its own. It says how far a stream has come without an
# event, for example because the last events were not for this reader. The id counts from then on (at the end of a block the id is set
# first, and only then does a block without data end), and a browser comes back with it. Clients for Node forget it and come back with
# the id of the last event, so that the server has to look through everything since then again, or no longer has it. They are
# LaunchDarkly's, eventsource-client, and eventsource before version 5, which is what runs with Node 20.
# Why: eventsource-client and eventsource 4 have their blocks from eventsource-parser 3, which reports no block without data;
# LaunchDarkly's takes the id only together with data (lib/eventsource.js, parseEventStreamLine).
# Instead: send the id in the block of an event. All of them obey it there.
# Versions: eventsource-client 1.2.0, launchdarkly-eventsource 2.2.0 (npm), the newest; eventsource 4.1.1 and 5.1.5. Needs node, and
# Chromium, which is the browser here.
# Seen on 2026-11-30, after an event with id 7 and id 9 alone: Chromium 156 and eventsource 5.1.5 come back with 9, the others with 7.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent eventsource4@npm:eventsource@4.1.1 eventsource5@npm:eventsource@5.1.5 eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import { EventSource as EventSource4 } from 'eventsource4';
import { EventSource as EventSource5 } from 'eventsource5';
import { createEventSource } from 'eventsource-client';
import launchdarkly from 'launchdarkly-eventsource';

// The first stream has an event and an id alone, and ends. What the next question says is what the client has understood.
function serve(start) {
  let questions = 0;
  return new Promise((done) => {
    const server = http.createServer((question, answer) => {
      if (question.url !== '/events') {
        answer.writeHead(200, { 'Content-Type': 'text/html' });
        return answer.end('<script>new EventSource("/events")</script>');
      }
      if (++questions > 1) {
        done(question.headers['last-event-id']);
        answer.destroy();
        return server.close();
      }
      answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
      answer.write('retry: 200\nid: 7\ndata: seven\n\n');
      setTimeout(() => answer.end('id: 9\n\n'), 200);
    }).listen(0, '127.0.0.1', () => start(`http://127.0.0.1:${server.address().port}/`));
  });
}

const clients = {
  Chromium: (url) => {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', `--user-data-dir=${process.cwd()}/profile`, '--remote-debugging-port=0'];
    const env = { ...process.env, HOME: process.cwd(), TMPDIR: process.cwd() }; // so that it leaves nothing elsewhere
    const browser = spawn('chromium', [...flags, url], { stdio: 'ignore', env });
    return () => new Promise((done) => { browser.on('exit', done); browser.kill(); });
  },
  'eventsource 4': (url) => { new EventSource4(`${url}events`); },
  'eventsource 5': (url) => { new EventSource5(`${url}events`); },
  'eventsource-client': (url) => { createEventSource({ url: `${url}events`, onMessage() {} }); },
  'launchdarkly-eventsource': (url) => { new launchdarkly.EventSource(`${url}events`, { initialRetryDelayMillis: 200 }).onerror = () => {}; },
};
let stop; // ends a client that is a process
setTimeout(async () => { await stop?.(); process.exit(2); }, 60_000);
const came = {};
for (const [name, start] of Object.entries(clients)) {
  came[name] = await serve((url) => { stop = start(url); });
  await stop?.();
  stop = undefined;
}
console.log(came);
assert.deepEqual(came, { Chromium: '9', 'eventsource 4': '7', 'eventsource 5': '9', 'eventsource-client': '7', 'launchdarkly-eventsource': '7' });
process.exit(0);
JS
node check.mjs
