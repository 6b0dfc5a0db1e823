#!/bin/bash
# Run a command as root under another kernel: a throw-away VM (QEMU without KVM)
# whose root is this machine's own file system, read-only below a tmpfs overlay.
#
#   vm-run.sh [-m MIB] [-c CPUS] [-t SECONDS] [-w DIR]... [-e K=V]... [-l MODULES]
#             [-r CMDLINE] [-v] CMD [ARG...]
#
#   -w DIR      what the command writes below DIR stays (else it is lost)
#   -e K=V      set in the command's environment (which has PATH, HOME, LANG only)
#   -l MODULES  kernel modules to load first, blank-separated (others load on demand)
#   -r CMDLINE  more kernel command line
#   -v          kernel messages and timings on stderr
# The command runs in the current directory; its stdout, stderr and exit code are
# passed on (125: the VM failed, 124: it ran past -t, default 600). No stdin. The
# VM has no network card. cgroup v2 is mounted; /run is empty.
#
# Needs root and: qemu-system-x86 busybox-static python3. The kernel is Debian's
# $VM_KERNEL (default linux-image-cloud-amd64), fetched by apt and unpacked, not
# installed, below $BRAID_VM (default /var/tmp/braid-vm) on the first call. Only the
# root file system is seen in the VM, so BRAID_VM must be on it; -w also brings in others.
set -euo pipefail
vm=${BRAID_VM:-/var/tmp/braid-vm}
mem=2048 cpus=$(nproc) limit=600 mods='' more='' verbose='' writable=() env=()
usage() { sed -n '2,/^set /{/^#/p}' "$0" >&2; exit 2; }
while getopts m:c:t:w:e:l:r:v o; do
  case $o in
    m) mem=$OPTARG ;; c) cpus=$OPTARG ;; t) limit=$OPTARG ;; v) verbose=1 ;;
    w) writable+=("$(realpath "$OPTARG")") ;; e) env+=("$OPTARG") ;;
    l) mods=$OPTARG ;; r) more=$OPTARG ;; *) usage ;;
  esac
