#!/usr/bin/env bash
# Install the Debian packages that a make target needs. Prints nothing if all of them are installed.
#
#   scripts/packages.sh build|demo|test|bench|lint|runtimes|vm|crash...
#
# Works as root, or through sudo. Swift itself is not a Debian package: see https://www.swift.org/install
set -euo pipefail

of() { # the packages of a target, one a line
  case $1 in
    build) set -- libmnl-dev libyaml-dev pkg-config ;;
    demo) of build; set -- iproute2 iputils-ping jq netcat-openbsd nftables ;;
    test) of demo; set -- nftables iptables strace containernetworking-plugins graphviz python3 python3-venv mandoc ;;
    bench) of test; set -- python3 time ;;
    lint) set -- git python3 shellcheck ;;
    runtimes) of demo; set -- containerd runc podman containernetworking-plugins busybox-static iptables python3 python3-venv ;;
    vm) of test; of crash; set -- qemu-system-x86 busybox-static ;;
    crash) of demo; set -- nftables python3 strace ;;
    *) echo "packages.sh: unknown target: $1" >&2; return 2 ;;
  esac
  printf '%s\n' "$@"
}

[ $# -gt 0 ] || { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
missing=()
for target; do
  packages=$(of "$target")
  for package in $packages; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || :)
    [ "$state" = installed ] || [[ " ${missing[*]} " == *" $package "* ]] || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "packages.sh: not root and no sudo; please install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
echo "Installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Package lists may be missing or old. Fetching them takes long, so do it only if an install fails.
"${apt[@]}" install --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
  { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 ||
  { cat "$log" >&2; exit 1; }
