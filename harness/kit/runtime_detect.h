/* SPDX-License-Identifier: MIT */
/* Is a process run by an interpreter, a virtual machine, or a runtime that
   collects garbage? */
#ifndef RUNTIME_DETECT_H
#define RUNTIME_DETECT_H

#include <stdbool.h>
#include <sys/types.h>

/* Its name ("python3.11", "Go"), a static buffer; NULL: not known to be. */
const char *runtime_of(pid_t pid);
/* An executable's name without its folders is that of an interpreter. */
bool runtime_is_name(const char *name);

#endif
