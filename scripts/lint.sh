#!/usr/bin/env bash
# Check everything that git tracks: the format of Swift, shell scripts, the layout of Sources, and that no path of one developer's machine
# is named.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0

mapfile -t swift < <(git ls-files --cached --others --exclude-standard '*.swift')
swift format lint --strict --parallel "${swift[@]}" || failed=1

mapfile -t shell < <(git ls-files --cached --others --exclude-standard | while read -r file; do
  if [ -f "$file" ] && head -c 64 "$file" | head -n 1 | grep -qE '^#!.*\b(ba)?sh\b'; then echo "$file"; fi
done)
[ ${#shell[@]} -eq 0 ] || shellcheck -x "${shell[@]}" || failed=1

if ! scripts/layout.py; then
  echo "lint: the lines above break the layout of docs/architecture.md" >&2
  failed=1
fi

# Home directories, work trees and temporary directories of one machine must not be named in the repository.
if git grep -nIE '(^|[^[:alnum:]_.-])/(home|Users|work|opt/swift|tmp/(wt|brief))/[[:alnum:]_.-]' -- . ':!scripts/lint.sh'; then
  echo "lint: the lines above name a path of one developer's machine" >&2
  failed=1
fi
if git grep -nIE '^(<{7}|={7}|>{7})( |$)' -- .; then
  echo "lint: the lines above are left from a merge" >&2
  failed=1
fi
if git ls-files | grep -E '(^|/)\.build' >&2; then
  echo "lint: build products are tracked" >&2
  failed=1
fi
exit "$failed"
