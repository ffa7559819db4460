#!/usr/bin/env bash
# A server takes a POST, does what it says, and dies before it answers. "Nobody but the program itself repeats a POST" (RFC 9110, 9.2.2: a client should not) does not hold where the connection was used before: curl and the
# browsers take its end for that of a connection that had timed out, and send the POST again, though the server has read all of it. The page's script hears of one request. On a new connection they do not.
# - curl: lib/transfer.c, Curl_retry_request: a used connection and not one byte of an answer; the method is not looked at.
# - Chromium: net/http/http_network_transaction.cc, ShouldResendRequest: the same.
# - Firefox: netwerk/protocol/http/nsHttpTransaction.cpp, Close: the same, and it may do so twice.
# A proxy in front does not help. HAProxy and Apache have a 502 for a server that has died, but not for what is not the first request of a client's connection: there they close it without a word, so that the client tries again
# (HAProxy: src/http_ana.c, http_wait_for_response, abort_keep_alive; Apache: modules/proxy/mod_proxy_http.c, ap_proxy_http_process_response), and do not look at the method either. nginx and Varnish answer 502 and 503.
# Node's fetch and Go's net/http send a POST once; Go sends it again if it has an Idempotency-Key, which is what the header is for.
# So each POST needs a key that the server knows again, also from a page that has no code for retries.
# Versions: curl 7.88.1, Chromium 156, Firefox 153 ESR, Node 20.20.2, HAProxy 2.6.12, Apache 2.4.71, of Debian 12, which have to be installed. It needs no network but this machine's.
# Seen on 2026-11-30, how often the server was asked to do one thing: curl 2, Chromium 2, Firefox 2 (3 in another run), Node's fetch 1; curl on a new connection 1. Behind HAProxy and behind Apache a used connection is closed
# without a byte, a new one gets 502, and the figures are the same, but for Chromium behind Apache: 3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const page = `<!doctype html><script type="module">
  await (await fetch('/warm', { method: 'POST', body: 'x' })).text();
  await fetch('/command', { method: 'POST', body: 'x' }).catch(() => {});
  document.title = 'done';
</script>`;
let commands;
const server = http.createServer(async (request, answer) => {
  for await (const part of request) void part;
  if (request.url === '/') return answer.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
  if (request.url !== '/command') return answer.end('ok');
  commands++; // this is where it would be done
  request.socket.destroy();
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const direct = server.address().port;

const running = [];
const start = (program, ...options) => {
  const child = spawn(program, options, { stdio: 'ignore' });
  running.push(child);
  return child;
};
const free = async () => {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
};
const up = async (port) => {
  for (let tries = 0; tries < 100; tries++) {
    const works = await fetch(`http://127.0.0.1:${port}/warm`).then((answer) => answer.ok, () => false);
    if (works) return port;
    await pause(100);
  }
  throw new Error('the proxy does not come up');
};
const haproxy = async () => {
  const port = await free();
  writeFileSync('haproxy.cfg', `
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen all
    bind 127.0.0.1:${port}
    server one 127.0.0.1:${direct}
`);
  start('haproxy', '-f', 'haproxy.cfg');
  return up(port);
};
const apache = async () => {
  const port = await free();
  writeFileSync('apache.conf', `
ServerRoot /usr/lib/apache2
ServerName localhost
PidFile ${process.cwd()}/apache.pid
ErrorLog ${process.cwd()}/apache.log
Listen 127.0.0.1:${port}
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
ProxyPass / http://127.0.0.1:${direct}/
`);
  start('apache2', '-f', `${process.cwd()}/apache.conf`, '-X');
  return up(port);
};

const browse = async (program, ...options) => {
  const child = start(program, ...options);
  for (let tries = 0; tries < 300 && !commands; tries++) await pause(100);
  await pause(3000); // for what comes after the first
  child.kill();
  await once(child, 'exit');
};
const clients = {
  curl: async (url) => run('curl', ['-s', '-d', 'x', `${url}warm`, '--next', '-s', '-d', 'x', `${url}command`]).catch(() => {}),
  'curl, new connection': async (url) => run('curl', ['-s', '-d', 'x', `${url}command`]).catch(() => {}),
  Chromium: (url) => browse('chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--remote-debugging-port=0', `--user-data-dir=${mkdtempSync('chromium-')}`, url),
  Firefox: (url) => browse('firefox-esr', '--headless', '--no-remote', '--profile', mkdtempSync(`${process.cwd()}/firefox-`), url),
  "Node's fetch": async (url) => {
    await (await fetch(`${url}warm`, { method: 'POST', body: 'x' })).text();
    await fetch(`${url}command`, { method: 'POST', body: 'x' }).catch(() => {});
  },
};
// raw gives what comes in answer to a command, behind another request of its connection or as the first.
const raw = async (port, paths) => {
  const socket = net.connect(port, '127.0.0.1');
  let all = '';
  socket.on('data', (part) => (all += part)).on('error', () => {});
  const closed = once(socket, 'close');
  for (const path of paths) {
    all = '';
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx`);
    for (let tries = 0; tries < 100 && !all && !socket.closed; tries++) await pause(50);
  }
  socket.end();
  await Promise.race([closed, pause(2000)]);
  return all.split('\r\n')[0];
};

const limit = setTimeout(() => {
  for (const child of running) child.kill();
  process.exit(2);
}, 240_000);
try {
  for (const [name, make] of Object.entries({ directly: async () => direct, 'behind HAProxy': haproxy, 'behind Apache': apache })) {
    const port = await make();
    if (port !== direct) {
      const [used, fresh] = [await raw(port, ['/warm', '/command']), await raw(port, ['/command'])];
      console.log(`${name}: a used connection gets "${used}", a new one "${fresh}"`);
      assert.deepEqual([used, fresh.slice(0, 12)], ['', 'HTTP/1.1 502']);
    }
    for (const [client, send] of Object.entries(clients)) {
      commands = 0;
      await send(`http://127.0.0.1:${port}/`);
      console.log(`${name}, ${client}: ${commands}`);
      if (/new|Node/.test(client)) assert.equal(commands, 1);
      else assert.ok(commands >= 2, 'the POST comes again');
    }
  }
} finally {
  clearTimeout(limit);
  for (const child of running) child.kill();
  server.closeAllConnections();
  server.close();
}
JS
node check.mjs
