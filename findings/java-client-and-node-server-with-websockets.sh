#!/usr/bin/env bash
# Java's own HttpClient asks each http:// server, in an ordinary GET or POST, whether it would rather go on in HTTP/2 ("Upgrade: h2c"). A server may ignore that (RFC 9110, 7.8), and Node's does, until somebody listens for "upgrade":
# then each request with that header goes to the listener, and none of them to the program (lib/_http_server.js, onParserExecuteCommon). A listener that was made for WebSockets has no answer for it. So the day a server gets a
# WebSocket, at whatever path, or its page is served by Vite, Java's clients are cut off from all of it: ws answers 400 for a page that exists, socket.io closes the connection, and behind Vite's proxy, or with a listener
# that leaves alone what is not meant for it, there is no answer at all.
# So set version(HttpClient.Version.HTTP_1_1) in Java; in a server with Node 24.9 or newer let shouldUpgradeCallback say that only "websocket" is an upgrade: then the others are answered as ever.
# Versions: OpenJDK 17, Node 20.20.2, ws 8.23.0, socket.io 4.8.4, vite 7.3.8 (npm). It needs java, javac and node.
# Seen on 2026-11-30, GET of a path that answers 200, with HttpClient as it is, and with HTTP_1_1: without WebSockets 200 and 200; ws 400 and 200; socket.io "header parser received no bytes" and 200; Vite's proxy: no answer in 5 s, and 200.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts ws@8.23.0 socket.io@4.8.4 vite@7.3.8
cat >Ask.java <<'JAVA'
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

public class Ask {
    public static void main(String[] arguments) {
        HttpClient.Builder builder = HttpClient.newBuilder();
        if (arguments[1].equals("HTTP_1_1")) {
            builder.version(HttpClient.Version.HTTP_1_1);
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).timeout(Duration.ofSeconds(Long.parseLong(arguments[2]))).build();
        try {
            System.out.println(builder.build().send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        } catch (java.net.http.HttpTimeoutException e) {
            System.out.println("no answer");
        } catch (Exception e) {
            System.out.println(e.getMessage());
        }
    }
}
JAVA
javac Ask.java
mkdir page
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { promisify } from 'node:util';
import { Server as SocketIO } from 'socket.io';
import { createServer } from 'vite';
import { WebSocketServer } from 'ws';

const run = promisify(execFile);
const plain = () => http.createServer((request, answer) => answer.end('boats')).listen(0, '127.0.0.1');
const behind = plain();
await once(behind, 'listening');
const servers = {
  'without WebSockets': plain,
  ws: () => {
    const server = plain();
    new WebSocketServer({ server, path: '/socket' });
    return server;
  },
  'socket.io': () => {
    const server = plain();
    new SocketIO(server);
    return server;
  },
  "Vite's proxy": async () => {
    const proxy = { '/api': `http://127.0.0.1:${behind.address().port}` };
    const vite = await createServer({ configFile: false, root: 'page', logLevel: 'silent', server: { host: '127.0.0.1', port: 0, proxy } });
    await vite.listen();
    return vite.httpServer;
  },
};
const want = { 'without WebSockets': '200', ws: '400', 'socket.io': 'HTTP/1.1 header parser received no bytes', "Vite's proxy": 'no answer' };
setTimeout(() => process.exit(2), 200_000).unref();
for (const [name, make] of Object.entries(servers)) {
  const server = await make();
  if (!server.listening) await once(server, 'listening');
  const ask = async (version, seconds) => (await run('java', ['-cp', '.', 'Ask', `http://127.0.0.1:${server.address().port}/api/boats`, version, seconds])).stdout.trim();
  const [usual, old] = [await ask('as it is', want[name] === 'no answer' ? 5 : 30), await ask('HTTP_1_1', 30)];
  console.log(`${name}: ${usual}; with HTTP_1_1: ${old}`);
  assert.deepEqual([usual, old], [want[name], '200']);
}
process.exit();
JS
node check.mjs
