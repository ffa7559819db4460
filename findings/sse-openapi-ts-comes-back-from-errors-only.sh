#!/usr/bin/env bash
# Hey API makes a client in TypeScript of an OpenAPI document, and for text/event-stream one that follows the stream ("for await"). It is the specification of Server-Sent Events turned around. Where the stream ends whole, as it does when a server is
# restarted in good order, one has to come back: the client does not, and the loop ends as if all had been said. Where the answer is 404, 401 or 204, one has to stop: the client asks again for as long as the program runs,
# and neither throws nor ends, so that nobody hears that the session is over. Only what is given as onSseError hears it, and its answer is not looked at.
# And the time to wait doubles with each coming back and is never set back: after five streams that were cut it is 16 times what "retry:" says, up to 30 s, though each of them had been open and had brought events.
# The reason is in what it writes to core/serverSentEvents.gen.ts, createSseClient: "break" behind the loop that reads, one "catch" for everything, and an "attempt" that only grows.
# So put a loop around it, keep the id of the last event by onSseEvent, and end by a signal of one's own where onSseError tells of a status that is final. sseMaxRetryAttempts counts all cuts, not those in a row.
# Version: @hey-api/openapi-ts 0.99.0 with its client for fetch, the newest. It needs node.
# Seen on 2026-11-30, with "retry: 50": of a stream that ends whole it reads ["1"] and ends, after 1 request; 404, 401 and 204: 5 requests in 1.5 s each, and it goes on; of streams that are cut it asks for the next after about 70, 120, 220, 420, 820 ms (20 of them open).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts @hey-api/openapi-ts@0.99.0 typescript@5.9.3 esbuild@0.28.2
cat >boats.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": { "title": "Boats", "version": "1" },
  "paths": {
    "/stream": {
      "get": {
        "operationId": "follow",
        "responses": {
          "200": { "description": "What happens", "content": { "text/event-stream": { "schema": { "type": "string" } } } },
          "404": { "description": "No such session, or it is over" }
        }
      }
    }
  }
}
JSON
npx --no-install openapi-ts -i boats.json -o made -c @hey-api/client-fetch >log.txt 2>&1 || {
  cat log.txt
  exit 1
}
npx --no-install esbuild made/index.ts made/client.gen.ts --bundle --format=esm --platform=node --splitting --outdir=out --out-extension:.js=.mjs --log-level=error
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { client } from './out/client.gen.mjs';
import { follow } from './out/index.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let respond, asked;
const server = http.createServer((request, answer) => {
  asked.push(Date.now());
  respond(answer);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
client.setConfig({ baseUrl: `http://127.0.0.1:${server.address().port}` });

// read reads for as long as there is something, but not beyond a limit.
const read = async (ms, how) => {
  [respond, asked] = [how, []];
  const stop = new AbortController();
  const data = [];
  const end = (async () => {
    const { stream } = await follow({ signal: stop.signal, sseDefaultRetryDelay: 50 });
    for await (const event of stream) data.push(event);
    return 'ends';
  })();
  const result = await Promise.race([end, pause(ms).then(() => 'goes on')]);
  stop.abort();
  return { data: data.map(String), result, requests: asked.length, waits: asked.slice(1).map((time, i) => time - asked[i]) };
};
const begin = (answer) => {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
  answer.write(`retry: 50\nid: ${asked.length}\ndata: ${asked.length}\n\n`);
};

const whole = await read(1500, (answer) => {
  begin(answer);
  answer.end();
});
console.log('a stream that ends whole:', JSON.stringify(whole));
assert.deepEqual([whole.data, whole.result, whole.requests], [['1'], 'ends', 1]);

for (const status of [404, 401, 204]) {
  const final = await read(1500, (answer) => answer.writeHead(status).end());
  console.log(`${status}:`, JSON.stringify(final));
  assert.equal(final.result, 'goes on');
  assert.ok(final.requests >= 3);
}

const cut = await read(2500, (answer) => {
  begin(answer);
  setTimeout(() => answer.destroy(), 20);
});
console.log('streams that are cut:', JSON.stringify(cut));
assert.equal(cut.result, 'goes on');
assert.ok(cut.waits.length >= 4 && cut.waits[3] >= 350, 'the fourth wait is eight times the first');
process.exit();
JS
timeout 60 node check.mjs
