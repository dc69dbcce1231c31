/* SPDX-License-Identifier: MIT */
/* A second exchange follows the first on the same connection: a server that
   closes after one is then told apart from one that speaks otherwise. */
#include "client/talk_first.h"

#include "client/guess.h"
#include "client/talk_wait.h"

#include <stdio.h>
#include <stdlib.h>

bool talk_first(struct talk *t, const struct address *to, double ms, char *why,
                size_t size)
{
    const struct protocol *p = t->who.protocol;
    bool first, second;
    char what[512];

    if (p->echo)
        return true;
    first = talk_connect(t, to, deadline_of_target(ms)) &&
            talk_exchange(t, 0, deadline_of_target(ms));
    second = first && (p->once || talk_exchange(t, 1, deadline_of_target(ms)));
    if (second)
        return true;
    talk_describe(t, what, sizeof what);
    (void)snprintf(why, size, "%s: the %s exchange did not come: %s%s", p->name,
                   first ? "second" : "first", what,
                   first && t->trouble != TALK_SILENT &&
                           t->trouble != TALK_ENDLESS
                       ? " (does a connection bear one alone? say 'once')"
                       : "");
    return false;
}

char *talk_first_told(const struct talk *t, char *printed)
{
    const unsigned char *bytes;
    char *all = NULL;
    size_t size, n;
    bool sent;
    FILE *f = open_memstream(&all, &size);

    if (!f)
        return printed;
    for (size_t i = 0; talk_transcript(t, i, &sent, &bytes, &n); i++) {
        char *line = verdict_text(bytes, n);

        fprintf(f, "%s %s\n", sent ? "client:" : "server:", line ? line : "?");
        free(line);
    }
    if (t->log_full)
        fprintf(f, "(and more)\n");
    fprintf(f, "then: %s\n", talk_ended_by(t));
    if (printed)
        fprintf(f, "it printed: %s\n", printed);
    free(printed);
    return fclose(f) == 0 ? all : NULL;
}

char *talk_first_hint(const struct talk *t)
{
    const char *guess = guess_of_talk(t);
    char *hint = NULL;

    if (guess &&
        asprintf(&hint, "it answers as servers of %s do: --protocol %s", guess,
                 guess) < 0)
        return NULL;
    return hint;
}
