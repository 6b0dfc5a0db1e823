#!/usr/bin/env bash
# Install braid in a CNI directory, and links to it that stand in for the reference plugins. Pods may be running.
#
#   scripts/install.sh [--replace] BRAID DIRECTORY [LINK...]
#
# A link is made only where nothing stands. With --replace it takes the place of the file that stands there, which is kept beside it as
# LINK.before-braid. scripts/uninstall.sh puts it back.
#
# Every file is replaced by a rename. A runtime that starts a plugin meanwhile gets the old file or the new one, never half of one.
set -euo pipefail
replace=
if [ "${1-}" = --replace ]; then replace=yes; shift; fi
[ $# -ge 2 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
braid=$1 directory=$2
shift 2

mkdir -p "$directory"
new=$(mktemp -d "$directory/.braid.XXXXXX")
trap 'rm -rf "$new"' EXIT
install -m 0755 "$braid" "$new/braid"
strip --strip-all "$new/braid" 2>/dev/null || :   # without binutils it is larger, nothing else
"$new/braid" </dev/null >/dev/null 2>&1 || { echo "install.sh: $braid does not run on this machine" >&2; exit 1; }
sync -f "$new/braid"
mv -fT "$new/braid" "$directory/braid"

for link; do
  file=$directory/$link
  if [ "$(readlink "$file" || :)" = braid ]; then continue; fi
  if [ -e "$file" ] || [ -L "$file" ]; then
    if [ -z "$replace" ]; then
      echo "install.sh: $file stays: it was there before. Name it in LINKS to replace it." >&2
      continue
    fi
    [ ! -d "$file" ] || [ -L "$file" ] || { echo "install.sh: $file is a directory" >&2; exit 1; }
    # A second name for the file: at every moment a plugin stands there.
    ln -fPT "$file" "$file.before-braid"
    echo "install.sh: the former $file is kept as $file.before-braid" >&2
  fi
  ln -s braid "$new/$link"
  mv -fT "$new/$link" "$file"
done
