#!/usr/bin/env bash
# Five readers make up to four values of one line of an .env file. Files move from "go run" to Docker and to systemd, and a password
# changes on the way without an error:
# - systemd: a comment behind closing quotes is no comment. The quotes end, spaces are skipped, and what follows belongs to the value
#   (src/basic/env-file.c: the state after a quote is PRE_VALUE).
# - systemd before 254: a comment that ends in a backslash goes on in the next line, and the setting there is lost (the same file).
# - Node ends a value at any #, also without a space before it. The others want a space, and godotenv cuts at the last " #" of a line,
#   not at the first (parser.go, extractVarValue).
# - godotenv and Docker Compose replace $NAME, and put nothing if there is no NAME; godotenv looks for it in the file only, not in the
#   environment.
# - docker run --env-file knows neither quotes nor comments behind a value.
# Instead: put values in single quotes, with nothing behind them: four readers agree on these. For docker run, leave out the quotes.
# Versions: godotenv v1.5.1, compose-go v2.16.2, docker/cli v29.9.3, Node 20 (26.12.1 reads the same), Debian package
# libsystemd-shared 252.39-1~deb12u2, the one of Debian 12. Needs go, node, python3, and amd64 with Debian 12's libraries.
# Seen on 2026-11-30, the value of T in each reader:
#   line                      godotenv       compose      docker                   node       systemd
#   T='s3cret' # since May    s3cret         s3cret       's3cret' # since May     s3cret     s3cret# since May
#   T=a#b                     a#b            a#b          a#b                      a          a#b
#   T=a #b #c                 a #b           a            a #b #c                  a          a #b #c
#   T=pa$SS                   pa             pa           pa$SS                    pa$SS      pa$SS
#   # C:\data\, then T=1      1              1            1                        1          (not set)
#   T='p\a$SS #1'             p\a$SS #1      p\a$SS #1    'p\a$SS #1'              p\a$SS #1  p\a$SS #1
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q libsystemd-shared=252.39-1~deb12u2 >/dev/null 2>&1
dpkg -x libsystemd-shared_*.deb .
cat >systemd.py <<'PY'
import ctypes, glob, sys
shared = ctypes.CDLL(glob.glob('usr/lib/*/systemd/libsystemd-shared-252.so')[0])  # what reads EnvironmentFile=
c = ctypes.CDLL(None)
c.fopen.restype = ctypes.c_void_p
shared.load_env_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.POINTER(ctypes.c_char_p))]
values = ctypes.POINTER(ctypes.c_char_p)()
assert shared.load_env_file(c.fopen(sys.argv[1].encode(), b'r'), sys.argv[1].encode(), ctypes.byref(values)) == 0
print(values[0].decode().removeprefix('T=') if values and values[0] else '(not set)')
PY
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"fmt"
	"os"

	compose "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/docker/cli/pkg/kvfile"
	"github.com/joho/godotenv"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	file := os.Args[1]
	g, err := godotenv.Read(file)
	must(err)
	fmt.Println(g["T"])
	c, err := compose.Read(file)
	must(err)
	fmt.Println(c["T"])
	d, err := kvfile.Parse(file, nil)
	must(err)
	fmt.Println(d[0][len("T="):])
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
unset SS
(
cd program
go mod init example.com/finding 2>/dev/null
go get github.com/joho/godotenv@v1.5.1 github.com/compose-spec/compose-go/v2@v2.16.2 github.com/docker/cli@v29.9.3+incompatible 2>/dev/null
go get example.com/finding 2>/dev/null # what they need
go build -o ../read .
)
wrong=0
check() { # line, then what each reader makes of it
  printf '%s\n' "$1" >env
  { ./read env 2>/dev/null; node --env-file=env -p process.env.T; python3 systemd.py env; } >seen
  printf '%s\n' "${@:2}" >expected
  printf '%-24s' "${1//$'\n'/, then }"
  tr '\n' '|' <seen
  echo
  cmp -s seen expected || { wrong=1; diff expected seen || true; }
}
check "T='s3cret' # since May" s3cret s3cret "'s3cret' # since May" s3cret "s3cret# since May"
check 'T=a#b' 'a#b' 'a#b' 'a#b' a 'a#b'
check 'T=a #b #c' 'a #b' a 'a #b #c' a 'a #b #c'
check 'T=pa$SS' pa pa 'pa$SS' 'pa$SS' 'pa$SS'
check '# C:\data\
T=1' 1 1 1 1 '(not set)'
check "T='p\\a\$SS #1'" 'p\a$SS #1' 'p\a$SS #1' "'p\\a\$SS #1'" 'p\a$SS #1' 'p\a$SS #1'
exit "$wrong"
