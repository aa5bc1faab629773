#!/bin/sh
# A newcomer's first minutes: clone what is committed into a temporary folder and run both commands there with an empty HOME,
# each twice. Prints the wall time of each; what the set-up left in HOME is listed at the end.
set -eu
unset MAKEFLAGS MFLAGS MAKELEVEL # the inner make is a newcomer's, not ours
here=$(cd "$(dirname "$0")/.." && pwd)
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT INT TERM
mkdir "$there/home"
git clone --quiet "$here" "$there/salvor"
cd "$there/salvor"
echo "cloned $(git rev-parse --short HEAD) into $there/salvor, HOME is empty"

timed() {
    start=$(date +%s)
    if ! env HOME="$there/home" "$@" >"$there/log" 2>&1; then
        tail -n 40 "$there/log"
        echo "failed: $*"
        exit 1
    fi
    echo "$(($(date +%s) - start)) s: $*"
}

timed make demo
timed make demo
grep -A 40 "closing statement" "$there/log"
timed make test
grep -E "passed|failed" "$there/log" | tail -n 1
timed make doctor
echo "left in HOME: $(cd "$there/home" && find . -mindepth 1 -maxdepth 2 | sort | tr '\n' ' ')"
