"""A separate containerd for the tests, with Braid as its only CNI plugin."""
import json
import os
import subprocess
import time

import grpc

import node
from cri import CRI, IMAGE

CONFIGURATION = """
version = 2
root = "%(dir)s/root"
state = "%(dir)s/state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "%(dir)s/socket"
[ttrpc]
  address = "%(dir)s/socket.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "%(image)s"
  disable_tcp_service = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_apparmor = true
  disable_hugetlb_controller = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = "%(dir)s/net.d"
    bin_dir = "%(plugins)s"
    max_conf_num = 1
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
"""


class Containerd:
    def __init__(self):
        self.directory = node.WORK / "containerd"
        (self.directory / "net.d").mkdir(parents=True)
        (self.directory / "net.d/10-braid.conflist").write_text(json.dumps(node.configuration()))
        file = self.directory / "config.toml"
        file.write_text(CONFIGURATION % {"dir": self.directory, "image": IMAGE, "plugins": node.PLUGINS})
        self.log = open(self.directory / "log", "w")
        self.process = subprocess.Popen(["containerd", "-c", str(file)], stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, env={"PATH": os.environ["PATH"], "HOME": "/root"})
        self.cri = CRI(str(self.directory / "socket"), node.CGROUP)
        self.await_true("an answer", self.answers)
        node.run("ctr", "-a", self.directory / "socket", "-n", "k8s.io", "images", "import", "--snapshotter", "native",
                 node.IMAGE_FILE)
        self.await_true("the image", lambda: any(
            IMAGE in image.repo_tags for image in self.cri.call("ListImages", "ImageService").images))

    def answers(self):
        try:
            return bool(self.cri.call("Version").runtime_name)
        except grpc.RpcError:
            return False

    def await_true(self, what, condition):
        """Waits up to 60 s. An error contains the messages of the kernel and of containerd."""
        for _ in range(600):
            if self.process.poll() is not None:
                break
            if condition():
                return
            time.sleep(0.1)
        self.log.flush()
        raise RuntimeError("containerd: %s did not come\n%s" % (what, (self.directory / "log").read_text()[-3000:]))

    def stop(self):
        """Removes everything that still runs, and ends containerd."""
        for sandbox in self.cri.sandboxes():
            self.cri.call("StopPodSandbox", pod_sandbox_id=sandbox)
            self.cri.call("RemovePodSandbox", pod_sandbox_id=sandbox)
        self.cri.channel.close()
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
