#!/usr/bin/env bash
# Build the fuzzing targets with libFuzzer and the address sanitizer, and run each for a while.
#
#   run.sh [TARGET...]        default: all; FUZZ_SECONDS in the environment, for each (60)
#
# New inputs gather in .build-fuzz/inputs/TARGET; what breaks a promise is kept in .build-fuzz/broken/TARGET-*, and becomes a
# regression test by being moved to Tests/Fuzz/Regressions/TARGET. Ends with the number of inputs of each target.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${FUZZ_SECONDS:-60}
runtime=$(dirname "$(find -L "$(dirname "$(readlink -f "$(command -v swift)")")/.." -name 'libclang_rt.fuzzer_no_main*.a' -print -quit)")
driver=$(find "$runtime" -name "libclang_rt.fuzzer_no_main*$(uname -m)*.a" -print -quit)
[ -n "$driver" ] || { echo "run.sh: this Swift brings no libFuzzer" >&2; exit 1; }

BRAID_FUZZ=1 swift build --scratch-path .build-fuzz -c release --product fuzz -Xswiftc -enable-testing -Xswiftc -sanitize=address \
  -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp -Xlinker "$driver" -Xlinker -lstdc++
fuzz=.build-fuzz/release/fuzz
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <("$fuzz")

mkdir -p .build-fuzz/broken
# The search for leaks is off, because Swift keeps counts in its pointers and the search does not recognise them. Swift's own crash
# handler is off, because it would hide the sanitizer's report.
export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no
total=0
failed=()
for target in "${targets[@]}"; do
  folder=.build-fuzz/inputs/$target
  mkdir -p "$folder" "Tests/Fuzz/Inputs/$target" "Tests/Fuzz/Regressions/$target"
  options=(-max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -detect_leaks=0 -print_final_stats=1
    -artifact_prefix=".build-fuzz/broken/$target-")
  [ ! -f "Tests/Fuzz/Dictionaries/$target.txt" ] || options+=(-dict="Tests/Fuzz/Dictionaries/$target.txt")
  seeds=()
  case $target in
    policy) seeds=(Tests/PolicyTests/Findings examples) ;;
    conflist | imports) seeds=(Tests/CommandsTests/Imports) ;;
  esac
  log=.build-fuzz/$target.log
  FUZZ_TARGET=$target "$fuzz" "${options[@]}" "$folder" "Tests/Fuzz/Inputs/$target" "Tests/Fuzz/Regressions/$target" "${seeds[@]}" >"$log" 2>&1 ||
    failed+=("$target")
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  # A run that finds a fault prints no statistics.
  runs=${runs:-$(sed -n 's/^#\([0-9]*\)\t.*/\1/p' "$log" | tail -1)}
  echo "$target: ${runs:-0} inputs"
  total=$((total + ${runs:-0}))
done
echo "$total inputs in all"
for target in "${failed[@]}"; do
  echo "broken by an input: $target, see .build-fuzz/broken and:" >&2
  grep -m 5 -E 'Fatal error|ERROR|SUMMARY' ".build-fuzz/$target.log" >&2 || tail -5 ".build-fuzz/$target.log" >&2
done
[ ${#failed[@]} -eq 0 ]
