/* SPDX-License-Identifier: MIT */
/* memory/: with --valgrind, in the server and in every worker. */
#include "cases/memory/memory.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &memory_exit_cases,
    NULL,
};

const struct family memory_family = {
    .name = "memory/",
    .tables = tables,
    .own_start = true,
    .valgrind = true,
};
