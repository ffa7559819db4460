#!/usr/bin/env bash
# "NetworkFirst for /api/" is what is recommended for a page that is to work without a network. If there is an event stream under /api/, readers get old events as new ones: each time the network fails, the stream that ended
# last, from its first event on. Its server may say "Cache-Control: no-store", which the Cache API does not look at: Workbox stores each answer with 200, and a stream that ends whole is one, as when a server is
# restarted in good order. The page hears "open", takes its connection for a good one, shows what was true then, and its stream ends and is replayed again, at the pace of "retry:", until the server is back.
# And a server does not hear that a reader has closed a stream: one half of it goes to the page, the other to the cache, which reads on for as long as the service worker lives.
# The reason is in workbox-strategies, StrategyHandler.js (fetchAndCachePut clones the answer, and keeps the worker alive until all of it is stored) and plugins/cacheOkAndOpaquePlugin.js (which asks for the status only).
# So except the path of a stream from what a service worker answers: no route for it at all, so that the browser asks by itself.
# Versions: workbox-core, workbox-routing and workbox-strategies 7.4.1, the newest; Chromium 156. It needs node and Chromium.
# Seen on 2026-11-30, of a server that sends one event, ends its stream whole, is away for 2 s and comes back: with NetworkFirst the page has got event 1 eight times and event 2 once;
# without a route it has got events 1 and 2, once each. 4 s after the page has closed its stream, the server has not heard of it with NetworkFirst; without a route it has.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts workbox-core@7.4.1 workbox-routing@7.4.1 workbox-strategies@7.4.1
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import http from 'node:http';

const packages = ['core', 'routing', 'strategies'].map((name) => `workbox-${name}`);
const worker = (route) => `
  importScripts(${packages.map((name) => `'/${name}.js'`)});
  skipWaiting();
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  ${route}`;
const page = `<!doctype html><script type="module">
  const { serviceWorker } = navigator;
  const controlled = new Promise((done) => serviceWorker.addEventListener('controllerchange', done));
  await serviceWorker.register('/worker.js');
  await controlled;
  const tell = (what) => navigator.sendBeacon('/tell', what);
  const stream = new EventSource('/api/stream');
  stream.onopen = () => tell('open');
  stream.onmessage = ({ data }) => {
    tell('event ' + data);
    if (data === '2') setTimeout(() => { stream.close(); tell('close'); }, 500);
  };
</script>`;

async function see(route) {
  const seen = { opens: 0, events: [], closedByServer: false };
  let away = false, streams = 0, closed;
  const end = new Promise((done) => { closed = done; });
  const server = http.createServer(async (request, answer) => {
    const name = request.url.slice(1).replace('.js', '');
    const send = (type, text) => answer.writeHead(200, { 'Content-Type': type }).end(text);
    if (request.url === '/') return send('text/html', page);
    if (name === 'worker') return send('text/javascript', worker(route));
    if (packages.includes(name)) return send('text/javascript', readFileSync(`node_modules/${name}/build/${name}.prod.js`));
    if (name === 'tell') {
      let what = '';
      for await (const part of request) what += part;
      answer.end();
      if (what === 'open') seen.opens++;
      else if (what === 'close') closed();
      else seen.events.push(what);
      return;
    }
    if (name !== 'api/stream') return answer.writeHead(404).end();
    if (away) return request.socket.destroy();
    const number = ++streams;
    answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    answer.write(`retry: 200\nid: ${number}\ndata: ${number}\n\n`);
    if (number > 1) return answer.on('close', () => { seen.closedByServer = true; });
    setTimeout(() => {
      away = true;
      answer.end();
      setTimeout(() => { away = false; }, 2000);
    }, 500);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--remote-debugging-port=0'];
  const browser = spawn('chromium', [...options, `--user-data-dir=${mkdtempSync('profile-')}`, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' });
  await Promise.race([end, new Promise((done) => setTimeout(done, 40_000))]);
  await new Promise((done) => setTimeout(done, 4000));
  const result = structuredClone(seen);
  const gone = once(browser, 'exit');
  browser.kill();
  await gone;
  server.closeAllConnections();
  server.close();
  return result;
}

const stored = await see("workbox.routing.registerRoute(({ url }) => url.pathname.startsWith('/api/'), new workbox.strategies.NetworkFirst());");
console.log('NetworkFirst:', JSON.stringify(stored));
const passed = await see('');
console.log('without a route:', JSON.stringify(passed));
assert.ok(stored.events.filter((what) => what === 'event 1').length >= 3, 'old events come as new ones');
assert.equal(stored.events.at(-1), 'event 2');
assert.equal(stored.closedByServer, false);
assert.deepEqual(passed, { opens: 2, events: ['event 1', 'event 2'], closedByServer: true });
JS
timeout 120 node check.mjs
