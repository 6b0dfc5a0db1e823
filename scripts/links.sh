#!/usr/bin/env bash
# Print the types of the built-in plugins, one per line. They are the names of the links that replace the reference plugins.
#
# The types come from the list in the sources, so the installer needs no list of its own.
set -euo pipefail
cd "$(dirname "$0")/../Sources"
list=PluginModel/BuiltInPlugin.swift
# case bridge, case hostLocal = "host-local", case `static`
links=$(sed -nE 's/^ *case [^A-Za-z0-9 ]?([A-Za-z0-9]+)[^A-Za-z0-9 ]?( = "([^"]+)")?$/\1 \3/p' "$list" | awk '{ print $NF }')
[ -n "$links" ] || { echo "links.sh: no built-in plugins in Sources/$list" >&2; exit 1; }
echo "$links"
