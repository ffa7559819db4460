#!/usr/bin/env bash
# A workbook may hold a date as text (ISO 8601, a cell of type "d"; ECMA-376, 18.18.11). SheetJS writes dates so when it is told to keep them as dates (cellDates), openpyxl with iso_dates. exceljs does not know the type, reads
# the year as a number, and the number as days: 5 March 2026 becomes 18 July 1905, without a word; every date of 2026 becomes the same day. In a cell without a date's format it is the number 2026.
# Versions: exceljs 4.4.0, xlsx 0.18.5, the newest on npm. Seen on 2026-11-29: exceljs reads 5 March and 31 October 2026 both as
# 1905-07-18; written without cellDates, as numbers, as 2026-03-05 and 2026-10-31. SheetJS reads both forms rightly.
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
