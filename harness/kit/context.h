/* SPDX-License-Identifier: MIT */
/* What a case works with: one server in one sandbox, and one call for each
   thing that its clients, or a look at its processes, need. A call that says
   "false: decided" has stated the verdict, and the case returns. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "client/exchange.h"
#include "client/talk_wait.h"
#include "network/port.h"
#include "plan/plan.h"
#include "plan/scarce.h"
#include "result/case.h"
#include "target/model.h"
#include "target/snapshot.h"
#include "target/subject_launch.h"
#include "target/subject_lifecycle.h"
#include "target/subject_listener.h"
#include "target/subject_processes.h"

struct fault;
struct shown;
struct sleep_watch;

struct context {
    const struct plan *plan;
    struct sandbox *sandbox;
    struct target target; /* the plan's, with this sandbox's address */
    char ip[ADDRESS_TEXT];
    int port;          /* this sandbox's, free when the case begins */
    struct port taken; /* likewise, if the port was ours to choose */
    const struct test_case *test_case;
    unsigned part; /* of a case in several: case.h */
    struct verdict *v;
    const struct protocol *protocol; /* the plan's */
    uint64_t seed;                   /* of the run and the case's id */
    size_t reply_bytes; /* with how many bytes it was seen to answer a frame:
                           see simple_client.h */
    const struct talk *unserved; /* the last client that was not served, until
                                    the evidence has its transcript; or NULL */
    enum subject_starts starts;  /* seen once a run, in its first sandbox */
    enum model model;            /* likewise */
    bool stays;                  /* likewise: SIGTERM does not end all of it */
    double start_s;              /* likewise: what a start took, in seconds */
    bool must_detach;            /* --daemon */
    struct subject subject;
    int channel; /* to the process that reports */
    void (*slept)(int channel, double seconds); /* see context_slept */
    bool started;                               /* subject is in use */
    bool kept;            /* it was up before the case, and stays after it */
    struct shown *shown;  /* by the cases before (shown.h); NULL: none */
    struct scarce scarce; /* whether there was room for it */
    bool terminated;      /* all ended by themselves after SIGTERM */
    bool ends_it;         /* the case ends the server: how is no news */
    bool end_told;        /* what it printed is among the facts already */
};

/* ---- what the case is about ---- */

/* True if the case applies. false: decided (skip; with --daemon a server that
   does not detach fails): the server does not detach, runs already (--connect),
   or is not made so. */
bool needs_detached(struct context *c);
bool needs_own_start(struct context *c); /* not with --connect */
bool needs_processes(struct context *c); /* with --connect: --pid */
/* A protocol whose requests may be sent ahead of the answers. */
bool needs_pipelining(struct context *c);
bool needs_isolation(struct context *c, const char *what);
bool needs_process_per_connection(struct context *c); /* fork or exec */
/* After a start with f (fault.h): true if it runs under supervision. false:
   decided: a skip if supervision is not allowed here (EBUSY: another supervisor
   above us; EPERM, EACCES, ENOSYS, EINVAL), else an error, which gives why, or
   the words for errno if why is "". */
bool needs_supervision(struct context *c, struct fault *f, const char *why);

/* ---- the server ---- */

/* Start it in the defined world (or attach) and wait until it listens, unless
   it is kept for several cases. false: decided (error: it did come up
   before). */
bool server_up(struct context *c);
/* Likewise, but pre_exec changes one thing that it inherits: see struct
   subject_how. */
bool server_up_with(struct context *c, int (*pre_exec)(void *arg), void *arg);
/* Start it (how may be NULL), wait until it listens and, where it detaches,
   until that is done. Decides nothing. */
enum subject_up server_try(struct context *c, const struct subject_how *how);
/* For a server that detaches: wait until its start command has returned and
   all of it sleeps. */
void server_wait_started(struct context *c);
/* Choose another port, from the one that seed gives upwards, unless COMMAND has
   its own. false: decided (error). */
bool server_port(struct context *c, unsigned seed);
/* End it for good, with SIGKILL for what SIGTERM leaves, so that another start
   can follow in this sandbox, on another port. false: decided (error). */
