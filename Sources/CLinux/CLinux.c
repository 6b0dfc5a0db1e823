#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAME(name) _Static_assert((long)CLINUX_##name == (long)(name), #name)
SAME(IFLA_BRIDGE_FLAGS);
SAME(IFLA_BRIDGE_VLAN_INFO);
SAME(BRIDGE_FLAGS_MASTER);
SAME(BRIDGE_FLAGS_SELF);
SAME(BRIDGE_VLAN_INFO_PVID);
SAME(BRIDGE_VLAN_INFO_UNTAGGED);
SAME(BRIDGE_VLAN_INFO_RANGE_BEGIN);
SAME(BRIDGE_VLAN_INFO_RANGE_END);
SAME(BR_STATE_FORWARDING);
SAME(IFF_UP);
SAME(IFF_PROMISC);
SAME(IFF_LOWER_UP);
SAME(IF_OPER_UP);
SAME(O_PATH);
SAME(O_TMPFILE);

int clinux_setns_network(int fd) { return setns(fd, CLONE_NEWNET) == 0 ? 0 : -errno; }

int clinux_unshare_network(void) { return unshare(CLONE_NEWNET) == 0 ? 0 : -errno; }

int clinux_is_network_namespace(int fd) { return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET; }

int clinux_openat(int dirfd, const char *path, int flags, unsigned int mode) {
  int fd = openat(dirfd, path, flags | O_CLOEXEC, mode);
  return fd >= 0 ? fd : -errno;
}

int clinux_rename_noreplace(int dirfd, const char *from, const char *to) {
  return renameat2(dirfd, from, dirfd, to, RENAME_NOREPLACE) == 0 ? 0 : -errno;
}

int clinux_is_immutable(int dirfd, const char *name) {
  struct statx status;
  if (statx(dirfd, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) != 0) return 0;
  return (status.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0;
}

static void kill_group(int signal_number) {
  (void)signal_number;
  kill(0, SIGKILL);
}

// In the child: becomes the program. Reports a failed execve(2) through the pipe.
static void become(const char *path, char *const argv[], char *const envp[], const int stdio[3], int report) {
  sigset_t none;
  sigemptyset(&none);
  signal(SIGTERM, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int i = 0; i < 3; i++)
    if (dup2(stdio[i], i) < 0) goto failed;
  execve(path, argv, envp);
failed:;
  int error = errno;
  ssize_t ignored = write(report, &error, sizeof error);
  (void)ignored;
  _exit(127);
}

// In the guard: waits for the program, then ends with the same status or signal.
static void guard(int program) {
  int status;
  while (waitpid(program, &status, 0) < 0)
    if (errno != EINTR) _exit(127);
  if (WIFSIGNALED(status)) {
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(WTERMSIG(status), SIG_DFL);
    kill(getpid(), WTERMSIG(status));
  }
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

int clinux_spawn(const char *path, char *const argv[], char *const envp[], int in, int out, int err) {
  // Descriptors 0 to 2 may be closed in this process, so a given descriptor may have such a number, and dup2() in become() would
  // overwrite it. Copies from 3 up are safe.
  int stdio[3], report[2];
  const int given[3] = {in, out, err};
  for (int i = 0; i < 3; i++)
    if ((stdio[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 3)) < 0) {
      int error = errno;
      while (i-- > 0) close(stdio[i]);
      return -error;
    }
  if (pipe2(report, O_CLOEXEC) < 0) {
    int error = errno;
    for (int i = 0; i < 3; i++) close(stdio[i]);
    return -error;
  }
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    // The runtime may have ignored SIGCHLD or blocked SIGTERM, and we inherit that. The guard needs both.
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGTERM, kill_group);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    pid_t program = fork();
    if (program == 0) become(path, argv, envp, stdio, report[1]);
    int error = program < 0 ? errno : 0;
    if (error) {
      ssize_t ignored = write(report[1], &error, sizeof error);
      (void)ignored;
      _exit(127);
    }
    // Close everything: a pipe end left open here would keep its reader waiting for the end of file.
    if (syscall(SYS_close_range, 0, ~0U, 0) != 0)
      for (int fd = 0; fd < 1024; fd++) close(fd);
    guard(program);
  }
  int error = child < 0 ? errno : 0;
  for (int i = 0; i < 3; i++) close(stdio[i]);
  close(report[1]);
  if (!error) {
    ssize_t got;
    do got = read(report[0], &error, sizeof error);
    while (got < 0 && errno == EINTR);
    if (got != sizeof error) error = 0;
    if (error) waitpid(child, NULL, 0);
  }
  close(report[0]);
  return error ? -error : child;
}

int clinux_fork(void) {
  pid_t child = fork();
  return child >= 0 ? child : -errno;
}

int clinux_pidfd_open(int pid) {
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  return fd >= 0 ? fd : -errno;
}

int clinux_wait(int pid) {
  int status;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return status;
}

int clinux_exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

int clinux_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

char **clinux_environment(void) { return environ; }

ssize_t clinux_getrandom(void *bytes, size_t count) { return getrandom(bytes, count, 0); }
