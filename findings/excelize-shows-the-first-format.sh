#!/usr/bin/env bash
# A number format may have conditions: [<1]"-";0 shows a dash for less than 1 and else the number (ECMA-376, 18.8.31). excelize's GetRows and GetCellValue give a cell as its format shows it, and take a number's section by its sign
# only, whatever condition stands there (numfmt.go, format: section.Type). So does tealeg/xlsx, which says so in its source only (format_code.go: "not obeyed"). Story points of 5 are read as "-", "5 of many" as "5 of few". No error.
# tealeg's FormattedValue loses more of keys and times: 7 with the format "BOAT-"000 is "7", and 26 hours with [h]:mm are 02:00 (format_code.go, FormatValue and parseTime).
# So read values and not what is shown: excelize.Options{RawCellValue: true}, Cell.Value; and use the text only where it is needed. SheetJS obeys conditions.
# Versions: excelize v2.11.1, tealeg/xlsx v3.3.13; for comparison xlsx 0.18.5 (npm), which makes the file. Needs go and node.
# Seen on 2026-11-30:
#   format                            value   SheetJS      excelize    tealeg
#   [<1]"-";0                         5       5            -           -
#   [>=100]"many";0                   5       5            many        many
#   [<3]0" (few)";0" (many)"          5       5 (many)     5 (few)     5 (few)
#   "BOAT-"000                        7       BOAT-007     BOAT-007    7
#   [h]:mm                            26 h    26:00        26:00       02:00
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx@0.18.5
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

func main() {
	seen := map[string][]string{}
	read, err := excelize.OpenFile("stories.xlsx")
	must(err)
	rows, err := read.GetRows("Stories")
	must(err)
	raw, err := read.GetRows("Stories", excelize.Options{RawCellValue: true})
	must(err)
	for i := range rows {
		seen["excelize"] = append(seen["excelize"], rows[i][0])
		seen["excelize, raw"] = append(seen["excelize, raw"], raw[i][0])
	}
	file, err := xlsx.OpenFile("stories.xlsx")
	must(err)
	must(file.Sheets[0].ForEachRow(func(row *xlsx.Row) error {
		shown, err := row.GetCell(0).FormattedValue()
		seen["tealeg"] = append(seen["tealeg"], shown)
		return err
	}))
	must(json.NewEncoder(os.Stdout).Encode(seen))
}
GO
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import XLSX from 'xlsx';

const cells = [[5, '[<1]"-";0'], [5, '[>=100]"many";0'], [5, '[<3]0" (few)";0" (many)"'], [7, '"BOAT-"000'], [26 / 24, '[h]:mm']];
const sheet = XLSX.utils.aoa_to_sheet(cells.map(([value]) => [value]));
cells.forEach(([, format], row) => { sheet[`A${row + 1}`].z = format; });
const workbook = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(workbook, sheet, 'Stories');
XLSX.writeFile(workbook, 'stories.xlsx');

const again = XLSX.readFile('stories.xlsx', { cellNF: true }).Sheets.Stories;
const seen = JSON.parse(execFileSync('./program'));
seen.SheetJS = cells.map((_, row) => again[`A${row + 1}`].w);
console.log(seen);
assert.deepEqual(seen, {
  excelize: ['-', 'many', '5 (few)', 'BOAT-007', '26:00'],
  'excelize, raw': ['5', '5', '5', '7', '1.0833333333333333'],
  tealeg: ['-', 'many', '5 (few)', '7', '02:00'],
  SheetJS: ['5', '5', '5 (many)', 'BOAT-007', '26:00'],
});
JS
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/xuri/excelize/v2@v2.11.1 github.com/tealeg/xlsx/v3@v3.3.13 2>/dev/null
go build -o program .
node check.mjs
