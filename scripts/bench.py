#!/usr/bin/env python3
"""Measure ADD and DEL of Braid and of the reference plugins, in one run and in namespaces of its own (root).

  bench.py BRAID [REFERENCE_DIR]        defaults: /usr/lib/cni; ROUNDS in the environment, 30

A second Pod stays up meanwhile and keeps the bridges, as on a busy node. Each figure is the median and the minimum of all rounds, in
milliseconds, and includes the start of the process. `start` measures VERSION alone.

Then Pods with 1, 4 and 8 interfaces are taken down: by Braid's DEL, and by one ip(8) that only deletes their links one after another.

Then what masquerading and two host ports add to an ADD and a DEL, pair by pair, beside one and 200 other Pods; and the ADD and DEL of the
reference's portmap alone, with iptables and with nftables.

Last, an ADD with RULES rules (in the environment, default 10,000) is compared with an ADD with one rule. The last rule matches the Pod,
and the Pod only gets the loopback link, so the choice of the rule takes most of the time.
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
    """The times, in milliseconds, of Braid's DEL of a Pod with `count` interfaces, and of deleting its links one by one."""
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


# Conditions of rules, and a Pod for each: by name, by the start of a name, by its end, and by an annotation.
choices = {
    "names": lambda i: ({"namespaces": ["ns-%d" % i], "pods": ["web-%d" % i]}, ("ns-%d" % i, "web-%d" % i, {})),
    "patterns team-N-*": lambda i: ({"namespaces": ["team-%d-*" % i]}, ("team-%d-x" % i, "web", {})),
    "patterns *-N": lambda i: ({"pods": ["*-%d" % i]}, ("ns", "web-%d" % i, {})),
    "annotations": lambda i: ({"annotations": {"example.com/tier": "t%d" % i}}, ("ns", "web", {"example.com/tier": "t%d" % i})),
}


