#!/usr/bin/env bash
# xlsx-stream-reader, a reader for large workbooks, makes an empty text of an estimate of 0, and of FALSE: an estimate becomes none. The reason is in lib/worksheet.js, _handleWorkSheetNode: a value becomes a number and then
# goes through "workingVal || ''". It depends on the rest of the file: where any cell has a number format of its own, the value stays text, and the 0 is there as "0".
# It also takes the spaces away from both ends of every piece of a text (lib/workbook.js, saxTrim, true by default), and a title with a word in bold has several pieces: the words before and behind it are one with it.
# So set saxTrim: false, and take an empty text where the row's other cells are filled for what it may be; or use exceljs's streaming reader or SheetJS.
# Versions: xlsx-stream-reader 1.1.1; the files are made with exceljs 4.4.0. Seen on 2026-11-30, the row ["Show free boats" with "free" in bold, 0, 5]:
#   ["Showfreeboats","",5]; with saxTrim: false ["Show free boats","",5]; where another cell has the format 0.0: ["Showfreeboats","0","5.0"]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx-stream-reader@1.1.1 exceljs@4.4.0
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import ExcelJS from 'exceljs';
import Reader from 'xlsx-stream-reader';

async function write(name, format) {
  const workbook = new ExcelJS.Workbook();
  const title = { richText: [{ text: 'Show ' }, { font: { bold: true }, text: 'free' }, { text: ' boats' }] };
  const row = workbook.addWorksheet('Stories').addRow([title, 0, 5]);
  if (format) row.getCell(3).numFmt = format;
  await workbook.xlsx.writeFile(name);
}
const read = (name, options) => new Promise((done, refuse) => {
  const reader = new Reader(options);
  const rows = [];
  reader.on('error', refuse);
  reader.on('worksheet', (sheet) => {
    sheet.on('row', (row) => rows.push([...row.values].slice(1)));
    sheet.process();
  });
  reader.on('end', () => done(rows));
  createReadStream(name).pipe(reader);
});
await write('plain.xlsx');
await write('format.xlsx', '0.0');
const seen = [await read('plain.xlsx'), await read('plain.xlsx', { saxTrim: false }), await read('format.xlsx')];
for (const rows of seen) console.log(JSON.stringify(rows));
assert.deepEqual(seen, [[['Showfreeboats', '', 5]], [['Show free boats', '', 5]], [['Showfreeboats', '0', '5.0']]]);
JS
node check.mjs
