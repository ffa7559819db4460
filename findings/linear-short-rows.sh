#!/usr/bin/env bash
# Linear's CSV export has one header more than its rows have cells (30 and 29): the last column has a name and no values. Readers that
# count refuse the file or report every row.
# Instead: let the reader take short rows (csv-parse: relax_column_count), or ignore TooFewFields.
# Versions: papaparse 5.7.1, csv-parse 7.0.3, fast-csv 5.0.8, the newest. Seen on 2026-11-30:
#   csv-parse: refuses the file (CSV_RECORD_INCONSISTENT_COLUMNS); with relax_column_count it reads it
#   papaparse: reads it, and reports TooFewFields for each row
#   fast-csv: reads it, with an empty text in the last column
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent papaparse@5.7.1 csv-parse@7.0.3 fast-csv@5.0.8
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import Papa from 'papaparse';
import { parse } from 'csv-parse/sync';
import { parseString } from 'fast-csv';

const file = '"ID","Title","SLA Status","Roadmaps"\n"BOAT-7","Show free boats",\n"BOAT-8","Voucher",';
assert.throws(() => parse(file, { columns: true }), (e) => {
  console.log('csv-parse:', e.code);
  return e.code === 'CSV_RECORD_INCONSISTENT_COLUMNS';
});
const relaxed = parse(file, { columns: true, relax_column_count: true });
console.log('csv-parse with relax_column_count:', JSON.stringify(relaxed));
assert.equal(relaxed.length, 2);

const papa = Papa.parse(file, { header: true });
console.log('papaparse: rows', papa.data.length, 'errors', papa.errors.map((e) => e.code).join(' '));
assert.deepEqual(papa.errors.map((e) => e.code), ['TooFewFields', 'TooFewFields']);

const seen = await new Promise((done) => {
  const rows = [];
  parseString(file, { headers: true })
    .on('error', (e) => done('refused: ' + e.message))
    .on('data', (row) => rows.push(row))
    .on('end', () => done('rows ' + rows.length + ' ' + JSON.stringify(rows[0])));
});
console.log('fast-csv:', seen);
assert.equal(seen, 'rows 2 {"ID":"BOAT-7","Title":"Show free boats","SLA Status":"","Roadmaps":""}');
JS
node check.mjs
