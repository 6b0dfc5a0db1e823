import re
import unittest

import grpc

import node
from containerd import Containerd


def setUpModule():
    global containerd
    node.install()
    containerd = Containerd()
    unittest.addModuleCleanup(containerd.stop)


class ContainerdTests(unittest.TestCase):
    def setUp(self):
        self.links, self.state = node.links(), node.state()
        node.calls()

    def run_pod(self, *arguments, **options):
        pod = containerd.cri.run(*arguments, **options)
        self.addCleanup(self.discard, pod)
        return pod

    def discard(self, pod):
        pod.stop()
        pod.remove()

    def kernel(self, pod):
        """Address lists of the Pod's interfaces, as its own `ip` shows them."""
        status, text = pod.exec("ip", "-o", "addr")
        self.assertEqual(status, 0)
        found = {}
        for name, address in re.findall(r"^\d+: (\w+) +inet6? (\S+)", text, re.M):
            if not address.startswith("fe80:"):
                found.setdefault(name, []).append(address)
        return found

    def assert_pings(self, pod, address):
        status, text = pod.exec("ping", "-c", "1", "-W", "2", address)
        self.assertEqual(status, 0, text)

    def assert_nothing_left(self):
        self.assertEqual(node.state(), self.state)
        self.assertEqual(node.links(), self.links)

    def test_a_pod_with_one_interface(self):
        pod = self.run_pod("web-0")
        [address] = pod.ips()
        self.assertEqual(self.kernel(pod), {"lo": ["127.0.0.1/8", "::1/128"], "eth0": [address + "/24"]})
        for target in ("127.0.0.1", "10.244.7.1"):
            self.assert_pings(pod, target)

    def test_a_pod_with_three_interfaces(self):
        pod = self.run_pod("postgres-0", namespace="db")
        kernel = self.kernel(pod)
        self.assertEqual(sorted(kernel), ["eth0", "lo", "net1", "net2"])
        # containerd shows the addresses of eth0 only.
        self.assertEqual([ip + "/24" for ip in pod.ips()], kernel["eth0"])
        interfaces = pod.result()["Interfaces"]
        for name in ("eth0", "net1", "net2"):
            self.assertEqual({ip["IP"] for ip in interfaces[name]["IPConfigs"]},
                             {address.split("/")[0] for address in kernel[name]})
        _, routes = pod.exec("ip", "route")
        self.assertEqual(re.findall(r"^default .*", routes, re.M), ["default via 10.244.7.1 dev eth0 "])
        for target in ("10.244.7.1", "192.168.40.1", "10.7.0.1", "fd00:7::1"):
            self.assert_pings(pod, target)

    def test_pods_reach_each_other_on_every_network(self):
        one, two = (self.run_pod(name, namespace="db") for name in ("postgres-1", "postgres-2"))
        for name, addresses in self.kernel(two).items():
            for address in addresses if name != "lo" else []:
                self.assert_pings(one, address.split("/")[0])

    def test_a_rule_by_annotation(self):
        pod = self.run_pod("web-1", annotations={"example.com/tier": "data"})
        self.assertEqual(sorted(self.kernel(pod)), ["data0", "eth0", "lo"])

    def test_del_comes_twice(self):
        pod = containerd.cri.run("web-2", namespace="db")
        self.assertNotEqual(node.state(), self.state)
        pod.stop()
        self.assert_nothing_left()
        pod.remove()
        self.assert_nothing_left()
        commands = [(command, netns) for command, netns, *_ in node.calls()]
        self.assertEqual([call for call in commands if call[0] != "VERSION"], [("ADD", "netns"), ("DEL", "netns"), ("DEL", "")])
        self.assertEqual(containerd.cri.sandboxes(), [])

    def test_a_failing_add_says_why(self):
        with self.assertRaises(grpc.RpcError) as failure:
            containerd.cri.run("web-3", namespace="broken")
        reason = failure.exception.details()
        for word in ("nowhere", "macvlan", "eth9"):
            self.assertIn(word, reason)
        self.assert_nothing_left()
        self.assertEqual(containerd.cri.sandboxes(), [])
