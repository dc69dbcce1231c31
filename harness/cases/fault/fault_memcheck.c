/* SPDX-License-Identifier: MIT */
/* Under valgrind many system calls are valgrind's own, and a fault in one of
   them would say nothing about the server. They are told from the server's by
   the address of the instruction that makes them. listen(2) shows that address:
   a call that cannot block is made for the server at the place of valgrind's
   own. */
#include "cases/fault/fault_memcheck.h"

#include "cases/fault/faulty.h"
#include "target/memcheck.h"

#include <errno.h>
#include <limits.h>

/* A call that cannot block is made for the server where valgrind makes its own.
   The place is noted, and nothing fails. */
static bool note_place(const struct fault_call *c, void *arg)
{
    *(uint64_t *)arg = c->place;
    return false;
}

void fault_know_own(struct context *c, struct fault_own *own)
{
    struct subject_how how = { .pre_exec = seccomp_filter_install };
    struct fault *f = NULL;

    own->valgrinds = 0;
    if (c->target.valgrind)
        f = fault_begin(CALL_BIT(CALL_LISTEN));
    if (f) {
        how.arg = fault_filter(f);
        fault_fail_nth(f, CALL_LISTEN, EINTR, LONG_MAX, note_place,
                       &own->valgrinds);
    }
    if (server_try(c, f ? &how : NULL) != SUBJECT_UP ||
        !procfs_link(c->subject.server, "exe", own->exe, sizeof own->exe))
        own->exe[0] = '\0';
    if (f)
        faulty_stop(c, f);
    else
        (void)server_discard(c);
}

const char *fault_memcheck_finds(struct context *c, struct verdict *v)
{
    const char *found = NULL;
    struct memcheck m;
    json_t *text = NULL;

    if (!c->target.valgrind)
        return NULL;
    if (memcheck_read(&m, c->subject.logs, 0) == 0) {
        found = m.errors       ? "memcheck finds an error"
                : m.lost_bytes ? "memory is lost"
                               : NULL;
        text = m.errors ? m.errors_text : m.lost_text;
    }
    for (size_t i = 0; found && i < json_array_size(text); i++)
        verdict_fact(v, "%s", json_string_value(json_array_get(text, i)));
    memcheck_free(&m);
    return found;
}
