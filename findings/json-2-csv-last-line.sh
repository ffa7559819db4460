#!/usr/bin/env bash
# A CSV file ends with a line break, as most programs write it (RFC 4180, 2.2: it may). json-2-csv takes that break into the last cell, if the cell is not in quotes: the last story's last column is "Done\n", and no longer equal to "Done".
# Its rows of a CRLF file end with "\r", and the last column's name does, too, unless it is told of it (delimiter.eol). Its own files end without a break, so that its users do not see it in their tests; a number hides it.
# The reason: at the last character of the text the rest is taken, also where that character is the line's end (lib/csv2json.js, splitLines: toIndex).
# It also reads each value as JSON, where it is some: a key 1e5 is 100000, titles "[]" and "null" are an empty list or null, and "undefined" is undefined.
# So cut the break off, or give the option trimFieldValues; and parseValue: String against the second.
# Version: json-2-csv 5.6.0, the newest.
# Seen on 2026-11-30: [{"Key":"BOAT-1","Status":"Done"},{"Key":"BOAT-2","Status":"Done\n"}]; with CRLF [{"Key":"BOAT-1","Status\r":"Done\r"},{"Key":"BOAT-2","Status\r":"Done\r\n"}]; without the last break both are "Done".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent json-2-csv@5.6.0
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { csv2json, json2csv } from 'json-2-csv';

const file = 'Key,Status\nBOAT-1,Done\nBOAT-2,Done\n';
const seen = {
  'line feeds': csv2json(file),
  CRLF: csv2json(file.replaceAll('\n', '\r\n')),
  'without the last break': csv2json(file.trimEnd()),
  'trimFieldValues': csv2json(file, { trimFieldValues: true }),
  'its own': csv2json(json2csv([{ Key: 'BOAT-1', Status: 'Done' }])),
  JSON: csv2json('Key,Title,Status\n1e5,[],null\n12,undefined,x'),
};
for (const [name, rows] of Object.entries(seen)) console.log(`${name}: ${JSON.stringify(rows)}`);
const good = [{ Key: 'BOAT-1', Status: 'Done' }, { Key: 'BOAT-2', Status: 'Done' }];
assert.deepEqual(seen, {
  'line feeds': [good[0], { Key: 'BOAT-2', Status: 'Done\n' }],
  CRLF: [{ Key: 'BOAT-1', 'Status\r': 'Done\r' }, { Key: 'BOAT-2', 'Status\r': 'Done\r\n' }],
  'without the last break': good,
  'trimFieldValues': good,
  'its own': good.slice(0, 1),
  JSON: [{ Key: 100000, Title: [], Status: null }, { Key: 12, Title: undefined, Status: 'x' }],
});
JS
node check.mjs