done
shift $((OPTIND - 1)); [ $# -gt 0 ] || usage
die() { echo "vm-run: $*" >&2; exit 125; }
now() { echo $(($(date +%s%N) / 1000000)); }
start=$(now)

prepare() {  # the kernel, its module index and the initramfs
  local pkg=${VM_KERNEL:-linux-image-cloud-amd64} dep rel
  mkdir -p "$vm/deb"
  apt-cache depends "$pkg" 2>/dev/null | grep -q 'Depends: linux-image' || apt-get -qq update >/dev/null
  dep=$(apt-cache depends "$pkg" | awk '/Depends: linux-image/ {print $2; exit}')
  (cd "$vm/deb" && apt-get -qq download "${dep:-$pkg}" 2>/dev/null && dpkg -x "${dep:-$pkg}"_*.deb .) ||
    die "cannot get ${dep:-$pkg}"
  rel=$(basename "$vm"/deb/lib/modules/*)
  busybox depmod -b "$vm/deb" "$rel"
  mv "$vm/deb/lib/modules/$rel" "$vm/modules"; mv "$vm/deb/boot/vmlinuz-$rel" "$vm/vmlinuz"
  echo "$rel" > "$vm/release"; rm -rf "$vm/deb"
}
mkdir -p "$vm"
[ "$(stat -c %d "$vm")" = "$(stat -c %d /)" ] || die "$vm must be on the root file system"
exec 7>"$vm/lock"; flock 7
[ -s "$vm/release" ] || { rm -rf "$vm/deb" "$vm/modules"; prepare; }
rel=$(cat "$vm/release")

initramfs() {
  python3 - "$vm" "$rel" <<'P'
import os, stat, sys
vm, rel = sys.argv[1:]
deps = {}
for line in open(vm + "/modules/modules.dep"):
    mod, _, needs = line.partition(":")
    deps[os.path.basename(mod)] = (mod, needs.split())
order = []
def want(name):
    path, needs = deps[name]
    for n in needs:
        want(os.path.basename(n))
    if path not in order:
        order.append(path)
for m in ("virtio_pci", "virtio_console", "virtio_rng", "virtiofs", "overlay"):
    if m + ".ko" in deps:      # else it is built in
        want(m + ".ko")
init = r"""#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc      # first: applets run through /proc/self/exe
mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in $(cat /modules); do insmod /m/$m || echo "vm-run: no module $m"; done
for p in $(cat /proc/cmdline); do case $p in vmrun.*) eval "${p#vmrun.}";; esac; done
ports() { for p in /sys/class/virtio-ports/*; do read n <$p/name && ln -sf /dev/${p##*/} /dev/vmrun.$n; done 2>/dev/null; }
i=0; ports; while [ ! -e /dev/vmrun.rc ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); ports; done
end() { echo "$1" >/dev/vmrun.rc; poweroff -f; }
mount -t virtiofs -o ro root /low || end 125
mount -t tmpfs -o mode=755 rw /rw; mkdir /rw/up /rw/work
mount -t overlay -o lowerdir=/low,upperdir=/rw/up,workdir=/rw/work root /new || end 125
mkdir -p /lib/modules/$rel /new/lib/modules/$rel
mount -o bind /low$vm/modules /lib/modules/$rel
mount -o bind /lib/modules/$rel /new/lib/modules/$rel
mount -t proc proc /new/proc; mount -t sysfs sys /new/sys; mount -t devtmpfs dev /new/dev
mkdir -p /new/dev/pts /new/dev/shm; mount -t devpts -o ptmxmode=666 pts /new/dev/pts; mount -t tmpfs shm /new/dev/shm
mount -t tmpfs -o mode=755 run /new/run; mkdir -p /new/run/lock
mount -t cgroup2 cg /new/sys/fs/cgroup 2>/dev/null; mount -t bpf bpf /new/sys/fs/bpf 2>/dev/null
ln -s /proc/self/fd /new/dev/fd; for n in 0:in 1:out 2:err; do ln -s /proc/self/fd/${n%:*} /new/dev/std${n#*:}; done
mkdir -p /new/dev/net; mknod /new/dev/net/tun c 10 200
# Debian's modprobe cannot read the index that busybox made.
for t in modprobe lsmod; do ln -sf /bin/busybox /new/sbin/$t; done
i=0; while [ $i -lt $shares ]; do
  mkdir -p "/new$(cat /low$job/share$i.at)"; mount -t virtiofs share$i "/new$(cat /low$job/share$i.at)" || end 125; i=$((i+1))
done
ip link set lo up; hostname vm-run
# pid 1 itself must change root: kernel threads (which run modprobe) share its root,
# and setns to a mount namespace (runc exec) leads to the topmost root, not a chroot
exec switch_root /new /bin/bash $job/init
"""
out = bytearray()
def add(path, mode, data=b"", rdev=(0, 0)):
    name = path.encode() + b"\0"
    out.extend(b"070701" + b"".join(b"%08x" % n for n in (
        len(out) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, *rdev, len(name), 0)) + name)
    out.extend(b"\0" * (-len(out) % 4)); out.extend(data); out.extend(b"\0" * (-len(out) % 4))
for d in ("bin", "sbin", "dev", "proc", "sys", "m", "lib", "lib/modules", "low", "rw", "new"):
    add(d, stat.S_IFDIR | 0o755)
add("dev/console", stat.S_IFCHR | 0o600, rdev=(5, 1))
add("bin/busybox", stat.S_IFREG | 0o755, open("/bin/busybox", "rb").read())
add("sbin/modprobe", stat.S_IFLNK | 0o777, b"/bin/busybox")   # the kernel calls it by this name
add("init", stat.S_IFREG | 0o755, init.encode())
for m in order:
    add("m/" + os.path.basename(m), stat.S_IFREG | 0o644, open(vm + "/modules/" + m, "rb").read())
add("modules", stat.S_IFREG | 0o644, " ".join(os.path.basename(m) for m in order).encode())
add("TRAILER!!!", 0)
tmp = "%s/initramfs.%d" % (vm, os.getpid())
open(tmp, "wb").write(out)
os.rename(tmp, vm + "/initramfs")
P
}
[ "$vm/initramfs" -nt "$0" ] || initramfs
exec 7>&-

level=quiet; [ -z "$verbose" ] || level=ignore_loglevel
job=$(mktemp -d "$vm/job.XXXXXX") pids=()
# shellcheck disable=SC2317 # called by the trap
clean() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null || :; done; rm -rf "$job"; }
trap clean EXIT
{
  printf 'export PATH=%q HOME=%q LANG=%q\n' "$PATH" "${HOME:-/root}" "${LANG:-C.UTF-8}"
  for e in "${env[@]}"; do printf 'export %q\n' "$e"; done
  printf 'cd %q\nexec' "$PWD"; printf ' %q' "$@"; echo
} > "$job/run"
: > "$job/rc"
cat > "$job/init" <<EOF
for m in $mods; do modprobe \$m || echo "vm-run: no module \$m" >/dev/vmrun.err; done
echo up >/dev/vmrun.rc
/bin/bash $job/run </dev/null >/dev/vmrun.out 2>/dev/vmrun.err
echo \$? >/dev/vmrun.rc
/bin/busybox poweroff -f
EOF

share() {  # share TAG DIR ro|rw CACHE: one virtiofsd
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare -m --propagation private bash -c '
    set -e; mkdir "$1"; mount --bind "$2" "$1"; [ "$3" = rw ] || mount -o remount,bind,ro "$1"
    exec /usr/lib/qemu/virtiofsd --socket-path="$1.sock" --rlimit-nofile=0 -o source="$1",cache=$4' \
    - "$job/$1" "$2" "$3" "$4" </dev/null >"$job/$1.log" 2>&1 &
  pids+=($!)
  args+=(-chardev "socket,id=$1,path=$job/$1.sock" -device "vhost-user-fs-pci,chardev=$1,tag=$1")
}
args=()
share root / ro always
for i in "${!writable[@]}"; do
  echo "${writable[i]}" > "$job/share$i.at"; share "share$i" "${writable[i]}" rw none
done
for s in root "${!writable[@]}"; do
  [ "$s" = root ] || s=share$s
  for _ in $(seq 100); do [ -S "$job/$s.sock" ] && break; sleep 0.05; done
  [ -S "$job/$s.sock" ] || die "no virtiofsd: $(tail -3 "$job/$s.log")"
done

# the second cat keeps the VM from blocking on a reader that has gone
exec 8> >(cat || :; exec cat >/dev/null); out_pid=$!
exec 9> >(cat >&2 || :; exec cat >/dev/null); err_pid=$!
rc=0
trap 'exit 130' INT TERM
timeout "$limit" qemu-system-x86_64 -machine q35,accel=tcg,memory-backend=mem -cpu max -smp "$cpus" -m "$mem" \
  -object "memory-backend-memfd,id=mem,size=${mem}M,share=on" \
  -kernel "$vm/vmlinuz" -initrd "$vm/initramfs" \
  -append "console=ttyS0 panic=-1 mitigations=off nokaslr $level vmrun.vm=$vm vmrun.rel=$rel vmrun.job=$job vmrun.shares=${#writable[@]} $more" \
  -nodefaults -no-user-config -display none -no-reboot -serial "file:$job/console" \
  -device virtio-rng-pci -device virtio-serial-pci \
  -add-fd fd=8,set=8 -chardev file,id=out,path=/dev/fdset/8,append=on -device virtserialport,chardev=out,name=out \
  -add-fd fd=9,set=9 -chardev file,id=err,path=/dev/fdset/9,append=on -device virtserialport,chardev=err,name=err \
  -chardev "file,id=rc,path=$job/rc" -device virtserialport,chardev=rc,name=rc \
  "${args[@]}" </dev/null >"$job/qemu.log" 2>&1 &
pids+=($!); wait $! || rc=$?
exec 8>&- 9>&-
wait "$out_pid" "$err_pid" 2>/dev/null || :
if [ -n "$verbose" ]; then
  tr -d '\r' < "$job/console" >&2
  echo "vm-run: $(($(now) - start)) ms in all" >&2
fi
[ "$rc" -ne 124 ] || { echo "vm-run: ran past $limit s" >&2; exit 124; }
code=$(tail -1 "$job/rc")
if [ "$rc" -ne 0 ] || ! [[ $code =~ ^[0-9]+$ ]]; then die "the VM failed: $(tail -3 "$job/qemu.log"; tail -5 "$job/console")"; fi
exit "$code"
