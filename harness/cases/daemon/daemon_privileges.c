/* SPDX-License-Identifier: MIT */
/* daemon/drops-privileges: as whom a client is served by a server that root has
   started, and what becomes of one whose call to give up its rights fails. */
#include "cases/daemon/daemon.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUPS = 256, ODD_GROUP = 54321 };

/* The user that shall serve, with its groups, and those of the starter. */
struct wanted {
    uid_t uid;
    gid_t gid;
    gid_t own[GROUPS];
    int nown;
    gid_t starter[2];
};

static bool is_own(const struct wanted *w, gid_t group)
{
    for (int i = 0; i < w->nown; i++)
        if (w->own[i] == group)
            return true;
    return false;
}

static bool look_up(struct context *c, struct wanted *w)
{
    const struct passwd *pw = getpwnam(c->target.runs_as);

    w->nown = GROUPS;
    if (!pw || getgrouplist(pw->pw_name, pw->pw_gid, w->own, &w->nown) < 0) {
        verdict_error(c->v, "cannot tell the groups of %s", c->target.runs_as);
        return false;
    }
    w->uid = pw->pw_uid;
    w->gid = pw->pw_gid;
    w->starter[0] = 0;
    w->starter[1] = ODD_GROUP;
    while (is_own(w, w->starter[1]))
        w->starter[1]++;
    return true;
}

/* Its starter has a group more than that of root. Where it may not, root's own
   groups are what it has. */
static int take_groups(void *arg)
{
    const struct wanted *w = arg;

    (void)!setgroups(2, w->starter);
    return 0;
}

/* ---- as whom a process runs ---- */

/* The first three numbers of a line, real, effective and saved, are all id. */
static bool all_are(pid_t tid, const char *field, unsigned long id, char *text,
                    size_t size)
{
    unsigned long now[3];

    if (!procfs_status_text(tid, field, text, size) ||
        sscanf(text, "%lu %lu %lu", &now[0], &now[1], &now[2]) != 3)
        return true; /* it has ended */
    snprintf(text, size, "%lu, %lu, %lu", now[0], now[1], now[2]);
    return now[0] == id && now[1] == id && now[2] == id;
}

/* A group of the starter's that is not its own; -1: none. */
static long kept_group(pid_t tid, const struct wanted *w)
{
    char text[2048], *at = text, *end;

    if (!procfs_status_text(tid, "Groups", text, sizeof text))
        return -1;
    for (;; at = end) {
        unsigned long group = strtoul(at, &end, 10);

        if (end == at)
            return -1;
        for (int i = 0; i < 2; i++)
            if (group == w->starter[i] && !is_own(w, w->starter[i]))
                return (long)group;
    }
}

/* What it still has and should not, in words; "": nothing. */
static void describe(pid_t tid, const struct wanted *w, char *what, size_t size)
{
    static const char *const sets[] = { "CapEff", "CapPrm", "CapAmb" };
    unsigned long long caps;
    char text[36]; /* three numbers */
    long group;

    what[0] = '\0';
    if (!all_are(tid, "Uid", w->uid, text, sizeof text))
        snprintf(what, size, "has the uids %s (real, effective, saved)", text);
    else if (!all_are(tid, "Gid", w->gid, text, sizeof text))
        snprintf(what, size, "has the gids %s (real, effective, saved)", text);
    else if ((group = kept_group(tid, w)) >= 0)
        snprintf(what, size, "is in group %ld, which is its starter's", group);
    for (size_t i = 0; !what[0] && i < 3; i++)
        if (procfs_status(tid, sets[i], 16, &caps) && caps)
            snprintf(what, size, "has capabilities (%s %llx)", sets[i], caps);
}

struct look {
    const struct wanted *wanted;
    char what[128];
};

static bool is_wrong(pid_t pid, pid_t tid, void *arg)
{
    struct look *look = arg;

    (void)pid;
    describe(tid, look->wanted, look->what, sizeof look->what);
    return look->what[0] != '\0';
}

/* Whoever holds the connection of t: true if each is as it should be. False:
   decided; with says what was done before, or is "". */
