/* SPDX-License-Identifier: MIT */
/* What is not judged: on a server that runs already (--connect) what could
   disturb it, since it is somebody's; under another protocol what is of echo
   alone. */
#ifndef NEEDS_H
#define NEEDS_H

#include "client/protocol.h"
#include "result/case.h"
#include "result/verdict.h"
#include "target/command.h"

/* false: decided (skip). */
bool needs_target_started(const struct target *t, struct verdict *v);
bool needs_target_processes(const struct target *t, struct verdict *v);
/* Whichever of them the cases of a family need. */
bool needs_of_family(const struct family *f, const struct target *t,
                     struct verdict *v);

/* The echo protocol, where the family or the case is of echo alone. */
bool needs_its_protocol(const struct family *f, const struct test_case *t,
                        const struct protocol *p, struct verdict *v);

/* One whose answers show whose they are. */
bool needs_own_answers(const struct protocol *p, struct verdict *v);

#endif
