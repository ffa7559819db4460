#!/usr/bin/env bash
# A workbook keeps its texts in one list, and its cells refer to them by number. Everything inside an entry is optional (ECMA-376,
# 18.4.8), so a program may write an empty text as <si/> (NPOI's issue 1860 has such a file). The newest SheetJS on npm does not see that
# this entry has ended, and joins it with the next one. From there on every cell has the text of the entry behind its own, and the last
# ones have none: keys come to stand in the place of titles, without an error. <si></si> and <si><t/></si> are read as they should be.
# Why: xlsx.js, parse_sst_xml, splits the list at </si> only.
# Instead: read such files with another library; exceljs does it.
# Version: xlsx 0.18.5, the newest on npm; for comparison exceljs 4.4.0.
# Seen on 2026-11-30, with <si/> as the third entry: xlsx reads [["Key","Summary"],["Show boats","BOAT-2"],["Hide boats"]], exceljs
# [["Key","Summary"],["BOAT-1","Show boats"],["BOAT-2","Hide boats"]].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx@0.18.5 exceljs@4.4.0 jszip@3.10.2
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';
import JSZip from 'jszip';
import XLSX from 'xlsx';

// exceljs writes a workbook with an empty cell of text, which stands third in the list; the entry is then written in each of three ways.
const stories = [['Key', 'Summary', ''], ['BOAT-1', 'Show boats'], ['BOAT-2', 'Hide boats']];
const written = new ExcelJS.Workbook();
written.addWorksheet('Stories').addRows(stories);
const bytes = await written.xlsx.writeBuffer();
const readings = {};
for (const entry of ['<si/>', '<si></si>', '<si><t/></si>']) {
  const zip = await JSZip.loadAsync(bytes);
  const texts = await zip.file('xl/sharedStrings.xml').async('string');
  assert.match(texts, /Summary<\/t><\/si><si><t><\/t><\/si><si><t>BOAT-1/);
  zip.file('xl/sharedStrings.xml', texts.replace('<si><t></t></si>', entry));
  const changed = await zip.generateAsync({ type: 'nodebuffer' });
  const other = new ExcelJS.Workbook();
  await other.xlsx.load(changed);
  const filled = (rows) => rows.map((row) => row.filter((value) => value && typeof value === 'string'));
  readings[entry] = {
    xlsx: filled(XLSX.utils.sheet_to_json(XLSX.read(changed).Sheets.Stories, { header: 1, defval: '' })),
    exceljs: filled([1, 2, 3].map((row) => other.getWorksheet('Stories').getRow(row).values)),
  };
  console.log(entry, 'xlsx:', JSON.stringify(readings[entry].xlsx), 'exceljs:', JSON.stringify(readings[entry].exceljs));
}
const right = [['Key', 'Summary'], ['BOAT-1', 'Show boats'], ['BOAT-2', 'Hide boats']];
for (const [entry, { xlsx, exceljs }] of Object.entries(readings)) {
  assert.deepEqual(exceljs, right);
  assert.deepEqual(xlsx, entry === '<si/>' ? [['Key', 'Summary'], ['Show boats', 'BOAT-2'], ['Hide boats']] : right);
}
JS
node check.mjs
