/* SPDX-License-Identifier: MIT */
/* The words of a failure, for a few clients as for a crowd: what was expected,
   what was seen, and each process, descriptor or connection by its name. */
#include "judge/judge_requirement.h"

#include "base/frame.h"
#include "client/talk_wait.h"

#include <stdio.h>
#include <string.h>

enum { MOST_FACTS = 8 };

/* ---- what is left once clients have left ---- */

/* Tell what is there after the second round and was not before it. */
static void name_workers(const struct rounds_seen *r, struct verdict *v)
{
    int n = 0;

    for (size_t i = 0; i < r->after->n && n < MOST_FACTS; i++) {
        const struct audit_process *p = &r->after->process[i];
        const struct audit_process *then = snapshot_find(r->before, p);
        char text[512];

        if (then && then->threads == p->threads)
            continue;
        audit_describe(r->subject, p, text, sizeof text);
        verdict_fact(v, "%s", text);
        n++;
    }
}

void judge_workers(const struct rounds_seen *r, struct verdict *v)
{
    const struct growth *g1 = &r->growth, *g2 = &r->again;

    if ((!g1->processes && !g1->threads) || (!g2->processes && !g2->threads)) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v,
                     "a further equal round of %u %s leaves no more "
                     "processes and threads",
                     r->clients, r->who);
    verdict_observed(v,
                     "%ld processes and %ld threads more after one round, "
                     "%ld and %ld more after the next",
                     g1->processes, g1->threads, g2->processes, g2->threads);
    verdict_fail(v,
                 "%ld processes and %ld threads stayed after their %u %s "
                 "had left",
                 g2->processes, g2->threads, r->clients, r->who);
    name_workers(r, v);
}

static void name_fds(const struct rounds_seen *r, struct verdict *v)
{
    struct leaked_fd leaked[MOST_FACTS];
    size_t n =
        audit_leaked(r->subject, r->before, r->after, leaked, MOST_FACTS);

    for (size_t i = 0; i < n; i++)
        verdict_fact(v,
                     "pid %ld [%d] holds fd %d %s, which it did not before "
                     "the last round",
                     leaked[i].pid, (int)procfs_inner_pid((pid_t)leaked[i].pid),
                     leaked[i].fd, leaked[i].what);
}

void judge_fds(const struct rounds_seen *r, struct verdict *v)
{
    if (r->growth.fds == 0 || r->again.fds == 0) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v,
                     "a further equal round of %u %s leaves no more open "
                     "descriptors",
                     r->clients, r->who);
    verdict_observed(v, "%ld more after one round, %ld more after the next",
                     r->growth.fds, r->again.fds);
    verdict_fail(v, "%ld descriptors leaked by %u %s", r->again.fds, r->clients,
                 r->who);
    name_fds(r, v);
}

bool judge_sees_fds(const struct subject *s, const struct snapshot *at_rest,
                    struct verdict *v)
{
    if (snapshot_shows_fds(at_rest, s->server))
        return true;
    verdict_skip(v, "the descriptors of pid %d are not ours to see",
                 (int)s->server);
    return false;
}

void judge_zombies(const struct pid_list *zombies, const char *after,
                   const struct subject *s, struct verdict *v)
{
    struct proc_stat st;

    if (zombies->n == 0) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v,
                     "%s every process that ended is waited for, without "
                     "another client coming",
                     after);
    verdict_observed(v, "%zu zombies, and nothing that runs", zombies->n);
    verdict_fail(v, "%zu zombies are left", zombies->n);
    for (size_t i = 0; i < zombies->n && i < MOST_FACTS; i++)
        if (procfs_stat(zombies->pid[i], &st) == 0)
            verdict_fact(v, "pid %d [%d] (%s) is a zombie of pid %d%s",
                         (int)st.pid, (int)procfs_inner_pid(st.pid), st.comm,
                         (int)st.ppid,
                         st.ppid == s->server ? ", the server" : "");
}

/* "; pid 7 holds it as fd 4", or "" where that is not seen. */
static const char *holder(const struct snapshot *now, unsigned long inode,
                          char text[64])
{
    text[0] = '\0';
    for (size_t i = 0; now && i < now->n; i++)
        for (size_t k = 0; k < now->process[i].fds.n; k++)
            if (procfs_socket_inode(now->process[i].fds.fd[k].what) == inode) {
                snprintf(text, 64, "; pid %d holds it as fd %d",
                         (int)now->process[i].pid,
                         now->process[i].fds.fd[k].fd);
                return text;
            }
    return text;
}

void judge_sockets(const struct socket_info *left, size_t nleft, size_t n,
                   size_t clients, const struct snapshot *now,
                   struct verdict *v)
{
    char local[ADDRESS_TEXT], remote[ADDRESS_TEXT], held[64];

