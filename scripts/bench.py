#!/usr/bin/env python3
"""Measure ADD and DEL beside the reference plugins, in one run and in namespaces of its own (root).

  bench.py BRAID [REFERENCE_DIR]        defaults: /usr/lib/cni; ROUNDS in the environment, 30

A second Pod keeps the bridges there, as on a node at work. Each figure is the median and the least of all rounds, in
milliseconds, process start included; `start` is VERSION alone. Then Pods of 1, 4 and 8 interfaces are taken down: by Braid's DEL,
and by one ip(8) that deletes their links one after another and does nothing else.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

braid = os.path.realpath(sys.argv[1])
reference = sys.argv[2] if len(sys.argv) > 2 else "/usr/lib/cni"
rounds = int(os.environ.get("ROUNDS", "30"))
name = "braid-bench-%d" % os.getpid()
spaces = [name, name + "-pod", name + "-other"]
work = tempfile.mkdtemp()


def ipam(number):
    return {"type": "host-local", "dataDir": work + "/ipam", "ranges": [[{"subnet": "10.%d.0.0/24" % number}]]}


def bridge(number):
    return {"type": "bridge", "bridge": "br%d" % number, "isDefaultGateway": True, "ipam": ipam(number)}


def call(program, command, configuration, pod, interface):
    env = dict(os.environ, CNI_COMMAND=command, CNI_CONTAINERID=pod, CNI_NETNS="/run/netns/" + pod,
               CNI_IFNAME=interface, CNI_PATH=reference)
    text = json.dumps(configuration).encode()
    start = time.perf_counter()
    done = subprocess.run(["nsenter", "--net=/run/netns/" + name, program], input=text, env=env, capture_output=True, timeout=60)
    spent = (time.perf_counter() - start) * 1000
    if done.returncode:
        sys.exit("%s %s: %s%s" % (program, command, done.stdout.decode(), done.stderr.decode()))
    return spent


def teardown(count):
    """Milliseconds of Braid's DEL of a Pod with so many interfaces, and of the removal of its links one by one."""
    networks = {"n%d" % i: {"chain": [bridge(20 + i)]} for i in range(count)}
    for i, network in enumerate(networks.values()):
        network["chain"][0].update(isDefaultGateway=i == 0, isGateway=True)
    policy = {"apiVersion": "braid/v1", "kind": "Policy", "networks": networks,
              "rules": [{"name": "all", "attach": [{"network": n} for n in networks]}]}
    file = "%s/teardown-%d.yaml" % (work, count)
    with open(file, "w") as out:
        json.dump(policy, out)
    configuration = {"cniVersion": "1.0.0", "name": "braid", "type": "braid", "policy": file, "stateDir": work + "/teardown"}
    batch = "".join("link delete %s\n" % ("net%d" % i if i else "eth0") for i in range(count)).encode()
    call(braid, "ADD", configuration, spaces[2], "eth0")
    ours, singly = [], []
    for _ in range(rounds):
        call(braid, "ADD", configuration, spaces[1], "eth0")
        ours.append(call(braid, "DEL", configuration, spaces[1], "eth0"))
        call(braid, "ADD", configuration, spaces[1], "eth0")
        start = time.perf_counter()
        subprocess.run(["ip", "-n", spaces[1], "-batch", "-"], input=batch, check=True, timeout=60)
        singly.append((time.perf_counter() - start) * 1000)
        call(braid, "DEL", configuration, spaces[1], "eth0")
    call(braid, "DEL", configuration, spaces[2], "eth0")
    return ours, singly


def show(title, times):
    print("  %-44s %6.1f %6.1f" % (title, statistics.median(times), min(times)))


try:
    for space in spaces:
        subprocess.run(["ip", "netns", "add", space], check=True, timeout=20)
    policy = {"apiVersion": "braid/v1", "kind": "Policy", "networks": {"pods": {"chain": [bridge(1)]}},
              "rules": [{"name": "all", "attach": [{"network": "pods"}]}]}
    with open(work + "/policy.yaml", "w") as file:
        json.dump(policy, file)
    os.symlink(braid, work + "/bridge")
    kinds = [
        ("braid (policy, record, bridge, host-local)", braid,
         {"cniVersion": "1.0.0", "name": "braid", "type": "braid", "policy": work + "/policy.yaml", "stateDir": work + "/state"}, "eth0"),
        ("braid as bridge (bridge, host-local)", work + "/bridge", dict(bridge(2), cniVersion="1.0.0", name="link"), "eth1"),
        ("reference bridge, host-local", reference + "/bridge", dict(bridge(3), cniVersion="1.0.0", name="reference"), "eth2"),
    ]
    for _, program, configuration, interface in kinds:
        call(program, "ADD", configuration, spaces[2], interface)
    times = {}
    for _ in range(rounds):
        for title, program, configuration, interface in kinds:
            for command in ("ADD", "DEL"):
                times.setdefault((command, title), []).append(call(program, command, configuration, spaces[1], interface))
                time.sleep(0.01)
            times.setdefault(("start", title), []).append(call(program, "VERSION", {"cniVersion": "1.0.0"}, spaces[1], interface))
    print("%s, %d bytes; %d rounds; median and least in ms" % (os.path.basename(braid), os.path.getsize(braid), rounds))
    for command in ("start", "ADD", "DEL"):
        print(command)
        for title, *_ in kinds:
            show(title, times[command, title])
    for title, program, configuration, interface in kinds:
        call(program, "DEL", configuration, spaces[2], interface)
    print("taking a Pod down (ratio to one interface by the medians)")
    first = None
    for count in (1, 4, 8):
        ours, singly = teardown(count)
        first = first or (statistics.median(ours), statistics.median(singly))
        for title, spent, single in (("braid DEL", ours, first[0]), ("its links one by one with ip(8)", singly, first[1])):
            print("  %-44s %6.1f %6.1f   x %.1f" % ("%d interfaces, %s" % (count, title), statistics.median(spent), min(spent),
                                                     statistics.median(spent) / single))
finally:
    for space in spaces:
        subprocess.run(["ip", "netns", "delete", space], stderr=subprocess.DEVNULL, timeout=20)
    shutil.rmtree(work)
