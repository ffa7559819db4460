#!/usr/bin/env bash
# Redmine writes numbers in the language of its user: 3,00 in German. The newest SheetJS on npm takes the comma for a separator of
# thousands wherever it stands: three points become three hundred, without an error.
# Why: xlsx.js, fuzzynum, removes commas between digits.
# Instead: read with raw: true, which keeps the text, and take the number apart yourself.
# Version: xlsx 0.18.5, the newest on npm.
# Seen on 2026-11-30: "3,00" is 300, "0,50" is 50, "13,00" is 1300; with raw: true the text is kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent xlsx@0.18.5
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import XLSX from 'xlsx';

const file = '#;Thema;Story Points\n7;Freie Boote zeigen;"3,00"\n8;Gutschein;"0,50"\n9;Buchung;"13,00"\n';
const rows = (options) => {
  const book = XLSX.read(file, { type: 'string', ...options });
  return XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]]).map((row) => row['Story Points']);
};
console.log('xlsx:', JSON.stringify(rows({})), 'with raw:', JSON.stringify(rows({ raw: true })));
assert.deepEqual(rows({}), [300, 50, 1300]);
assert.deepEqual(rows({ raw: true }), ['3,00', '0,50', '13,00']);
JS
node check.mjs
