/* SPDX-License-Identifier: MIT */
/* When is it proven that a program will do nothing more before a certain
   moment, unless somebody else acts? Each rule here judges one kind of thing
   that was seen, without looking at anything itself. Whatever a rule does not
   know counts as a thing that may wake the program. */
#ifndef STILLNESS_RULES_H
#define STILLNESS_RULES_H

#include "network/sockdiag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* A thread that sleeps in a system call. */
struct sleeper {
    long number; /* of the call */
    unsigned long long arg[6];
    int64_t age_ns;     /* of the thread: so long ago the call began at most */
    struct timespec at; /* what its timeout argument points to */
    bool at_known;      /* that could be read */
    int64_t clock_ns;   /* now, on the clock of an absolute timeout */
    bool maps_shared; /* its process has a file mapped that others may share */
};

/* Which argument of the call points to a time limit, -1 if none does; *clock:
   the clock of an absolute one, -1 if it is relative. *timeval: it is in
   microseconds. */
int sleeper_limit(const struct sleeper *t, int *clock, bool *timeval);

/* True if the call, by itself, cannot return within left_ns: it has no time
   limit, or one that does not end before. signal(7) and the manual page of each
   call. */
bool sleeper_stays(const struct sleeper *t, int64_t left_ns);

/* How long a call with a time limit sleeps: from its begin, or to the moment at
   which it ends. 0: it has none, or it is not known. */
int64_t sleeper_lasts_ns(const struct sleeper *t);

/* What may wake whoever holds a descriptor: a text for the evidence, NULL if
   nothing within left_ns. link: readlink(2) of /proc/PID/fd/N, of a socket or
   pipe NULL is returned, since others judge these; info: /proc/PID/fdinfo/N,
   "" where it has none; is_special: it is a character device or a named
   FIFO. */
const char *descriptor_wakes(const char *link, const char *info,
                             bool is_special, int64_t left_ns);

/* What of all TCP sockets says that something is under way: handshakes, bytes
   that have left and are not there. NULL: nothing. */
const char *tcp_under_way(const struct socket_info *s, size_t n);

/* Signals, as /proc/PID/status has them: one bit each. */
struct signals_seen {
    uint64_t pending, blocked, ignored, caught;
};
/* A signal that will be acted on as soon as the thread runs. */
bool signals_under_way(const struct signals_seen *s);
/* True if an alarm(2) whose time is not known could be meant for something; or
   where a kill counts (of_end), if it could do anything at all. */
bool signals_hide_alarm(const struct signals_seen *s, bool of_end);

/* The text of /proc/timer_list: true if the timer of an alarm(2) or
   setitimer(2) of anybody ends within left_ns. The kernel lets go of the list
   between two of its lines, and leaves one out where an earlier timer has gone
   meanwhile: false is not sure. */
bool timer_list_has_alarm(const char *text, int64_t left_ns);

#endif
