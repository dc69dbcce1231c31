/* SPDX-License-Identifier: MIT */
/* What machine a run is on, and with what: for its reports. */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include "result/results.h"

/* Fill host, kernel, arch, libc, cores and memory_bytes, and, where
   info->valgrind is set, valgrind_version. What cannot be found out stays "",
   NULL or 0. Asks the valgrind in PATH for its version, and waits for that. */
void environment_look(struct run_info *info);

#endif
