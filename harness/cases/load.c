/* SPDX-License-Identifier: MIT */
/* load/: many clients. */
#include "case.h"

static const struct test_case cases[] = {
    { "load/concurrent-clients", MUST,
      "many clients connected at the same time are all served",
      "RFC 862; UNP 4.8", NULL, 0,
      "Every client has one frame back and stays; only when all have, the rest "
      "is sent. None closes before all have their last frame.",
      "accept, serve, close, accept: the second client waits for the first to "
      "leave.",
      "Fork (or start a thread, or poll) for each connection and go back to "
      "accept at once." },
    { "load/own-bytes", MUST,
      "every client gets its own bytes, none another's, none of another round",
      "RFC 862", NULL, 0,
      "Frames stamped with client, sequence and seed alternate with fixture "
      "frames; each echo is compared byte for byte.",
      "One static buffer shared by threads or by the clients of an event loop.",
      "A buffer for each connection, on the stack of its worker." },
};

const struct family load_family;
const struct family load_family = FAMILY("load/", cases);
