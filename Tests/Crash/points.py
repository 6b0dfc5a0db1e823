#!/usr/bin/env python3
"""Stop the real `braid` at every system call of an ADD, a DEL and a GC, in turn, and check what is left (root; needs strace).

  points.py BRAID [--every N] [--pod NAME]... [--only TEXT]

For each Pod of WALKS, and for every n, the ADD is stopped at the n-th call of each kind, by SIGKILL or by an error of the kernel or the
disk (faults.py). Afterwards a DEL must leave node, Pod, records and reservations as they were before. So must, each time from the
start, a GC, and a second ADD with its DEL. An ADD that answered with an error must have left nothing even before that. If a DEL or a GC
is stopped, the next one must complete it. The same is done at every call of the external plugins in a chain: the plugin is killed,
fails or answers nonsense.

--every N only tries each N-th point, --only those of a kind ("EIO at unlinkat"). Prints the counts at the end. The exit status is 0 if
nothing differs.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import faults
from scratch import Scratch, run

NETWORKS = """apiVersion: braid/v1
kind: Policy
networks:
  pods:
    chain: [{type: bridge, bridge: br-pods, isDefaultGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.244.7.0/24}]]}}]
  storage:
    chain: [{type: macvlan, master: eth1, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 192.168.40.0/24}]]}}]
  fabric:
    chain: [{type: bridge, bridge: br-fabric, isGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.7.0.0/24}], [{subnet: "fd00:7::/64"}]]}}]
  tagged:
    chain: [{type: bridge, bridge: br-tagged, vlan: 100, isGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.9.0.0/24}]]}}]
  mixed:
    chain:
      - {type: bridge, bridge: br-mixed, isDefaultGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.8.0.0/24}], [{subnet: "fd00:8::/64"}]]}}
      - {type: outsider}
  chained:
    cniVersion: 1.1.0
    chain:
      - {type: bridge, bridge: br-chained, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.6.0.0/24}]]}}
      - {type: outsider}
      - {type: stranger}
  routed:
    chain: [{type: ptp, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.5.0.0/24}], [{subnet: "fd00:5::/64"}]]}}]
  served:
    chain:
      - {type: bridge, bridge: br-served, isDefaultGateway: true, ipMasq: true, ipMasqExcept: [10.0.0.0/8], ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.3.0.0/24}], [{subnet: "fd00:3::/64"}]]}}
      - {type: portmap, masqAll: true}
  shaped:
    chain:
      - {type: bridge, bridge: br-shaped, isGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.2.0.0/24}]]}}
      - {type: bandwidth, ingressRate: 8000000, ingressBurst: 800000, egressRate: 8000000, egressBurst: 800000, unshapedSubnets: [10.0.0.0/8, "fd00::/8"]}
  tuned:
    chain:
      - {type: bridge, bridge: br-tuned, isGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.12.0.0/24}]]}}
      - {type: tuning, dataDir: WORK/tuning, mac: "02:00:00:00:00:03", mtu: 1400, promisc: true, allmulti: true, txQLen: 5, sysctl: {net.ipv4.conf.IFNAME.arp_filter: "1", net.core.somaxconn: "99"}}
      - {type: sbr}
      - {type: outsider}
  bare:
    chain: [{type: bridge, bridge: br-bare}]
  fixed:
    chain: [{type: bridge, bridge: br-fixed, isGateway: true, ipam: {type: static, addresses: [{address: 10.4.0.7/24}, {address: "fd00:4::7/64"}]}}]
rules:
  - {name: three, match: {namespaces: [three]}, attach: [{network: pods}, {network: storage}, {network: fabric}]}
  - {name: mixed, match: {namespaces: [mixed]}, attach: [{network: mixed}]}
  - {name: chained, match: {namespaces: [chained]}, attach: [{network: chained}, {network: storage}]}
  - {name: tagged, match: {namespaces: [tagged]}, attach: [{network: tagged}]}
  - {name: routed, match: {namespaces: [routed]}, attach: [{network: routed}]}
  - {name: served, match: {namespaces: [served]}, attach: [{network: served, portMappings: [{hostPort: 8080, containerPort: 80}, {hostPort: 53, containerPort: 53, protocol: udp}, {hostPort: 8081, containerPort: 80, hostIP: 127.0.0.1}]}]}
  - {name: shaped, match: {namespaces: [shaped]}, attach: [{network: shaped}, {network: shaped}]}
  - {name: tuned, match: {namespaces: [tuned]}, attach: [{network: bare}, {network: tuned}]}
  - {name: bare, attach: [{network: bare}]}
requests:
  - {namespaces: [asking], networks: [fabric, fixed], defaultRoute: true}
