"""The faults that points.py causes: at every system call of some kind, or at every call of an external plugin."""
import re

# Calls that change something, or wait for somebody who changes something. The value is a pattern for the line of strace(1). The process
# may be killed between any two of them. A kill at another call has the same effect as a kill at the next of these.
CHANGES = {name: "" for name in (
    "sendto", "linkat", "symlinkat", "renameat", "renameat2", "unlinkat", "write", "pwrite64", "copy_file_range", "fallocate",
    "ftruncate", "fsync", "fdatasync", "fchmod", "fchown", "utimensat", "flock", "setns", "mkdir", "mkdirat", "clone", "clone3",
    "vfork", "pidfd_open", "poll", "ppoll", "wait4", "exit_group")} | {"openat": "O_CREAT|O_TMPFILE", "fcntl": "F_SETLK"}
# A full disk: calls that make a file or a name, or make a file larger, fail.
GROWING = {name: "" for name in (
    "linkat", "symlinkat", "renameat", "renameat2", "write", "pwrite64", "copy_file_range", "fallocate", "ftruncate", "mkdir",
    "mkdirat", "fsync", "fdatasync")} | {"openat": "O_CREAT|O_TMPFILE"}
# A broken disk or kernel: calls fail with an error of the device.
ANSWERING = {name: "" for name in (
    "openat", "read", "pread64", "write", "pwrite64", "unlinkat", "linkat", "symlinkat", "renameat", "renameat2", "readlinkat",
    "newfstatat", "statx", "getdents64", "flock", "fchmod", "ftruncate", "fsync", "fdatasync", "utimensat", "ioctl", "setns", "bind",
    "getrandom", "poll", "pidfd_open", "wait4")} | {"fcntl": "F_SETLK"}

# What strace does at the n-th call of each kind.
SYSTEM = [
    ("signal=KILL", CHANGES),
    ("error=EIO", ANSWERING),
    ("error=ENOSPC", GROWING),
    ("error=ENOBUFS", {"sendto": "", "recvmsg": ""}),
    ("error=EFAULT", {"recvmsg": ""}),
    ("error=EINTR", {"sendto": "", "recvmsg": "", "flock": "", "poll": "", "wait4": ""}),
    ("error=EMFILE", {"socket": "", "pipe2": "", "fcntl": "F_DUPFD", "pidfd_open": ""}),
    ("error=ENOMEM", {"mmap": "", "mremap": ""}),
    ("error=EROFS", {"unlinkat": "", "mkdirat": "", "openat": "O_CREAT|O_TMPFILE"}),
    ("error=EAGAIN", {"clone": "", "clone3": "", "vfork": ""}),
    ("error=ECHILD", {"wait4": ""}),
]
# The same, at the n-th call and all later ones. Nothing can be undone before the next operation.
LASTING = [
    ("error=ENOSPC", {"linkat": "", "symlinkat": "", "write": "", "mkdirat": ""}),
    ("error=EIO", {"unlinkat": "", "renameat": ""}),
    ("error=ENOBUFS", {"sendto": ""}),
]

# What an external plugin does at its n-th call, before or after its work (see OUTSIDER in scratch.py).
REPLY = """echo '{"cniVersion":"1.0.0","code":100,"msg":"no luck"}'; exit 1"""
DELEGATE = [
    ("is killed before its work", "before", "kill -KILL $$"),
    ("is killed after its work", "after", "kill -KILL $$"),
    ("refuses", "before", REPLY),
    ("fails after its work", "after", REPLY),
    ("fails without a word", "after", "exit 3"),
    ("prints nothing", "after", "exit 0"),
    ("prints no JSON", "after", "echo '<html>'; exit 0"),
    ("leaves somebody with its output", "after", "sleep 9 & exit 3"),
]


class Fault:
    """One fault at one place: the command that runs `braid` with the fault, and a description."""

    def __init__(self, where, tracer=(), outsider="", lasting=False, harmless=False):
        self.where = where
        self.tracer = list(tracer)
        self.outsider = outsider
        # Whether an ADD with this fault may leave things that its record lists.
        self.lasting = lasting
        # Whether an operation with this fault must succeed.
        self.harmless = harmless


def calls(trace):
    """The system calls after `main` began: for each name [(which of the process's it is, the line)]."""
    counts, found = {}, {}
    for line in trace:
        name = re.match(r"(\w+)\(", line)
        if not name:
            continue
        counts[name.group(1)] = counts.get(name.group(1), 0) + 1
        found.setdefault(name.group(1), []).append((counts[name.group(1)], line))
        # The first system call of `main`.
        if line.startswith("rt_sigaction(SIGPIPE"):
            found = {}
    return found


def of_system(found):
    for table, lasting in ((SYSTEM, False), (LASTING, True)):
        for fault, names in table:
            for name, pattern in names.items():
                for n in [n for n, line in found.get(name, ()) if re.search(pattern, line)]:
                    inject = "inject=%s:%s:when=%d%s" % (name, fault, n, "+" if lasting else "")
                    yield Fault("%s at %s %d%s" % (fault, name, n, " and all after" if lasting else ""),
                                ["strace", "-o", "/dev/null", "-e", "trace=" + name, "-e", inject], lasting=lasting,
                                harmless=fault == "error=EINTR")


def of_delegate(calls):
    for words, moment, deed in DELEGATE:
        for n in range(1, calls + 1):
            for lasting in (False, True):
                yield Fault("the plugin %s at call %d%s" % (words, n, " and all after" if lasting else ""), lasting=lasting,
                            outsider='[ "$1" != %s ] || [ "$2" %s %d ] || { %s; }' % (moment, "-lt" if lasting else "-ne", n, deed))
