/* SPDX-License-Identifier: MIT */
/* The one place where output that was kept becomes a fact. It is read, and
   nothing waits for more. */
#include "kit/server_output.h"

#include "linux/child_wait.h"

#include <stdlib.h>
#include <string.h>

/* Without the end of its last line; the caller frees it. NULL: nothing. */
static char *last_lines(const struct subject *s)
{
    char *said = subject_said(s);
    size_t n = said ? strlen(said) : 0;

    while (n > 0 && strchr("\r\n", said[n - 1]))
        said[--n] = '\0';
    return said;
}

void server_output_tell(struct verdict *v, const struct subject *s)
{
    bool kept = s->out >= 0 || s->err >= 0; /* not where it ran already */
    char *said = kept ? last_lines(s) : NULL;

    if (!kept)
        return;
    verdict_fact(v, "%s%s", said ? "it printed: " : "it printed nothing",
                 said ? said : "");
    free(said);
}

void server_output_tell_end(struct verdict *v, struct subject *s)
{
    char *said;

    if (!subject_gone(s))
        return;
    said = last_lines(s);
    if (subject_start_ended(s) && s->starts != STARTS_DETACHED)
        verdict_fact(v, "the server ended (%s); %s%s",
                     child_status_text(s->start_status),
                     said ? "it printed: " : "it printed nothing",
                     said ? said : "");
    else if (said)
        verdict_fact(v, "the server ended; it printed: %s", said);
    free(said);
}