def choose(state, file, pod, command="ADD", before=()):
    """The wall time and the processor time, in milliseconds, of an ADD (or DEL) with a policy file, and its stderr."""
    namespace, pod_name, annotations = pod
    configuration = {"cniVersion": "1.0.0", "name": "braid", "type": "braid", "policy": file, "stateDir": state,
                     "runtimeConfig": {"io.kubernetes.cri.pod-annotations": annotations}}
    env = dict(os.environ, CNI_COMMAND=command, CNI_CONTAINERID="c", CNI_NETNS="/run/netns/" + spaces[1], CNI_IFNAME="eth0",
               CNI_PATH=work, CNI_ARGS="K8S_POD_NAMESPACE=%s;K8S_POD_NAME=%s" % (namespace, pod_name))
    start = time.perf_counter()
    process = subprocess.Popen(["nsenter", "--net=/run/netns/" + name, *before, braid], env=env, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(json.dumps(configuration).encode())
    process.stdin.close()
    text, words = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    spent = (time.perf_counter() - start) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("%s: %s" % (command, text.decode()))
    if command == "ADD":
        choose(state, file, pod, "DEL")
    return spent, (usage.ru_utime + usage.ru_stime) * 1000, words.decode()


def memory(state, file, pod):
    """The peak memory of such an ADD in MiB, measured by time(1): wait4(2) counts the memory of this script for its own children too."""
    return int(choose(state, file, pod, before=["/usr/bin/time", "-f", "%M"])[2].split()[-1]) / 1024


def rules(title, match, count):
    """The cost of many rules over the last rule alone. Both are measured in turn."""
    networks = {"other": {"chain": [{"type": "no-such-plugin"}]}, "last": {"chain": [{"type": "loopback"}]}}
    files, directories = {}, {}
    for number in (1, count):
        entries = [{"name": "rule-%d" % i, "match": match(i)[0], "attach": [{"network": "other" if i < count - 1 else "last"}]}
                   for i in range(count - number, count)]
        files[number] = "%s/rules-%s-%d.yaml" % (work, title.replace("*", "x").replace(" ", "-"), number)
        with open(files[number], "w") as out:
            out.write(json.dumps({"apiVersion": "braid/v1", "kind": "Policy", "networks": networks, "rules": entries}).replace(
                '{"name"', '\n{"name"'))
        directories[number] = "%s-state" % files[number]
    pod = match(count - 1)[1]
    # This one reads the whole policy.
    first = choose(directories[count], files[count], pod)
    measured = {number: [] for number in files}
    for _ in range(rounds):
        for number in files:
            measured[number].append(choose(directories[number], files[number], pod)[:2])
    one, many = ([statistics.median(column) for column in zip(*measured[number])] for number in (1, count))
    print("  %-20s %5d KB %8.2f %8.2f %+6.2f    %8.2f %8.2f %+6.2f    %5.1f %5.1f    %8.1f" % (
        title, os.path.getsize(files[count]) / 1000, one[0], many[0], many[0] - one[0], one[1], many[1], many[1] - one[1],
        *(memory(directories[number], files[number], pod) for number in files), first[0]))


def services(others):
    """What masquerading and two host ports add to an ADD, in ms by pairs, with so many Pods on the node. And the reference's portmap alone."""
    masquerading = {"type": "bridge", "bridge": "br40", "isDefaultGateway": True, "ipMasq": True, "ipam": ipam(40)}
    networks = {"plain": {"chain": [dict(masquerading, bridge="br41", ipMasq=False, ipam=ipam(41)), {"type": "portmap"}]},
                "served": {"chain": [masquerading, {"type": "portmap"}]}}
    state = "%s/services-%d" % (work, others)
    configurations = {}
    for kind, network in networks.items():
        with open("%s-%s.yaml" % (state, kind), "w") as out:
            json.dump({"apiVersion": "braid/v1", "kind": "Policy", "networks": {kind: network},
                       "rules": [{"name": "all", "attach": [{"network": kind}]}]}, out)
        configurations[kind] = {"cniVersion": "1.0.0", "name": "braid", "type": "braid", "policy": "%s-%s.yaml" % (state, kind),
                                "stateDir": "%s-%s" % (state, kind)}

    def ported(configuration, first):
        mappings = [{"hostPort": first + i, "containerPort": 80 + i, "protocol": "tcp"} for i in range(2)]
        return dict(configuration, runtimeConfig={"portMappings": mappings})

    def both(command, number, interface, pod):
        return [call(braid, command, ported(configurations[kind], number) if kind == "served" else configurations[kind], pod,
                     "%s%d" % (kind[0], interface)) for kind in networks]

    for i in range(others):
        both("ADD", 10000 + 2 * i, i + 1, spaces[2])
    differences = {"ADD": [], "DEL": []}
    for _ in range(rounds):
        for command in differences:
            plain, served = both(command, 9000, 0, spaces[1])
            differences[command].append(served - plain)
            time.sleep(0.01)
    for i in range(others):
        both("DEL", 10000 + 2 * i, i + 1, spaces[2])
    return differences


def reference_portmap(backend):
    """The times, in milliseconds, of ADD and DEL of the reference's portmap with two host ports. Empty if it has no such backend."""
    own = dict(bridge(42), cniVersion="1.0.0", name="reference-ports")
    environment = dict(os.environ, CNI_COMMAND="ADD", CNI_CONTAINERID=spaces[1], CNI_NETNS="/run/netns/" + spaces[1], CNI_IFNAME="eth9",
                       CNI_PATH=reference)
    made = subprocess.run(["nsenter", "--net=/run/netns/" + name, reference + "/bridge"], input=json.dumps(own).encode(), env=environment,
                          capture_output=True, check=True, timeout=60)
    mappings = [{"hostPort": 9100 + i, "containerPort": 80 + i, "protocol": "tcp"} for i in range(2)]
    ports = {"cniVersion": "1.0.0", "name": "reference-ports", "type": "portmap", "backend": backend,
             "prevResult": json.loads(made.stdout), "runtimeConfig": {"portMappings": mappings}}
    times = {"ADD": [], "DEL": []}
    try:
        for _ in range(rounds):
            for command in times:
                times[command].append(call(reference + "/portmap", command, ports, spaces[1], "eth9"))
    except SystemExit as refusal:
        print("  reference portmap, %s: %s" % (backend, str(refusal)[:120]))
        times = {}
    call(reference + "/bridge", "DEL", own, spaces[1], "eth9")
    return times


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
    print("masquerading and two host ports: what they add to Braid's ADD and DEL, and the reference's plugin alone")
    for others in (1, 200):
        for command, spent in services(others).items():
            show("braid %s, beside %d Pods (difference)" % (command, others), spent)
    for backend in ("iptables", "nftables"):
        for command, spent in reference_portmap(backend).items():
            show("reference portmap %s, %s" % (command, backend), spent)
    count = int(os.environ.get("RULES", "10000"))
    print("ADD of the loopback link by the last of %d rules, beside one rule (medians)" % count)
    print("  %-29s %24s    %24s    %11s    %8s" % ("rules by", "ms by the clock: 1, all", "ms of processor: 1, all", "MiB: 1, all",
                                                   "ms first"))
    for title, match in choices.items():
        rules(title, match, count)
finally:
    for space in spaces:
        subprocess.run(["ip", "netns", "delete", space], stderr=subprocess.DEVNULL, timeout=20)
    shutil.rmtree(work)
