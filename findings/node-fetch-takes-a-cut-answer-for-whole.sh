#!/usr/bin/env bash
# Node's fetch takes a chunked answer that breaks off for a whole one, if the answer says "Connection: close".
#
# Seen with Node 20.20.2. A chunked answer ends with a chunk of length 0 (RFC 9112, 7.1); one whose connection closes before that is incomplete and must be treated so (RFC 9112, 8). With
# "Connection: keep-alive" fetch does: reading it fails with "terminated". With "Connection: close", which changes nothing about where the body ends, the same bytes are a whole answer.
# curl fails with 18 for both.
#
# Why it matters to us: a client of a stream cannot tell the end of a stream from a cut line, and libraries that come back only after an error do not come back.
#
# It needs node and curl, no network but this machine's, and ends with 1 if what is seen is not what is written here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > cut.mjs <<'JS'
import { execFile } from "node:child_process";
import net from "node:net";

for (const connection of ["keep-alive", "close"]) {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: ${connection}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
      setTimeout(() => socket.end(), 200); // without the last chunk: the answer is not whole
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}/`;
  let seen;
  try {
    seen = "whole: " + (await (await fetch(url)).text());
  } catch (error) {
    seen = "error: " + error.message;
  }
  console.log(`Connection: ${connection}: fetch ${seen}`);
  const code = await new Promise((done) => execFile("curl", ["-s", url], (error) => done(error?.code ?? 0)));
  console.log(`Connection: ${connection}: curl exit ${code}`);
  server.close();
}
JS

cat > expected <<'TEXT'
Connection: keep-alive: fetch error: terminated
Connection: keep-alive: curl exit 18
Connection: close: fetch whole: hello
Connection: close: curl exit 18
TEXT

echo "Node $(node --version), $(curl --version | head -n 1 | cut -d ' ' -f 1,2)"
timeout 60 node cut.mjs | tee seen
diff expected seen
