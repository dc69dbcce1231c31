/* SPDX-License-Identifier: MIT */
/* What is not judged on a server that runs already (--connect): it is
   somebody's, so nothing is done that could disturb it. */
#ifndef NEEDS_H
#define NEEDS_H

#include "result/case.h"
#include "result/verdict.h"
#include "target/command.h"

/* false: decided (skip). */
bool needs_target_started(const struct target *t, struct verdict *v);
bool needs_target_processes(const struct target *t, struct verdict *v);
/* Whichever of them the cases of a family need. */
bool needs_of_family(const struct family *f, const struct target *t,
                     struct verdict *v);

#endif
