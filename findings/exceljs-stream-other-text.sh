#!/usr/bin/env bash
# A text in a workbook may have several pieces. Excel stores beside a Japanese word how it was typed (<rPh>, its pronunciation), and a
# cell that a program writes (inlineStr) may have words in bold. The streaming reader of exceljs, which is the one for large files, keeps
# the last piece only: the pronunciation instead of the word, and of a title what follows the bold word. The other reader of exceljs and
# SheetJS give the text that a person sees.
# xlsxreader, a small reader for Go, has the same fault with the pronunciation; of a title in the cell it keeps the first piece.
# Why: exceljs sets the text anew at each <t> (lib/stream/xlsx/workbook-reader.js, _parseSharedStrings; worksheet-reader.js).
# xlsxreader does the same (shared_strings.go), and stops after the first <t> of a cell (rows.go, unmarshalInlineString).
# Instead: read whole workbooks with exceljs, also large ones, if their texts matter.
# Versions: exceljs 4.4.0, xlsx 0.18.5 (npm), the newest there; github.com/thedatashed/xlsxreader v1.2.8. Needs go and node.
# Seen on 2026-11-30, the titles 東京 (with トウキョウ) and "Show free boats" (with bold "free"): exceljs reads them, its streaming reader
# "トウキョウ" and " boats", xlsxreader "トウキョウ" and "Show ".
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent exceljs@4.4.0 xlsx@0.18.5 jszip@3.10.2
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import JSZip from 'jszip';
import XLSX from 'xlsx';

// exceljs writes a workbook; the two texts are put into it as Excel and other programs write them.
const written = new ExcelJS.Workbook();
const sheet = written.addWorksheet('Stories');
sheet.addRow(['BOAT-1', 'Tokyo']);
sheet.addRow(['BOAT-2', 'Boats']);
const zip = await JSZip.loadAsync(await written.xlsx.writeBuffer());
async function change(part, from, to) {
  const text = await zip.file(part).async('string');
  assert.match(text, from);
  zip.file(part, text.replace(from, to));
}
await change('xl/sharedStrings.xml', /<si><t>Tokyo<\/t><\/si>/, '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="0"/></si>');
await change('xl/worksheets/sheet1.xml', /<c r="B2" t="s"><v>3<\/v><\/c>/,
  '<c r="B2" t="inlineStr"><is><r><t xml:space="preserve">Show </t></r><r><rPr><b/></rPr><t>free</t></r><r><t xml:space="preserve"> boats</t></r></is></c>');
const ordered = new JSZip(); // a streaming reader wants the sheet after what it refers to, as Excel writes it
for (const name of Object.keys(zip.files).sort((a, b) => a.includes('worksheets/') - b.includes('worksheets/')))
  if (!zip.files[name].dir) ordered.file(name, await zip.file(name).async('nodebuffer'));
writeFileSync('stories.xlsx', await ordered.generateAsync({ type: 'nodebuffer' }));

const text = (value) => value.richText?.map((piece) => piece.text).join('') ?? value;
const titles = {};
const whole = new ExcelJS.Workbook();
await whole.xlsx.readFile('stories.xlsx');
titles.exceljs = [1, 2].map((row) => text(whole.getWorksheet('Stories').getCell(row, 2).value));
titles['exceljs, streaming'] = [];
for await (const part of new ExcelJS.stream.xlsx.WorkbookReader('stories.xlsx', {}))
  for await (const row of part) titles['exceljs, streaming'].push(text(row.values[2]));
titles.xlsx = XLSX.utils.sheet_to_json(XLSX.readFile('stories.xlsx').Sheets.Stories, { header: 1 }).map((row) => row[1]);
titles.xlsxreader = JSON.parse(execFileSync('./reader', ['stories.xlsx']));
console.log(titles);
assert.deepEqual(titles, {
  exceljs: ['東京', 'Show free boats'],
  'exceljs, streaming': ['トウキョウ', ' boats'],
  xlsx: ['東京', 'Show free boats'],
  xlsxreader: ['トウキョウ', 'Show '],
});
JS
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"os"

	"github.com/thedatashed/xlsxreader"
)

func main() {
	file, err := xlsxreader.OpenFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	defer file.Close()
	var titles []string
	for row := range file.ReadRows(file.Sheets[0]) {
		titles = append(titles, row.Cells[1].Value)
	}
	_ = json.NewEncoder(os.Stdout).Encode(titles)
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod init example.com/finding 2>/dev/null
go get github.com/thedatashed/xlsxreader@v1.2.8 2>/dev/null
go build -o reader .
node check.mjs
