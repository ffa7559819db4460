#!/usr/bin/env bash
# A server that is to be restarted tells its HTTP/2 clients by GOAWAY with the number of the last request it will answer, and answers those that are under way (RFC 9113, 6.8). undici 7 with "allowH2" takes it for the end:
# it closes the connection and gives an error for a request that is being answered, so that each restart in good order cuts what a restart by force would cut, too. A POST that was done looks as if it had failed; if it is sent
# again without a key, it is done twice. Node's http2 and got wait for the answer.
# The reason is in lib/dispatcher/client-h2.js, onHttp2SessionGoAway: the socket is destroyed whatever the frame says; a note there says that the number is not looked at. undici 8 looks at it, and needs Node 22.19.
# So leave allowH2 off with undici 7, which is its default, or take undici 8, which waits for the answer (8.13.1, tried with Node 24).
# Versions: undici 7.30.2, the newest that Node 20 can run; for comparison Node 20.20.2's http2, got 14.6.6. It needs node and openssl.
# Seen on 2026-11-30, a POST that is answered 1 s after a GOAWAY that promises the answer: undici 'HTTP/2: "GOAWAY" frame received with code 0', and the server finds the request cancelled; http2 and got 201 and the answer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts undici@7.30.2 got@14.6.6
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import got from 'got';
import { Agent, request } from 'undici';

const [key, cert] = [readFileSync('key.pem'), readFileSync('cert.pem')];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// serve answers one POST, and says before that no other will be answered on this connection.
async function serve() {
  const server = http2.createSecureServer({ key, cert });
  const seen = { done: 0, cancelled: false };
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', async (stream) => {
    stream.on('error', () => {});
    seen.done++;
    stream.session.goaway(http2.constants.NGHTTP2_NO_ERROR, stream.id);
    await pause(1000);
    seen.cancelled = stream.destroyed;
    if (stream.destroyed) return;
    stream.respond({ ':status': 201 });
    stream.end('done');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, seen, url: `https://localhost:${server.address().port}` };
}

const clients = {
  http2: (url) =>
    new Promise((done, failed) => {
      const session = http2.connect(url, { ca: cert }).on('error', failed);
      const stream = session.request({ ':method': 'POST', ':path': '/' }).on('error', failed);
      let text = '', status;
      stream.on('response', (headers) => (status = headers[':status']));
      stream.on('data', (part) => (text += part)).on('end', () => done(`${status} ${text}`));
      stream.end('x');
    }),
  got: async (url) => {
    const answer = await got.post(url, { http2: true, body: 'x', https: { certificateAuthority: cert }, retry: { limit: 0 } });
    return `${answer.statusCode} ${answer.body}`;
  },
  undici: async (url) => {
    const dispatcher = new Agent({ allowH2: true, connect: { ca: cert } });
    const answer = await request(url, { method: 'POST', body: 'x', dispatcher });
    return `${answer.statusCode} ${await answer.body.text()}`;
  },
};
setTimeout(() => process.exit(2), 60_000).unref();
for (const [name, send] of Object.entries(clients)) {
  const { server, seen, url } = await serve();
  const result = await send(url).catch((error) => error.message);
  await pause(1500);
  console.log(`${name}: ${result}; done ${seen.done} time(s), cancelled: ${seen.cancelled}`);
  const want = name === 'undici' ? ['HTTP/2: "GOAWAY" frame received with code 0', 1, true] : ['201 done', 1, false];
  assert.deepEqual([result, seen.done, seen.cancelled], want);
  server.close();
}
process.exit();
JS
node check.mjs
