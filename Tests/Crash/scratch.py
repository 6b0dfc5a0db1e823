"""Shared by the scripts of this folder: their own namespaces, and a dump of everything that an operation could leave behind."""
import os
import re
import shutil
import subprocess
import tempfile

# An external plugin. It keeps a file for each attachment and place in the chain, and passes the result on. At its n-th call, before or
# after its work, it does what the file `fault` says.
OUTSIDER = r"""#!/bin/sh
# A line for each call. Two processes may append at once, but they cannot tear each other's lines.
echo call >>"WORK/calls"
n=$(wc -l <"WORK/calls")
mine="WORK/outsider/$CNI_CONTAINERID@$CNI_IFNAME.$(basename "$0")"
at() { [ ! -s "WORK/fault" ] || . "WORK/fault"; }
at before $n
configuration=$(cat)
case $CNI_COMMAND in
ADD) : >"$mine" ;;
DEL) rm -f "$mine" ;;
esac
at after $n
[ $CNI_COMMAND != ADD ] || printf %s "$configuration" | jq .prevResult
"""

# Parts of a dump that change by themselves. Link-local addresses and their routes come and go with duplicate address detection.
VOLATILE = re.compile(r"(gc|hello|tcn|topology_change)_timer +\S+|state \S+|NO-CARRIER,|,?LOWER_UP|valid_lft.*|qdisc \S+|refcnt \d+|^\d+: ")
PASSING = ("fe80", "ff00::", "tentative")
# Files that host-local and the engine keep for ever or write again later, and files of these scripts.
LASTING = ("lock", "bridges", "boot", "stamp", "trace", "policy.lock", "calls", "fault", "state.mark")
# The queries to ip(8) for each family, and those for one family.
SHOW = "route show table all\nrule\nneigh show nud permanent\n"
SHOW_IPV4 = "link\naddr\n"


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **more)


class Scratch:
    """A node's namespace with a LAN behind `eth1`, Pods' namespaces, and a folder. `close` removes all of them."""

    def __init__(self, kind, pods):
        self.node = "braid-%s-%d" % (kind, os.getpid())
        self.pods = ["%s-%d" % (self.node, i) for i in range(pods)]
        self.make()

    def renew(self):
        """Make everything anew, without any state of before."""
        self.close()
        self.make()

    def make(self):
        self.work = tempfile.mkdtemp()
        try:
            for space in [self.node, *self.pods]:
                subprocess.run(["ip", "netns", "add", space], check=True, timeout=20)
            run("ip", "-n", self.node, "link", "add", "eth1", "type", "veth", "peer", "name", "lan1")
            for link in ("eth1", "lan1"):
                run("ip", "-n", self.node, "link", "set", link, "up")
            # Forwarding is on from the start: Braid switches it on and leaves it on, which would show in the dumps.
            run("nsenter", "--net=/run/netns/" + self.node, "sh", "-c",
                "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
            for folder in ("bin", "outsider"):
                os.mkdir(os.path.join(self.work, folder))
            for name in ("outsider", "stranger"):
                self.write("bin/" + name, OUTSIDER)
                os.chmod(self.work + "/bin/" + name, 0o755)
        except BaseException:
            self.close()
            raise

    def write(self, name, text):
        """Write a file of the folder. WORK in the text stands for the folder's path."""
        with open(os.path.join(self.work, name), "w") as file:
            file.write(text.replace("WORK", self.work))

    def dump(self):
        lines = []
        for space in [self.node, *self.pods]:
            found = run("ip", "-n", space, "-d", "-o", "-batch", "-", input=SHOW + SHOW_IPV4).stdout
            found += run("ip", "-n", space, "-6", "-d", "-o", "-batch", "-", input=SHOW).stdout
            found += run("nsenter", "--net=/run/netns/" + space, "nft", "list", "ruleset").stdout
            found += run("nsenter", "--net=/run/netns/" + space, "tc", "-d", "qdisc", "show").stdout
            for line in found.splitlines():
                line = VOLATILE.sub("", line)
                if not any(word in line for word in PASSING):
                    lines.append(space + ": " + line)
        for folder, _, files in os.walk(self.work):
            passing = ("last_reserved_ip", "policy-")
            lines += [os.path.join(folder, f) for f in files if f not in LASTING and not f.startswith(passing)]
        return sorted(lines)

    def close(self):
        for space in [self.node, *self.pods]:
            run("ip", "netns", "delete", space)
        shutil.rmtree(self.work)
