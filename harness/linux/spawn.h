/* SPDX-License-Identifier: MIT */
/* Start any command in a defined world: descriptors 0-2 only, empty signal
   mask, default dispositions, umask 022, the caller's working directory, a
   process group of its own. Then add the one dirt that a case wants. */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
    char *const *argv;   /* argv[0] is looked up in PATH, execvp(3) */
    int in, out, err;    /* become 0, 1 and 2; -1: /dev/null */
    bool own_mounts;     /* what it mounts or unmounts is its own affair */
    const char *without; /* a variable that is taken out of its environment,
                            or NULL */
    const char *tmpdir;  /* what TMPDIR is for it; NULL: as it is */
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

/* An unnamed file for what a target prints, which takes so many bytes and
   refuses more: a target that prints without end harms itself alone. Returns
   a descriptor, or -1 with errno. */
int spawn_capture(long limit_bytes);
/* The last bytes of it, NULs among them as spaces, NUL-terminated; the caller
   frees. NULL: no memory. */
char *spawn_captured(int fd, long most_bytes);

#endif
