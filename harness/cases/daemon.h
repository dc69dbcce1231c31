/* SPDX-License-Identifier: MIT */
/* What the files of the daemon/ family share: a start from a dirty parent, a
   look at what became of the server, and the cases of each file. */
#ifndef CASES_DAEMON_H
#define CASES_DAEMON_H

#include "context.h"

/* Start it from a parent with that one dirt (NULL: none), and wait until all
   of it sleeps: what it does to become a daemon is done then. false: decided
   (skip where it stays in the foreground or ended of itself; error). */
bool daemon_up(struct context *c, int (*dirty)(void *arg), void *arg);

/* A number in /proc/PID/status, e.g. "Umask" in base 8. */
bool daemon_status(pid_t pid, const char *field, int base,
                   unsigned long long *value);
/* A fact about the server process: pid, parent, session, terminal. */
void daemon_tell(struct context *c);
/* A fact: what it printed, if anything. */
void daemon_tell_printed(struct context *c);
/* A fact for every descriptor of the target whose readlink(2) is what. Returns
   how many there are in the server and below it. */
int daemon_tell_holders(struct context *c, const char *what);

/* daemon_streams.c */
void daemon_releases_pipes(struct context *c, struct verdict *v);
void daemon_standard_streams(struct context *c, struct verdict *v);
void daemon_inherited_fds(struct context *c, struct verdict *v);
/* daemon_closed.c */
void daemon_closed_streams(struct context *c, struct verdict *v);
/* daemon_terminal.c */
void daemon_no_terminal(struct context *c, struct verdict *v);
void daemon_survives_hangup(struct context *c, struct verdict *v);
/* daemon_signals.c */
void daemon_signal_mask(struct context *c, struct verdict *v);
void daemon_signal_dispositions(struct context *c, struct verdict *v);
/* daemon_failures.c */
void daemon_ready_on_return(struct context *c, struct verdict *v);
void daemon_reports_failure(struct context *c, struct verdict *v);
void daemon_start_failures(struct context *c, struct verdict *v);
/* daemon_closes.c */
void daemon_start_time(struct context *c, struct verdict *v);

#endif
