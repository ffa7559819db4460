#!/usr/bin/env bash
# In a workbook, a sheet's name leads over a relationship to the file with its cells; how that file is called, and in which order sheets stand, are two things (ECMA-376, 18.2.20). xlsx-populate takes the first sheet's cells from
# sheet1.xml, the second's from sheet2.xml and so on (lib/Workbook.js, _initAsync), and does not look at the relationships. Where a program has moved a sheet, or deleted one, the names stand over the cells of other sheets, without
# a word, and it writes them so: the workbook that it saves has the mistake for everybody. excelize leaves the files' names as they are when it moves or deletes sheets (MoveSheet, DeleteSheet), and to make a workbook with it
# one mostly adds a sheet and deletes the first: xlsx-populate finds no cell in that.
# So read such files with another library, or let one that numbers the files anew save them first: SheetJS, exceljs, openpyxl, Excel.
# Versions: xlsx-populate 1.21.0, excelize v2.11.1; for comparison exceljs 4.4.0. Needs go and node.
# Seen on 2026-11-30, the sheets Stories (BOAT-1) and Notes (by the way), moved: exceljs has Stories "BOAT-1" and Notes "by the way", xlsx-populate Stories "by the way" and Notes "BOAT-1", and so has exceljs after xlsx-populate has saved it;
# with Sheet1 deleted: exceljs has Stories "BOAT-1", xlsx-populate an empty sheet Stories.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import "github.com/xuri/excelize/v2"

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	moved := excelize.NewFile()
	must(moved.SetSheetName("Sheet1", "Notes"))
	must(moved.SetCellValue("Notes", "A1", "by the way"))
	_, err := moved.NewSheet("Stories")
	must(err)
	must(moved.SetCellValue("Stories", "A1", "BOAT-1"))
	must(moved.MoveSheet("Stories", "Notes"))
	must(moved.SaveAs("moved.xlsx"))

	deleted := excelize.NewFile()
	_, err = deleted.NewSheet("Stories")
	must(err)
	must(deleted.SetCellValue("Stories", "A1", "BOAT-1"))
	must(deleted.DeleteSheet("Sheet1"))
	must(deleted.SaveAs("deleted.xlsx"))
}
GO
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/xuri/excelize/v2@v2.11.1 2>/dev/null
go run .
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx-populate@1.21.0 exceljs@4.4.0
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';
import XlsxPopulate from 'xlsx-populate';

async function exceljs(name) {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(name);
  return workbook.worksheets.map((sheet) => [sheet.name, sheet.getCell('A1').value ?? '']);
}
async function populate(name, as) {
  const workbook = await XlsxPopulate.fromFileAsync(name);
  if (as) await workbook.toFileAsync(as);
  return workbook.sheets().map((sheet) => [sheet.name(), sheet.cell('A1').value() ?? '']);
}
const seen = {
  'moved, exceljs': await exceljs('moved.xlsx'),
  'moved, xlsx-populate': await populate('moved.xlsx', 'saved.xlsx'),
  'moved, saved by xlsx-populate, exceljs': await exceljs('saved.xlsx'),
  'deleted, exceljs': await exceljs('deleted.xlsx'),
  'deleted, xlsx-populate': await populate('deleted.xlsx'),
};
console.log(seen);
const wrong = [['Stories', 'by the way'], ['Notes', 'BOAT-1']];
assert.deepEqual(seen, {
  'moved, exceljs': [['Stories', 'BOAT-1'], ['Notes', 'by the way']],
  'moved, xlsx-populate': wrong,
  'moved, saved by xlsx-populate, exceljs': wrong,
  'deleted, exceljs': [['Stories', 'BOAT-1']],
  'deleted, xlsx-populate': [['Stories', '']],
});
JS
node check.mjs
