/* SPDX-License-Identifier: MIT */
/* What has grown from one made-up snapshot to another. */
#include "target/snapshot.h"

#include "base/check.h"

#include <stdlib.h>

enum { MANY = 50000, LISTENER = 77 };

static struct subject subject = { .listener = { LISTENER }, .nlisteners = 1 };

static void add_fd(struct audit_process *p, int fd, const char *what)
{
    struct proc_fd *at;

    if (p->fds.n == p->fds.room) {
        p->fds.room = p->fds.room ? 2 * p->fds.room : 8;
        p->fds.fd = realloc(p->fds.fd, p->fds.room * sizeof *p->fds.fd);
        if (!p->fds.fd)
            abort();
    }
    at = &p->fds.fd[p->fds.n++];
    at->fd = fd;
    (void)snprintf(at->what, sizeof at->what, "%s", what);
}

/* A process that holds what is listed, from descriptor 0 upwards. */
static struct audit_process process(pid_t pid, const char *const *what)
{
    struct audit_process p = {
        .pid = pid, .start_ticks = 5, .threads = 1, .fds_known = true
    };

    for (int fd = 0; what[fd]; fd++)
        add_fd(&p, fd, what[fd]);
    return p;
}

#define PROCESS(pid, ...) \
    process(pid, (const char *const[]){ __VA_ARGS__, NULL })

/* A snapshot of n processes; it becomes the owner of what they hold. */
static struct snapshot snapshot(const struct audit_process *p, size_t n)
{
    struct snapshot s = { .n = n };

    s.process = calloc(n, sizeof *p);
    if (!s.process)
        abort();
    memcpy(s.process, p, n * sizeof *p);
    for (size_t i = 0; i < n; i++) {
        s.threads += p[i].threads;
        s.fds += (long)p[i].fds.n;
    }
    CHECK_INT(snapshot_index(&s), 0);
    return s;
}

static void grows(struct audit_process then, struct audit_process now,
                  long want, const char *names)
{
    struct snapshot before = snapshot(&then, 1), after = snapshot(&now, 1);
    struct leaked_fd leaked[3];
    size_t n = audit_leaked(&subject, &before, &after, leaked, 3);
    char named[64] = "";

    CHECK_INT(audit_growth(&subject, &before, &after).fds, want);
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(named);

        CHECK_INT(leaked[i].pid, now.pid);
        (void)snprintf(named + used, sizeof named - used, " %d", leaked[i].fd);
    }
    CHECK_STR(named, names);
    snapshot_free(&before);
    snapshot_free(&after);
}

static void descriptors_of_a_kind_stand_for_each_other(void)
{
    grows(PROCESS(9, "/a", "socket:[1]"), PROCESS(9, "/a", "socket:[2]"), 0,
          "");
    grows(PROCESS(9, "pipe:[1]"), PROCESS(9, "socket:[1]"), 1, " 0");
    grows(PROCESS(9, "anon_inode:[eventpoll]"),
          PROCESS(9, "anon_inode:[eventfd]"), 1, " 0");
    grows(PROCESS(9, "/a", "/b"), PROCESS(9, "/b", "/a"), 0, "");
    grows(PROCESS(9, "/a", "/b"), PROCESS(9, "/a", "/c"), 1, " 1");
    grows(PROCESS(9, "/a"), PROCESS(9, "/a", "/ab", "/a"), 2, " 2 1");
    grows(PROCESS(9, "/ab", "/a"), PROCESS(9, "/a"), 0, "");
}

static void the_listener_is_not_just_any_socket(void)
{
    grows(PROCESS(9, "socket:[77]"), PROCESS(9, "socket:[1]"), 1, " 0");
    grows(PROCESS(9, "socket:[1]"), PROCESS(9, "socket:[77]"), 1, " 0");
    grows(PROCESS(9, "socket:[77]"), PROCESS(9, "socket:[77]"), 0, "");
    grows(PROCESS(9, "socket:[77]"),
          PROCESS(9, "socket:[77]", "socket:[77]", "socket:[3]"), 2, " 2 1");
}

static void spare_ones_may_come(void)
{
    grows(PROCESS(9, "/a"), PROCESS(9, "/a", "/dev/null", "/dev/null"), 0, "");
    grows(PROCESS(9, "/dev/null"), PROCESS(9, "/dev/nullx"), 1, " 0");
}

static void what_was_there_is_not_named(void)
{
    grows(PROCESS(9, "socket:[1]"),
          PROCESS(9, "socket:[1]", "socket:[2]", "socket:[3]"), 2, " 1 2");
    grows(PROCESS(9, "socket:[1]"), PROCESS(9, "socket:[2]", "socket:[1]"), 1,
          " 0");
    grows(PROCESS(9, "x"), PROCESS(9, "x", "p:[1]", "p:[2]", "p:[3]", "p:[4]"),
          4, " 1 2 3");
}

static void only_the_same_process_is_compared(void)
{
    struct audit_process other = PROCESS(9, "/a", "/b"),
                         hidden = PROCESS(9, "/a", "/b");

    grows(PROCESS(8, "/a"), PROCESS(9, "/a", "/b"), 0, "");
    other.start_ticks++;
    grows(PROCESS(9, "/a"), other, 0, "");
    hidden.fds_known = false;
    grows(PROCESS(9, "/a"), hidden, 0, "");
}

static void processes_are_found_and_counted(void)
{
    struct audit_process few[] = { PROCESS(30, "/a"), PROCESS(10, "/a") };
    struct audit_process more[] = { PROCESS(30, "/a"), PROCESS(20, "/a"),
                                    PROCESS(10, "/a", "/b") };
    struct snapshot before, after;
    struct growth g;

    more[0].threads = 4;
    before = snapshot(few, 2);
    after = snapshot(more, 3);
    g = audit_growth(&subject, &before, &after);
    CHECK_INT(g.processes, 1);
    CHECK_INT(g.threads, 3);
    CHECK_INT(g.fds, 1);
    CHECK(snapshot_find(&before, &more[2]) == &before.process[1]);
    CHECK(snapshot_find(&before, &more[1]) == NULL);
    g = audit_growth(&subject, &after, &before);
    CHECK(g.processes == 0 && g.threads == 0 && g.fds == 0);
    snapshot_free(&before);
    snapshot_free(&after);
}

/* To compare each descriptor with each would take minutes. */
static void many_are_compared_quickly(void)
{
    struct audit_process then = PROCESS(9, "/a"), now = PROCESS(9, "/a");
    static struct audit_process crowd[MANY];
    struct snapshot s;
    char what[32];

    for (int i = 1; i < MANY; i++) {
        (void)snprintf(what, sizeof what, "/file%d", i);
        add_fd(&then, i, what);
        (void)snprintf(what, sizeof what, "/file%d", MANY - i);
        add_fd(&now, i, what);
    }
    add_fd(&now, MANY, "/another");
    grows(then, now, 1, " 50000");
    for (int i = 0; i < MANY; i++)
        crowd[i] = (struct audit_process){ .pid = MANY - i, .threads = 1 };
    s = snapshot(crowd, MANY);
    for (int i = 0; i < MANY; i++)
        CHECK(snapshot_find(&s, &crowd[i]) == &s.process[i]);
    snapshot_free(&s);
}

int main(void)
{
    descriptors_of_a_kind_stand_for_each_other();
    the_listener_is_not_just_any_socket();
    spare_ones_may_come();
    what_was_there_is_not_named();
    only_the_same_process_is_compared();
    processes_are_found_and_counted();
    many_are_compared_quickly();
    return check_result();
}
