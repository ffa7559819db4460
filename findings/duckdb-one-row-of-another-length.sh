#!/usr/bin/env bash
# DuckDB finds out by itself how a CSV is written, and takes for its delimiter only one with which the rows have one number of cells. Backlogs have rows of other lengths: Linear's are one cell short of the header, people write "Total,13" below.
# Then comma is no delimiter for it, and what is left is a table of one column with whole lines in it. No error, no warning: the query answers. If only the last row is longer (a second comment), the header and all rows before it are taken
# for notes above the table: of three stories one is left, without names of columns; with header = true it becomes the header, and none is left.
# (src/execution/operator/csv_scanner/sniffer/dialect_detection.cpp, AnalyzeDialectCandidate: rows of another length speak against a dialect unless null_padding is set, and rows above a wider one are skipped.)
# With null_padding = true all three files are read rightly. delim = ',' makes an error of the first two, not of the third.
# Version: @duckdb/node-api 1.5.6-r.1, the newest.
# Seen on 2026-11-30:
#   rows one short:       column "ID,Title,Status,Roadmaps", 2 rows, the first 'BOAT-1,"Pay, then go",Todo'
#   a total of two cells: column "Key,Title,Points", 4 rows, the last "Total,13"
#   the last row longer:  column0 to column4, 1 row: 3, Pay, Ada, first, second; with header = true 0 rows
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @duckdb/node-api@1.5.6-r.1
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const files = {
  short: 'ID,Title,Status,Roadmaps\nBOAT-1,"Pay, then go",Todo\nBOAT-2,Voucher,Todo\n',
  total: 'Key,Title,Points\nBOAT-1,Show free boats,3\nBOAT-2,Voucher,5\nBOAT-3,Pay,5\nTotal,13\n',
  longer: 'Id,Title,Owner,Comment\n1,Show free boats,Ada\n2,Voucher,Ben\n3,Pay,Ada,first,second\n',
};
const connection = await (await DuckDBInstance.create(':memory:')).connect();
async function read(name, options = '') {
  writeFileSync('stories.csv', files[name]);
  try {
    const answer = await connection.runAndReadAll(`select * from read_csv('stories.csv', all_varchar = true${options})`);
    return [answer.columnNames(), ...answer.getRows()];
  } catch {
    return 'error';
  }
}
const seen = {};
for (const name of Object.keys(files))
  for (const options of ['', ", delim = ','", ', header = true', ', null_padding = true']) seen[name + options] = await read(name, options);
for (const [name, rows] of Object.entries(seen)) console.log(`${name}: ${JSON.stringify(rows)}`);
const lines = (name) => files[name].trimEnd().split('\n').map((line) => [line]);
const last = ['3', 'Pay', 'Ada', 'first', 'second'];
assert.deepEqual(seen, {
  short: lines('short'),
  "short, delim = ','": 'error',
  'short, header = true': lines('short'),
  'short, null_padding = true': [['ID', 'Title', 'Status', 'Roadmaps'], ['BOAT-1', 'Pay, then go', 'Todo', null], ['BOAT-2', 'Voucher', 'Todo', null]],
  total: lines('total'),
  "total, delim = ','": 'error',
  'total, header = true': lines('total'),
  'total, null_padding = true': [['Key', 'Title', 'Points'], ['BOAT-1', 'Show free boats', '3'], ['BOAT-2', 'Voucher', '5'], ['BOAT-3', 'Pay', '5'], ['Total', '13', null]],
  longer: [['column0', 'column1', 'column2', 'column3', 'column4'], last],
  "longer, delim = ','": [['column0', 'column1', 'column2', 'column3', 'column4'], last],
  'longer, header = true': [last],
  'longer, null_padding = true': [['Id', 'Title', 'Owner', 'Comment', 'column4'], ['1', 'Show free boats', 'Ada', null, null], ['2', 'Voucher', 'Ben', null, null], last],
});
process.exit(0);
JS
node check.mjs
