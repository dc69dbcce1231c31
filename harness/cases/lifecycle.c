/* SPDX-License-Identifier: MIT */
/* lifecycle/: signals, stopping, starting again. */
#include "case.h"

static const struct test_case cases[] = {
    { "lifecycle/still-serving", MUST,
      "after all that, one more client is served",
      "UNP 5.11", NULL, 0,
      "After the crowd one client connects, sends a frame and has it back.",
      "exit(1) when accept, fork or a client fails.",
      "Treat what concerns one client as that client's end alone." },
};

const struct family lifecycle_family;
const struct family lifecycle_family = FAMILY("lifecycle/", cases);
