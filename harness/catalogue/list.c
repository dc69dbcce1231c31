/* SPDX-License-Identifier: MIT */
/* Prints to stdout what the tables of cases say; no target is looked at. All
   families are listed, also those that a run takes only with --valgrind or
   --client, so that they can be found. */
#include "catalogue/list.h"

#include "base/status.h"
#include "catalogue/catalogue.h"
#include "catalogue/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 78, INDENT = 14 };

/* Select from all families: those for servers, valgrind's among them, then
   those for clients. */
static int select_all(struct selection *s, const struct options *o)
{
    struct select_with of_servers = { .valgrind = true, .exhaustive = true };
    struct select_with of_clients = { .client = true };
    struct selection client = { NULL, 0 };
    char why[256];

    if (select_cases(s, o->selectors, of_servers, why, sizeof why) < 0 ||
        select_cases(&client, o->selectors, of_clients, why, sizeof why) < 0) {
        fprintf(stderr, "harness: %s\n", why);
        return -1;
    }
    for (size_t i = 0; i < client.n && s->n < CATALOGUE_MOST; i++)
        s->cases[s->n++] = client.cases[i];
    selection_free(&client);
    return 0;
}

static json_t *as_json(const struct test_case *c)
{
    const struct family *f = NULL;
    json_t *sources = json_array();
    char *copy = strdup(c->sources), *save, *one;

    for (one = copy ? strtok_r(copy, ";", &save) : NULL; one;
         one = strtok_r(NULL, ";", &save))
        (void)json_array_append_new(sources,
                                    json_string(one + strspn(one, " ")));
    free(copy);
    (void)catalogue_find(c->id, &f);
    return json_pack("{s:s, s:s, s:s, s:o, s:s}", "id", c->id, "level",
                     level_name(c->level), "title", c->title, "sources",
                     sources, "protocol",
                     c->echo || (f && f->echo) ? "echo" : "any");
}

static int list_json(const struct selection *s)
{
    json_t *all = json_array();
    int rc;

    for (size_t i = 0; i < s->n; i++)
        (void)json_array_append_new(all, as_json(s->cases[i]));
    rc = json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
    return rc < 0 ? STATUS_TROUBLE : 0;
}

int list_list(const struct options *o)
{
    struct selection s;
    int status = 0;

    if (select_all(&s, o) < 0) {
        selection_free(&s);
        return STATUS_USAGE;
    }
    if (o->reports[REPORT_JSON])
        status = list_json(&s);
    else
        for (size_t i = 0; i < s.n; i++)
            printf("%-34s %-6s %s\n", s.cases[i]->id,
                   level_name(s.cases[i]->level), s.cases[i]->title);
    selection_free(&s);
    return status;
}

/* label, and beside it text in a column, broken at blanks. */
static void paragraph(const char *label, const char *text)
{
    int column = printf("  %-12s", label);

    while (*text) {
        int n = (int)strcspn(text, " ");

        if (column + n >= WIDTH && column > INDENT)
            column = printf("\n%*s", INDENT, "") - 1;
        else if (column > INDENT)
            column += printf(" ");
        column += printf("%.*s", n, text);
        text += n + (text[n] == ' ');
    }
    putchar('\n');
}

int list_explain(const struct options *o)
{
    struct selection s;

    if (select_all(&s, o) < 0) {
        selection_free(&s);
        return STATUS_USAGE;
    }
    for (size_t i = 0; i < s.n; i++) {
        const struct test_case *c = s.cases[i];

        printf("%s%s (%s)\n", i ? "\n" : "", c->id, level_name(c->level));
        paragraph("requires:", c->title);
        paragraph("source:", c->sources);
        paragraph("seen by:", c->seen);
        paragraph("mistake:", c->mistake);
        paragraph("mend:", c->mend);
    }
    selection_free(&s);
    return 0;
}
