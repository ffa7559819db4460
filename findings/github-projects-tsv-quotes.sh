#!/usr/bin/env bash
# GitHub's "Export view data" writes tab-separated values and quotes nothing: a title may begin with a quotation mark. Readers that take
# TSV for CSV with another separator swallow rows, and one of them reports nothing.
# Instead: read it without quotes (csv-parse: quote: null), or split it at tabs.
# Versions: papaparse 5.7.1, csv-parse 7.0.3, d3-dsv 3.0.2, the newest. Seen on 2026-11-30:
#   papaparse: 1 row of 4, with errors in its list
#   csv-parse: refuses the file (CSV_INVALID_CLOSING_QUOTE); with quote: null it reads all 4 rows
#   d3-dsv: 3 rows of 4 and no error; the first has its address in the column of the status
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent papaparse@5.7.1 csv-parse@7.0.3 d3-dsv@3.0.2
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import Papa from 'papaparse';
import { parse } from 'csv-parse/sync';
import { tsvParse } from 'd3-dsv';

const file = [
  'Title\tURL\tStatus',
  '"quick" fix\thttps://example.com/1\tTodo',
  'Voucher\thttps://example.com/2\tDone',
  '"Show boats\thttps://example.com/3\tTodo',
  'Booking\thttps://example.com/4\tTodo',
].join('\n');

const papa = Papa.parse(file, { header: true });
console.log('papaparse: rows', papa.data.length, 'errors', papa.errors.map((e) => e.code).join(' '));
assert.equal(papa.data.length, 1);
assert.ok(papa.errors.some((e) => e.code === 'InvalidQuotes'));

const options = { columns: true, delimiter: '\t' };
assert.throws(() => parse(file, options), (e) => {
  console.log('csv-parse:', e.code);
  return e.code === 'CSV_INVALID_CLOSING_QUOTE';
});
const whole = parse(file, { ...options, quote: null });
console.log('csv-parse without quotes: rows', whole.length, 'first', JSON.stringify(whole[0]));
assert.equal(whole.length, 4);
assert.equal(whole[0].Title, '"quick" fix');

const d3 = tsvParse(file);
console.log('d3-dsv: rows', d3.length, 'first', JSON.stringify(d3[0]));
assert.equal(d3.length, 3);
assert.deepEqual({ ...d3[0] }, { Title: 'quick', URL: 'fix', Status: 'https://example.com/1' });
JS
node check.mjs
