#!/usr/bin/env bash
# A sheet may say which range it fills (<dimension>; ECMA-376, 18.3.1.35: optional, the used range). excelize, the most used Go library for workbooks, never brings it up to date: a new sheet says A1 for ever (templates.go,
# templateSheet; sheet.go, NewSheet), a stream writer's too, and one that was opened keeps what it said, whatever is written behind it. Excel and most readers do not look at it. Three that trust it:
# - SheetJS cuts the sheet to a range of two cells or more (xlsx.js, parse_ws_xml_dim: it becomes the sheet's !ref, which all its tools go by), tealeg/xlsx its rows (lib.go, readRowsFromSheet). A backlog that excelize has put a column of estimates and a story into
#   comes without both.
# - openpyxl cuts also to A1 in its read-only mode, the one for large files (worksheet/_read_only.py): of a workbook that excelize made it reads a single cell. Its documentation says that it trusts the range there.
# None reports an error. Call SetSheetDimension(sheet, "") before saving, which takes the element away; In openpyxl there is reset_dimensions().
# Versions: excelize v2.11.1, tealeg/xlsx v3.3.13, xlsx 0.18.5, Debian package python3-openpyxl 3.0.9-1. Needs go, node, python3 and apt-get.
# Seen on 2026-11-30, a workbook of 3 rows and columns to which excelize adds D1:D4, and a new one of 2 rows and columns:
#   added:  SheetJS and openpyxl read 3 rows of 3 columns, tealeg 3 rows of 4; all 4 rows of 4 with the element taken away
#   new:    openpyxl reads [["Key"]]; the others 2 rows of 2 columns
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q python3-openpyxl=3.0.9-1 python3-et-xmlfile=1.0.1-2.1 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" .; done
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx@0.18.5
cat >made.mjs <<'JS'
import XLSX from 'xlsx';
const workbook = XLSX.utils.book_new();
const rows = [['Key', 'Title', 'Status'], ['BOAT-1', 'Show free boats', 'Open'], ['BOAT-2', 'Voucher', 'Open']];
XLSX.utils.book_append_sheet(workbook, XLSX.utils.aoa_to_sheet(rows), 'Stories');
XLSX.writeFile(workbook, 'tracker.xlsx');
JS
node made.mjs
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"os"

	"github.com/tealeg/xlsx/v3"
	"github.com/xuri/excelize/v2"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func estimate(name string, clear bool) {
	file, err := excelize.OpenFile("tracker.xlsx")
	must(err)
	must(file.SetSheetCol("Stories", "D1", &[]any{"Points", 5, 3, 8}))
	must(file.SetSheetRow("Stories", "A4", &[]any{"BOAT-3", "Pay by card", "Open"}))
	if clear {
		must(file.SetSheetDimension("Stories", ""))
	}
	must(file.SaveAs(name))
}

func read(name string) { // with tealeg/xlsx
	file, err := xlsx.OpenFile(name)
	must(err)
	rows := [][]string{}
	must(file.Sheets[0].ForEachRow(func(row *xlsx.Row) error {
		cells := []string{}
		rows = append(rows, cells)
		return row.ForEachCell(func(cell *xlsx.Cell) error {
			rows[len(rows)-1] = append(rows[len(rows)-1], cell.Value)
			return nil
		})
	}))
	must(json.NewEncoder(os.Stdout).Encode(rows))
}

func main() {
	if len(os.Args) > 1 {
		read(os.Args[1])
		return
	}
	estimate("added.xlsx", false)
	estimate("cleared.xlsx", true)
	file := excelize.NewFile()
	must(file.SetSheetRow("Sheet1", "A1", &[]any{"Key", "Title"}))
	must(file.SetSheetRow("Sheet1", "A2", &[]any{"BOAT-1", "Show free boats"}))
	must(file.SaveAs("new.xlsx"))
}
GO
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import XLSX from 'xlsx';

const python = `
import json, sys
sys.path.insert(0, 'usr/lib/python3/dist-packages')
import openpyxl
sheet = openpyxl.load_workbook(sys.argv[1], read_only=True).worksheets[0]
print(json.dumps([list(row) for row in sheet.iter_rows(values_only=True)]))`;
const readers = {
  SheetJS: (name) => XLSX.utils.sheet_to_json(Object.values(XLSX.readFile(name).Sheets)[0], { header: 1 }),
  tealeg: (name) => JSON.parse(execFileSync('./program', [name])),
  openpyxl: (name) => JSON.parse(execFileSync('python3', ['-c', python, name])),
};
const size = (rows) => `${rows.length} rows of ${rows[0].length}`;
const seen = {};
for (const name of ['added', 'cleared', 'new'])
  for (const [reader, read] of Object.entries(readers)) (seen[name] ??= {})[reader] = size(read(`${name}.xlsx`));
console.log(seen);
assert.deepEqual(seen, {
  added: { SheetJS: '3 rows of 3', tealeg: '3 rows of 4', openpyxl: '3 rows of 3' },
  cleared: { SheetJS: '4 rows of 4', tealeg: '4 rows of 4', openpyxl: '4 rows of 4' },
  new: { SheetJS: '2 rows of 2', tealeg: '2 rows of 2', openpyxl: '1 rows of 1' },
});
JS
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/xuri/excelize/v2@v2.11.1 github.com/tealeg/xlsx/v3@v3.3.13 2>/dev/null
go build -o program .
./program
node check.mjs
