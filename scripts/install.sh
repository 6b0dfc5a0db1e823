#!/usr/bin/env bash
# Install braid in a CNI directory, and links to it that replace the reference plugins. Pods may be running.
#
#   scripts/install.sh BRAID DIRECTORY [LINK...]
#
# Every file is replaced by a rename. A runtime that starts a plugin meanwhile gets the old file or the new one, never half of one.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
braid=$1 directory=$2
shift 2

mkdir -p "$directory"
new=$(mktemp -d "$directory/.braid.XXXXXX")
trap 'rm -rf "$new"' EXIT
install -m 0755 "$braid" "$new/braid"
strip --strip-all "$new/braid" 2>/dev/null || :   # without binutils it is larger, nothing else
"$new/braid" </dev/null >/dev/null 2>&1 || { echo "install.sh: $braid does not run on this machine" >&2; exit 1; }
for link; do ln -s braid "$new/$link"; done
sync -f "$new/braid"
for file in braid "$@"; do mv -fT "$new/$file" "$directory/$file"; done
