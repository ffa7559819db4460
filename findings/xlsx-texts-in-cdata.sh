#!/usr/bin/env bash
# XML has two ways to write a text with & and <: as references, and within <![CDATA[ ]]>. A workbook is XML and may have both; programs that make the file with a general XML writer, or by hand, use the second for titles. Four readers for
# Node hear of the first only, and give an empty title, without an error: each listens to its parser's event for text, and the parser reports CDATA by another (saxes and sax: "cdata").
# exceljs (lib/xlsx/xform/strings/text-xform.js, parseText), xlsx-populate (lib/XmlParser.js), xlsx-stream-reader (lib/workbook.js); read-excel-file parses with saxen, whose callback it sets for text only.
# So write references, and do not take an empty title for none where a workbook comes from a program.
# Versions: exceljs 4.4.0, xlsx-populate 1.21.0, xlsx-stream-reader 1.1.1, read-excel-file 9.3.17; for comparison xlsx 0.18.5, and excelize v2.11.1. Needs go and node.
