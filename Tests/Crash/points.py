#!/usr/bin/env python3
"""Stop the real `braid` at every system call of an ADD in turn, and look at what is left (root; needs strace).

  points.py BRAID [--every N]

For two Pods (three networks; dual stack with somebody else's plugin in the chain), for SIGKILL and for errors of the kernel
and the disk, at the n-th call of each kind, for every n: the ADD ends there. Then one DEL, or one GC, or a second ADD and
its DEL (in turn) must leave node, Pod, records and reservations as they were before; and an ADD that answered with an error
must have left nothing even before that. --every N takes each N-th point only. Ends with the counts; 0 if nothing differs.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("braid")
parser.add_argument("--every", type=int, default=1)
options = parser.parse_args()
braid = os.path.realpath(options.braid)
node = "braid-crash-%d" % os.getpid()
pod = node + "-pod"
work = tempfile.mkdtemp()

# What each fault strikes: requests to the kernel, changes to files, locks and namespaces.
FAULTS = [
    ("signal=KILL", ["sendto", "openat", "renameat", "unlinkat", "write", "flock", "setns", "mkdir", "clone"]),
    ("error=ENOBUFS", ["sendto"]),
    ("error=ENOSPC", ["renameat", "write", "mkdir"]),
    ("error=EIO", ["unlinkat", "flock", "setns"]),
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

# Somebody else's plugin: it keeps a file of its own for each attachment, and passes the result on.
OUTSIDER = r"""#!/usr/bin/env python3
import json, os, sys
conf = json.load(sys.stdin)
mine = "WORK/outsider/" + os.environ.get("CNI_CONTAINERID", "") + "@" + os.environ.get("CNI_IFNAME", "")
command = os.environ["CNI_COMMAND"]
if command == "ADD":
    open(mine, "w").close()
    print(json.dumps(conf["prevResult"]))
elif command == "DEL" and os.path.exists(mine):
    os.remove(mine)
"""


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **more)


def call(command, namespace, tracer=(), **keys):
    configuration = {"cniVersion": "1.1.0", "name": "braid", "type": "braid", "policy": work + "/policy.yaml", "stateDir": work + "/state"}
    configuration.update(keys)
    env = dict(os.environ, CNI_COMMAND=command, CNI_CONTAINERID="c1", CNI_NETNS="/run/netns/" + pod, CNI_IFNAME="eth0",
               CNI_PATH=work + "/bin", CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=" + namespace)
    return run("nsenter", "--net=/run/netns/" + node, *tracer, braid, env=env, input=json.dumps(configuration))


VOLATILE = re.compile(r"(gc|hello|tcn|topology_change)_timer +\S+|state \S+|NO-CARRIER,|,?LOWER_UP|valid_lft.*|qdisc \S+|^\d+: ")


def dump():
    lines = []
    for space in (node, pod):
        for words in (["-d", "-o", "link"], ["-o", "addr"], ["route", "show", "table", "all"], ["-6", "route", "show", "table", "all"],
                      ["rule"], ["neigh", "show", "nud", "permanent"]):
            for line in run("ip", "-n", space, *words).stdout.splitlines():
                line = VOLATILE.sub("", line)
                # Link-local addresses and their routes come and go with duplicate address detection.
                if "fe80" not in line and "ff00::" not in line and "tentative" not in line:
                    lines.append(space + ": " + line)
        lines += [space + ": " + line for line in run("ip", "netns", "exec", space, "nft", "list", "ruleset").stdout.splitlines()]
    for folder, _, files in os.walk(work):
        lines += [os.path.join(folder, f) for f in files if f not in ("lock", "bridges", "stamp", "trace") and not f.startswith("last_reserved_ip")]
    return sorted(lines)


def calls(namespace):
    """How often an ADD makes each system call."""
    call("ADD", namespace, ["strace", "-o", work + "/trace"])
    call("DEL", namespace)
    counts = {}
    with open(work + "/trace") as trace:
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


def main():
    points = differences = 0
    for space in (node, pod):
        subprocess.run(["ip", "netns", "add", space], check=True, timeout=20)
    run("ip", "-n", node, "link", "add", "eth1", "type", "veth", "peer", "name", "lan1")
    for link in ("eth1", "lan1"):
        run("ip", "-n", node, "link", "set", link, "up")
    run("nsenter", "--net=/run/netns/" + node, "sh", "-c",
        "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
    for folder in ("bin", "outsider"):
        os.mkdir(os.path.join(work, folder))
    with open(work + "/policy.yaml", "w") as file:
        file.write(NETWORKS.replace("WORK", work))
    with open(work + "/bin/outsider", "w") as file:
        file.write(OUTSIDER.replace("WORK", work))
    os.chmod(work + "/bin/outsider", 0o755)
    for namespace in ("three", "mixed"):
        counts = calls(namespace)
        before = dump()
        for fault, names in FAULTS:
            for name in names:
                for n in range(1, counts.get(name, 0) + 1, options.every):
                    how = ("DEL", "GC", "ADD and DEL")[points % 3]
                    points += 1
                    tracer = ["strace", "-o", "/dev/null", "-e", "trace=" + name, "-e", "inject=%s:%s:when=%d" % (name, fault, n)]
                    answer = call("ADD", namespace, tracer)
                    where = "%s: %s at %s %d" % (namespace, fault, name, n)
                    if answer.returncode == 1 and dump() != before:
                        differences += 1
                        print(where, "left behind by the ADD that failed:", sorted(set(dump()) ^ set(before))[:5], answer.stdout)
                    cleaned = clean_up(how, namespace)
                    after = dump()
                    if cleaned.returncode or after != before:
                        differences += 1
                        print(where, "left after", how + ":", sorted(set(after) ^ set(before))[:5], cleaned.stdout)
                        before = after
    print("%d points, %d differences" % (points, differences))
    return 1 if differences or not points else 0


try:
    status = main()
finally:
    for space in (node, pod):
        run("ip", "netns", "delete", space)
    shutil.rmtree(work)
sys.exit(status)
