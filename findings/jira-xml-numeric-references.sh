#!/usr/bin/env bash
# Jira's XML export (RSS) writes every letter beyond ASCII as a numeric reference: R&#233;cit. By XML 1.0 (4.1) such a reference is the
# letter. A widely used parser leaves it as it is, so that types, statuses and titles come out with &#233; in them.
# Why: fast-xml-parser takes numeric references for a part of HTML's entities, which are off by default (src/xmlparser/OrderedObjParser.js,
# numericAllowed).
# Instead: set htmlEntities: true.
# Versions: fast-xml-parser 5.12.1; for comparison @xmldom/xmldom 0.9.12, the newest. Seen on 2026-11-30:
#   fast-xml-parser: "R&#233;cit"; "&amp;" is resolved; with htmlEntities: true "Récit"
#   @xmldom/xmldom: "Récit"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent fast-xml-parser@5.12.1 @xmldom/xmldom@0.9.12
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { XMLParser } from 'fast-xml-parser';
import xmldom from '@xmldom/xmldom';

const file = '<rss version="0.92"><channel><item><title>[A-1] Boats &amp; seats</title><type id="1">R&#233;cit</type></item></channel></rss>';
const parsed = new XMLParser().parse(file).rss.channel.item;
console.log('fast-xml-parser:', JSON.stringify(parsed));
assert.deepEqual(parsed, { title: '[A-1] Boats & seats', type: 'R&#233;cit' });

const entities = new XMLParser({ htmlEntities: true }).parse(file).rss.channel.item;
console.log('fast-xml-parser with htmlEntities:', JSON.stringify(entities));
assert.equal(entities.type, 'Récit');

const dom = new xmldom.DOMParser().parseFromString(file, 'text/xml').getElementsByTagName('type')[0].textContent;
console.log('xmldom:', dom);
assert.equal(dom, 'Récit');
JS
node check.mjs