    if (n == 0) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "no connection is open once all clients have left");
    verdict_observed(v,
                     "%zu connections are still open on the server's side, "
                     "after %zu clients",
                     n, clients);
    verdict_fail(v, "%zu connections were never closed", n);
    for (size_t i = 0; i < nleft && i < MOST_FACTS; i++)
        verdict_fact(v, "%s %s, its client %s: socket:[%lu], %u bytes unread%s",
                     sockdiag_state_name(left[i].state),
                     address_text(&left[i].local, local),
                     address_text(&left[i].remote, remote), left[i].inode,
                     left[i].rqueue, holder(now, left[i].inode, held));
}

/* ---- service ---- */

void unserved_add(struct unserved *u, size_t client, const char *why)
{
    size_t k;

    u->n++;
    for (k = 0; k < u->nkinds && strcmp(u->kind[k].why, why) != 0; k++)
        ;
    if (k == UNSERVED_KINDS)
        return;
    if (k == u->nkinds) {
        snprintf(u->kind[k].why, sizeof u->kind[k].why, "%s", why);
        u->kind[k].first = client;
        u->nkinds++;
    }
    u->kind[k].n++;
}

void judge_unserved(const struct unserved *u, size_t clients, size_t served,
                    unsigned frame, bool ended, struct verdict *v)
{
    verdict_expected(v, "%zu clients connected at once, each served", clients);
    verdict_observed(v,
                     "%zu had their frame number %u back while all were "
                     "connected%s",
                     served, frame, ended ? "; the server has ended" : "");
    verdict_fail(v, "%zu of %zu clients were not served", u->n, clients);
    unserved_tell(u, v);
}

void unserved_tell(const struct unserved *u, struct verdict *v)
{
    for (size_t k = 0; k < u->nkinds; k++)
        verdict_fact(v, "%zu clients, the first of them client %zu: %s",
                     u->kind[k].n, u->kind[k].first, u->kind[k].why);
}

void judge_wrong_bytes(size_t wrong, size_t clients, struct verdict *v)
{
    verdict_expected(v, "each of %zu clients gets its own bytes back", clients);
    verdict_observed(v, "%zu clients got wrong bytes", wrong);
    verdict_fail(v, "%zu clients got wrong bytes", wrong);
}

static bool is_another(const struct frame_stamp *mine,
                       const struct frame_stamp *whose)
{
    return whose->client != mine->client || whose->round != mine->round ||
           whose->seed != mine->seed;
}

enum bytes_owner judge_owner(const struct frame_stamp *mine,
                             const unsigned char *got, size_t n,
                             struct verdict *v)
{
    enum bytes_owner owner = OWNER_UNKNOWN;
    struct frame_stamp read, whose = *mine;

    for (size_t i = 0; i + FRAME_BYTES <= n && owner != OWNER_ANOTHER; i++) {
        if (!frame_read(got + i, &read))
            continue;
        if (is_another(mine, &read))
            owner = OWNER_ANOTHER;
        else if (owner == OWNER_ITSELF)
            continue;
        else
            owner = OWNER_ITSELF;
        whose = read;
    }
    if (owner != OWNER_UNKNOWN)
        verdict_fact(v, "client %u, frame %u, got client %u's frame %u%s",
                     mine->client, mine->sequence, whose.client, whose.sequence,
                     whose.seed != mine->seed     ? " of another run"
                     : whose.round != mine->round ? " of another round"
                                                  : "");
    return owner;
}

void judge_not_served(const char *after, const char *why, bool ended,
                      struct verdict *v)
{
    verdict_expected(v, "%s a new client is served", after);
    verdict_observed(v, "%s%s", why, ended ? "; the server has ended" : "");
    verdict_fail(v, "%s a new client was not served: %s", after, why);
}

bool overlap_refused(const struct overlap_seen *seen)
{
    return seen->failed && talk_was_turned_away(seen->failed);
}

void judge_overlap(const struct overlap_seen *seen, bool ended,
                   struct verdict *v)
{
    const struct talk *t = seen->failed;
    char why[512];

    if (!t && seen->lack)
        verdict_error(v, "a client could not be opened: %s",
                      strerror(seen->lack));
    if (!t && seen->late)
        verdict_skip(v, "each was served, but %s", seen->took);
    if (!t) {
        verdict_pass(v);
        return;
    }
    talk_describe(t, why, sizeof why);
    verdict_expected(v,
                     "%u clients, %d at a time, each of which comes as another "
                     "leaves, are served with their own bytes",
                     seen->clients, seen->at_a_time);
    verdict_observed(v, "%u were served; client %u: %s%s", seen->served,
                     t->who.stamp.client, why,
                     ended ? "; the server has ended" : "");
    verdict_fail(v, "client %u of %u, which came as others left: %s",
                 t->who.stamp.client + 1, seen->clients, why);
    if (t->who.protocol->echo && t->trouble == TALK_WRONG) {
        verdict_bytes(v, t->frame, t->nframe, t->in, t->nin);
        (void)judge_owner(&t->who.stamp, t->in, t->nin, v);
    } else {
        talk_tell(t, v);
    }
}
