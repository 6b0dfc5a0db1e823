// The parts of Linux that Swift's Glibc module does not show: calls behind _GNU_SOURCE, variadic calls, and the kernel's own
// headers.
#ifndef CLINUX_H
#define CLINUX_H

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
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

// 1 if not even root can change or remove the file (statx(2), STATX_ATTR_IMMUTABLE or STATX_ATTR_APPEND), else 0. Follows no link.
int clinux_is_immutable(int dirfd, const char *name);

// Starts the program at path in a process group of its own, with the given descriptors as 0, 1 and 2, no signal blocked and none
// ignored.
//
// A small guard process stands between the program and us. It is the subreaper (prctl(2)) of everything that the program starts. Through
// the descriptor `ended` it tells the program's status (an int, see below), or the end of file if somebody has killed the guard: the
// program dies with it. Then the guard waits for our decision. SIGTERM makes it kill every descendant that is left, in whatever group or
// session, and end. SIGKILL makes it end alone. When we die, however that happens, the guard acts as after SIGTERM.
//
// Returns the guard's process ID, or a negative errno (execve(2)'s as well).
int clinux_spawn(const char *path, char *const argv[], char *const envp[], int in, int out, int err, int *ended);

// A descriptor that is readable when somebody asks us to end by SIGTERM or SIGINT (signalfd(2)), or -1. The signals must be blocked.
int clinux_stop_requests(void);

// Takes the next signal from such a descriptor. Returns 0 if there is none.
int clinux_stop_request(int fd);

// fork(2), for a process of one thread. Returns 0 in the child, else its process ID or a negative errno.
int clinux_fork(void);

// getrandom(2). Returns the number of bytes, or -1 and errno.
ssize_t clinux_getrandom(void *bytes, size_t count);

// environ(7).
char **clinux_environment(void);

// pidfd_open(2). Returns the descriptor (CLOEXEC), or a negative errno.
int clinux_pidfd_open(int pid);

// waitpid(2) for one child. Returns its status as the macros below take it, or a negative errno.
int clinux_wait(int pid);
int clinux_exit_status(int status);  // -1 unless it exited
int clinux_term_signal(int status);  // 0 unless a signal ended it

// Constants of linux/if_bridge.h and linux/if.h. These headers clash with glibc's in one module. CLinux.c checks the values.
enum {
  CLINUX_IFLA_BRIDGE_FLAGS = 0,
  CLINUX_IFLA_BRIDGE_VLAN_INFO = 2,
  CLINUX_BRIDGE_FLAGS_MASTER = 1,
  CLINUX_BRIDGE_FLAGS_SELF = 2,
  CLINUX_BRIDGE_VLAN_INFO_PVID = 1 << 1,
  CLINUX_BRIDGE_VLAN_INFO_UNTAGGED = 1 << 2,
  CLINUX_BRIDGE_VLAN_INFO_RANGE_BEGIN = 1 << 3,
  CLINUX_BRIDGE_VLAN_INFO_RANGE_END = 1 << 4,
  CLINUX_BR_STATE_FORWARDING = 3,
  CLINUX_IFF_UP = 1 << 0,
  CLINUX_IFF_PROMISC = 1 << 8,
  CLINUX_IFF_ALLMULTI = 1 << 9,
  CLINUX_IFF_LOWER_UP = 1 << 16,
  CLINUX_IF_OPER_UP = 6,
};

enum {
  CLINUX_O_PATH = 010000000,
  CLINUX_O_TMPFILE = 020200000,  // with O_DIRECTORY in it
};

#endif
