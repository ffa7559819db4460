#!/usr/bin/env bash
# In a number format a letter behind a backslash stands for itself, one behind an underscore for its width, one behind an asterisk for filling (ECMA-376, 18.8.31): 0\ \d shows 5 as "5 d", 0\h as "5h", and #,##0\ _K_M_- leaves room for a
# currency. A reader of XLSX knows by the format only whether a number is a date. exceljs leaves out what is in quotes or brackets, and takes a y, m, d, h, s, M or b anywhere else for a date's (lib/utils/utils.js, isDateFmt): 5 days of work, or
# 5 points, are the 4 January 1900, without a word. thedatashed/xlsxreader knows backslashes, but neither underscores nor asterisks. SheetJS, read-excel-file and excelize know all three.
# So write units in quotes, 0" d", which all know; or read the number: a date before 1901 in a column of estimates is one.
# Versions: exceljs 4.4.0, xlsx 0.18.5, read-excel-file 9.3.17, excelize v2.11.1, xlsxreader v1.2.8. Needs go and node.
# Seen on 2026-11-30, the number 5 in each format:
#   format           exceljs      xlsxreader   SheetJS   read-excel-file   excelize
#   0" d"            5            5            5         5                 5
#   0\ \d            1900-01-04   5            5         5                 5
#   0\h              1900-01-04   5            5         5                 5
#   #,##0\ _K_M_-    1900-01-04   1900-01-04   5         5                 5
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent exceljs@4.4.0 xlsx@0.18.5 read-excel-file@9.3.17
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/thedatashed/xlsxreader"
	"github.com/xuri/excelize/v2"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	file := excelize.NewFile()
	for row, format := range os.Args[1:] {
		style, err := file.NewStyle(&excelize.Style{CustomNumFmt: &format})
		must(err)
		cell := fmt.Sprintf("A%d", row+1)
		must(file.SetCellValue("Sheet1", cell, 5))
		must(file.SetCellStyle("Sheet1", cell, cell, style))
	}
	must(file.SaveAs("stories.xlsx"))

	seen := map[string][]string{}
	again, err := excelize.OpenFile("stories.xlsx")
	must(err)
	rows, err := again.GetRows("Sheet1")
	must(err)
	for _, row := range rows {
		seen["excelize"] = append(seen["excelize"], strings.Trim(row[0], " dh")) // as it is shown
	}
	small, err := xlsxreader.OpenFile("stories.xlsx")
	must(err)
	for row := range small.ReadRows("Sheet1") {
		must(row.Error)
		seen["xlsxreader"] = append(seen["xlsxreader"], row.Cells[0].Value)
	}
	must(json.NewEncoder(os.Stdout).Encode(seen))
}
GO
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/xuri/excelize/v2@v2.11.1 github.com/thedatashed/xlsxreader@v1.2.8 2>/dev/null
go build -o program .
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import ExcelJS from 'exceljs';
import readExcelFile from 'read-excel-file/node';
import XLSX from 'xlsx';

const formats = ['0" d"', '0\\ \\d', '0\\h', '#,##0\\ _K_M_-'];
const seen = JSON.parse(execFileSync('./program', formats));
const text = (value) => value.toISOString?.().slice(0, 10) ?? String(value);
const workbook = new ExcelJS.Workbook();
await workbook.xlsx.readFile('stories.xlsx');
seen.exceljs = formats.map((_, row) => text(workbook.worksheets[0].getCell(row + 1, 1).value));
seen.SheetJS = XLSX.utils.sheet_to_json(XLSX.readFile('stories.xlsx', { cellDates: true }).Sheets.Sheet1, { header: 1 }).map(([value]) => text(value));
seen['read-excel-file'] = (await readExcelFile('stories.xlsx'))[0].data.map(([value]) => text(value));
console.log(formats.join('   '), seen);
const date = '1900-01-04';
assert.deepEqual(seen, {
  exceljs: ['5', date, date, date],
  xlsxreader: ['5', '5', '5', date],
  SheetJS: ['5', '5', '5', '5'],
  'read-excel-file': ['5', '5', '5', '5'],
  excelize: ['5', '5', '5', '5'],
});
JS
node check.mjs
