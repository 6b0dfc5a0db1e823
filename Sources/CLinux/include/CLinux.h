// What Braid needs of Linux that Swift's Glibc module does not show: calls behind _GNU_SOURCE,
// variadic calls, and the kernel's own headers.
#ifndef CLINUX_H
#define CLINUX_H

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stddef.h>
#include <sys/types.h>

// setns(2) into the network namespace behind fd. Returns 0, or a negative errno.
int clinux_setns_network(int fd);

// unshare(2) of the network namespace. Returns 0, or a negative errno.
int clinux_unshare_network(void);

// 1 if fd is a network namespace (nsfs, CLONE_NEWNET), else 0.
int clinux_is_network_namespace(int fd);

// openat(2). Returns the descriptor, or a negative errno. CLOEXEC is always set.
int clinux_openat(int dirfd, const char *path, int flags, unsigned int mode);

// renameat2(2) with RENAME_NOREPLACE. Returns 0, or a negative errno.
int clinux_rename_noreplace(int dirfd, const char *from, const char *to);

enum {
  CLINUX_O_PATH = 010000000,
  CLINUX_O_TMPFILE = 020200000,
};

#endif
