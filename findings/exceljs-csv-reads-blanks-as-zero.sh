#!/usr/bin/env bash
# exceljs makes numbers of a CSV's cells with JavaScript's Number(), which gives 0 for spaces (lib/csv/csv.js, read: map). A story whose points are a space, as people leave them in a cell, has 0 points: estimated, and nothing to do.
# Then it tries dates, month first: of a column of days in the European order the first twelve of a month are turned round, and the others stay text (dateFormats: MM-DD-YYYY). Nobody is told.
# Keys suffer, too: 1e5 is 100000, 0x10 is 16, 007 is 7. Give the option map: (cell) => cell, and make numbers of what is one.
# Version: exceljs 4.4.0, the newest. Seen on 2026-11-30 (TZ=UTC):
#   " " is 0, "" is null; 05-03-2026 is 2026-05-03, 13-03-2026 is text; keys 1e5, 0x10, 007 are 100000, 16, 7; with map all are texts
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent exceljs@4.4.0
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import ExcelJS from 'exceljs';

async function read(options) {
  const file = 'Key,Due,Points\n1e5,05-03-2026, \n0x10,13-03-2026,\n007,,5\n';
  const sheet = await new ExcelJS.Workbook().csv.read(Readable.from([file]), options);
  return JSON.parse(JSON.stringify(sheet.getSheetValues().slice(2).map((row) => row.slice(1))));
}
const seen = { default: await read(), map: await read({ map: (cell) => cell }) };
console.log(JSON.stringify(seen));
assert.deepEqual(seen, {
  default: [[100000, '2026-05-03T00:00:00.000Z', 0], [16, '13-03-2026'], [7, null, 5]],
  map: [['1e5', '05-03-2026', ' '], ['0x10', '13-03-2026', ''], ['007', '', '5']],
});
JS
TZ=UTC node check.mjs
