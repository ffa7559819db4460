#!/usr/bin/env bash
# ClickUp's workspace export writes one column with a space before its quotation mark, in every row: "0", "1201000",20 m. RFC 4180 does
# not allow it: spaces belong to a value, and a value that does not begin with a mark has none. Three readers disagree about it, and one
# takes the marks for a part of the value.
# Instead: have the reader skip spaces before a value (csv-parse: ltrim; encoding/csv: TrimLeadingSpace), or take space and marks away.
# Versions: papaparse 5.7.1, csv-parse 7.0.3, the newest, and encoding/csv of the Go that is installed. Seen on 2026-11-30 (Go 1.26.8):
#   papaparse: the value is ' "1201000"', with its space and marks, and no error; a comma within the marks moves all columns behind it
#   csv-parse: refuses the file (INVALID_OPENING_QUOTE); with ltrim it reads it
#   encoding/csv: refuses the file; with TrimLeadingSpace it reads it; with LazyQuotes the value keeps space and marks
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent papaparse@5.7.1 csv-parse@7.0.3
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import Papa from 'papaparse';
import { parse } from 'csv-parse/sync';

const file = 'Assigned Comments,Time Spent,Time Spent Text\n"0", "1201000",20 m\n';
const papa = Papa.parse(file, { header: true, skipEmptyLines: true });
console.log('papaparse:', JSON.stringify(papa.data[0]), 'errors', papa.errors.length);
assert.equal(papa.data[0]['Time Spent'], ' "1201000"');
assert.equal(papa.errors.length, 0);

const comma = Papa.parse(file.replace('1201000', '1,201'), { header: true, skipEmptyLines: true });
console.log('papaparse, a comma within:', JSON.stringify(comma.data[0]));
assert.equal(comma.data[0]['Time Spent Text'], '201"');

assert.throws(() => parse(file, { columns: true }), (e) => {
  console.log('csv-parse:', e.code);
  return e.code === 'INVALID_OPENING_QUOTE';
});
const trimmed = parse(file, { columns: true, ltrim: true });
console.log('csv-parse with ltrim:', JSON.stringify(trimmed[0]));
assert.equal(trimmed[0]['Time Spent'], '1201000');
JS
node check.mjs

cat >go.mod <<'MOD'
module check

go 1.21
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"runtime"
	"strings"
)

const row = "\"0\", \"1201000\",20 m\n"

func read(set func(*csv.Reader)) string {
	r := csv.NewReader(strings.NewReader(row))
	set(r)
	cells, err := r.Read()
	if err != nil {
		return "refused"
	}
	return fmt.Sprintf("%q", cells[1])
}

func main() {
	fmt.Println("encoding/csv of", runtime.Version())
	for _, c := range []struct{ name, want string; set func(*csv.Reader) }{
		{"strict", "refused", func(*csv.Reader) {}},
		{"TrimLeadingSpace", `"1201000"`, func(r *csv.Reader) { r.TrimLeadingSpace = true }},
		{"LazyQuotes", `" \"1201000\""`, func(r *csv.Reader) { r.LazyQuotes = true }},
	} {
		got := read(c.set)
		fmt.Println("encoding/csv,", c.name+":", got)
		if got != c.want {
			os.Exit(1)
		}
	}
}
GO
GOTMPDIR="$folder" timeout 120 go run .