bool server_discard(struct context *c);
/* SIGTERM, and wait. Returns true if all of it ended within the deadline. */
bool server_stop(struct context *c);
/* True if no process of it is left, or the server process is gone. */
bool server_ended(struct context *c);
/* Make c->v, just initialised, look whenever a failure is stated: whether there
   was room (scarce.h), and whether the server has ended. */
void server_watch_failures(struct context *c);
/* If it has ended, and not by the case's own will, add that to v, once, with
   what it printed. */
void server_tell_end(struct context *c, struct verdict *v);
/* Likewise, after the case: one that was about to end when the verdict was
   stated, as its listener is gone, is waited for a moment. */
void server_tell_late_end(struct context *c);
/* Add to c->v what it printed, or that it printed nothing, unless that was
   added. */
void server_tell_printed(struct context *c);
/* Wait until it rests; fills now. before as for snapshot_when_idle. false:
   decided (error, or skip: "the server has ended"). */
bool server_wait_idle(struct context *c, const struct snapshot *before,
                      struct snapshot *now, enum idle *settled);

/* For a target that sleeps of its own will one waits longer than the limits of
   case and run allow for: they are put off meanwhile, or they would be over
   before the wait is. The time since *from_ns (as deadline_now_ns has it) was
   such a wait; *from_ns is now then. What is less than half a second is left to
   the next call. */
void context_slept(struct context *c, int64_t *from_ns);
/* A look at such a target (sleep_watch.h), twice a second or less. True: wait
   on. */
bool context_sleeps(struct context *c, struct sleep_watch *w);

/* Call try with a verdict of its own: what it states goes into aside, which the
   caller frees, and not into c->v. Returns what try returns. */
bool context_try(struct context *c, struct verdict *aside,
                 bool (*try)(struct context *c, void *arg), void *arg);

/* ---- clients ---- */

/* The deadline of one wait: --timeout from now. */
struct deadline wait_deadline(const struct context *c);
/* The deadline of one start: --timeout beyond what the first start took. */
struct deadline start_deadline(const struct context *c);

/* Client number client, not yet connected. */
void client_init(const struct context *c, struct talk *t, uint32_t client);
/* Likewise, and connect it. false: decided (fail: it was refused). */
bool client_come(struct context *c, struct talk *t, uint32_t client);
/* One exchange there and back; false: decided (fail). */
bool client_exchange(struct context *c, struct talk *t, uint32_t sequence);
/* The first exchange of a connection on which more is to be said: where that is
   all that it is good for, its opening alone. false: decided (fail). */
bool client_begun(struct context *c, struct talk *t);
/* An exchange in which n bytes of text stand for {frame}; where there is none,
   one as all others. False: v fails. */
bool client_exchange_text(struct context *c, struct talk *t, uint32_t sequence,
                          size_t n, struct verdict *v);
/* A whole new client; false: why says what came instead; nothing decided. */
bool client_served(struct context *c, uint32_t client, char *why, size_t size);
/* Likewise, but a client that is not served fails the case. after says what the
   server should have lived through, e.g. "after the reset". */
bool must_serve(struct context *c, const char *after);

/* Connect n clients, each with one exchange. false: decided (fail), and those
   that came have left. */
bool clients_come(struct context *c, struct talk *t, size_t n);
void clients_leave(struct talk *t, size_t n);

/* A connection on which nothing is said of itself, non-blocking; -1: decided
   (fail: it was refused). */
int client_open(struct context *c);
/* Likewise, with small buffers and segments: see conn_open_narrow. */
int client_open_narrow(struct context *c, int buffer_bytes, int segment_bytes);

/* ---- which process serves a connection ---- */

/* The server's end of fd: its inode and TCP state. False if the kernel has none
   any more. */
bool server_end(struct context *c, int fd, struct socket_info *end);
/* Likewise for a client that has gone, by the address that conn_local gave. */
bool server_end_of(struct context *c, const struct address *client,
                   struct socket_info *end);
/* Every process of the target that holds it. Waits until there is one (accept
   may be yet to come). Returns their number; 0 at the deadline. */
size_t server_holders(struct context *c, int fd, struct pid_list *holders);

/* Close and free, after the case. */
void context_end(struct context *c);

#endif
