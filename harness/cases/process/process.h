/* SPDX-License-Identifier: MIT */
/* The cases of process/, and what they share. */
#ifndef PROCESS_H
#define PROCESS_H

#include "kit/context.h"

/* True if the server's own descriptors can be seen: only then may the case
   look. false: decided (skip). */
bool process_may_look(struct context *c);

/* The cases of each file. */
extern const struct case_table process_zombies_cases, process_rounds_cases,
    process_sockets_cases, process_holds_cases, process_workers_cases,
    process_child_moment_cases, process_close_on_exec_cases, process_idle_cases,
    process_memory_cases, process_pipes_cases, process_pool_cases;

#endif
