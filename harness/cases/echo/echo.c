/* SPDX-License-Identifier: MIT */
/* echo/: what comes back on one connection. */
#include "cases/echo/echo.h"

#include "cases/families.h"

static const struct case_table *const tables[] = {
    &echo_messages_cases, &echo_pieces_cases,
    &echo_stream_cases,   &echo_long_cases,
    &echo_end_cases,      &echo_close_cases,
    &echo_pace_cases,     NULL,
};

const struct family echo_family = {
    .name = "echo/",
    .tables = tables,
    .exchange = true,
    .echo = true,
};
