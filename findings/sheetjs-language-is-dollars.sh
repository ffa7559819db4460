#!/usr/bin/env bash
# [$-407] in a number format names a language, here German, and no currency (ECMA-376, 18.8.31: [$currency-language]). Spreadsheets write it where a cell's numbers have another language than the document's. SheetJS shows such a number as
# dollars: 5 story points are "$5" in its CSV, its HTML and all texts (xlsx.js, eval_fmt, case '[': an empty currency becomes "$"). SSF, the part that does so, is in other readers, too: xlsx-stream-reader gives "$5" as the cell's value.
# exceljs and excelize do not. Take the numbers (raw: true), or the text only where the format has no [$-.
# Versions: xlsx 0.18.5, xlsx-stream-reader 1.1.1, the newest on npm; for comparison excelize v2.11.1, which makes the file. Needs go and node.
# Seen on 2026-11-30, 5 and 0.5 with the format [$-407]0.0: CSV of SheetJS "$5.0" and "$0.5", xlsx-stream-reader "$5.0" and "$0.5", excelize "5.0" and "0.5"; with [$€-407]0.0 "€5.0" and "€0.5" in all three.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx@0.18.5 xlsx-stream-reader@1.1.1
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/xuri/excelize/v2"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	file := excelize.NewFile()
	for row, format := range []string{"[$-407]0.0", "[$€-407]0.0"} {
		style, err := file.NewStyle(&excelize.Style{CustomNumFmt: &format})
		must(err)
		cell := fmt.Sprintf("A%d", row+1)
		must(file.SetSheetRow("Sheet1", cell, &[]any{5, 0.5}))
		must(file.SetCellStyle("Sheet1", cell, fmt.Sprintf("B%d", row+1), style))
	}
	must(file.SaveAs("stories.xlsx"))
	again, err := excelize.OpenFile("stories.xlsx")
	must(err)
	rows, err := again.GetRows("Sheet1")
	must(err)
	must(json.NewEncoder(os.Stdout).Encode(rows))
}
GO
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/xuri/excelize/v2@v2.11.1 2>/dev/null
go run . >excelize.json
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { createReadStream, readFileSync } from 'node:fs';
import XLSX from 'xlsx';
import Reader from 'xlsx-stream-reader';

const stream = () => new Promise((done, refuse) => {
  const reader = new Reader();
  const rows = [];
  reader.on('error', refuse);
  reader.on('worksheet', (sheet) => {
    sheet.on('row', (row) => rows.push([...row.values].slice(1)));
    sheet.process();
  });
  reader.on('end', () => done(rows));
  createReadStream('stories.xlsx').pipe(reader);
});
const seen = {
  SheetJS: XLSX.utils.sheet_to_csv(XLSX.readFile('stories.xlsx').Sheets.Sheet1).trimEnd().split('\n').map((line) => line.split(',')),
  'xlsx-stream-reader': await stream(),
  excelize: JSON.parse(readFileSync('excelize.json')),
};
console.log(seen);
const euros = ['€5.0', '€0.5'];
assert.deepEqual(seen, {
  SheetJS: [['$5.0', '$0.5'], euros],
  'xlsx-stream-reader': [['$5.0', '$0.5'], euros],
  excelize: [['5.0', '0.5'], euros],
});
JS
node check.mjs
