#!/usr/bin/env python3
"""Stop the real `braid` at every system call of an ADD, and of a DEL, in turn, and look at what is left (root; needs strace).

  points.py BRAID [--every N] [--pod three|mixed] [--only TEXT]

For two Pods (three networks; dual stack with somebody else's plugin in the chain), for SIGKILL and for errors of the kernel
and the disk, at the n-th call of each kind, for every n: the ADD ends there. Then one DEL, and from the start again one GC, and
again a second ADD and its DEL must leave node, Pod, records and reservations as they were before; and an ADD that answered
with an error must have left nothing even before that. A DEL that ends there must be completed by the next one. --every N takes
each N-th point only, --only those of a kind ("EIO at unlinkat"). Ends with the counts; 0 if nothing differs.
"""
import argparse
import json
import os
import re
import subprocess
import sys

from scratch import Scratch, run

parser = argparse.ArgumentParser()
parser.add_argument("braid")
parser.add_argument("--every", type=int, default=1)
parser.add_argument("--pod", choices=["three", "mixed"])
parser.add_argument("--only", default="", help="points whose description has this")
options = parser.parse_args()
braid = os.path.realpath(options.braid)

# What each fault strikes: requests to the kernel, changes to files, locks and namespaces.
FAULTS = [
    ("signal=KILL", ["sendto", "recvmsg", "openat", "linkat", "symlinkat", "renameat", "renameat2", "unlinkat", "write", "pwrite64",
                     "ftruncate", "fsync", "flock", "fcntl", "setns", "mkdir", "mkdirat", "clone", "clone3", "vfork", "wait4"]),
    ("error=ENOBUFS", ["sendto", "recvmsg"]),
    ("error=ENOSPC", ["linkat", "symlinkat", "renameat", "renameat2", "write", "pwrite64", "mkdir", "mkdirat", "fsync"]),
    ("error=EIO", ["unlinkat", "flock", "setns", "read", "fchmod", "ftruncate", "getdents64"]),
    ("error=EMFILE", ["openat", "socket", "pipe2"]),
    ("error=EAGAIN", ["clone", "clone3", "vfork"]),
]

NETWORKS = """apiVersion: braid/v1
kind: Policy
networks:
  pods:
    chain: [{type: bridge, bridge: br-pods, isDefaultGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.244.7.0/24}]]}}]
  storage:
    chain: [{type: macvlan, master: eth1, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 192.168.40.0/24}]]}}]
  fabric:
    chain: [{type: bridge, bridge: br-fabric, isGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.7.0.0/24}], [{subnet: "fd00:7::/64"}]]}}]
  mixed:
    chain:
      - {type: bridge, bridge: br-mixed, isDefaultGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.8.0.0/24}], [{subnet: "fd00:8::/64"}]]}}
      - {type: outsider}
rules:
  - {name: three, match: {namespaces: [three]}, attach: [{network: pods}, {network: storage}, {network: fabric}]}
  - {name: mixed, attach: [{network: mixed}]}
"""


def call(command, namespace, tracer=(), **keys):
    configuration = {"cniVersion": "1.1.0", "name": "braid", "type": "braid", "policy": scratch.work + "/policy.yaml",
                     "stateDir": scratch.work + "/state"}
    configuration.update(keys)
    env = dict(os.environ, CNI_COMMAND=command, CNI_CONTAINERID="c1", CNI_NETNS="/run/netns/" + scratch.pods[0], CNI_IFNAME="eth0",
               CNI_PATH=scratch.work + "/bin", CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=" + namespace)
    return run("nsenter", "--net=/run/netns/" + scratch.node, *tracer, braid, env=env, input=json.dumps(configuration))


def calls(command, namespace):
    """How often an operation makes each system call."""
    call(command, namespace, ["strace", "-o", scratch.work + "/trace"])
    counts = {}
    with open(scratch.work + "/trace") as trace:
        for line in trace:
            name = re.match(r"(\w+)\(", line)
            if name:
                counts[name.group(1)] = counts.get(name.group(1), 0) + 1
    return counts


def clean_up(how, namespace):
    if how == "DEL":
        return call("DEL", namespace)
    if how == "GC":
        return call("GC", namespace, **{"cni.dev/valid-attachments": []})
    # Refused where the first one came to its end: the runtime just never heard of it.
    call("ADD", namespace)
    return call("DEL", namespace)


def points(counts):
    """Every fault as strace writes it, with its place in words."""
    for fault, names in FAULTS:
        for name in names:
            for n in range(1, counts.get(name, 0) + 1, options.every):
                if options.only not in "%s at %s" % (fault, name):
                    continue
                tracer = ["strace", "-o", "/dev/null", "-e", "trace=" + name, "-e", "inject=%s:%s:when=%d" % (name, fault, n)]
                yield tracer, "%s at %s %d" % (fault, name, n)


def examine(namespace):
    """The number of points of one Pod, and of those after which something was different."""
    adding = calls("ADD", namespace)
    deleting = calls("DEL", namespace)
    before = scratch.dump()
    number = differences = 0

    def compare(where, after, answer):
        if after != before:
            print(namespace, where, sorted(set(after) ^ set(before))[:5], answer.stdout, flush=True)
        return after != before

    for tracer, where in points(adding):
        number += 1
        differs = False
        for how in ("DEL", "GC", "ADD and DEL"):
            answer = call("ADD", namespace, tracer)
            if answer.returncode == 1:
                differs |= compare("ADD, %s: left behind by the ADD that failed:" % where, scratch.dump(), answer)
            cleaned = clean_up(how, namespace)
            differs |= compare("ADD, %s: left after %s:" % (where, how), scratch.dump(), cleaned)
            if cleaned.returncode:
                differs = True
                print(namespace, "ADD, %s: %s failed:" % (where, how), cleaned.stdout, cleaned.stderr, flush=True)
        differences += differs
    for tracer, where in points(deleting):
        number += 1
        call("ADD", namespace)
        call("DEL", namespace, tracer)
        again = call("DEL", namespace)
        differences += compare("DEL, %s: left after another DEL:" % where, scratch.dump(), again) or again.returncode != 0
    print("%s: %d points, %d differences" % (namespace, number, differences), flush=True)
    return number, differences


def main():
    if not options.pod:
        # Each in a process of its own: they share nothing.
        both = [subprocess.Popen([sys.executable, __file__, braid, "--every", str(options.every), "--only", options.only, "--pod", name])
                for name in ("three", "mixed")]
        return max(process.wait() for process in both)
    scratch.write("policy.yaml", NETWORKS)
    number, differences = examine(options.pod)
    return 1 if differences or not number else 0


scratch = Scratch("crash", pods=1)
try:
    status = main()
finally:
    scratch.close()
sys.exit(status)
