/* SPDX-License-Identifier: MIT */
/* The memory that the harness shares with harness-crowd: what the crowd is to
   do, a slot in which each client notes how far it came, and the gates at which
   clients wait. harness-crowd gets it as its standard input. That is a static
   executable, so this header needs libc alone. */
#ifndef CROWD_PLAN_H
#define CROWD_PLAN_H

#include "base/address.h"
#include "base/frame.h"
#include "base/histogram.h"
#include "client/protocol.h"

enum {
    CROWD_FD = 0,      /* where the crowd finds the shared memory */
    CROWD_FAULTS = 16, /* wrong echoes kept as evidence */
    CROWD_LONG_BYTES = 997,
    CROWD_SHORT_BYTES = 61,
    CROWD_RESET_BYTES = 37,     /* of a frame, sent before the reset */
    CROWD_OWED_BYTES = 1 << 18, /* more than any buffer that is read to */
    CROWD_ANSWER_MS = 1000,     /* in which a server answers a part, or waits
                                   for a whole frame */
};

enum crowd_stage { /* how far a client came, in this order */
                   CROWD_UNBORN,
                   CROWD_CONNECTING,
                   CROWD_CONNECTED,
                   CROWD_SERVED,
                   CROWD_TALKING,
                   CROWD_DONE
};

enum crowd_role { CROWD_CLIENT, CROWD_SHORT, CROWD_RESET };

enum crowd_trouble { /* why a client did not come further */
                     CROWD_FINE,
                     CROWD_CONNECT_FAILED,
                     CROWD_SEND_FAILED,
                     CROWD_RECV_FAILED,
                     CROWD_EOF,
                     CROWD_WRONG_BYTES,
                     CROWD_BYTES_ADDED
};

struct crowd_slot { /* written by its client alone */
    uint8_t stage, trouble;
    uint16_t error;          /* errno of the trouble */
    int32_t pid;             /* its pid in the sandbox; written by the parent */
    uint32_t sent, verified; /* frames */
    uint32_t bytes;          /* received: shows progress */
};

struct crowd_fault { /* a wrong echo */
    uint32_t client, sequence;
    uint32_t want_bytes, got_bytes;
    unsigned char want[FRAME_BYTES], got[FRAME_BYTES];
};

struct crowd_plan {
    /* in */
    uint32_t clients;        /* of role CROWD_CLIENT */
    uint32_t shorts, resets; /* beside them */
    uint32_t owed;           /* connections in a row of one that leaves while
                                much is owed to it, >= 1 */
    uint32_t frames;         /* each client sends, >= 1 */
    uint32_t room;           /* clients that may have a connection in the
                                listen queue: two each, if each is good for
                                one exchange alone */
    uint32_t round;
    uint64_t seed;
    uint32_t nfixtures; /* frames behind the slots */
    uint32_t bytes;     /* of this whole mapping */
    struct address address;
    struct protocol protocol;
    /* out; the words that somebody waits for are futexes */
    _Alignas(64) uint32_t served; /* clients past their first frame, or
                                     given up before it */
    uint32_t arrived;    /* all clients are at the gate or gave up: 1 */
    uint32_t gate;       /* opened by the harness: 1 */
    uint32_t finished;   /* of role CROWD_CLIENT, at the end */
    uint32_t leave;      /* the last one has finished: 1 */
    uint32_t queued;     /* clients that connect anew, and are not answered */
    uint32_t fork_error; /* errno, if a client could not be forked */
    uint32_t forked;
    uint32_t killed_by;        /* the signal that ended a client, if one did */
    int32_t killed_pid;        /* the pid of that client, as in its slot */
    uint32_t nfaults;          /* may exceed CROWD_FAULTS */
    int64_t first_ns, last_ns; /* first fork, last frame back */
    struct crowd_fault fault[CROWD_FAULTS];
    _Alignas(4096) struct histogram connect;
    _Alignas(4096) struct histogram round_trip;
    _Alignas(4096) struct crowd_slot slot[];
    /* then nfixtures frames */
};

static inline uint32_t crowd_total(const struct crowd_plan *p)
{
    return p->clients + p->shorts + p->resets;
}

static inline unsigned char *crowd_fixture(struct crowd_plan *p, uint32_t i)
{
    return (unsigned char *)&p->slot[crowd_total(p)] + (size_t)FRAME_BYTES * i;
}

static inline enum crowd_role crowd_role(const struct crowd_plan *p,
                                         uint32_t client)
{
    if (client < p->clients)
        return CROWD_CLIENT;
    return client < p->clients + p->shorts ? CROWD_SHORT : CROWD_RESET;
}

#endif
