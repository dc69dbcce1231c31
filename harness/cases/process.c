/* SPDX-License-Identifier: MIT */
/* process/: what the server leaves behind. */
#include "case.h"

static const struct test_case cases[] = {
    { "process/no-zombies", MUST,
      "after clients left, no descendant stays a zombie",
      "UNP 5.9", NULL, 0,
      "The server's descendants are looked at until none is in state Z, "
      "without another client coming.",
      "No wait for the workers; or one waitpid for each SIGCHLD, although "
      "signals do not queue; or reaping at the next accept only.",
      "In the handler of SIGCHLD: while (waitpid(-1, NULL, WNOHANG) > 0); or "
      "set SIGCHLD to SIG_IGN, and the kernel reaps." },
    { "process/workers-exit", MUST,
      "a further round of clients leaves no more processes and threads",
      "UNP 4.8", NULL, 0,
      "Processes and threads before the clients and after they left; where "
      "there are more, once more after an equal round, since a pool may grow "
      "to its size.",
      "The worker does not end when recv returns 0.",
      "End the worker (_exit) at end of file and at an error." },
    { "process/fds-return", MUST,
      "open descriptors do not grow from one equal round to the next",
      "UNP 4.8", NULL, 0,
      "/proc/PID/fd of the server before and after, by kind of descriptor; "
      "where there are more, once more after an equal round.",
      "The parent does not close the connected socket after fork.",
      "close(cfd) in the parent on every path, a failed fork included." },
    { "process/fds-after-resets", MUST,
      "nor after clients that reset",
      "UNP 5.13", NULL, 0,
      "Eight clients reset in mid-frame; then as for process/fds-return.",
      "return from the worker's loop on ECONNRESET before the close.",
      "One way out of the function, which closes." },
    { "process/sockets-return", MUST,
      "no connected socket of the server stays",
      "RFC 9293 3.6", NULL, 0,
      "sock_diag: no socket of the server's port is in ESTABLISHED, "
      "CLOSE_WAIT or any other connected state and held by a process.",
      "A copy of the connected socket stays open in the parent or in another "
      "worker, so that no FIN is ever sent.",
      "Every process closes the connections that are not its own." },
};

const struct family process_family;
const struct family process_family = FAMILY("process/", cases);
