#!/usr/bin/env bash
# "encode gzip" in Caddy's configuration compresses text/event-stream too, because it is a text/*. The Caddy of Debian 12 then passes no
# event on. Every browser accepts gzip, so a page behind it hears nothing, and there is no error anywhere.
# Why: modules/caddyhttp/encode/encode.go, Flush, flushes the connection but not the compressor, which waits for more. (Caddy 2.11.9
# flushes the compressor, too, by its source: FlushError in the same file.)
# Instead: except the path of the stream. Each event comes then.
# Version: Debian package caddy 2.6.2-5, the one of Debian 12. Needs apt-get with Debian 12's packages, node and curl.
# Seen on 2026-11-30: of thirty events of a kilobyte in 3 s, 10 bytes have come with "encode gzip", which are the head of gzip; 27 KB with
# "encode @files gzip".
set -euo pipefail
folder=$(mktemp -d)
pids=()
trap '[ ${#pids[@]} -eq 0 ] || { kill "${pids[@]}"; wait; } 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q caddy=2.6.2-5 >/dev/null 2>&1
dpkg -x caddy_*.deb .
cat >server.mjs <<'JS'
import http from 'node:http';
import net from 'node:net';
import fs from 'node:fs';

const free = () => new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); }); });
const server = http.createServer((_, answer) => {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const timer = setInterval(() => answer.write(`data: ${'x'.repeat(1000)}\n\n`), 100);
  answer.on('close', () => clearInterval(timer));
});
const [all, some] = [await free(), await free()];
server.listen(0, '127.0.0.1', () => {
  const to = `reverse_proxy 127.0.0.1:${server.address().port}`;
  fs.writeFileSync('Caddyfile', `{
	admin off
	auto_https off
	default_bind 127.0.0.1
}
http://127.0.0.1:${all} {
	encode gzip
	${to}
}
http://127.0.0.1:${some} {
	@files not path /stream
	encode @files gzip
	${to}
}
`);
  fs.writeFileSync('ports', `${all} ${some}\n`);
});
setTimeout(() => process.exit(), 60_000);
JS
node server.mjs &
pids+=($!)
for _ in $(seq 100); do [ -s ports ] && break; sleep 0.1; done
read -r all some <ports
HOME="$folder" XDG_DATA_HOME="$folder" XDG_CONFIG_HOME="$folder" ./usr/bin/caddy run --config Caddyfile --adapter caddyfile 2>caddy.log &
pids+=($!)
for _ in $(seq 100); do curl -s -o /dev/null -m 1 "http://127.0.0.1:$some/stream" || [ $? -eq 28 ] && break; sleep 0.1; done
received() { { curl -s -N -m 3 -H 'Accept-Encoding: gzip' "http://127.0.0.1:$1/stream" || true; } | wc -c; }
held=$(received "$all")
passed=$(received "$some")
echo "Caddy $(./usr/bin/caddy version | cut -d' ' -f1): after 3 s $held bytes with encode gzip, $passed where the stream is excepted"
[ "$held" -le 10 ] && [ "$passed" -gt 5000 ]
