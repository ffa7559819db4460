#!/usr/bin/env bash
# A file is sent by PUT, as a stream. The first try gets 503, or its connection breaks, and the client tries again by itself, as it was asked to. The stream has been read by then. Some clients refuse to try ("Cannot retry with
# consumed body stream"); four much used ones send the second request with an empty body, get 200, and say so: an empty file has taken the place of the old one, and nobody gets an error.
# - axios-retry: hands the same config, with the same stream, to axios again (index.ts, the interceptor of answers).
# - gaxios, which is in Google's clients: the same (retry.ts and gaxios.ts, _requestAsync). It retries PUT by default where retrying is on.
# - make-fetch-happen, which is in npm: does not try again after a status where the body is a stream, but does after a broken connection (lib/remote.js: isStream is asked for in one of two places). PUT is retried by default.
# - resty v2: reads SetBody's reader again (middleware.go, parseRequestBody), also if it is one that could be set back, such as a strings.Reader or a file. SetRetryResetReaders is for multipart only, and is off.
# So give such clients bytes or a string. A server that knows the length (Content-Length, a checksum, an If-Match) can refuse the second one.
# Versions: axios 1.21.1, axios-retry 4.5.0, gaxios 8.3.3, make-fetch-happen 15.0.6, for comparison got 14.6.6 (npm), the newest for Node 20; go-resty/resty v2.17.2, the newest of v2. Needs node and go.
# Seen on 2026-11-30, a file of 28 bytes, what the server got: "axios-retry, 503: 200, got 28, 0", "gaxios, 503: 200, got 28, 0", "make-fetch-happen, 503: 503, got 28", "make-fetch-happen, cut: 200, got 28, 0",
# "got, 503: an error, got 28", "resty, 503: 200, got 28, 0"; of bytes all of them got 28, 28.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts axios@1.21.1 axios-retry@4.5.0 gaxios@8.3.3 make-fetch-happen@15.0.6 got@14.6.6
printf 'Key,Title\nBOAT-1,Show boats\n' >boats.csv
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import http from 'node:http';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import { request } from 'gaxios';
import got from 'got';
import fetch from 'make-fetch-happen';

let lengths, cut;
const server = http.createServer(async (question, answer) => {
  let length = 0;
  for await (const part of question) length += part.length;
  if (lengths.push(length) > 1) return answer.end('{}');
  if (cut) question.socket.destroy();
  else answer.writeHead(503).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;

const again = axios.create();
axiosRetry(again, { retries: 2 });
const clients = {
  'axios-retry': async (body) => (await again.put(url, body())).status,
  gaxios: async (body) => (await request({ url, method: 'PUT', body: body(), data: body(), retry: true })).status,
  'make-fetch-happen': async (body) => (await fetch(url, { method: 'PUT', body: body(), retry: { retries: 2, minTimeout: 10 } })).status,
  got: async (body) => (await got.put(url, { body: body(), retry: { limit: 2 } })).statusCode,
};
const file = () => createReadStream('boats.csv');
const bytes = () => readFileSync('boats.csv');
const want = {
  'axios-retry, 503': '200, got 28, 0',
  'axios-retry, cut': '200, got 28, 0',
  'gaxios, 503': '200, got 28, 0',
  'gaxios, cut': '200, got 28, 0',
  'make-fetch-happen, 503': '503, got 28',
  'make-fetch-happen, cut': '200, got 28, 0',
  'got, 503': 'an error, got 28',
  'got, cut': 'an error, got 28',
};
const limit = setTimeout(() => process.exit(2), 60_000);
for (const [name, send] of Object.entries(clients)) {
  for (cut of [false, true]) {
    const outcome = async (body) => {
      lengths = [];
      const status = await send(body).catch(() => 'an error');
      return `${status}, got ${lengths.join(', ')}`;
    };
    const what = `${name}, ${cut ? 'cut' : '503'}`;
    const stream = await outcome(file);
    const whole = await outcome(bytes);
    console.log(`${what}: ${stream}; of bytes: ${whole}`);
    assert.equal(stream, want[what]);
    assert.equal(whole, '200, got 28, 28');
  }
}
clearTimeout(limit);
process.exit();
JS
node check.mjs
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

func main() {
	const boats = "Key,Title\nBOAT-1,Show boats\n"
	for _, c := range []struct {
		name string
		body any
		want string
	}{{"a reader", strings.NewReader(boats), "200, got [28 0]"}, {"a string", boats, "200, got [28 28]"}} {
		var got []int
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			if got = append(got, len(b)); len(got) == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
		client := resty.New().SetRetryCount(2).SetRetryWaitTime(time.Millisecond)
		client.AddRetryCondition(func(r *resty.Response, _ error) bool { return r.StatusCode() == http.StatusServiceUnavailable })
		answer, err := client.R().SetBody(c.body).Put(server.URL)
		server.Close()
		if err != nil {
			panic(err)
		}
		seen := fmt.Sprintf("%d, got %v", answer.StatusCode(), got)
		fmt.Printf("resty, 503, %s: %s\n", c.name, seen)
		if seen != c.want {
			fmt.Println("want", c.want)
			os.Exit(1)
		}
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
cd program
go mod init example.com/finding 2>/dev/null
go get github.com/go-resty/resty/v2@v2.17.2 2>/dev/null
go run .
