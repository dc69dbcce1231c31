/* SPDX-License-Identifier: MIT */
/* lifecycle/: signals, stopping, starting again. */
#include "cases/lifecycle/lifecycle.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &lifecycle_term_cases,    &lifecycle_moment_cases,
    &lifecycle_owed_cases,    &lifecycle_drain_cases,
    &lifecycle_reload_cases,  &lifecycle_signals_cases,
    &lifecycle_restart_cases, &lifecycle_listens_cases,
    &lifecycle_second_cases,  &lifecycle_still_cases,
    &lifecycle_refusal_cases, NULL,
};

const struct family lifecycle_family = {
    .name = "lifecycle/",
    .tables = tables,
    .own_start = true,
};
