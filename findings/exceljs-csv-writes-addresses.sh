#!/usr/bin/env bash
# Workbooks of issue trackers have links on keys and titles, and people make words of a title bold. When exceljs writes such a sheet as
# CSV, a cell with a link becomes its address, and a cell with bold words becomes JSON: keys and titles are gone. SheetJS writes what a
# person sees.
# Why: lib/csv/csv.js, write. Of a cell with a link it takes the address first, and it writes an object that it does not know as JSON.
# Instead: give it a map function of your own in the options, or write the rows yourself with cell.text.
# Versions: exceljs 4.4.0, xlsx 0.18.5, the newest on npm. Seen on 2026-11-30:
#   exceljs: https://example.com/browse/BOAT-7,"{""richText"":[…]}",5
#   xlsx:    BOAT-7,Show free boats,5
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts exceljs@4.4.0 xlsx@0.18.5
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';
import XLSX from 'xlsx';

const made = new ExcelJS.Workbook();
made.addWorksheet('Backlog').addRows([
  ['Key', 'Title', 'Points'],
  [{ text: 'BOAT-7', hyperlink: 'https://example.com/browse/BOAT-7' }, { richText: [{ text: 'Show ' }, { font: { bold: true }, text: 'free boats' }] }, 5],
]);
const file = Buffer.from(await made.xlsx.writeBuffer());

const book = new ExcelJS.Workbook();
await book.xlsx.load(file);
const theirs = (await book.csv.writeBuffer()).toString().split('\n')[1];
console.log('exceljs:', theirs);
assert.match(theirs, /^https:\/\/example\.com\/browse\/BOAT-7,"\{""richText"":\[/);
assert.ok(!theirs.startsWith('BOAT-7'));
assert.equal(book.worksheets[0].getCell('A2').text, 'BOAT-7');
assert.equal(book.worksheets[0].getCell('B2').text, 'Show free boats');

const row = XLSX.utils.sheet_to_csv(XLSX.read(file).Sheets.Backlog).split('\n')[1];
console.log('xlsx:', row);
assert.equal(row, 'BOAT-7,Show free boats,5');
JS
node check.mjs
