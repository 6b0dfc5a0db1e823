#!/usr/bin/env python3
"""Run many operations of the real `braid` at once, kill some of them, and check the kernel all the while (root).

  stress.py BRAID [--operations N] [--containers N] [--workers N] [--seed N]      defaults: 2000, 60, 8, 1

Each worker takes a container that no other worker uses, as runtimes do, and runs a random operation on it. One operation in eight is
killed (SIGKILL) after a random time. Half of the containers have one interface; the others have two, and an external plugin in the
chain. Meanwhile the policy's file is replaced again and again by another policy with the same meaning: short ones, and ones so long
that Braid keeps them in binary form.

After every ADD the Pod must have exactly the addresses of the result, and no two containers may have the same address. CHECK must
pass for every attached container. Now and then a namespace disappears before DEL, and GC removes what killed operations left. At the
end all containers are deleted and collected: node, Pods, records and reservations must be as before. Prints the counts. The exit status
is 0 if everything held.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time

from scratch import Scratch, run

parser = argparse.ArgumentParser()
parser.add_argument("braid")
parser.add_argument("--operations", type=int, default=2000)
parser.add_argument("--containers", type=int, default=60)
parser.add_argument("--workers", type=int, default=8)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
braid = os.path.realpath(options.braid)

# The pool has room for few addresses more than there are containers, so a leak soon makes an ADD fail.
POLICY = """apiVersion: braid/v1
kind: Policy
networks:
  pods:
    chain: [{type: bridge, bridge: br-pods, isDefaultGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.244.7.0/25}], [{subnet: "fd00:7::/120"}]]}}]
  mixed:
    chain:
      - {type: bridge, bridge: br-mixed, isDefaultGateway: true, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 10.8.0.0/26}]]}}
      - {type: outsider}
  storage:
    chain: [{type: macvlan, master: eth1, ipam: {type: host-local, dataDir: WORK/ipam, ranges: [[{subnet: 192.168.40.0/26}]]}}]
rules:
  - {name: mixed, match: {namespaces: [mixed]}, attach: [{network: mixed}, {network: storage}]}
  - {name: plain, attach: [{network: pods}]}
