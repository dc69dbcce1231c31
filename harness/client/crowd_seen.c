/* SPDX-License-Identifier: MIT */
/* What the memory that is shared with a crowd says, counted and in words.
   Nothing here starts a client or waits for one. */
#include "client/crowd_seen.h"

#include "base/deadline.h"

#include <stdio.h>
#include <string.h>

uint32_t crowd_count(const struct crowd_plan *p, enum crowd_stage stage)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->clients; i++)
        n += p->slot[i].stage >= stage;
    return n;
}

static struct latency latency(const struct histogram *h)
{
    return (struct latency){
        .p50 = histogram_seconds(h, 0.5),
        .p90 = histogram_seconds(h, 0.9),
        .p99 = histogram_seconds(h, 0.99),
        .p999 = histogram_seconds(h, 0.999),
        .max = (double)h->max_ns / 1e9,
    };
}

static void buckets(const struct histogram *h, struct latency *l)
{
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        if (h->bucket[i] &&
            latency_append(l, histogram_from_ns(i), h->bucket[i]) < 0) {
            latency_free(l); /* a part of it would be a lie */
            return;
        }
}

void crowd_histograms(const struct crowd_plan *p, struct load *load)
{
    buckets(&p->connect, &load->connect);
    buckets(&p->round_trip, &load->round_trip);
}

void crowd_load(const struct crowd_plan *p, struct load *load)
{
    struct speaker who = { &p->protocol, p->address, { p->seed, 0, 0, 0 } };
    int64_t until = p->last_ns ? p->last_ns : deadline_now_ns();

    memset(load, 0, sizeof *load);
    load->clients = p->clients;
    load->connected = crowd_count(p, CROWD_SERVED);
    for (uint32_t i = 0; i < p->clients; i++) {
        load->frames_sent += p->slot[i].sent;
        load->frames_verified += p->slot[i].verified;
    }
    load->bytes_verified =
        load->frames_verified * (long)protocol_answer_bytes(&who);
    load->seconds = p->first_ns ? (double)(until - p->first_ns) / 1e9 : 0;
    load->connect = latency(&p->connect);
    load->round_trip = latency(&p->round_trip);
}

const char *crowd_trouble_text(const struct crowd_slot *s)
{
    static char text[96];
    static const char *const name[] = {
        [CROWD_FINE] = "waiting",
        [CROWD_CONNECT_FAILED] = "connect",
        [CROWD_SEND_FAILED] = "send",
        [CROWD_RECV_FAILED] = "recv",
        [CROWD_EOF] = "end of file before the whole echo",
        [CROWD_WRONG_BYTES] = "wrong bytes",
        [CROWD_BYTES_ADDED] = "bytes added",
    };
    static const char *const stage[] = {
        [CROWD_UNBORN] = "not started",
        [CROWD_CONNECTING] = "connecting",
        [CROWD_CONNECTED] = "waiting for its first echo",
        [CROWD_SERVED] = "waiting for the others",
        [CROWD_TALKING] = "waiting for an echo",
        [CROWD_DONE] = "done",
    };

    if (s->trouble == CROWD_FINE)
        snprintf(text, sizeof text, "%s", stage[s->stage]);
    else if (s->error)
        snprintf(text, sizeof text, "%s: %s", name[s->trouble],
                 strerror(s->error));
    else
        snprintf(text, sizeof text, "%s", name[s->trouble]);
    return text;
}
