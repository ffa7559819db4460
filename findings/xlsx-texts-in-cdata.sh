#!/usr/bin/env bash
# XML has two ways to write a text with & and < in it: by references, and within <![CDATA[ ]]>. A workbook is XML, so that a program that writes its parts may choose (ECMA-376 takes none away). Four readers for Node know the first
# only, and where the second is they give an empty title, without an error. Each listens to its parser for text, and the parser reports CDATA as something of its own: exceljs (lib/utils/parse-sax.js) and xlsx-populate (lib/XmlParser.js,
# ontext), xlsx-stream-reader (lib/workbook.js, on 'text'), read-excel-file (xml/parseXmlStream.saxen.js).
# So write references; and where a workbook comes without some titles, look at xl/sharedStrings.xml in it. SheetJS, and the readers for Go that were tried (excelize, tealeg/xlsx, xlsxreader), read both.
# Versions: exceljs 4.4.0, xlsx-populate 1.21.0, xlsx-stream-reader 1.1.1, read-excel-file 9.3.17; for comparison xlsx 0.18.5; jszip 3.10.1 changes the file.
# Seen on 2026-11-30, the title "Show < 5 boats & more" in CDATA, beside the key BOAT-1: xlsx reads it; exceljs and xlsx-stream-reader "", xlsx-populate and read-excel-file no value; all five read it with references.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent exceljs@4.4.0 xlsx-populate@1.21.0 xlsx-stream-reader@1.1.1 read-excel-file@9.3.17 xlsx@0.18.5 jszip@3.10.1
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { createReadStream, writeFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import JSZip from 'jszip';
import readExcelFile from 'read-excel-file/node';
import XLSX from 'xlsx';
import XlsxPopulate from 'xlsx-populate';
import Reader from 'xlsx-stream-reader';

const title = 'Show < 5 boats & more';
const written = new ExcelJS.Workbook();
written.addWorksheet('Stories').addRow(['BOAT-1', title]);
const bytes = await written.xlsx.writeBuffer();
writeFileSync('references.xlsx', Buffer.from(bytes));
const zip = await JSZip.loadAsync(bytes);
const texts = await zip.file('xl/sharedStrings.xml').async('string');
const reference = 'Show &lt; 5 boats &amp; more';
assert.ok(texts.includes(reference));
zip.file('xl/sharedStrings.xml', texts.replace(reference, `<![CDATA[${title}]]>`));
writeFileSync('cdata.xlsx', await zip.generateAsync({ type: 'nodebuffer' }));

const readers = {
  xlsx: (name) => XLSX.utils.sheet_to_json(XLSX.readFile(name).Sheets.Stories, { header: 1 })[0],
  exceljs: async (name) => {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.readFile(name);
    return workbook.worksheets[0].getRow(1).values.slice(1);
  },
  'xlsx-populate': async (name) => (await XlsxPopulate.fromFileAsync(name)).sheet(0).range('A1:B1').value()[0],
  'xlsx-stream-reader': (name) => new Promise((done, refuse) => {
    const reader = new Reader();
    let values;
    reader.on('error', refuse);
    reader.on('worksheet', (sheet) => {
      sheet.on('row', (row) => { values = [...row.values].slice(1); });
      sheet.process();
    });
    reader.on('end', () => done(values));
    createReadStream(name).pipe(reader);
  }),
  'read-excel-file': async (name) => (await readExcelFile(name))[0].data[0],
};
const seen = {};
for (const name of ['references', 'cdata'])
  for (const [reader, read] of Object.entries(readers)) {
    const [key, text] = await read(`${name}.xlsx`);
    assert.equal(key, 'BOAT-1');
    (seen[name] ??= {})[reader] = text ?? null;
  }
console.log(seen);
assert.deepEqual(seen, {
  references: { xlsx: title, exceljs: title, 'xlsx-populate': title, 'xlsx-stream-reader': title, 'read-excel-file': title },
  cdata: { xlsx: title, exceljs: '', 'xlsx-populate': null, 'xlsx-stream-reader': '', 'read-excel-file': null },
});
JS
node check.mjs
