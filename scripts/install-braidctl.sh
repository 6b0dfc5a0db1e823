#!/usr/bin/env bash
# Install braidctl in a directory of programs, and its manual pages and completions in the share directory beside it.
#
#   scripts/install-braidctl.sh BRAIDCTL DIRECTORY
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
braidctl=$1 programs=$2
share=$(dirname "$programs")/share
pages=$(cd "$(dirname "$0")/../docs/man" && pwd)

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
for shell in bash zsh fish; do
  "$braidctl" completions "$shell" >"$new/$shell" ||
    { echo "install-braidctl.sh: $braidctl does not run on this machine" >&2; exit 1; }
done

# Replace the program by a rename, because it may be running.
mkdir -p "$programs"
install -m 0755 "$braidctl" "$programs/.braidctl.$$"
strip --strip-all "$programs/.braidctl.$$" 2>/dev/null || :   # without binutils it is larger, nothing else
mv -fT "$programs/.braidctl.$$" "$programs/braidctl"
for page in "$pages"/*.[1-9]; do install -D -m 0644 -t "$share/man/man${page##*.}" "$page"; done
install -D -m 0644 "$new/bash" "$share/bash-completion/completions/braidctl"
install -D -m 0644 "$new/zsh" "$share/zsh/site-functions/_braidctl"
install -D -m 0644 "$new/fish" "$share/fish/vendor_completions.d/braidctl.fish"
