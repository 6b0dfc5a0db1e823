import json
import os
import unittest

import node
from cri import IMAGE

CONFIGURATION = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[network]
network_backend = "cni"
cni_plugin_dirs = ["%(plugins)s"]
network_config_dir = "%(dir)s/net.d"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""


def setUpModule():
    global podman
    node.install()
    podman = Podman()
    unittest.addModuleCleanup(podman.stop)


class Podman:
    """Podman with storage and configuration of its own, and Braid as its only CNI plugin."""

    def __init__(self):
        self.directory = node.WORK / "podman"
        (self.directory / "net.d").mkdir(parents=True)
        (self.directory / "net.d/braid.conflist").write_text(json.dumps(node.configuration()))
        file = self.directory / "containers.conf"
        file.write_text(CONFIGURATION % {"dir": self.directory, "plugins": node.PLUGINS})
        self.environment = {"PATH": os.environ["PATH"], "HOME": "/root", "CONTAINERS_CONF": str(file)}
        (self.directory / "policy.json").write_text('{"default":[{"type":"insecureAcceptAnything"}]}')
        self("load", "--signature-policy", self.directory / "policy.json", "-i", node.IMAGE_FILE)

    def __call__(self, *arguments):
        return node.run("podman", "--root", self.directory / "root", "--runroot", self.directory / "runroot", "--tmpdir",
                        self.directory / "tmp", "--storage-driver", "vfs", *arguments, env=self.environment)

    def run(self, name):
        self("run", "--detach", "--name", name, "--network", "braid", "--cgroup-parent", node.CGROUP, "--cap-add", "NET_RAW", IMAGE)
        return self.address(name)

    def address(self, name):
        [container] = json.loads(self("inspect", name))
        return container["NetworkSettings"]["Networks"]["braid"]["IPAddress"]

    def stop(self):
        self("rm", "--all", "--force", "--time", "0")


class PodmanTests(unittest.TestCase):
    def setUp(self):
        self.links, self.state = node.links(), node.state()
        self.addCleanup(podman.stop)

    def test_run_ping_restart_remove(self):
        one, two = podman.run("one"), podman.run("two")
        self.assertNotEqual(one, two)
        for target in ("127.0.0.1", two, "10.244.7.1"):
            podman("exec", "one", "ping", "-c", "1", "-W", "2", target)
        self.assertIn(one + "/24", podman("exec", "one", "ip", "addr", "show", "eth0"))

        podman("restart", "--time", "0", "two")
        two = podman.address("two")
        podman("exec", "one", "ping", "-c", "1", "-W", "2", two)
        podman("exec", "two", "ping", "-c", "1", "-W", "2", one)
        self.assertEqual(len([file for file in node.state() if "records" in file]), 2)

        podman("rm", "--force", "--time", "0", "one", "two")
        self.assertEqual(node.state(), self.state)
        self.assertEqual(node.links(), self.links)
