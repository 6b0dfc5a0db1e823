"""The node of the tests: installs Braid for a runtime, and shows what it did."""
import json
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent
WORK = pathlib.Path(os.environ["BRAID_WORK"])
CGROUP = "/" + os.environ["BRAID_CGROUP"]
PLUGINS = WORK / "bin"
IMAGE_FILE = WORK / "box.tar"
RECORDS = pathlib.Path("/var/lib/cni/braid/records")
LEASES = pathlib.Path("/var/lib/cni/networks")
# Files that every pool keeps: its lock, the place where its search continues, and the time of its index.
POOL_FILE = re.compile(r"lock|stamp|last_reserved_ip\..*")

# A script that is called instead of braid, logs each call and then runs braid. The tests also check which CNI_ variables a runtime sets.
RECORDER = """#!/bin/bash
echo "$CNI_COMMAND ${CNI_NETNS:+netns} $CNI_IFNAME $CNI_ARGS" >> %s
exec %s
"""


def run(*command, **options):
    """Runs a program that must succeed. Returns its stdout."""
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, timeout=120, **options)
    if done.returncode != 0:
        raise RuntimeError("%s: status %d\n%s%s" % (" ".join(map(str, command)), done.returncode, done.stdout, done.stderr))
    return done.stdout


def install():
    """Installs Braid in the plugins' directory with the project's own script, and the image beside it. Once is enough."""
    if PLUGINS.exists():
        return
    run(HERE / "../../scripts/install.sh", os.environ["BRAID_BIN"], WORK / "braid", "loopback", "host-local")
    PLUGINS.mkdir()
    for name in ("loopback", "host-local"):
        (PLUGINS / name).symlink_to(WORK / "braid" / name)
    (PLUGINS / "braid").write_text(RECORDER % (WORK / "calls", WORK / "braid/braid"))
    (PLUGINS / "braid").chmod(0o755)
    run("/usr/bin/python3", HERE / "box_image.py", IMAGE_FILE)


def configuration(**more):
    """The network configuration list of a runtime that has Braid as its only plugin."""
    braid = {"type": "braid", "policy": str(HERE / "policy.yaml"), "capabilities": {"io.kubernetes.cri.pod-annotations": True}}
    return {"cniVersion": "1.0.0", "name": "braid", "plugins": [dict(braid, **more)]}


def calls():
    """The calls of braid so far, in order, and starts a new list."""
    file = WORK / "calls"
    text = file.read_text() if file.exists() else ""
    file.unlink(missing_ok=True)
    return [line.split(" ", 3) for line in text.splitlines()]


def links():
    """The names of the node's links."""
    return sorted(link["ifname"] for link in json.loads(run("ip", "-j", "link", "show")))


def state():
    """The records and the address reservations on the node, without the files that every pool keeps."""
    files = [file for root in (RECORDS, LEASES) if root.exists() for file in root.rglob("*") if file.is_file()]
    return sorted(str(file) for file in files if not POOL_FILE.fullmatch(file.name))
