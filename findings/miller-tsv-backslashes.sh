#!/usr/bin/env bash
# Tab-separated values are two formats under one name. In the one, as GitHub's "Export view data" writes it, a backslash is a backslash; in the other \t, \n and \\ stand for a tab, a line break and a backslash. Miller's --tsv is the second:
# a title with a path in it, C:\temp\new, gets a tab and a line break, and in the CSV that comes out the story is in two lines. Nothing is said, and as TSV the title comes out as it was, so that one does not see it there.
# --csvlite --ifs tab, or --csv --ifs tab where no cell begins with a quotation mark, takes backslashes as they are.
# (Its documentation says so under "TSV"; input: pkg/input/record_reader_tsv.go, which goes by lib.TSVDecodeField.)
# Version: Debian package miller 6.6.0-2+b3. Needs amd64 or another machine that Debian has it for, and apt-get.
# Seen on 2026-11-30: --itsv --ocsv: "Move C:<tab>emp<line break>ew"; --tsv, and --icsvlite --ifs tab --ocsv: Move C:\temp\new
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q miller=6.6.0-2+b3 >/dev/null 2>&1
dpkg -x miller_*.deb .
printf 'Title\tStatus\nMove C:\\temp\\new\tTodo\n' >stories.tsv
wrong=0
check() { # what is expected, then arguments
  seen=$(./usr/bin/mlr "${@:2}" cat stories.tsv)
  printf '%s:\n%s\n\n' "${*:2}" "$seen"
  [ "$seen" = "$1" ] || wrong=1
}
check $'Title,Status\n"Move C:\temp\new",Todo' --itsv --ocsv
check $'Title\tStatus\nMove C:\\temp\\new\tTodo' --tsv
check $'Title,Status\nMove C:\\temp\\new,Todo' --icsvlite --ifs tab --ocsv
exit "$wrong"
