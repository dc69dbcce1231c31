/* SPDX-License-Identifier: MIT */
/* daemon/: becoming a daemon. Skipped where the server stays in the
   foreground, but for what its row says of that. Each case
   changes in the starter the one thing that it looks at. */
#include "cases/daemon/daemon.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &daemon_ready_cases,        &daemon_failures_cases,
    &daemon_pipes_cases,        &daemon_session_cases,
    &daemon_surroundings_cases, &daemon_streams_cases,
    &daemon_inherited_cases,    &daemon_signals_cases,
    &daemon_pid_file_cases,     &daemon_privileges_cases,
    &daemon_systemd_cases,      NULL,
};

const struct family daemon_family = {
    .name = "daemon/",
    .tables = tables,
    .own_start = true,
    .detaching = true,
};
