#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
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
SAME(IFF_ALLMULTI);
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

// The time for killed processes to end, in seconds. One that waits for a broken device does not end: it is left to itself then.
enum { END_SECONDS = 3 };

// Kills the children that the list in /proc names. Returns 0 if the kernel has no such list (CONFIG_PROC_CHILDREN).
static int kill_listed_children(void) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  pid_t pid = 0;
  ssize_t count;
  while ((count = read(fd, text, sizeof text)) > 0)
    for (ssize_t i = 0; i < count; i++) {
      if (text[i] >= '0' && text[i] <= '9') {
        pid = pid * 10 + (text[i] - '0');
      } else if (pid > 0) {
        kill(pid, SIGKILL);
        pid = 0;
      }
    }
  close(fd);
  return 1;
}

// The parent of a process, or 0.
static pid_t parent_of(const char *pid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return 0;
  text[count] = 0;
  // The program's name stands in parentheses, and may contain some itself.
  char state;
  int parent;
  const char *rest = strrchr(text, ')');
  return rest && sscanf(rest + 1, " %c %d", &state, &parent) == 2 ? parent : 0;
}

// Kills the children that a search of /proc finds. Calls getdents64(2) itself: readdir(3) allocates memory, which is not safe after
// a fork(2) in a program with threads.
static void kill_found_children(void) {
  struct entry {
    unsigned long long inode, offset;
    unsigned short length;
    unsigned char type;
    char name[];
  };
  _Alignas(struct entry) char buffer[8192];
  pid_t own = getpid();
  int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  long count;
  while ((count = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
    for (long i = 0; i < count;) {
      struct entry *entry = (struct entry *)(buffer + i);
      i += entry->length;
      if (entry->name[0] >= '1' && entry->name[0] <= '9' && parent_of(entry->name) == own) kill(atoi(entry->name), SIGKILL);
    }
  close(fd);
}

// In the guard: kills all descendants, whatever groups and sessions they are in. The guard is their subreaper, so the children of a
// killed child become the guard's own: it kills its children until it has none. Only the guard reaps them, so no number that it
// kills can be another process's.
static void end_descendants(pid_t program) {
  struct timespec start, now;
  const struct timespec pause = {0, 1000000};
  clock_gettime(CLOCK_MONOTONIC, &start);
  if (program > 0) kill(-program, SIGKILL);
  do {
    if (!kill_listed_children()) kill_found_children();
    pid_t ended;
    int progress = 0;
    while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) progress = 1;
    if (ended < 0 && errno == ECHILD) return;
    // A process that forks and ends again and again must not get ahead of us.
    if (!progress) nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while (now.tv_sec - start.tv_sec <= END_SECONDS);
}

// In the program's process: becomes the program. Reports a failed execve(2) through the pipe.
static void become(const char *path, char *const argv[], char *const envp[], const int stdio[3], int report, pid_t guard) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != guard) _exit(127);
  // Ignored signals stay ignored in the program, and blocked ones blocked. signal(2) refuses two that the C library uses itself, so the
  // kernel is asked. Zeros are SIG_DFL, and eight bytes are the kernel's sigset_t.
  const char initial[64] = {0};
  for (int number = 1; number < NSIG; number++) syscall(SYS_rt_sigaction, number, initial, NULL, 8);
  sigset_t none;
  sigemptyset(&none);
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

// In the guard: tells the program's status through `ended` when the program ends. Then stays until it is killed, or told by SIGTERM
// to end everything.
static void watch(pid_t program, pid_t parent, int ended) {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGCHLD);
  for (;;) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != program) continue;
      program = 0;
      ssize_t ignored = write(ended, &status, sizeof status);
      (void)ignored;
    }
    siginfo_t info;
    if (sigwaitinfo(&awaited, &info) != SIGTERM) continue;
    // The parent asks for it, or has died. Anybody else's SIGTERM does not count.
    if (info.si_pid != parent && getppid() == parent) continue;
    end_descendants(program);
    _exit(0);
  }
}

// The guard's process.
static void guard(
    const char *path, char *const argv[], char *const envp[], const int stdio[3], int report, int ended, pid_t parent) {
  setpgid(0, 0);
  // Every signal waits until the guard asks for it. With SIGCHLD ignored, which a runtime may have left so, it would miss the
  // program's status.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t self = getpid(), program = fork();
  if (program == 0) become(path, argv, envp, stdio, report, self);
  if (program < 0) {
    int error = errno;
    ssize_t ignored = write(report, &error, sizeof error);
    (void)ignored;
    _exit(127);
  }
  // Close everything else: a pipe end left open here would keep its reader waiting for the end of file.
  dup2(ended, 0);
  if (syscall(SYS_close_range, 1, ~0U, 0) != 0)
    for (int fd = 1; fd < 1024; fd++) close(fd);
  watch(program, parent, 0);
}

int clinux_spawn(const char *path, char *const argv[], char *const envp[], int in, int out, int err, int *ended) {
  // Descriptors 0 to 2 may be closed in this process, so a given descriptor may have such a number, and dup2() in become() would
  // overwrite it. Copies from 3 up are safe.
  int stdio[3], report[2], end[2];
  const int given[3] = {in, out, err};
  for (int i = 0; i < 3; i++)
    if ((stdio[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 3)) < 0) {
      int error = errno;
      while (i-- > 0) close(stdio[i]);
      return -error;
    }
  int error = pipe2(report, O_CLOEXEC) < 0 ? errno : 0;
  if (!error && pipe2(end, O_CLOEXEC) < 0) {
    error = errno;
    close(report[0]);
    close(report[1]);
  }
  if (error) {
    for (int i = 0; i < 3; i++) close(stdio[i]);
    return -error;
  }
  pid_t parent = getpid(), child = fork();
  if (child == 0) guard(path, argv, envp, stdio, report[1], end[1], parent);
  error = child < 0 ? errno : 0;
  for (int i = 0; i < 3; i++) close(stdio[i]);
  close(report[1]);
  close(end[1]);
  if (!error) {
    ssize_t got;
    do got = read(report[0], &error, sizeof error);
    while (got < 0 && errno == EINTR);
    if (got != sizeof error) error = 0;
    if (error) {
      kill(child, SIGKILL);
      waitpid(child, NULL, 0);
    }
  }
  close(report[0]);
  if (error) {
    close(end[0]);
    return -error;
  }
  *ended = end[0];
  return child;
}

int clinux_stop_requests(void) {
  sigset_t requests;
  sigemptyset(&requests);
  sigaddset(&requests, SIGTERM);
  sigaddset(&requests, SIGINT);
  return signalfd(-1, &requests, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_stop_request(int fd) {
  struct signalfd_siginfo info;
  return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
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
