/* SPDX-License-Identifier: MIT */
/* What the files of the daemon/ family share: a start that inherits something
   unusual, a look at what became of the server, and the cases of each file. */
#ifndef DAEMON_H
#define DAEMON_H

#include "fault/fault.h"
#include "kit/context.h"

/* Start it, after pre_exec (NULL: none) has changed one thing that it inherits,
   and wait until all of it sleeps: what it does to become a daemon is done
   then. false: decided (skip if it has ended by itself; error). */
bool daemon_up(struct context *c, int (*pre_exec)(void *arg), void *arg);

/* A fact about the server process: pid, parent, session, terminal. */
void daemon_tell(struct context *c);
/* Facts about the descriptors of the target whose readlink(2) is what. Returns
   how many there are. */
int daemon_tell_holders(struct context *c, const char *what);

/* A start under supervision: see fault.h. */
struct supervised {
    struct fault *fault;    /* NULL: nothing is supervised */
    enum call kind;         /* the kind of call that is supervised */
    unsigned long fd_limit; /* RLIMIT_NOFILE of the command, soft and hard; 0:
                               as for any other */
    const char *notify;     /* its NOTIFY_SOCKET; NULL: none */
};

/* Prepare to supervise kind, or decide (error) and return false. */
bool supervised_begin(struct context *c, enum call kind, struct supervised *s);
/* Start it under supervision; waits for nothing. false: decided (skip if
   supervision is not allowed; error). */
bool supervised_launch(struct context *c, struct supervised *s);
/* Wait until it rests, and no process of it is in a supervised call. */
void supervised_rest(struct context *c, const struct supervised *s);
/* Release what is held, end the server, then the supervisor. false: decided
   (error). */
bool supervised_end(struct context *c, struct supervised *s);

enum start_seen {
    START_WAITS, /* asleep until something happens */
    START_GONE,
    START_THERE /* neither, at the deadline */
};

/* What becomes of the start command while process held is held in a supervised
   call: see daemon_ready.c. */
enum start_seen daemon_watch_start(struct context *c, pid_t held);

/* Wait until all of its other processes sleep, or the deadline. */
void daemon_wait_others(struct context *c, pid_t held);
/* For fault_hold: a call on a socket that is not one of AF_UNIX. */
bool daemon_is_inet(const struct fault_call *call, void *unused);

/* Whether above is process, or one above it in the target. */
bool daemon_is_above(const struct subject *s, pid_t above, pid_t process);
/* True if pid is the first that was started, or the server or above it. While a
   parent ends, the list of processes may lack its children, and so one of them
   seem to be the server that is not: looked at again for a second. */
bool daemon_is_of_server(struct context *c, pid_t pid);

/* A listener of our own where the server shall listen; without SO_REUSEPORT
   nobody can share it. -1 with errno. */
int daemon_occupy(const struct context *c, int backlog);

/* The cases of each file. */
extern const struct case_table daemon_ready_cases, daemon_failures_cases,
    daemon_pipes_cases, daemon_session_cases, daemon_surroundings_cases,
    daemon_streams_cases, daemon_inherited_cases, daemon_signals_cases,
    daemon_pid_file_cases, daemon_privileges_cases, daemon_systemd_cases;

#endif