"""
# What the Pod of the walk "asking" asks for.
REQUESTS = """[{"name": "fabric", "ips": ["10.7.0.50"], "mac": "02:00:00:00:00:50", "default-route": ["10.7.0.1"]},
  {"name": "fixed", "ips": ["10.4.0.8/24"], "interface": "fixed0"}]"""
# So long that Braid keeps the policy in binary form beside the records (docs/architecture.md).
LONG = NETWORKS + "# More than 8 KiB.\n" * 500


class Walk:
    """All points of one Pod, or those of some kinds. `prepare` makes the Pod's special situation before each ADD."""

    def __init__(self, name, namespace, operations=("ADD", "DEL", "GC"), struck="braid", kinds="", policy=NETWORKS,
                 prepare=lambda walk: None, requests=""):
        self.name, self.namespace, self.operations, self.struck, self.requests = name, namespace, operations, struck, requests
        self.kinds, self.policy, self.prepare = kinds, policy, prepare
        self.number = self.differences = 0

    def call(self, command, fault=faults.Fault("")):
        configuration = {"cniVersion": "1.1.0", "name": "braid", "type": "braid", "policy": scratch.work + "/policy.yaml",
                         "stateDir": scratch.work + "/state"}
        if self.requests:
            configuration["runtimeConfig"] = {"io.kubernetes.cri.pod-annotations": {"k8s.v1.cni.cncf.io/networks": self.requests}}
        if command == "GC":
            configuration["cni.dev/valid-attachments"] = []
        env = dict(os.environ, CNI_COMMAND=command, CNI_CONTAINERID="c1", CNI_NETNS="/run/netns/" + scratch.pods[0], CNI_IFNAME="eth0",
                   CNI_PATH=scratch.work + "/bin", CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=" + self.namespace)
        if command == "ADD":
            self.prepare(self)
        scratch.write("fault", fault.outsider)
        scratch.write("calls", "")
        answer = run("nsenter", "--net=/run/netns/" + scratch.node, *fault.tracer, braid, env=env, input=json.dumps(configuration))
        scratch.write("fault", "")
        return answer

    def strike(self, command):
        """The faults of an operation. They are found by running it once without a fault; it must succeed."""
        if self.struck == "plugins":
            answer = self.call(command)
            with open(scratch.work + "/calls") as calls:
                found = faults.of_delegate(len(calls.readlines()))
        else:
            answer = self.call(command, faults.Fault("", ["strace", "-o", scratch.work + "/trace"]))
            with open(scratch.work + "/trace") as trace:
                found = faults.of_system(faults.calls(trace))
        if answer.returncode:
            self.differences += self.differ("%s without any fault:" % command, answer)
        return [fault for fault in found if re.search(self.kinds, fault.where) and options.only in fault.where]

    def differ(self, where, answer, more=""):
        print(self.name, where, more, answer.stdout, answer.stderr[-200:], flush=True)
        return True

    def compare(self, where, answer):
        after = scratch.dump()
        return after != self.before and self.differ(where, answer, sorted(set(after) ^ set(self.before))[:5])

    def clean_up(self, how):
        if how == "ADD and DEL":
            # It is refused if the first ADD had finished and only the runtime did not hear of that.
            self.call("ADD")
            return self.call("DEL")
        return self.call(how)

    def examine_add(self, fault):
        differs = False
        for how in ("DEL", "GC", "ADD and DEL"):
            answer = self.call("ADD", fault)
            if fault.harmless and answer.returncode:
                differs |= self.differ("ADD, %s: it failed:" % fault.where, answer)
            if how == "DEL" and answer.returncode == 1 and not fault.lasting:
                differs |= self.compare("ADD, %s: left behind by the ADD that failed:" % fault.where, answer)
            cleaned = self.clean_up(how)
            differs |= self.compare("ADD, %s: left after %s:" % (fault.where, how), cleaned)
            if cleaned.returncode:
                differs |= self.differ("ADD, %s: %s failed:" % (fault.where, how), cleaned)
        return differs

    def examine_removal(self, command, fault):
        self.call("ADD")
        answer = self.call(command, fault)
        differs = bool(fault.harmless and answer.returncode and self.differ("%s, %s: it failed:" % (command, fault.where), answer))
        again = self.call(command)
        differs |= self.compare("%s, %s: left after another %s:" % (command, fault.where, command), again)
        return differs or bool(again.returncode and self.differ("%s, %s: another one failed:" % (command, fault.where), again))

    def begin(self):
        scratch.write("policy.yaml", self.policy)
        # Things that outlive a Pod are made before the first dump, unless this Pod tests their making.
        for command in ("ADD", "DEL", "GC"):
            self.call(command)
        self.before = scratch.dump()

    def run(self):
        self.begin()
        for command in self.operations:
            if command != "ADD":
                self.call("ADD")
            points = self.strike(command)
            self.call("DEL")
            if self.compare("%s without any fault:" % command, self.call("DEL")):
                return 1
            for fault in points[::options.every]:
                self.number += 1
                if self.examine_add(fault) if command == "ADD" else self.examine_removal(command, fault):
                    self.differences += 1
                    # Something left now would be found again at every later point.
                    scratch.renew()
                    self.begin()
        print("%s: %d points, %d differences" % (self.name, self.number, self.differences), flush=True)
        return 1 if self.differences or not self.number else 0


def forget(*names):
    """Remove these before each ADD."""
    def prepare(walk):
        for name in names:
            for path in glob.glob(os.path.join(scratch.work, name)):
                if os.path.isdir(path):
                    shutil.rmtree(path)
                else:
                    os.remove(path)
    return prepare


def outdate(walk):
    """Before each ADD, change the policy after it was kept."""
    scratch.write("policy.yaml", LONG + "# %s\n" % os.urandom(8).hex())


WALKS = {walk.name: walk for walk in (
    # Three networks; then as the first Pod of a node.
    Walk("three", "three", ["ADD", "DEL"]),
    Walk("first", "three", ["ADD"], kinds="KILL|ENOSPC", prepare=forget("state", "ipam")),
    # Dual stack with an external plugin in the chain.
    Walk("mixed", "mixed"),
    # A large policy: not kept, kept, and kept before it changed.
    Walk("uncached", "bare", ["ADD"], policy=LONG, prepare=forget("state/policy-*.cache")),
    Walk("cached", "bare", ["ADD"], policy=LONG),
    Walk("outdated", "bare", ["ADD"], policy=LONG, prepare=outdate),
    # A VLAN of a bridge, with its gateway. Only the netlink calls differ from those above.
    Walk("tagged", "tagged", ["ADD", "DEL"], kinds="KILL|sendto|recvmsg"),
    # A routed pair, whose routes are on both sides.
    Walk("routed", "routed", ["ADD", "DEL"], kinds="KILL|sendto|recvmsg"),
    # Masquerading and host ports: elements of the node's ruleset.
    Walk("served", "served", kinds="KILL|sendto|recvfrom|ENOSPC"),
    # Limits both ways on two interfaces of one network, with the qdiscs, the filters and the ifb of each.
    Walk("shaped", "shaped", kinds="KILL|sendto|recvmsg"),
    # Plugins behind the interface: one keeps a file of its own, the other has rules and a table in the Pod.
    Walk("tuned", "tuned"),
    # Networks and addresses that the Pod asks for.
    Walk("asking", "asking", ["ADD", "DEL"], requests=REQUESTS),
    # Two external plugins in a chain.
    Walk("chained", "chained", struck="plugins"),
)}


def filters_vlans():
    """Whether the kernel's bridges filter VLANs."""
    return not run("ip", "-n", scratch.node, "link", "add", "x0", "type", "bridge", "vlan_filtering", "1").returncode


def main():
    names = options.pod or list(WALKS)
    if len(names) == 1:
        if names == ["tagged"] and not filters_vlans():
            print("tagged: skipped, needs a kernel with VLAN filtering on bridges (make test-vm)")
            return 0
        run("ip", "-n", scratch.node, "link", "delete", "x0")
        return WALKS[names[0]].run()
    # Each Pod has its own process. Several run at a time, because they share nothing.
    def one(name):
        number = 0
        with subprocess.Popen([sys.executable, __file__, braid, "--every", str(options.every), "--only", options.only, "--pod", name],
                              stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                print(line, end="", flush=True)
                if line.startswith(name) and " points, " in line:
                    number = int(line.split()[1])
        return process.returncode, number

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ended = list(pool.map(one, names))
    # A process that was killed by a signal has a negative exit status.
    status = int(any(status != 0 for status, _ in ended))
    print("%d points in all%s" % (sum(number for _, number in ended), "" if status else ", 0 differences"))
    return status


parser = argparse.ArgumentParser()
parser.add_argument("braid")
parser.add_argument("--every", type=int, default=1)
parser.add_argument("--pod", action="append", choices=list(WALKS))
parser.add_argument("--only", default="", help="points whose description has this")
options = parser.parse_args()
braid = os.path.realpath(options.braid)
scratch = Scratch("crash", pods=1)
try:
    status = main()
finally:
    scratch.close()
sys.exit(status)
