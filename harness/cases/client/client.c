/* SPDX-License-Identifier: MIT */
/* client/: with --client the harness plays the server and the user. */
#include "cases/client/client.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &client_screen_cases,  &client_lines_cases,
    &client_end_cases,     &client_server_cases,
    &client_signals_cases, &client_output_cases,
    &client_wait_cases,    &client_start_cases,
    &client_unasked_cases, NULL,
};

const struct family client_family = {
    .name = "client/",
    .tables = tables,
    .own_start = true,
    .client = true,
};
