#!/usr/bin/env bash
# Jira's "Export CSV (all fields)" has one column for each value of a field, all with the same header: Sprint, Sprint, Sprint, the oldest
# first. Most readers that make an object of each row keep one of them: the last, which is empty in most rows.
# Instead: read rows as lists, or with group_columns_by_name in csv-parse.
# Versions: papaparse 5.7.1, csv-parse 7.0.3 (npm); github.com/jszwec/csvutil v1.10.0, github.com/gocarina/gocsv
# v0.0.0-20240520201108-78e41c74b4b1 (Go), the newest. Seen on 2026-11-30:
#   papaparse: keeps all as Sprint, Sprint_1, Sprint_2
#   csv-parse: keeps the last, which is empty for most rows; with group_columns_by_name all
#   csvutil, gocsv: keep the last, which is empty
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent papaparse@5.7.1 csv-parse@7.0.3
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import Papa from 'papaparse';
import { parse } from 'csv-parse/sync';

const file = 'Summary,Sprint,Sprint,Sprint\nShow free boats,Sprint 1,Sprint 2,\n';
const papa = Papa.parse(file, { header: true, skipEmptyLines: true });
console.log('papaparse:', JSON.stringify(papa.data[0]));
assert.deepEqual(papa.data[0], { Summary: 'Show free boats', Sprint: 'Sprint 1', Sprint_1: 'Sprint 2', Sprint_2: '' });

const rows = parse(file, { columns: true });
console.log('csv-parse:', JSON.stringify(rows[0]));
assert.equal(rows[0].Sprint, '');
const grouped = parse(file, { columns: true, group_columns_by_name: true });
console.log('csv-parse, grouped:', JSON.stringify(grouped[0]));
assert.deepEqual(grouped[0].Sprint, ['Sprint 1', 'Sprint 2', '']);
JS
node check.mjs

cat >go.mod <<'MOD'
module check

go 1.21

require (
	github.com/gocarina/gocsv v0.0.0-20240520201108-78e41c74b4b1
	github.com/jszwec/csvutil v1.10.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/gocarina/gocsv"
	"github.com/jszwec/csvutil"
)

type issue struct {
	Summary string `csv:"Summary"`
	Sprint  string `csv:"Sprint"`
}

const file = "Summary,Sprint,Sprint,Sprint\nShow free boats,Sprint 1,Sprint 2,\n"

func main() {
	var one, two []issue
	if err := csvutil.Unmarshal([]byte(file), &one); err != nil {
		panic(err)
	}
	if err := gocsv.UnmarshalString(file, &two); err != nil {
		panic(err)
	}
	fmt.Printf("csvutil: %q\ngocsv: %q\n", one[0].Sprint, two[0].Sprint)
	if one[0].Sprint != "" || two[0].Sprint != "" {
		os.Exit(1)
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod tidy >/dev/null 2>&1
timeout 120 go run .
