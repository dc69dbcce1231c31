/* SPDX-License-Identifier: MIT */
/* load/: many clients. */
#include "cases/load/load.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &load_concurrent_cases,
    &load_own_bytes_cases,
    &load_hold_cases,
    &load_beyond_cases,
    &load_queue_cases,
    &load_churn_cases,
    &load_resets_cases,
    &load_overlap_cases,
    &load_broken_cases,
    &load_fairness_cases,
    NULL,
};

const struct family load_family = {
    .name = "load/",
    .tables = tables,
    .exchange = true,
};
