#!/usr/bin/env bash
# A reader of an event stream goes away. A proxy has to end its request to the server then, or the server goes on for somebody who is not there: counts them as present, and holds a place of its limits for them. http-proxy, which
# is under much that is used in development, does not, however much the server writes afterwards: it takes what comes until its buffers are full, and then leaves the connection standing. Each reload of a page leaves one more.
# The reason is in lib/http-proxy/passes/web-incoming.js, stream(): it waits for "aborted" of the client's request. Since version 16 Node says that only of a request that was not yet read to its end (lib/_http_incoming.js,
# _destroy), which one for a stream always is; what ends is the answer. http-proxy-3, and version 3 of http-proxy-middleware, look at that.
# So let the server find out by itself (a sign of life that the page answers), or end the proxy's request on "close" of the answer: proxy.on('proxyReq', (out, _, answer) => answer.on('close', () => out.destroy())).
# Versions: http-proxy 1.18.1, http-proxy-3 1.23.3, http-server 14.1.1, webpack-dev-server 5.2.7 with webpack 5.113.0, all of them the newest for Node 20, which it needs.
# Seen on 2026-11-30, 3 s after the reader has gone, of a server that is silent and of one that writes: behind http-proxy, http-server and webpack-dev-server it has not heard of it; behind http-proxy-3, and behind http-proxy
# with the line above, it has.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts http-proxy@1.18.1 http-proxy-3@1.23.3 http-server@14.1.1 webpack-dev-server@5.2.7 webpack@5.113.0
mkdir page
echo >page/main.js
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let heard, writes;
const server = http.createServer((request, answer) => {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
  answer.write('data: first\n\n');
  const more = writes && setInterval(() => answer.write('data: more\n\n'), 50);
  answer.on('close', () => {
    clearInterval(more);
    heard = true;
  });
});
const quiet = (proxy) => proxy.on('error', () => {});
const before = (proxy) => http.createServer((request, answer) => proxy.web(request, answer)).listen(0, '127.0.0.1');
const proxies = {
  'http-proxy': (target) => before(quiet(require('http-proxy').createProxyServer({ target }))),
  'http-proxy, with the line': (target) => {
    const proxy = quiet(require('http-proxy').createProxyServer({ target }));
    proxy.on('proxyReq', (out, _, answer) => answer.on('close', () => out.destroy()));
    return before(proxy);
  },
  'http-proxy-3': (target) => before(quiet(require('http-proxy-3').createProxyServer({ target }))),
  'http-server': (target) => {
    const made = require('http-server').createServer({ root: 'page', proxy: target });
    made.listen(0, '127.0.0.1');
    return made.server;
  },
  'webpack-dev-server': async (target) => {
    const compiler = require('webpack')({
      mode: 'development',
      context: path.resolve('page'),
      entry: './main.js',
      stats: 'none',
      infrastructureLogging: { level: 'none' },
    });
    const proxy = [{ context: ['/api'], target }];
    const dev = new (require('webpack-dev-server'))({ host: '127.0.0.1', port: 0, hot: false, compress: false, proxy }, compiler);
    await dev.start();
    return dev.server;
  },
};
const notices = ['http-proxy, with the line', 'http-proxy-3'];

(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = `http://127.0.0.1:${server.address().port}`;
  for (const [name, make] of Object.entries(proxies)) {
    const proxy = await make(target);
    if (!proxy.listening) await once(proxy, 'listening');
    for (writes of [false, true]) {
      heard = false;
      const reader = net.connect(proxy.address().port, '127.0.0.1');
      reader.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
      let all = '';
      for await (const part of reader) if ((all += part).includes('data: first')) break; // this ends the connection, too
      for (let tries = 0; tries < 30 && !heard; tries++) await pause(100);
      console.log(`${name}: a server that ${writes ? 'writes' : 'is silent'} ${heard ? 'hears' : 'does not hear'} that the reader has gone`);
      assert.equal(heard, notices.includes(name));
    }
  }
  process.exit();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
JS
timeout 180 node --no-deprecation check.cjs
