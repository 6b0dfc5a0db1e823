#!/usr/bin/env bash
# Print the types of the built-in plugins, one a line: the links that stand in for the reference plugins.
#
# They are those that the sources list, so that the installer needs no list of its own.
set -euo pipefail
cd "$(dirname "$0")/../Sources"
list=PluginModel/BuiltInPlugin.swift
# case bridge, case hostLocal = "host-local", case `static`
links=$(sed -nE 's/^ *case [^A-Za-z0-9 ]?([A-Za-z0-9]+)[^A-Za-z0-9 ]?( = "([^"]+)")?$/\1 \3/p' "$list" | awk '{ print $NF }')
[ -n "$links" ] || { echo "links.sh: no built-in plugins in Sources/$list" >&2; exit 1; }
echo "$links"
