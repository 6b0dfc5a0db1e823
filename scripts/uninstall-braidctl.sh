#!/usr/bin/env bash
# Remove braidctl from a directory of programs, and its manual pages and completions from the share directory beside it.
#
#   scripts/uninstall-braidctl.sh DIRECTORY
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
programs=$1
share=$(dirname "$programs")/share

rm -f "$programs/braidctl" "$share/bash-completion/completions/braidctl" "$share/zsh/site-functions/_braidctl" \
  "$share/fish/vendor_completions.d/braidctl.fish"
for page in "$(dirname "$0")"/../docs/man/*.[1-9]; do rm -f "$share/man/man${page##*.}/$(basename "$page")"; done
