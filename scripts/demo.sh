#!/usr/bin/env bash
# Build two Pods with three interfaces each, from one YAML policy, in network namespaces that are gone at the end.
#
#   scripts/demo.sh [BRAID] [POLICY]      (root; needs iproute2, ping, jq, nc, nft)
#
# BRAID is the program (default: .build/release/braid), POLICY the policy (default: examples/three-networks.yaml). The exit status is not
# 0 if a proof fails.
set -euo pipefail
cd "$(dirname "$0")/.."
# Mount an empty file system at /var/lib/cni: the node of the demo keeps its state there, and nothing of it stays.
if [ -z "${BRAID_DEMO_INSIDE:-}" ]; then
  [ "$(id -u)" -eq 0 ] || { echo "demo: namespaces need root" >&2; exit 1; }
  made=no
  [ -d /var/lib/cni ] || { mkdir /var/lib/cni; made=yes; }
  BRAID_DEMO_INSIDE=$made exec unshare --mount --propagation slave -- "$PWD/scripts/demo.sh" "$@"
fi
mount -t tmpfs -o mode=755 tmpfs /var/lib/cni

braid=$(realpath "${1:-.build/release/braid}") policy=$(realpath "${2:-examples/three-networks.yaml}")
[ -x "$braid" ] || { echo "demo: no program at $braid (make build)" >&2; exit 1; }
# shellcheck source=scripts/demo-lib.sh
. scripts/demo-lib.sh

trap cleanup EXIT
trap 'exit 130' INT TERM
tmp=$(mktemp -d)
mkdir "$tmp/bin"
ln -s "$braid" "$tmp/bin/braid"
ln -s "$braid" "$tmp/bin/loopback"

title "A node with two NICs, and a LAN behind each"
make_namespace node lan0 lan1
make_lan lan0 eth0 192.0.2.1/24 192.0.2.10/24
make_lan lan1 eth1 192.168.40.1/24
say "eth0 192.0.2.10/24 to the LAN of host 192.0.2.1; eth1 without address, to the LAN of host 192.168.40.1"
say "namespaces: ${prefix}node, ${prefix}lan0, ..."
say "policy: ${policy#"$PWD/"}"
sandbox pod1 postgres-0
sandbox pod2 postgres-1
for space in "${spaces[@]}"; do dump "$space" >"$tmp/$space.before"; done

add pod1 postgres-0 '{"example.com/tier":"data"}'
add pod2 postgres-1 '{"example.com/tier":"data"}' '[{"hostPort":5432,"containerPort":80,"protocol":"tcp"}]'
title "The merged result that the runtime gets for postgres-1"
jq . "$tmp/pod2.result" | indent

title "Proofs"
prove "a second ADD of the same container and interface is refused" refused pod1 postgres-0
well_formed pod1
well_formed pod2
for pod in pod1 pod2; do
  pings "$pod localhost" "$pod" 127.0.0.1
  pings "$pod localhost" "$pod" ::1
done
for interface in eth0 net1 net2; do
  for address in $(addresses pod2 "$interface"); do pings "pod1 to pod2 on $interface" pod1 "$address"; done
done
for pod in pod1 pod2; do
  for gateway in $(gateways "$pod"); do pings "$pod to gateway" "$pod" "$gateway"; done
done
pings "pod1 to the LAN behind eth0, which has no route back" pod1 192.0.2.1
reaches "the LAN behind eth0 to a host port of pod2" lan0 192.0.2.10 5432 pod2
reaches "the node itself to the host port" node 127.0.0.1 5432 pod2
reaches "pod1 to the host port" pod1 192.0.2.10 5432 pod2
reaches "pod2 to its own host port" pod2 192.0.2.10 5432 pod2
pings "the LAN behind eth1 to pod2" lan1 "$(addresses pod2 net1)"

title "Both Pods deleted"
remove pod2 postgres-1
remove pod1 postgres-0
prove "the host port is closed" silent lan0 192.0.2.10 5432
prove "DEL of what is already gone succeeds" cni DEL pod1 postgres-0
for space in "${spaces[@]}"; do prove "$space holds what it held before, and nothing else" unchanged "$space"; done
prove "no record and no address reservation is left" nothing_kept

title "$((proofs - failures)) of $proofs proofs hold"
[ "$failures" -eq 0 ]
