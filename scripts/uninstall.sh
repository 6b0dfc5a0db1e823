#!/usr/bin/env bash
# Remove braid and its links from a CNI directory, and put back the plugins that the links replaced. No Pod of braid's may be running:
# nobody could remove its network afterwards.
#
#   scripts/uninstall.sh DIRECTORY
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
directory=$1

for file in "$directory"/*; do
  [ "$(readlink "$file" || :)" = braid ] || continue
  if [ -e "$file.before-braid" ] || [ -L "$file.before-braid" ]; then
    mv -fT "$file.before-braid" "$file"
  else
    rm "$file"
  fi
done
rm -f "$directory/braid"