"""
# Larger than 8 KiB, so that Braid keeps the policy in binary form.
LONG = "# one of many\n" * 1000


class Container:
    def __init__(self, number):
        self.number = number
        self.name = "c%d" % number
        self.namespace = "mixed" if number % 2 else "plain"
        self.pod = scratch.pods[number]
        self.lock = threading.Lock()
        # The runtime's knowledge: attached after an ADD that succeeded, unsure after one that was killed or failed.
        self.state = "gone"
        self.addresses = []


class Stress:
    def __init__(self):
        self.random = random.Random(options.seed)
        self.containers = [Container(i) for i in range(options.containers)]
        self.guard = threading.Lock()
        self.left = options.operations
        self.owners = {}
        self.counts = {}
        self.faults = []
        # GC must know every attachment, so no operation starts while the list is made and used.
        self.collecting = threading.Event()
        self.running = 0
        self.idle = threading.Condition(self.guard)

    def fault(self, text):
        with self.guard:
            self.faults.append(text)
        print(text, flush=True)

    def count(self, what):
        with self.guard:
            self.counts[what] = self.counts.get(what, 0) + 1

    def call(self, command, container=None, kill=None, **keys):
        """The exit status (negative after a kill) and the answer."""
        configuration = {"cniVersion": "1.1.0", "name": "braid", "type": "braid", "policy": scratch.work + "/policy.yaml",
                         "stateDir": scratch.work + "/state"}
        configuration.update(keys)
        env = dict(os.environ, CNI_COMMAND=command, CNI_PATH=scratch.work + "/bin")
        if container:
            env.update(CNI_CONTAINERID=container.name, CNI_NETNS="/run/netns/" + container.pod, CNI_IFNAME="eth0",
                       CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=" + container.namespace)
        process = subprocess.Popen(["nsenter", "--net=/run/netns/" + scratch.node, braid], env=env, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if kill is not None:
            timer = threading.Timer(kill, process.kill)
            timer.start()
        try:
            out, err = process.communicate(json.dumps(configuration), timeout=120)
        finally:
            if kill is not None:
                timer.cancel()
        return process.returncode, out + err

    # Operations: each with the container's lock held.

    def add(self, container, kill):
        status, answer = self.call("ADD", container, kill)
        if status == 0:
            addresses = sorted(ip["address"] for ip in json.loads(answer)["ips"])
            self.granted(container, addresses)
            container.state = "attached"
        elif status > 0:
            # Allowed errors: a second ADD, perhaps after one that was killed when everything was done (4); a pool that is exhausted by such ADDs (11).
            expected = {"gone": [11], "unsure": [4, 11], "attached": [4]}[container.state]
            if json.loads(answer)["code"] not in expected:
                self.fault("ADD %s (%s): %s" % (container.name, container.state, answer))
        elif container.state == "gone":
            container.state = "unsure"
        return status

    def granted(self, container, addresses):
        with self.guard:
            for address in addresses:
                if self.owners.get(address, container) is not container:
                    self.faults.append("%s is given to %s and to %s" % (address, self.owners[address].name, container.name))
                self.owners[address] = container
            container.addresses = addresses
        seen = []
        for link in json.loads(run("ip", "-n", container.pod, "-j", "addr", "show", "up").stdout or "[]"):
            seen += ["%s/%d" % (a["local"], a["prefixlen"]) for a in link.get("addr_info", []) if a.get("scope") == "global"]
        if sorted(seen) != addresses:
            self.fault("%s: the result says %s, the kernel %s" % (container.name, addresses, seen))

    def delete(self, container, kill):
        with self.guard:
            for address in container.addresses:
                self.owners.pop(address, None)
            container.addresses = []
        if self.random.random() < 0.1:
            run("ip", "netns", "delete", container.pod)
            subprocess.run(["ip", "netns", "add", container.pod], check=True, timeout=20)
        status, answer = self.call("DEL", container, kill)
        if status > 0:
            self.fault("DEL %s: %s" % (container.name, answer))
        container.state = "gone" if status == 0 else "unsure"
        return status

    def check(self, container, kill):
        status, answer = self.call("CHECK", container, kill)
        if (status > 0) != (container.state != "attached") and status >= 0 and container.state != "unsure":
            self.fault("CHECK %s (%s): %s" % (container.name, container.state, answer))
        return status

    def collect(self):
        """GC with the list of everything that the runtime takes for attached. No other operation runs meanwhile."""
        with self.idle:
            if self.collecting.is_set():
                return
            self.collecting.set()
            self.idle.wait_for(lambda: self.running == 0, timeout=300)
        kept = [{"containerID": c.name, "ifname": "eth0"} for c in self.containers if c.state == "attached"]
        kill = self.random.random() * 0.03 if self.random.random() < 0.2 else None
        status, answer = self.call("GC", kill=kill, **{"cni.dev/valid-attachments": kept})
        if status > 0:
            self.fault("GC: " + answer)
        if status == 0:
            for container in self.containers:
                if container.state == "unsure":
                    container.state = "gone"
            held = sum(len(c.addresses) for c in self.containers)
            files = [f for _, _, names in os.walk(scratch.work + "/ipam") for f in names if "." in f or ":" in f]
            files = [f for f in files if f[0].isdigit() or f.startswith("fd")]
            if len(files) != held:
                self.fault("after GC: %d reservations for %d addresses" % (len(files), held))
        self.count("GC" if status == 0 else "GC killed")
        with self.idle:
            self.collecting.clear()
            self.idle.notify_all()

    def step(self):
        """One random operation. False if all operations are done."""
        with self.idle:
            self.idle.wait_for(lambda: not self.collecting.is_set(), timeout=300)
            if self.left == 0:
                return False
            self.left -= 1
            dice, killing, moment = self.random.random(), self.random.random() < 0.125, self.random.random() * 0.04
            container = next(c for c in self.random.sample(self.containers, len(self.containers)) if c.lock.acquire(blocking=False))
            self.running += 1
        try:
            if dice < 0.02:
                name = "GC"
            elif dice < 0.17:
                name = "CHECK"
            elif dice < 0.22:
                name = "ADD"
            else:
                name = "DEL" if container.state == "attached" or (container.state == "unsure" and dice < 0.6) else "ADD"
            if name != "GC":
                work = {"ADD": self.add, "DEL": self.delete, "CHECK": self.check}[name]
                status = work(container, moment if killing else None)
                self.count(name + (" killed" if status < 0 else "" if status == 0 else " refused"))
        finally:
            container.lock.release()
            with self.idle:
                self.running -= 1
                self.idle.notify_all()
        if name == "GC":
            self.collect()
        return True

    def replace_policy(self, done):
        """Replaces the policy from time to time, until all operations are done."""
        number = 0
        while not done.wait(0.05):
            number += 1
            scratch.write("policy.new", POLICY + (LONG if number % 3 else "") + "# %d\n" % (number // 6))
            os.rename(scratch.work + "/policy.new", scratch.work + "/policy.yaml")
        self.counts["policies"] = number

    def work(self):
        try:
            while self.step():
                pass
        except Exception as error:
            self.fault("the script: %r" % error)

    def run(self):
        # A bridge disappears with its last port, so the dump is made without any container.
        before = scratch.dump()
        start = time.monotonic()
        threads = [threading.Thread(target=self.work) for _ in range(options.workers)]
        done = threading.Event()
        replacing = threading.Thread(target=self.replace_policy, args=[done])
        for thread in [*threads, replacing]:
            thread.start()
        for thread in threads:
            thread.join()
        done.set()
        replacing.join()
        spent = time.monotonic() - start
        for container in self.containers:
            status, answer = self.call("DEL", container)
            if status:
                self.fault("last DEL %s: %s" % (container.name, answer))
        status, answer = self.call("GC", **{"cni.dev/valid-attachments": []})
        if status:
            self.fault("last GC: " + answer)
        after = scratch.dump()
        for line in sorted(set(after) ^ set(before)):
            self.fault("left: " + line)
        print("%d operations by %d workers on %d containers in %.0f s, seed %d: %s; %d faults" % (
            options.operations, options.workers, options.containers, spent, options.seed,
            ", ".join("%s %d" % pair for pair in sorted(self.counts.items())), len(self.faults)))
        return 1 if self.faults else 0


scratch = Scratch("stress", pods=options.containers)
try:
    scratch.write("policy.yaml", POLICY)
    status = Stress().run()
finally:
    scratch.close()
sys.exit(status)
