/* SPDX-License-Identifier: MIT */
/* fault/: a system call fails at an exact moment, in the unmodified program.
   A fault that was never delivered is a skip, never a pass. */
#include "cases/fault/faulty.h"

#include "cases/families.h"

static const struct test_case cases[] = {
    { "fault/accept-eintr", MUST,
      "accept interrupted: it serves on",
      "UNP 5.9; accept(2)", fault_accept_eintr, 20,
      "Its first accept is held, a client connects, the accept is answered "
      "EINTR; then a new client must be served.",
      "if ((cfd = accept(...)) < 0) exit(1): SIGCHLD of a worker that ends is "
      "enough.",
      "On EINTR go back to accept (or install the handler with SA_RESTART)." },
    { "fault/accept-econnaborted", MUST,
      "a connection that is gone before accept: it serves on",
      "UNP 5.11; accept(2)", fault_accept_aborted, 20,
      "Likewise with ECONNABORTED.",
      "Taking any error of accept for the end of the server.",
      "Go back to accept on ECONNABORTED." },
    { "fault/accept-network-errors", MUST,
      "pending network errors at accept are treated like EAGAIN",
      "accept(2)", fault_accept_network, 100,
      "Likewise with each of ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, "
      "EHOSTUNREACH, EOPNOTSUPP and ENETUNREACH, on a server of its own.",
      "A list of errors to retry that holds EINTR alone.",
      "Give up on EBADF, EINVAL, ENOTSOCK alone; go on after all others." },
    { "fault/accept-emfile", MUST,
      "no descriptor or memory for accept for a while: it lives",
      "accept(2)", fault_accept_emfile, 300,
      "Three accepts in a row are answered EMFILE (ENFILE, ENOBUFS, ENOMEM) "
      "with a client waiting; a new client is served, and the one that waited "
      "is served later or refused.",
      "exit(1) when accept fails.",
      "Pause a moment (100 ms), then accept again." },
    { "fault/accept-emfile-quiet", SHOULD,
      "while EMFILE lasts it does not spin",
      "accept(2)", fault_accept_quiet, 350,
      "Every accept is answered EMFILE, unless the process has closed a "
      "descriptor since the first, and counted for 300 ms in which it has a "
      "processor; more than 200 without a pause of 200 ms are a spin.",
      "continue; on any error: the connection still waits, accept fails at "
      "once, a hundred thousand times a second.",
      "Pause before the next accept, or close the waiting connection with a "
      "spare descriptor." },
    { "fault/fd-limit", MUST,
      "a real limit of descriptors reached, then clients leave: it serves "
      "again",
      "getrlimit(2)", fault_fd_limit, 50,
      "prlimit(2) leaves the server no free number; clients connect, one is "
      "seen to wait after accept was tried; they leave, the limit goes; a new "
      "client must be served.",
      "The listening socket is dropped from the poll set, or the server ends.",
      "Treat EMFILE as a pause." },
    { "fault/fork-eagain", MUST,
      "no process for a worker: it lives, that client is served later or sees "
      "a close, no descriptor is lost",
      "fork(2)", fault_fork_eagain, 50,
      "One fork is answered EAGAIN, then one ENOMEM, each with a client just "
      "accepted; descriptors may not grow by more than the clients that were "
      "served cost without a fault.",
      "if ((pid = fork()) < 0) exit(1); or continue without close(cfd).",
      "On -1: log, close(cfd), go back to accept." },
    { "fault/recv-eintr", MUST,
      "a read interrupted loses no byte",
      "signal(7)", fault_recv_eintr, 20,
      "Reads on a blocking connection are answered EINTR: at the first, between "
      "messages, and when 7 bytes of a message have been read.",
      "while ((n = recv(...)) > 0): EINTR is taken for end of file.",
      "if (n < 0 && errno == EINTR) continue;" },
    { "fault/send-eintr", MUST,
      "a write interrupted loses and repeats no byte",
      "signal(7)", fault_send_eintr, 20,
      "Writes on a blocking connection are answered EINTR: at the first, "
      "between messages, and when 7 bytes of a message have been taken.",
      "Giving up, or sending the whole buffer anew after a part of it.",
      "Send the rest from where it stopped, in a loop." },
    { "fault/short-recv", MUST,
      "reads that return 7 bytes at a time lose nothing",
      "read(2)", fault_short_recv, 30,
      "Each read on a connection is done in the server's place, 7 bytes at "
      "most.",
      "Taking one recv for one message of 64 bytes.",
      "TCP is a stream of bytes: echo what came." },
    { "fault/short-send", MUST,
      "writes that take 7 bytes at a time lose nothing",
      "write(2); UNP 3.9", fault_short_send, 30,
      "Each write on a connection is done in the server's place, 7 bytes at "
      "most.",
      "send(fd, buf, n, 0); its result is ignored.",
      "A loop until all n are sent (writen)." },
    { "fault/recv-econnreset", MUST,
      "ECONNRESET or ETIMEDOUT on one connection ends that one alone",
      "UNP 5.13", fault_recv_reset, 30,
      "A read on one connection is answered so while another is open: that "
      "one and a new client are served.",
      "perror and exit(1) in the process that serves all.",
      "An error on a connection is the end of that connection." },
    { "fault/send-epipe", MUST,
      "EPIPE with its SIGPIPE, or ECONNRESET, at a write on one connection "
      "ends that one alone",
      "UNP 5.13", fault_send_pipe, 30,
      "Likewise for a write, SIGPIPE raised unless it is suppressed.",
      "SIGPIPE at its default in a process that serves more than one.",
      "send with MSG_NOSIGNAL, or SIGPIPE ignored." },
    { "fault/log-lost", SHOULD,
      "with its stdout and stderr pipes gone, a foreground server serves on",
      "write(2); signal(7)", fault_log_lost, 20,
      "Its streams are a pipe whose reader goes; then clients come, one "
      "resets.",
      "printf of each client, SIGPIPE at its default.",
      "Ignore SIGPIPE; a log line that is lost is no reason to end." },
    { "fault/nth-call", MUST,
      "whichever call fails, it serves on or ends and says so; it never hangs, "
      "spins, leaves anything or sends a wrong byte",
      "accept(2); fork(2); recv(2); send(2); close(2); poll(2)",
      fault_nth_call, 500,
      "The calls of a session of three clients are counted; then the n-th of a "
      "kind fails with an error of its man page, one in each session: a sample "
      "drawn by the seed, or all with --exhaustive. Shells and the like that "
      "execute the server are spared, and so is a pipe to itself.",
      "A result that is not looked at.",
      "Look at every result; decide for each error who ends: nobody, the "
      "connection, or the server." },
};

const struct family fault_family = FAMILY("fault/", cases);
