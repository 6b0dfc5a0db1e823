#!/usr/bin/env bash
# The first process in the namespaces that run.sh made: prepares the "node", then runs the given command.
# It is bash, because bash reaps processes that the runtimes leave to the first process.
set -euo pipefail
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib/cni
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=700 tmpfs "$BRAID_WORK"
hostname braid-node
mkdir /run/lock /run/netns

# A NIC, and a LAN with a host behind it.
ip link set lo up
ip netns add lan
ip link add eth1 up type veth peer name eth0 netns lan
ip -n lan link set eth0 up
ip -n lan address add 192.168.40.1/24 dev eth0

status=0
"$@" || status=$?
exit "$status"
