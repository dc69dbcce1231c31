/* SPDX-License-Identifier: MIT */
/* What detaches becomes a child of the sandbox's first process, whichever start
   it came from. So everything that is there before the new start goes on a list
   (not_ours), and only what is not on it counts as the new start's: that is
   watched, and killed in the end, and the first server is neither. */
#include "kit/second_start.h"

#include "kit/server_output.h"
#include "kit/wait_idle.h"
#include "linux/child_wait.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

enum { CLEAR_MS = 5000 };

/* List what is below the sandbox's first process now. Whatever detaches becomes
   its child, from the new start too. */
static int note_others(const struct context *c, struct pid_list *others)
{
    struct pid_list all = { NULL, 0, 0 };
    int rc = procfs_tree(c->sandbox->init, &all);

    for (size_t i = 0; rc == 0 && i < all.n; i++)
        rc = pid_list_add(others, all.pid[i]);
    pid_list_free(&all);
    return rc;
}

bool second_start_start(struct context *c, struct subject *s,
                        const struct subject_how *how)
{
    struct pid_list others = { NULL, 0, 0 };
    enum subject_up up;
    int rc = note_others(c, &others);

    up = subject_launch(s, &c->target, c->sandbox, c->port, how);
    for (size_t i = 0; rc == 0 && i < others.n; i++)
        rc = pid_list_add(&s->not_ours, others.pid[i]);
    pid_list_free(&others);
    if (rc == 0 && up == SUBJECT_UP)
        return true;
    verdict_error(c->v, "it could not be started again: %s",
                  up == SUBJECT_UP ? strerror(errno) : s->why);
    server_output_tell(c->v, s);
    return false;
}

enum second_start_end second_start_watch(struct subject *s, struct deadline d,
                                         char where[ADDRESS_TEXT])
{
    struct pause pause = { 0 };

    for (;;) {
        if (subject_listens_anywhere(s, where))
            return SECOND_LISTENS;
        if (subject_ended(s))
            return SECOND_OVER;
        if (deadline_passed(d))
            return SECOND_RUNS;
        pause_until(&pause, d);
    }
}

void second_start_clear(struct subject *s)
{
    struct deadline d = deadline_in(CLEAR_MS);
    struct pause pause = { 0 };

    while (!subject_ended(s) && !deadline_passed(d)) {
        /* Their number may grow meanwhile: look again until none is left. */
        subject_signal_all(s, SIGKILL);
        pause_until(&pause, d);
    }
}

bool second_start_kill(struct context *c)
{
    struct pid_list l = { NULL, 0, 0 };
    bool gone = subject_processes(&c->subject, &l) == 0;

    c->ends_it = true;
    second_start_clear(&c->subject);
    for (size_t i = 0; gone && i < l.n; i++)
        gone = process_gone(c, l.pid[i]);
    pid_list_free(&l);
    if (!gone)
        verdict_error(c->v, "not all of it could be killed");
    return gone;
}

void second_start_close(struct subject *s)
{
    if (s->start)
        second_start_clear(s);
    subject_free(s);
}

const char *second_start_status(const struct subject *s)
{
    return s->start_ended ? child_status_text(s->start_status) : "runs";
}

bool second_start_failed(const struct subject *s)
{
    return s->start_ended && s->start_status != 0;
}
