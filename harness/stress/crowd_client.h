/* SPDX-License-Identifier: MIT */
/* One client of the crowd. Of harness-crowd alone. */
#ifndef CROWD_CLIENT_H
#define CROWD_CLIENT_H

#include "client/crowd_plan.h"

/* In a process of its own: be client number client, and leave by _exit. */
void crowd_client(struct crowd_plan *shared, uint32_t client)
    __attribute__((noreturn));

#endif
