#!/usr/bin/env bash
# A workbook may hold a date as text in ISO 8601 (a cell of type "d"; ECMA-376, 18.18.11). SheetJS writes dates so with cellDates,
# openpyxl with iso_dates. exceljs reads the year as a number of days: 5 March 2026 becomes 18 July 1905, and so does every date of 2026,
# without an error. In a cell without a date format the value is the number 2026.
# Why: exceljs does not know the type and falls back to parseFloat (lib/xlsx/xform/sheet/cell-xform.js, parseClose).
# Instead: let the writer store dates as numbers with a date format.
# Versions: exceljs 4.4.0, xlsx 0.18.5, the newest on npm.
# Seen on 2026-11-30: exceljs reads 5 March and 31 October 2026 both as 1905-07-18; written without cellDates, as numbers, as 2026-03-05
# and 2026-10-31. SheetJS reads both forms as they were written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent exceljs@4.4.0 xlsx@0.18.5
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';
import XLSX from 'xlsx';

const workbook = XLSX.utils.book_new();
const rows = [['Key', 'Due'], ['BOAT-7', new Date(Date.UTC(2026, 2, 5))], ['BOAT-8', new Date(Date.UTC(2026, 9, 31))]];
XLSX.utils.book_append_sheet(workbook, XLSX.utils.aoa_to_sheet(rows, { cellDates: true }), 'Stories');

async function dates(options) {
  const bytes = XLSX.write(workbook, { type: 'buffer', bookType: 'xlsx', ...options });
  const read = new ExcelJS.Workbook();
  await read.xlsx.load(bytes);
  const found = [2, 3].map((row) => read.getWorksheet('Stories').getCell(row, 2).value.toISOString());
  const again = XLSX.read(bytes, { cellDates: true }).Sheets.Stories.B2.v.toISOString();
  console.log(JSON.stringify(options), 'exceljs:', found.join(' '), 'xlsx:', again);
  assert.equal(again, '2026-03-05T00:00:00.000Z');
  return found;
}
assert.deepEqual(await dates({ cellDates: true }), ['1905-07-18T00:00:00.000Z', '1905-07-18T00:00:00.000Z']);
assert.deepEqual(await dates({}), ['2026-03-05T00:00:00.000Z', '2026-10-31T00:00:00.000Z']);
JS
TZ=UTC node check.mjs
