#!/usr/bin/env bash
# Azure DevOps, Jira and GitHub export a title that begins with an equals sign as it is, in quotes. The newest SheetJS on npm takes such
# a cell of a CSV for a formula without a value: the title is missing from the row.
# Instead: read with raw: true.
# Version: xlsx 0.18.5, the newest on npm.
# Seen on 2026-11-30: {"ID":217,"State":"Closed"}, no Title; the cell has f: "1+1 as a title" and no value; with raw: true the title is
# kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx@0.18.5
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import XLSX from 'xlsx';

const file = 'ID,Title,State\n"216","Voucher","New"\n"217","=1+1 as a title","Closed"\n';
const first = (options) => XLSX.read(file, { type: 'string', ...options }).Sheets.Sheet1;
const rows = XLSX.utils.sheet_to_json(first({}));
console.log('xlsx:', JSON.stringify(rows), 'the cell:', JSON.stringify(first({}).B3));
assert.deepEqual(rows[1], { ID: 217, State: 'Closed' });
assert.equal(first({}).B3.f, '1+1 as a title');
const raw = XLSX.utils.sheet_to_json(first({ raw: true }));
console.log('xlsx with raw:', JSON.stringify(raw[1]));
assert.equal(raw[1].Title, '=1+1 as a title');
JS
node check.mjs
