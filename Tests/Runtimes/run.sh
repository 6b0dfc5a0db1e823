#!/usr/bin/env bash
# Run the tests with real container runtimes: containerd through its CRI, and Podman with its CNI backend.
#
#   Tests/Runtimes/run.sh BRAID [UNITTEST-ARGUMENT...]      (root; packages: scripts/packages.sh runtimes)
#
# Everything runs in its own namespaces (mount, network, PID, IPC, UTS), with its state on a tmpfs. When the first process of the PID
# namespace ends, for any reason, the kernel ends all processes in it and frees all mounts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
[ $# -gt 0 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "run.sh: the runtimes need root" >&2; exit 1; }
braid=$(realpath "$1")
shift

python=$("$root/scripts/python.sh" "$root/.build-runtimes/venv" "$here/requirements.txt")

made=
[ -d /var/lib/cni ] || { mkdir /var/lib/cni; made=yes; }
work=$(mktemp -d /tmp/braid-runtimes.XXXXXX)
cgroup=${work##*/}
cleanup() { # what the kernel does not free by itself
  for directory in "/sys/fs/cgroup/$cgroup" /sys/fs/cgroup/*/"$cgroup"; do
    [ ! -d "$directory" ] || find "$directory" -depth -type d -exec rmdir {} + 2>/dev/null || :
  done
  rm -rf "$work"
  [ -z "$made" ] || rmdir --ignore-fail-on-non-empty /var/lib/cni
}
trap cleanup EXIT
trap 'exit 130' INT TERM

export BRAID_BIN=$braid BRAID_WORK=$work BRAID_CGROUP=$cgroup PYTHONDONTWRITEBYTECODE=1
timeout --kill-after=10 900 unshare --mount --net --pid --ipc --uts --fork --kill-child --mount-proc \
  "$here/inside.sh" "$python/python" -m unittest discover --verbose --start-directory "$here" "$@"
