/* SPDX-License-Identifier: MIT */
/* What a sandbox mounts in its own mount namespace: a scratch directory that
   hides no file, and terminals of its own. */
#ifndef SANDBOX_MOUNTS_H
#define SANDBOX_MOUNTS_H

#include <stddef.h>

/* Make the mounts of this namespace private, then mount. Writes the path of the
   scratch directory into dir, and returns a descriptor of it (O_PATH), which
   stays good whatever is mounted over it or unmounted later; or -1 with errno
   and in *step what could not be done. keep is a NULL-terminated list of words:
   the scratch is not put into a directory that one of them names. */
int sandbox_mounts(char *dir, size_t size, char *const *keep,
                   const char **step);

#endif
