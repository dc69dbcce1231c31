/* SPDX-License-Identifier: MIT */
/* process/: what the server leaves behind. */
#include "cases/process/process.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &process_zombies_cases,      &process_rounds_cases,
    &process_sockets_cases,      &process_holds_cases,
    &process_workers_cases,      &process_pool_cases,
    &process_child_moment_cases, &process_close_on_exec_cases,
    &process_idle_cases,         &process_memory_cases,
    &process_pipes_cases,        NULL,
};

const struct family process_family = {
    .name = "process/",
    .tables = tables,
    .exchange = true,
    .processes = true,
};
