#!/usr/bin/env python3
"""Write an OCI image archive holding one static busybox, without a registry.

  box_image.py OUT.tar [NAME] [BUSYBOX]

The image serves both as pod sandbox ("pause") image and as a container to run
ping, ip, wget, nc ... in: its command sleeps, and every applet has a link.
Load it with `ctr -n k8s.io images import OUT.tar` or `podman load -i OUT.tar`.
"""
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile

out = sys.argv[1]
name = sys.argv[2] if len(sys.argv) > 2 else "localhost/box:1"
busybox = sys.argv[3] if len(sys.argv) > 3 else "/bin/busybox"
arch = {"x86_64": "amd64", "aarch64": "arm64"}[subprocess.check_output(["uname", "-m"], text=True).strip()]


def add(tar, path, data=None, mode=0o755, link=None, kind=None):
    i = tarfile.TarInfo(path)
    i.mode, i.type = mode, kind or (tarfile.SYMTYPE if link else tarfile.REGTYPE if data is not None else tarfile.DIRTYPE)
    i.linkname, i.size = link or "", len(data or b"")
    tar.addfile(i, io.BytesIO(data or b""))


layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode="w") as t:
    for d in ("bin", "dev", "etc", "proc", "root", "run", "sys", "tmp", "var"):
        add(t, d, mode=0o1777 if d == "tmp" else 0o755)
    add(t, "sbin", link="bin")
    add(t, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n", 0o644)
    add(t, "etc/group", b"root:x:0:\n", 0o644)
    add(t, "bin/busybox", open(busybox, "rb").read())
    for applet in subprocess.check_output([busybox, "--list"], text=True).split():
        if applet != "busybox":
            add(t, "bin/" + applet, link="busybox")
layer = layer.getvalue()
zipped = gzip.compress(layer, mtime=0)


def digest(b):
    return "sha256:" + hashlib.sha256(b).hexdigest()


blobs = {}


def blob(kind, data):
    if not isinstance(data, bytes):
        data = json.dumps(data, sort_keys=True).encode()
    blobs[digest(data)] = data
    return {"mediaType": "application/vnd.oci.image.%s" % kind, "digest": digest(data), "size": len(data)}


config = blob("config.v1+json", {
    "architecture": arch, "os": "linux", "created": "2000-01-01T00:00:00Z",
    "config": {"Env": ["PATH=/bin:/sbin"], "Cmd": ["/bin/sleep", "1000000"], "WorkingDir": "/"},
    "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
    "history": [{"created": "2000-01-01T00:00:00Z", "created_by": "box_image.py"}]})
manifest = blob("manifest.v1+json", {
    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": config, "layers": [blob("layer.v1.tar+gzip", zipped)]})
manifest["annotations"] = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name}
manifest["platform"] = {"architecture": arch, "os": "linux"}

with tarfile.open(out, "w") as t:
    add(t, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}', 0o644)
    add(t, "index.json", json.dumps({"schemaVersion": 2, "manifests": [manifest]}).encode(), 0o644)
    for d, data in blobs.items():
        add(t, "blobs/" + d.replace(":", "/"), data, 0o644)
