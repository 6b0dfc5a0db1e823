#!/usr/bin/env bash
# Run tests under Debian's kernel in a throw-away VM: this machine's kernel may lack VLAN filtering on bridges.
#
#   Tests/VM/run.sh [FILTER]      (root; packages: scripts/packages.sh vm; the tests and the release are built)
#
# FILTER is a regular expression over the tests' names, as for `swift test --filter`. Without it the tests of limits run as well, under a
# kernel without cls_u32. Then ADD, DEL and GC of a Pod in a VLAN are stopped at every fifth system call (EVERY=N: each N-th;
# Tests/Crash/points.py). QEMU emulates the processor: it is about ten times slower, and says nothing about time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
# The filter must not be "vlan" in any case: that would match macvlan, which every kernel has.
filter=${1:-VLAN|vlans|flowerFilters}
products=$(swift build --show-bin-path)
tests=$products/braidPackageTests.xctest
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
[ -x "$tests" ] || { echo "test-vm: no tests at $tests (make test)" >&2; exit 1; }

# The VM only sees the root file system. Directories on other file systems are passed in.
shares=()
for directory in "$PWD" "$toolchain"; do
  [ "$(stat -c %d "$directory")" = "$(stat -c %d /)" ] || shares+=(-w "$directory")
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Running the tests /$filter/ under $("$here/vm-run.sh" uname -r), in a VM"
status=0
"$here/vm-run.sh" "${shares[@]}" -t 900 -e LD_LIBRARY_PATH="$toolchain/lib/swift/linux" \
  "$tests" --testing-library swift-testing --filter "$filter" 2>&1 | tee "$log" || status=$?
# In the VM, no test may be skipped because of the kernel.
if grep -a 'skipped: .*needs a kernel' "$log"; then
  echo "test-vm: the tests above were skipped where they must run" >&2
  status=1
fi
passed() { grep -qaE 'Test run with [1-9][0-9]* tests? .*passed' "$log" || { echo "test-vm: no test passed" >&2; status=1; }; }
passed
[ $# -eq 0 ] || exit "$status"

echo "Running the tests of limits without cls_u32, in a VM"
# shellcheck disable=SC2016 # The shell in the VM expands it.
"$here/vm-run.sh" "${shares[@]}" -t 1200 -e LD_LIBRARY_PATH="$toolchain/lib/swift/linux" -e "MASKED=cls_u32" \
  bash -c 'for module in $(find /lib/modules -name "$MASKED.ko*"); do mount --bind /dev/null "$module"; done; exec "$@"' masked \
  "$tests" --testing-library swift-testing --filter 'BandwidthTests|TrafficControlKernelTests' 2>&1 | tee "$log" || status=$?
passed

echo "Stopping ADD, DEL and GC of a Pod in a VLAN at each point of ${EVERY:-5}, in a VM"
"$here/vm-run.sh" "${shares[@]}" -t 2400 Tests/Crash/points.py .build/release/braid --pod tagged --every "${EVERY:-5}" 2>&1 |
  tee "$log" || status=$?
grep -qaE '^tagged: [1-9][0-9]* points, 0 differences' "$log" || { echo "test-vm: not every point was tried" >&2; status=1; }
exit "$status"
