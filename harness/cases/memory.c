/* SPDX-License-Identifier: MIT */
/* memory/: with --valgrind, in the daemon and in every worker. */
#include "case.h"

static const struct test_case cases[] = {
    { "memory/no-errors", MUST,
      "no invalid access, no use of bytes that were never written",
      "valgrind(1)", NULL, 0,
      "memcheck's error count in the log of every process.",
      "send(fd, buf, sizeof buf, 0) of a buffer that recv filled in part.",
      "Use as many bytes as were received." },
    { "memory/no-leaks", MUST,
      "nothing is definitely or indirectly lost at exit",
      "valgrind(1)", NULL, 0,
      "memcheck's leak summary in the log of every process.",
      "A buffer allocated for each connection or message, never freed.",
      "Free it on every way out, or use a buffer on the stack." },
    { "memory/fds-closed", SHOULD,
      "at exit the server holds no connection, a worker none but its own",
      "valgrind(1)", NULL, 0,
      "The open descriptors in the log of every process.",
      "A worker inherits the connections of those before it.",
      "Close the connected socket in the parent right after fork." },
};

const struct family memory_family;
const struct family memory_family = FAMILY("memory/", cases);
