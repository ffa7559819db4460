#!/usr/bin/env bash
# uDSV, a fast reader of CSV, says what type a column has by one cell: the last one that is filled among the first ten rows (uDSV.cjs.js, guessType and inferSchema). Where the other cells are of another kind they are lost without
# a word: beside a 5 the sizes S and M are NaN (null in JSON), beside a key 12 the key BOAT-7 is, and if that one cell is "y", "no" or "1", or the title of that story is "Yes", all others are true or false. More rows make it no better, as
# it is still one cell. Sorting the backlog changes which estimates are there.
# stringObjs gives texts; or set the columns' types in the schema by hand (schema.cols[i].type = 's').
# Version: udsv 0.7.3, the newest. Seen on 2026-11-30, three stories:
#   points S, M, 5: null, null, 5; in the order 5, M, S: "5", "M", "S"; keys BOAT-7, BOAT-8, 12: null, null, 12; done "", yes, y: null, false, true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent udsv@0.7.3
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { inferSchema, initParser } from 'udsv';

function read(cells, how = 'typedObjs') {
  const file = 'Title,Column\n' + cells.map((cell, i) => `Story ${i + 1},${cell}\n`).join('');
  return JSON.stringify(initParser(inferSchema(file))[how](file).map((row) => row.Column));
}
const seen = {};
for (const cells of [['S', 'M', '5'], ['5', 'M', 'S'], ['BOAT-7', 'BOAT-8', '12'], ['', 'yes', 'y']])
  seen[cells.join(' ')] = [read(cells), read(cells, 'stringObjs')];
console.log(seen);
assert.deepEqual(seen, {
  'S M 5': ['[null,null,5]', '["S","M","5"]'],
  '5 M S': ['["5","M","S"]', '["5","M","S"]'],
  'BOAT-7 BOAT-8 12': ['[null,null,12]', '["BOAT-7","BOAT-8","12"]'],
  ' yes y': ['[null,false,true]', '["","yes","y"]'],
});
JS
node check.mjs
