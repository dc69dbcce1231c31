/* SPDX-License-Identifier: MIT */
/* One inspection for a certificate, in its parts. Each part returns true, and
   says why, if something may go on. Inside the files stillness_*.c only. */
#ifndef STILLNESS_INSPECT_H
#define STILLNESS_INSPECT_H

#include "network/sockdiag.h"
#include "stillness/stillness_look.h"

/* An end of a pipe, or a socket, by its inode. */
struct held {
    unsigned long inode;
    bool socket, reads, writes, ours;
    pid_t pid; /* who holds it, and as which descriptor */
    int fd;
};

struct inspection {
    const struct subject *subject; /* the one that is looked at */
    bool ours;                     /* or else a process of the harness */
    int64_t left_ns;
    bool of_end; /* that one is killed counts, too */
    enum { NOT_ASKED, NOT_LISTED, NONE, SOON } alarms; /* of this machine */
    struct held *held;
    size_t nheld, room;
    struct socket_info *tcp;
    size_t ntcp, tcp_room;
    bool failed; /* something could not be listed */
    char why[160];
};

/* What may go on in pid; returns true. */
bool inspect_object(struct inspection *in, pid_t pid, const char *why);

/* The longest time for which a thread of a process sleeps now: see
   sleeper_lasts_ns. */
int64_t threads_sleep_ns(pid_t pid);

/* The threads of a process: calls, limits, signals, alarms. */
bool inspect_threads(struct inspection *in, pid_t pid);
/* Its descriptors; with ours, those of the caller, which only are noted. */
bool inspect_descriptors(struct inspection *in, pid_t pid, bool ours);
/* The sockets and pipes of in->subject, once all descriptors are noted. */
bool inspect_connections(struct inspection *in);
/* Who else holds one of them. */
bool inspect_strangers(struct inspection *in, const struct seen *seen);

#endif
