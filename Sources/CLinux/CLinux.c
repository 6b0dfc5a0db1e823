#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>

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
