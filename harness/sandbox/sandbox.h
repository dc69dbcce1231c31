/* SPDX-License-Identifier: MIT */
/* The private world of one case: namespaces of its own for users, network,
   processes and mounts. Whatever is started in it ends with it, whatever it
   did: when the first process of a pid namespace ends, the kernel kills all
   others in it, pid_namespaces(7). */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "linux/procfs.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { SANDBOX_FIRST_PORT = 16384, SANDBOX_PORTS = 65536 - SANDBOX_FIRST_PORT };
/* ports that a client may use in a sandbox */

struct sandbox {
    bool isolated;
    pid_t init;    /* pid 1 of the sandbox, as seen from outside; without
                      isolation this process, a subreaper */
    char dir[256]; /* scratch, writable by everyone; gone with the sandbox */
    int dir_fd;    /* that directory, whatever a target mounts over its path */
    int lifeline;  /* the init ends when this is closed; -1: none */
};

/* In the process that forks the cases, before the first: make once what all
   sandboxes need. Without it each makes its own. */
void sandbox_prepare(void);

/* Make the calling process, forked for one case and with no child yet, the
   owner of a sandbox: it keeps its own pid namespace and sees its target by
   ordinary pids, but shares the sandbox's network and mounts. keep is a
   NULL-terminated list of paths that the scratch directory must not hide.
   parent is the pid that must stay alive. Returns 0, or -1 with errno and in
   why the step that failed (nothing is left over then but namespaces that end
   with the caller). */
int sandbox_enter(struct sandbox *c, pid_t parent, char *const *keep, char *why,
                  size_t why_size);

/* Without namespaces: be the subreaper of all that follows; dir, made and
   opened by the parent, is the scratch. Returns 0, or -1 with errno. */
int sandbox_open_plain(struct sandbox *c, pid_t parent, const char *dir,
                       int dir_fd);

/* End everything in the sandbox and wait until it is gone, or cannot be ended.
 */
void sandbox_close(struct sandbox *c);

/* Kill all descendants of this process, which must be their subreaper, but for
   the children in spare (may be NULL) and what is below those, until none is
   left. Their number may grow meanwhile: a list of pids races with fork(2), so
   look again until nothing is found. Returns 0; or, where one cannot be killed
   (another user's, or one that sleeps in the kernel), its pid. */
pid_t sandbox_kill_descendants(const struct pid_list *spare);

/* Set RLIMIT_CORE to 0 and a defined soft limit of descriptors, at least need
   if the hard limit allows it: all that is started here inherits both. */
void sandbox_limits(long need);

/* Have the kernel kill this process when parent ends, however that ends.
   Returns 0, or -1 if it is gone already. */
int sandbox_die_with(pid_t parent);

#endif
