/* SPDX-License-Identifier: MIT */
/* echo/: what comes back on one connection. */
#include "case.h"

static const struct test_case cases[] = {
    { "echo/short-message", MUST,
      "a message shorter than a frame comes back at its own length",
      "RFC 862", NULL,
      "A message of 65 to 997 bytes, then one of 1 to 61, half-close, and read "
      "to end of file: just the second message, then FIN.",
      "send(fd, buf, sizeof buf, 0) after recv: the reply has the buffer's "
      "length, and its tail the bytes of an earlier message.",
      "Send as many bytes as recv returned: send(fd, buf, n, 0), in a loop." },
};

const struct family echo_family;
const struct family echo_family = FAMILY("echo/", cases);
