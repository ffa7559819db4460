#!/usr/bin/env bash
# A cell of a table in Markdown must not hold a bar that is not escaped, nor a line break (GFM, 4.10), and what stands behind the last column is thrown away by whoever reads it. Two writers do not escape, and so a title "Sort by A|B" ends at
# the bar for every reader, without a word: tablewriter, the most used Go library for tables, with its renderer for Markdown (renderer/markdown.go, formatCell: it only pads), and turndown-plugin-gfm, with which HTML of trackers becomes
# Markdown (cell). A title of two lines becomes two rows in tablewriter's (the second has no key), and in turndown's, too (the second has it where the key stands). tablewriter also changes the names of columns in what others are to read: issue_key is ISSUE KEY.
# go-pretty's RenderMarkdown and @joplin/turndown-plugin-gfm write both rightly. Or escape before: | as \|, a break as <br>; for the names there is tablewriter.WithHeaderAutoFormat(tw.Off).
# Versions: tablewriter v1.1.5, go-pretty v6.9.2, turndown 7.2.5 with turndown-plugin-gfm 1.0.2 and @joplin/turndown-plugin-gfm 1.0.68; read by marked 18.2.1, all the newest. Needs go and node.
# Seen on 2026-11-30, the stories ["BOAT-1", "Sort by A|B"], ["BOAT-2", two lines "Show" and "boats"], ["BOAT-3", "Voucher"], as marked reads the table again:
#   tablewriter:          ISSUE KEY, TITLE; BOAT-1 "Sort by A"; BOAT-2 "Show"; no key, "boats"; BOAT-3 "Voucher"
#   turndown-plugin-gfm:  issue_key, Title; BOAT-1 "Sort by A"; BOAT-2 "Show"; key "boats"; BOAT-3 "Voucher"
#   go-pretty and Joplin's: issue_key, Title; BOAT-1 "Sort by A|B"; BOAT-2 "Show" and "boats" with <br>; BOAT-3 "Voucher"
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	rows := [][]string{{"BOAT-1", "Sort by A|B"}, {"BOAT-2", "Show\nboats"}, {"BOAT-3", "Voucher"}}
	if os.Args[1] == "tablewriter" {
		table := tablewriter.NewTable(os.Stdout, tablewriter.WithRenderer(renderer.NewMarkdown()))
		table.Header("issue_key", "Title")
		must(table.Bulk(rows))
		must(table.Render())
		return
	}
	table := pretty.NewWriter()
	table.AppendHeader(pretty.Row{"issue_key", "Title"})
	for _, row := range rows {
		table.AppendRow(pretty.Row{row[0], row[1]})
	}
	fmt.Println(table.RenderMarkdown())
}
GO
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
go mod init example.com/finding 2>/dev/null
go get github.com/olekukonko/tablewriter@v1.1.5 github.com/jedib0t/go-pretty/v6@v6.9.2 2>/dev/null
go get example.com/finding 2>/dev/null # what they need
go build -o program .
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent turndown@7.2.5 turndown-plugin-gfm@1.0.2 @joplin/turndown-plugin-gfm@1.0.68 marked@18.2.1
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import joplin from '@joplin/turndown-plugin-gfm';
import { marked } from 'marked';
import TurndownService from 'turndown';
import plugin from 'turndown-plugin-gfm';

const html = `<table><thead><tr><th>issue_key</th><th>Title</th></tr></thead><tbody><tr><td>BOAT-1</td><td>Sort by A|B</td></tr>
<tr><td>BOAT-2</td><td>Show<br>boats</td></tr><tr><td>BOAT-3</td><td>Voucher</td></tr></tbody></table>`;
const turndown = ({ gfm }) => new TurndownService().use(gfm).turndown(html);
const texts = (cells) => cells.map((cell) => cell.tokens.map((token) => token.text ?? token.raw).join('').replace(/\s*<br\/?>/, '<br>'));
const read = (markdown) => {
  const table = marked.lexer(markdown).find((token) => token.type === 'table');
  return [texts(table.header), ...table.rows.map(texts)];
};
const seen = {
  tablewriter: read(execFileSync('./program', ['tablewriter']).toString()),
  'go-pretty': read(execFileSync('./program', ['go-pretty']).toString()),
  'turndown-plugin-gfm': read(turndown(plugin)),
  '@joplin/turndown-plugin-gfm': read(turndown(joplin)),
};
console.log(seen);
const right = [['issue_key', 'Title'], ['BOAT-1', 'Sort by A|B'], ['BOAT-2', 'Show<br>boats'], ['BOAT-3', 'Voucher']];
assert.deepEqual(seen, {
  tablewriter: [['ISSUE KEY', 'TITLE'], ['BOAT-1', 'Sort by A'], ['BOAT-2', 'Show'], ['', 'boats'], ['BOAT-3', 'Voucher']],
  'go-pretty': right,
  'turndown-plugin-gfm': [['issue_key', 'Title'], ['BOAT-1', 'Sort by A'], ['BOAT-2', 'Show'], ['boats', ''], ['BOAT-3', 'Voucher']],
  '@joplin/turndown-plugin-gfm': right,
});
JS
node check.mjs
