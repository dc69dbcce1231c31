/* SPDX-License-Identifier: MIT */
/* Tables only: which kinds of call fault/nth-call walks, and with which errors
   each may fail. An errno that no man page names for a call would blame a
   server for what no kernel does: take each from its man page. */
#include "fault/fault_errnos.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { MOST = 20 };

const enum call fault_walked[FAULT_WALKED] = {
    CALL_ACCEPT, CALL_FORK,   CALL_RECV,  CALL_SEND, CALL_CLOSE,
    CALL_POLL,   CALL_SETSID, CALL_CHDIR, CALL_OPEN, CALL_DUP,
};

bool fault_walks(const char *name)
{
    for (size_t i = 0; i < FAULT_WALKED; i++)
        if (strcmp(call_name(fault_walked[i]), name) == 0)
            return true;
    return false;
}

/* Section ERRORS of the man pages, without what Linux never returns there:
   EINTR of dup2, EIO of a socket, EWOULDBLOCK of one that blocks. Whether a
   certain call can fail so is fault_possible's to say. */
static const int errors[CALL_KINDS][MOST] = {
    [CALL_ACCEPT] = { EINTR, ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM,
                      EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET,
                      EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH },
    [CALL_FORK] = { EAGAIN, ENOMEM },
    [CALL_RECV] = { EINTR, ECONNRESET, ETIMEDOUT, ENOMEM },
    [CALL_SEND] = { EINTR, EPIPE, ECONNRESET, ENOMEM },
    [CALL_CLOSE] = { EIO, ENOSPC, EDQUOT },
    [CALL_POLL] = { EINTR, ENOMEM },
    [CALL_SOCKET] = { EACCES, EAFNOSUPPORT, EMFILE, ENFILE, ENOBUFS, ENOMEM },
    [CALL_SETSOCKOPT] = { ENOMEM, ENOPROTOOPT },
    [CALL_BIND] = { EACCES, EADDRINUSE, EADDRNOTAVAIL, ENOMEM },
    [CALL_LISTEN] = { EADDRINUSE, EOPNOTSUPP },
    [CALL_SETSID] = { EPERM },
    [CALL_CHDIR] = { EACCES, EIO, ENOENT, ENOMEM },
    [CALL_OPEN] = { EACCES, EMFILE, ENFILE, ENOENT, ENOMEM },
    [CALL_DUP] = { EMFILE, EBUSY },
};

static const int mistakes_of_all[] = { EBADF, EFAULT, ENOTSOCK, EINVAL, 0 };

int fault_errno(enum call kind, size_t i, bool mistakes)
{
    size_t n = 0;

    while (n < MOST && errors[kind][n])
        n++;
    if (i < n)
        return errors[kind][i];
    i -= n;
    if (!mistakes || i >= sizeof mistakes_of_all / sizeof *mistakes_of_all)
        return 0;
    return mistakes_of_all[i];
}

int fault_errno_called(const char *name)
{
    for (int error = 1; error < 134; error++)
        if (strerrorname_np(error) && strcmp(strerrorname_np(error), name) == 0)
            return error;
    return 0;
}
