#!/usr/bin/env bash
# Make a virtual environment with the packages of a requirements file, unless it exists. Prints its directory of programs.
#
#   scripts/python.sh ENVIRONMENT REQUIREMENTS
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
if ! cmp -s "$2" "$1/installed.txt"; then
  rm -rf "$1"
  # Use Debian's own Python: another program called python3 may have any version.
  /usr/bin/python3 -m venv "$1"
  "$1/bin/pip" --quiet --disable-pip-version-check install -r "$2" >&2
  cp "$2" "$1/installed.txt"
fi
echo "$1/bin"
