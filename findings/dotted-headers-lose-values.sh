#!/usr/bin/env bash
# Issues as an interface answers them have objects in them, and programs that make a table of them name the columns behind the path: parent.key. Where some issues have no parent (null), there is a column called parent beside it, empty. Two
# readers that make objects of such names again lose the key where both stand: csvtojson keeps what the later column says, the empty text, if parent comes behind parent.key (v2/lineToJson.js, setPath with lodash's set); json-2-csv loses it in either order.
# Names that only have a full stop in them are taken apart, too: "Custom field (No. of users)", as Jira writes it, is an object "Custom field (No" with " of users)". No error.
# csvtojson has the option flatKeys; json-2-csv has none for reading: write \. in the header before, or use another reader, as csv-parser.
# Versions: csvtojson 2.0.14, json-2-csv 5.6.0, csv-parser 3.2.1, the newest. Seen on 2026-11-30, parent.key "BOAT-1" before an empty parent, and behind it:
#   csvtojson: parent "" and parent {"key":"BOAT-1"}; json-2-csv: parent "" both times; csvtojson with flatKeys, csv-parser: both columns
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent csvtojson@2.0.14 json-2-csv@5.6.0 csv-parser@3.2.1
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import csvParser from 'csv-parser';
import csvtojson from 'csvtojson';
import { csv2json } from 'json-2-csv';

const files = {
  'empty behind': 'key,parent.key,parent\nBOAT-2,BOAT-1,',
  'empty before': 'key,parent,parent.key\nBOAT-2,,BOAT-1',
  'a full stop': 'key,Custom field (No. of users)\nBOAT-2,12',
};
const readers = {
  csvtojson: (file) => csvtojson().fromString(file),
  'csvtojson, flatKeys': (file) => csvtojson({ flatKeys: true }).fromString(file),
  'json-2-csv': (file) => csv2json(file),
  'csv-parser': (file) => Readable.from([file]).pipe(csvParser()).toArray(),
};
const seen = {};
for (const [name, file] of Object.entries(files))
  for (const [reader, read] of Object.entries(readers)) {
    const { key, ...rest } = (await read(file))[0];
    assert.equal(key, 'BOAT-2');
    seen[`${name}, ${reader}`] = JSON.stringify(rest);
  }
console.log(seen);
assert.deepEqual(seen, {
  'empty behind, csvtojson': '{"parent":""}',
  'empty behind, csvtojson, flatKeys': '{"parent.key":"BOAT-1","parent":""}',
  'empty behind, json-2-csv': '{"parent":""}',
  'empty behind, csv-parser': '{"parent.key":"BOAT-1","parent":""}',
  'empty before, csvtojson': '{"parent":{"key":"BOAT-1"}}',
  'empty before, csvtojson, flatKeys': '{"parent":"","parent.key":"BOAT-1"}',
  'empty before, json-2-csv': '{"parent":""}',
  'empty before, csv-parser': '{"parent":"","parent.key":"BOAT-1"}',
  'a full stop, csvtojson': '{"Custom field (No":{" of users)":"12"}}',
  'a full stop, csvtojson, flatKeys': '{"Custom field (No. of users)":"12"}',
  'a full stop, json-2-csv': '{"Custom field (No":{" of users)":12}}',
  'a full stop, csv-parser': '{"Custom field (No. of users)":"12"}',
});
JS
node check.mjs
