/* SPDX-License-Identifier: MIT */
/* What a sandbox mounts for itself, in a mount namespace of its own: a scratch
   directory that hides nothing, and terminals that are nobody's. */
#ifndef SANDBOX_MOUNTS_H
#define SANDBOX_MOUNTS_H

#include <stddef.h>

/* Nobody else shall see what is mounted from here on; then mount. Writes the
   scratch directory's path into dir, and returns a descriptor of it (O_PATH),
   which stands for it whatever is mounted over it or unmounted later; or -1
   with errno and in *step what could not be done. keep is a NULL-terminated
   list of words (paths among them) in which the scratch should not stand. */
int sandbox_mounts(char *dir, size_t size, char *const *keep,
                   const char **step);

#endif
