/* SPDX-License-Identifier: MIT */
/* Start a command in a defined world: descriptors 0-2 only, empty signal mask,
   default dispositions, umask 022, the caller's working directory, a process
   group of its own. A case may then change one thing (pre_exec). */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
    char *const *argv;   /* argv[0] is looked up in PATH, execvp(3) */
    int in, out, err;    /* become 0, 1 and 2; -1: /dev/null */
    bool own_mounts;     /* a mount namespace of its own: what it mounts or
                            unmounts is not seen here */
    const char *without; /* a variable that is taken out of its environment,
                            or NULL */
    const char *tmpdir;  /* the value of TMPDIR for it; NULL: unchanged */
    int (*pre_exec)(void *arg); /* called last in the child before exec, or
                                NULL; 0, or -1 with errno */
    void *pre_exec_arg;
};

/* Returns the pid, watched by child_wait.h; or -1 with errno: of fork(2), or,
   with *exec_failed set, of what the child could not do (ENOENT: no such
   command). */
pid_t spawn(const struct spawn *s, int *exec_failed);

/* Make every descriptor from 3 on close-on-exec, whoever left it open. */
void spawn_cloexec_all(void);

/* An unnamed file in memory for what a target prints. Bytes beyond the limit
   are refused: a target that prints without end harms only itself. Returns a
   descriptor, or -1 with errno. */
int spawn_capture(long limit_bytes);
/* The last bytes of what was printed, with spaces in place of NULs,
   NUL-terminated; the caller frees. NULL: no memory. */
char *spawn_captured(int fd, long most_bytes);

#endif
