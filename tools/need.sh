#!/usr/bin/env bash
# need.sh WHAT...: makes sure that the tests' needs from the system are there. What is missing is installed through apt-get when this is root on a
# system that has it; otherwise the command to run is printed, and the exit code is 1.
#
#   cc       a C compiler, for the race detector
#   browser  Chromium or Chrome, for the browser tests
#   proxies  nginx, HAProxy and Caddy, for the meetings through each
#   openssl  OpenSSL, for the certificates of docs/scaling.md
#   firefox  Firefox, for the browser tests that are about the network, and for a restart behind each proxy
set -euo pipefail

have_any() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  return 1
}

have() {
  case "$1" in
    cc) have_any "${CC:-cc}" gcc clang ;;
    browser)
      have_any chromium chromium-browser google-chrome google-chrome-stable headless-shell headless_shell ||
        [ -d "/Applications/Google Chrome.app" ]
      ;;
    proxies) have_any nginx /usr/sbin/nginx && have_any haproxy /usr/sbin/haproxy && have_any caddy ;;
    openssl) have_any openssl ;;
    firefox) have_any ${FIREFOX:+"$FIREFOX"} firefox-esr firefox ;;
    *) echo "need.sh: what is \"$1\"?" >&2; exit 2 ;;
  esac
}

packages() {
  case "$1" in
    cc) echo gcc libc6-dev ;;
    browser) echo chromium ;;
    proxies) echo nginx haproxy caddy ;;
    openssl) echo openssl ;;
    firefox) apt-cache show firefox-esr >/dev/null 2>&1 && echo firefox-esr || echo firefox ;;
  esac
}

missing=()
for what in "$@"; do
  have "$what" || missing+=("$what")
done
[ ${#missing[@]} -eq 0 ] && exit 0

wanted=()
for what in "${missing[@]}"; do
  read -ra names <<<"$(packages "$what")"
  wanted+=("${names[@]}")
done

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing ${wanted[*]} (needed by the tests) …"
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${wanted[@]}"
else
  echo "The tests need: ${missing[*]}. On Debian or Ubuntu, run" >&2
  echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted[*]}" >&2
  echo "elsewhere, install the like, and try again." >&2
  exit 1
fi

for what in "${missing[@]}"; do
  have "$what" || { echo "need.sh: $what is still missing after the installation" >&2; exit 1; }
done
