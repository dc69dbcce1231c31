/* SPDX-License-Identifier: MIT */
/* What the files of the daemon/ family share: a start from a dirty parent, a
   look at what became of the server, and the cases of each file. */
#ifndef DAEMON_H
#define DAEMON_H

#include "kit/context.h"
#include "fault/fault.h"

/* Start it from a parent with that one dirt (NULL: none), and wait until all
   of it sleeps: what it does to become a daemon is done then. false: decided
   (skip where it stays in the foreground or ended of itself; error). */
bool daemon_up(struct context *c, int (*pre_exec)(void *arg), void *arg);

/* A fact about the server process: pid, parent, session, terminal. */
void daemon_tell(struct context *c);
/* A fact: what it printed, if anything. */
void daemon_tell_printed(struct context *c);
/* Facts about the descriptors of the target whose readlink(2) is what. Returns
   how many there are. */
int daemon_tell_holders(struct context *c, const char *what);

/* A start under supervision: see fault.h. */
struct supervised {
    struct fault *fault;        /* NULL: nothing is supervised */
    enum call kind;             /* the one that is */
    unsigned long fd_limit;     /* RLIMIT_NOFILE, both, of the command; 0: as
                                   any other */
};

/* Prepare to supervise kind, or decide (error) and return false. */
bool supervised_begin(struct context *c, enum call kind,
                      struct supervised *s);
/* Start it so; waits for nothing. false: decided (skip, where supervision is
   not allowed; error). */
bool supervised_launch(struct context *c, struct supervised *s);
/* Wait until it rests, and none of it in a call that is supervised. */
void supervised_rest(struct context *c, const struct supervised *s);
/* Let go, and end it all. false: decided (error). */
bool supervised_end(struct context *c, struct supervised *s);

/* daemon_start.c */
void daemon_start_returns(struct context *c);
/* daemon_pipes.c */
void daemon_releases_pipes(struct context *c);
/* daemon_session.c */
void daemon_new_session(struct context *c);
void daemon_no_terminal(struct context *c);
void daemon_not_session_leader(struct context *c);
void daemon_survives_hangup(struct context *c);
/* daemon_surroundings.c */
void daemon_root_directory(struct context *c);
void daemon_own_umask(struct context *c);
/* daemon_streams.c */
void daemon_standard_streams(struct context *c);
/* daemon_streams_closed.c */
void daemon_closed_streams(struct context *c);
/* daemon_inherited.c */
void daemon_inherited_fds(struct context *c);
/* daemon_signals.c */
void daemon_signal_mask(struct context *c);
void daemon_signal_dispositions(struct context *c);
/* daemon_ready.c */
void daemon_ready_on_return(struct context *c);
/* daemon_failures.c */
void daemon_reports_failure(struct context *c);
void daemon_start_failures(struct context *c);
/* daemon_start_time.c */
void daemon_start_time(struct context *c);

#endif
