#!/usr/bin/env bash
# In Jira's markup _ and * are marks at the edges of words only: MAX_BOATS and 5*3*2 are what they look like, and so is an address. jira2md, which turns Jira's texts into Markdown, takes two of them on a line for a pair of marks wherever they
# stand, also in addresses, and also within {{ }} and {code}: names in code are wrong, and a link with two underscores in its address leads elsewhere. "a -- b -- c" is struck out, 1+2+3 is underlined.
# The reason: its rules go over the whole text one after the other, among them /_(\S.*)_/ without a look at what stands around, and code is changed into Markdown's code in the same chain, not kept out of it (index.js, to_markdown).
# So convert the HTML that Jira's interface and XML have beside the markup, or compare the words of both texts afterwards.
# Version: jira2md 3.0.1, the newest. Seen on 2026-11-30:
#   Set MAX_BOATS and MIN_BOATS                 Set MAX*BOATS and MIN*BOATS
#   [shop|https://example.com/new_boat_list]    [shop](https://example.com/new*boat*list)
#   {{new_boat_list}}                           `new*boat*list`
#   {code}a_b_c{code}                           a*b*c in a block of code
#   room for 5*3*2                              room for 5**3**2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent jira2md@3.0.1
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import jira2md from 'jira2md';

const expected = {
  'Set MAX_BOATS and MIN_BOATS': 'Set MAX*BOATS and MIN*BOATS',
  '[shop|https://example.com/new_boat_list]': '[shop](https://example.com/new*boat*list)',
  '{{new_boat_list}}': '`new*boat*list`',
  '{code}a_b_c{code}': '```a*b*c\n```',
  'room for 5*3*2': 'room for 5**3**2',
  'a -- b -- c': 'a ~~- b -~~ c',
  '1+2+3': '1<ins>2</ins>3',
  'Set MAX_BOATS': 'Set MAX_BOATS', // one alone is kept
};
const seen = Object.fromEntries(Object.keys(expected).map((text) => [text, jira2md.to_markdown(text)]));
console.log(seen);
assert.deepEqual(seen, expected);
JS
node check.mjs
