/* SPDX-License-Identifier: MIT */
/* First it is asked whether valgrind's logs can be relied on: one that is
   missing, cut off or not understood makes an error or a skip, never a pass.
   Only then are errors, losses and open connections judged. Nothing is started
   here. */
#include "judge/judge_memory.h"

#include <errno.h>
#include <string.h>

void memory_look(struct memory_seen *s, pid_t server)
{
    s->error =
        memcheck_read(&s->logs, s->subject->logs, server) < 0 ? errno : 0;
}

void memory_free(struct memory_seen *s)
{
    memcheck_free(&s->logs);
}

static void judge_texts(struct verdict *v, long count, const char *what,
                        json_t *texts)
{
    json_t *text;
    size_t i;

    if (count == 0) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "none in any process");
    verdict_observed(v, "%ld %s", count, what);
    verdict_fail(v, "valgrind found %ld %s", count, what);
    json_array_foreach(texts, i, text)
        verdict_fact(v, "%s", json_string_value(text));
}

/* True if nothing can be judged; v says why. */
static bool no_verdict(const struct memory_seen *s, struct verdict *v)
{
    const struct memcheck *m = &s->logs;

    if (!target_is_dynamic(s->subject->target))
        verdict_skip(v, "a static executable: memcheck cannot replace its "
                        "malloc");
    else if (s->ended)
        verdict_skip(v, "the server has ended");
    else if (s->error)
        verdict_error(v, "valgrind's logs: %s", strerror(s->error));
    else if (m->trouble[0])
        verdict_error(v, "valgrind's logs: %s", m->trouble);
    else if (!s->terminated)
        verdict_error(v, "the server did not end after SIGTERM, so that "
                         "valgrind could not report");
    else if (m->incomplete)
        verdict_error(v, "%ld of %ld valgrind reports are cut off (%s)",
                      m->incomplete, m->logs, m->first_incomplete);
    else if (m->logs < s->forked)
        verdict_error(v, "%ld valgrind reports for at least %ld processes",
                      m->logs, s->forked);
    else
        return false;
    return true;
}

void judge_memory(const struct memory_seen *s, enum memory_case which,
                  struct verdict *v)
{
    const struct memcheck *m = &s->logs;

    if (no_verdict(s, v))
        return;
    if (which == MEMORY_ERRORS)
        judge_texts(v, m->errors, "errors", m->errors_text);
    else if (which == MEMORY_LEAKS)
        judge_texts(v, m->lost_bytes, "bytes lost", m->lost_text);
    else
        judge_texts(v, m->kept_sockets, "connections open at the end",
                    m->kept_text);
}
