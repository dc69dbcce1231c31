/* SPDX-License-Identifier: MIT */
/* fault/: a system call fails at an exact moment, in the unmodified program.
   A fault that was never delivered is a skip, never a pass. */
#include "cases/fault/faulty.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &fault_accept_cases, &fault_accept_quiet_cases, &fault_process_cases,
    &fault_thread_cases, &fault_stream_cases,       &fault_eintr_cases,
    &fault_log_cases,    &fault_nth_cases,          NULL,
};

const struct family fault_family = {
    .name = "fault/",
    .tables = tables,
    .exchange = true,
    .own_start = true,
};
