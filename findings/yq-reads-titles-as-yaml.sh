#!/usr/bin/env bash
# yq reads CSV and TSV, too, and takes each cell for a document of YAML (pkg/yqlib/decoder_csv_object.go, convertToNode; lib.go, parseSnippet). Titles of stories are often such documents: one with a colon and a space becomes a map, one
# that begins with a hyphen and a space a list, one that begins with # a comment, which is nothing: the title is gone, and in CSV that it writes again the cell is empty. A key 007 is the number 7 in its JSON.
# --csv-auto-parse=false (--tsv-auto-parse=false) keeps what is not a simple value, and so also what begins with #; numbers and null stay what YAML says they are.
# Version: yq v4.54.3 (github.com/mikefarah/yq). Needs go.
# Seen on 2026-11-30, as JSON, by default and with auto-parse off:
#   Login: show an error   {"Login":"show an error"}   "Login: show an error"
#   - list of boats        ["list of boats"]           "- list of boats"
#   #42 is broken          null                        "#42 is broken"
#   ~                      null                        null
#   key 007                7                           7
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw GOBIN="$folder"
go install github.com/mikefarah/yq/v4@v4.54.3 2>/dev/null
cat >stories.csv <<'CSV'
Key,Summary
BOAT-1,Login: show an error
BOAT-2,- list of boats
BOAT-3,#42 is broken
BOAT-4,~
007,Voucher
CSV
wrong=0
check() { # what is expected, then arguments
  seen=$(./yq -p csv "${@:2}" stories.csv)
  printf '%s\n\n' "$seen"
  [ "$seen" = "$1" ] || wrong=1
}
check '{"Key":"BOAT-1","Summary":{"Login":"show an error"}}
{"Key":"BOAT-2","Summary":["list of boats"]}
{"Key":"BOAT-3","Summary":null}
{"Key":"BOAT-4","Summary":null}
{"Key":7,"Summary":"Voucher"}' -o json -I 0 '.[]'
check '{"Key":"BOAT-1","Summary":"Login: show an error"}
{"Key":"BOAT-2","Summary":"- list of boats"}
{"Key":"BOAT-3","Summary":"#42 is broken"}
{"Key":"BOAT-4","Summary":null}
{"Key":7,"Summary":"Voucher"}' --csv-auto-parse=false -o json -I 0 '.[]'
check 'Key,Summary
BOAT-3,' -o csv '[.[] | select(.Key == "BOAT-3")]'
exit "$wrong"
