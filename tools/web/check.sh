#!/usr/bin/env bash
# check.sh: checks the page with Node, its modules by their own tests and its types by TypeScript. What this machine cannot do is named and left out:
# nothing of the page needs Node to be built or to run. With CI set, it is an error that TypeScript cannot be fetched.
set -euo pipefail
cd "$(dirname "$0")"

skip() { echo "make page: left out $1: $2."; }

types="the type check of web/static (tsc)"
if ! command -v node >/dev/null 2>&1; then
  skip "the tests of web/test in Node" "there is no node; make browser runs them in a browser"
  skip "$types" "there is no node"
  exit 0
fi
if [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
  skip "the tests of web/test in Node, and $types" "node is older than version 20"
  exit 0
fi

node --test --test-reporter=spec ../../web/test/*.test.js

if ! command -v npm >/dev/null 2>&1; then
  skip "$types" "there is no npm"
  exit 0
fi
if [ node_modules/.package-lock.json -ot package-lock.json ] && ! npm ci --no-audit --no-fund --loglevel=error; then
  skip "$types" "npm could not fetch TypeScript"
  [ -z "${CI:-}" ]
  exit
fi
npm run --silent check
echo "make page: the types of web/static fit"
