/* SPDX-License-Identifier: MIT */
/* The context of a case, as it begins. */
#ifndef CASE_BEGIN_H
#define CASE_BEGIN_H

#include "run/case_run.h"

/* Once in the process of a job. */
void case_begin_job(struct context *c, const struct plan *plan,
                    struct sandbox *sandbox, int channel,
                    const struct case_order *order);
/* For each case, whoever used the server before; test_case is NULL for the
   survey. */
void case_begin(struct context *c, const struct test_case *test_case,
                struct verdict *v);
/* Give the first case an address, and a port that is free there. false: decided
   (error). */
bool case_take_place(struct context *c, const struct case_order *order);

#endif