static bool judge_holders(struct context *c, const struct talk *t,
                          const struct wanted *w, const char *with)
{
    struct pid_list holders = { NULL, 0, 0 };
    struct look look = { .wanted = w };
    bool good;

    /* One who has handed it on may not have closed it yet. */
    server_let_act(c);
    good = server_holders(c, t->fd, &holders) > 0;
    if (!good)
        verdict_skip(c->v, "it cannot be seen who serves a client");
    for (size_t i = 0; good && i < holders.n; i++)
        if (procfs_any_thread(holders.pid[i], is_wrong, &look)) {
            verdict_expected(c->v,
                             "who serves a client has uid %ld and gid %ld, no "
                             "group of its starter's and no capability",
                             (long)w->uid, (long)w->gid);
            verdict_observed(c->v, "pid %d [%d], which serves a client, %s",
                             (int)holders.pid[i],
                             (int)procfs_inner_pid(holders.pid[i]), look.what);
            verdict_fail(c->v, "%swho serves a client %s", with, look.what);
            good = false;
        }
    pid_list_free(&holders);
    return good;
}

/* ---- with its rights given up ---- */

static bool serves_as_wanted(struct context *c, struct wanted *w)
{
    struct talk t;
    bool good;

    if (!daemon_up(c, take_groups, w) || !simple_client_stay(c, &t))
        return false;
    good = judge_holders(c, &t, w, "");
    talk_leave(&t);
    return good && server_discard(c);
}

/* ---- where that fails ---- */

/* Nothing is wrong with a server that serves nobody now. */
static bool serves(struct context *c, void *t)
{
    return simple_client_stay(c, t);
}

/* In the start's own process: the groups, and then the filter. */
struct refused_start {
    struct wanted *wanted;
    struct fault *fault;
};

static int begin_refused(void *arg)
{
    const struct refused_start *r = arg;

    (void)take_groups(r->wanted);
    return seccomp_filter_install(fault_filter(r->fault));
}

/* The server is up although such calls fail. */
static void judge_refused(struct context *c, const struct wanted *w,
                          enum call kind)
{
    struct verdict aside;
    struct talk t;
    char with[48];

    if (context_try(c, &aside, serves, &t)) {
        snprintf(with, sizeof with, "%s failed (EPERM), and ", call_name(kind));
        (void)judge_holders(c, &t, w, with);
        talk_leave(&t);
    }
    verdict_free(&aside);
}

/* False: nothing more is to be tried. */
static bool try_refusal(struct context *c, struct wanted *w, enum call kind)
{
    struct refused_start start = { .wanted = w };
    struct subject_how how = { .pre_exec = begin_refused, .arg = &start };
    struct supervised s;
    bool up;

    if (!supervised_begin(c, kind, &s))
        return false;
    start.fault = s.fault;
    fault_fail(s.fault, kind, EPERM, -1, NULL, NULL);
    up = server_try(c, &how) == SUBJECT_UP;
    if (needs_supervision(c, s.fault, c->subject.why) && up &&
        fault_injected(s.fault, kind) > 0)
        judge_refused(c, w, kind);
    return supervised_end(c, &s) && !verdict_decided(c->v);
}

static void drops_privileges(struct context *c)
{
    static const enum call kinds[] = { CALL_SETUID, CALL_SETGID,
                                       CALL_SETGROUPS };
    struct wanted w;

    if (!c->target.runs_as) {
        verdict_skip(c->v, "needs --runs-as USER: as whom it serves clients");
        return;
    }
    if (geteuid() != 0) {
        verdict_skip(c->v, "needs root: nobody else can change its user");
        return;
    }
    if (!look_up(c, &w))
        return;
    if (w.uid == 0) {
        verdict_skip(c->v, "--runs-as %s: that is root", c->target.runs_as);
        return;
    }
    if (!serves_as_wanted(c, &w))
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!try_refusal(c, &w, kinds[i]))
            return;
    verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "daemon/drops-privileges", MUST,
      "who serves a client has given up its starter's rights, or nobody serves",
      "setuid(2); CWE-273", drops_privileges, 50,
      "With --runs-as, started by root with a group more. Of each thread of "
      "who holds a client's connection /proc shows all of uid, gid, groups and "
      "capabilities. Then a start each in which setuid, setgid or setgroups is "
      "answered EPERM: none may serve with rights that it should have lost.",
      "setuid(pw->pw_uid) alone, or before setgid; seteuid, which leaves a way "
      "back; no look at what these calls return.",
      "initgroups, setgid, setuid, in this order, and end if one of them "
      "fails.",
      .starts = 4, .foreground_too = true },
};

const struct case_table daemon_privileges_cases = CASE_TABLE(cases);
