#!/usr/bin/env python3
"""Measure the limits of `bandwidth` with real TCP transfers, in namespaces of its own (root).

  bench-shaping.py BRAID [REFERENCE_DIR]     defaults: /usr/lib/cni; RATES and SECONDS in the environment

For each rate, burst, family and direction a Pod behind `ptp` and `bandwidth` sends to the node, or receives from it. Shown is what arrived,
as a share of the limit: the payload, and the packets with their Ethernet headers as the qdisc counts them. A transfer takes about SECONDS
(3) at the rate. What the bucket lets pass at first counts too, so the share is above 1 where somebody has named a large burst: `expected`
is what a bucket of the named size gives. The reference plugin's figures stand beside, if it is there. A transfer that is not done after
three times its time is cut short, and what has arrived counts.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

braid = os.path.realpath(sys.argv[1])
reference = sys.argv[2] if len(sys.argv) > 2 else "/usr/lib/cni"
seconds = float(os.environ.get("SECONDS_EACH", "3"))
rates = [int(rate) for rate in os.environ.get("RATES", "1000000 1000000000").split()]
node, pod = ("braid-shape-%d%s" % (os.getpid(), part) for part in ("", "-pod"))
work = tempfile.mkdtemp()

# The bursts, in bits, that runtimes write where nobody has named one.
unnamed = {"containerd's burst": 4294967295, "CRI-O's burst": 34359738359}


def inside(space, body):
    """Runs `body` in a thread that has entered the namespace, and gives back what it returns."""
    found = []

    def work():
        with open("/run/netns/" + space) as file:
            os.setns(file.fileno(), os.CLONE_NEWNET) if hasattr(os, "setns") else setns(file.fileno())
        found.append(body())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def setns(descriptor):
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")


def plugin(directory, name, command, configuration):
    env = dict(os.environ, CNI_COMMAND=command, CNI_CONTAINERID=pod, CNI_NETNS="/run/netns/" + pod, CNI_IFNAME="eth0",
               CNI_PATH=directory)
    done = subprocess.run(["nsenter", "--net=/run/netns/" + node, "%s/%s" % (directory, name)], env=env,
                          input=json.dumps(dict(configuration, cniVersion="1.0.0", name="shaped", type=name)).encode(),
                          capture_output=True, timeout=30)
    if done.returncode:
        sys.exit("%s %s: %s%s" % (name, command, done.stdout.decode(), done.stderr.decode()))
    return json.loads(done.stdout) if done.stdout.strip() else None


def counted(device):
    """The bytes that a link's root qdisc has let pass."""
    text = subprocess.run(["nsenter", "--net=/run/netns/" + node, "tc", "-s", "-j", "qdisc", "show", "dev", device],
                          check=True, capture_output=True, timeout=20).stdout
    return next(qdisc["bytes"] for qdisc in json.loads(text) if qdisc.get("root"))


def transfer(family, ingress, size, limit):
    """The bytes that arrived, and the time from the first to the last of them."""
    address = ("192.0.2.1", "192.0.2.2") if family == socket.AF_INET else ("fd00:2::1", "fd00:2::2")
    receiver, sender = (pod, node) if ingress else (node, pod)
    target = address[1] if ingress else address[0]
    listener = inside(receiver, lambda: socket.create_server((target, 5001), family=family))
    connection = inside(sender, lambda: socket.create_connection((target, 5001), timeout=20))
    accepted, _ = listener.accept()
    chunk = bytes(1 << 16)

    def send():
        left = size
        try:
            connection.settimeout(None)
            while left > 0:
                left -= connection.send(chunk[:min(left, len(chunk))])
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    thread = threading.Thread(target=send)
    accepted.settimeout(limit)
    first = last = None
    arrived = 0
    thread.start()
    start = time.perf_counter()
    buffer = bytearray(1 << 18)
    while time.perf_counter() - start < limit:
        try:
            count = accepted.recv_into(buffer)
        except TimeoutError:
            break
        if not count:
            break
        arrived += count
        last = time.perf_counter()
        first = first or last
    # A reset instead of an orderly end: what waits in the queue must not disturb the next transfer.
    for end in (accepted, connection):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        end.close()
    listener.close()
    thread.join()
    return arrived, (last or start) - start


def measure(directory, rate, burst, size):
    """The shares of a limit, payload and packets, for each family and direction."""
    limits = {"ingressRate": rate, "ingressBurst": burst, "egressRate": rate, "egressBurst": burst}
    shares = {}
    for family, name in ((socket.AF_INET, "IPv4"), (socket.AF_INET6, "IPv6")):
        for ingress in (True, False):
            # A Pod of its own for each, so the bucket is full.
            addresses = [{"address": "192.0.2.2/24", "gateway": "192.0.2.1"}, {"address": "fd00:2::2/64", "gateway": "fd00:2::1"}]
            ptp = {"ipam": {"type": "static", "addresses": addresses}}
            result = plugin(directory, "ptp", "ADD", ptp)
            result = plugin(directory, "bandwidth", "ADD", dict(limits, prevResult=result))
            host = [i["name"] for i in result["interfaces"] if not i.get("sandbox")]
            device = host[0] if ingress else host[-1]
            time.sleep(2.5 if family == socket.AF_INET6 and directory == reference else 0.1)
            before = counted(device)
            arrived, spent = transfer(family, ingress, size, 3 * max(size * 8 / rate, 1))
            passed = counted(device) - before
            shares[name, "receives" if ingress else "sends"] = (arrived * 8 / spent / rate, passed * 8 / spent / rate)
            for part, configuration in (("bandwidth", limits), ("ptp", ptp)):
                plugin(directory, part, "DEL", dict(configuration, prevResult=result))
    return shares


def bits(rate):
    return "%g %s" % ((rate / 1e9, "Gbit/s") if rate >= 1e9 else (rate / 1e6, "Mbit/s"))


try:
    for space in (node, pod):
        subprocess.run(["ip", "netns", "add", space], check=True, timeout=20)
        subprocess.run(["ip", "-n", space, "link", "set", "lo", "up"], check=True, timeout=20)
    for name in ("ptp", "static", "bandwidth"):
        os.symlink(braid, "%s/%s" % (work, name))
    sides = [("braid", work)] + ([("reference", reference)] if os.path.exists(reference + "/bandwidth") else [])
    print("Shares of the limit that arrive: payload (with Ethernet headers)")
    print("  %-12s %-22s %-15s %10s" % ("limit", "burst", "the Pod", "expected") + "".join("%18s" % side for side, _ in sides))
    for rate in rates:
        size = int(rate / 8 * seconds)
        for title, burst in dict(unnamed, **{"named: 100 ms": rate // 10}).items():
            found = [measure(directory, rate, burst, size) for _, directory in sides]
            expected = 1 if title in unnamed else 1 / (1 - burst / rate / seconds)
            for way in found[0]:
                print("  %-12s %-22s %-15s %10.2f" % (bits(rate), title, " ".join((way[1], way[0])), expected)
                      + "".join("%18s" % ("%.2f (%.2f)" % shares[way]) for shares in found), flush=True)
finally:
    for space in (node, pod):
        subprocess.run(["ip", "netns", "delete", space], stderr=subprocess.DEVNULL)
    shutil.rmtree(work)
