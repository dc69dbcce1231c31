/* SPDX-License-Identifier: MIT */
/* What differs stands first, all else is folded, and sixty targets are still to
   be read. */
#include "reread/test_sample_run.h"

#include "reread/report_matrix.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>

static const struct {
    char sign;
    enum verdict_kind kind;
} signs[] = {
    { '.', VERDICT_PASS }, { 'F', VERDICT_FAIL },  { 'w', VERDICT_WARN },
    { '-', VERDICT_SKIP }, { 'E', VERDICT_ERROR },
};

/* A target: a sign for each of the ids, ' ' is not asked. */
static struct past_run target_of(const char *name, const char *const *ids,
                                 const char *verdicts)
{
    struct past_run run = { .info = plain_info(MODE_CONFORM) };

    run.info.name = name;
    results_init(&run.results);
    for (; *verdicts; verdicts++, ids++)
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
            if (signs[i].sign == *verdicts)
                CHECK(results_add(&run.results,
                                  (struct result){
                                      .id = strdup(*ids),
                                      .title = strdup("a <title>"),
                                      .kind = signs[i].kind,
                                      .reason = strdup("a \"reason\""),
                                  }) != NULL);
    return run;
}

static const char *const ids[] = { "load/z", "echo/a", "echo/b",
                                   "echo/c", "load/y", "load/x" };

static struct past_run *three(void)
{
    static struct past_run runs[3];

    runs[0] = target_of("one", ids, ".F..F-");
    runs[1] = target_of("two|2", ids, ". .-F-");
    runs[2] = target_of("one", ids, ".w..FE");
    return runs;
}

static void free_all(struct past_run *runs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        results_free(&runs[i].results);
}

static char *form_of(int form, const struct report_matrix *m, bool all)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (form == 0)
        report_matrix_terminal(out, m, false, all);
    else if (form == 1)
        report_matrix_markdown(out, m);
    else
        CHECK_INT(report_matrix_html(out, m), 0);
    CHECK_INT(fclose(out), 0);
    return text;
}

static void what_differs_stands_first(void)
{
    static const struct {
        const char *id;
        enum matrix_kind kind;
    } rows[] = {
        { "echo/a", MATRIX_DIFFERS }, { "load/x", MATRIX_DIFFERS },
        { "echo/c", MATRIX_SOME },    { "echo/b", MATRIX_SAME },
        { "load/y", MATRIX_SAME },    { "load/z", MATRIX_SAME },
    };
    struct past_run *runs = three();
    struct report_matrix m;

    CHECK_INT(report_matrix_make(&m, runs, 3), 0);
    CHECK_INT(m.nrows, 6);
    for (size_t i = 0; i < m.nrows; i++) {
        CHECK_STR(m.rows[i].id, rows[i].id);
        CHECK_INT(m.rows[i].kind, rows[i].kind);
    }
    CHECK(m.rows[0].cells[1] == NULL);
    CHECK_INT(report_matrix_verdict(m.rows[0].cells[2]), VERDICT_WARN);
    CHECK_STR(m.targets[0].label, "one");
    CHECK_STR(m.targets[2].label, "one #2");
    CHECK_INT(m.targets[1].counts[VERDICT_SKIP], 2);
    CHECK_INT(report_matrix_family(&m, 4), 2);
    CHECK_INT(report_matrix_family(&m, 0), 1);
    report_matrix_free(&m);
    free_all(runs, 3);
}

static void a_terminal_shows_it(void)
{
    static const char want[] =
        "1  one     conform  3 passed, 2 failed, 1 skipped\n"
        "2  two|2   conform  2 passed, 1 failed, 2 skipped\n"
        "3  one #2  conform  3 passed, 1 failed, 1 warned, 1 errors\n"
        "\n"
        "what differs: 2 cases  (. passed, F failed, w warned, - skipped, "
        "E in error)\n"
        "                                      123\n"
        "echo/a                                F w\n"
        "load/x                                --E\n"
        "\n"
        "passed wherever it could be seen: 1 case\n"
        "  echo/  1\n"
        "\n"
        "the same everywhere: 3 cases\n"
        "  echo/  1 passed\n"
        "  load/  load/y failed; 1 passed\n"
        "\n"
        "3 targets, 6 cases, 2 differ\n";
    struct past_run *runs = three();
    struct report_matrix m;
    char *text;

    CHECK_INT(report_matrix_make(&m, runs, 3), 0);
    text = form_of(0, &m, false);
    CHECK_STR(text, want);
    free(text);
    text = form_of(0, &m, true);
    CHECK(strstr(text, "echo/c                                .-.\n") != NULL);
    CHECK(strstr(text, "load/y                                FFF\n") != NULL);
    free(text);
    report_matrix_free(&m);
    free_all(runs, 3);
}

static void markdown_shows_it(void)
{
    static const char *const parts[] = {
        "# 3 targets, 6 cases\n",
        "| one | 3 | 2 | 0 | 1 | 0 | echo/a, load/y |\n",
        "| two\\|2 | 2 | 1 | 0 | 2 | 0 | load/y |\n",
        "| one #2 | 3 | 1 | 1 | 0 | 1 | echo/a (warn), load/x (error), "
        "load/y |\n",
        "\n## What differs\n\n| case | one | two\\|2 | one #2 |\n"
        "|---|---|---|---|\n| echo/a | FAIL |  | warn |\n"
        "| load/x | - | - | error |\n",
        "<summary>load/: 2 cases, 1 not passed by any</summary>",
        "| load/y | FAIL | FAIL | FAIL |\n",
    };
    struct past_run *runs = three();
    struct report_matrix m;
    char *text;

    CHECK_INT(report_matrix_make(&m, runs, 3), 0);
    text = form_of(1, &m, false);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(text, parts[i]))
            CHECK_STR(text, parts[i]);
    free(text);
    report_matrix_free(&m);
    free_all(runs, 3);
}

static double xpath(xmlDocPtr doc, const char *path)
{
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathObjectPtr found = xmlXPathEvalExpression(BAD_CAST path, context);
    double value = found ? xmlXPathCastToNumber(found) : -1;

    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return value;
}

static void html_shows_it(void)
{
    struct past_run *runs = three();
    struct report_matrix m;
    xmlDocPtr doc;
    char *text;

    CHECK_INT(report_matrix_make(&m, runs, 3), 0);
    text = form_of(2, &m, false);
    /* as the other page of ours: well-formed, but for its void elements, which
       are written as XML has them */
    doc = xmlReadDoc(BAD_CAST text, NULL, NULL, XML_PARSE_NONET);
    CHECK(doc != NULL);
    CHECK(xpath(doc, "count(//section)") == 3);
    CHECK(xpath(doc, "count(//section[1]//tbody/tr)") == 2);
    CHECK(xpath(doc, "count(//section[1]/details)") == 0);
    CHECK(xpath(doc, "count(//section[3]/details)") == 2);
    CHECK(xpath(doc, "count(//td[@class='cell fail'])") == 4);
    CHECK(xpath(doc, "count(//td[@class='cell none'])") == 1);
    CHECK(xpath(doc, "count(//td[@title='one #2: a \"reason\"'])") == 6);
    xmlFreeDoc(doc);
    free(text);
    report_matrix_free(&m);
    free_all(runs, 3);
}

/* Sixty: no line of a terminal is longer than 80, no table of Markdown has a
   column for each. */
static void sixty_targets_are_readable(void)
{
    enum { TARGETS = 60 };
    static struct past_run runs[TARGETS];
    char names[TARGETS][32], *text;
    struct report_matrix m;

    for (int i = 0; i < TARGETS; i++) {
        (void)snprintf(names[i], sizeof names[i], "server-%d", i + 1);
        runs[i] = target_of(names[i], ids, i == 41 ? ".F...." : "......");
    }
    CHECK_INT(report_matrix_make(&m, runs, TARGETS), 0);
    text = form_of(0, &m, true);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 84) /* 36 and 2, 40 and 3 gaps */
            CHECK_STR(line, "");
    free(text);
    text = form_of(0, &m, false);
    CHECK(strstr(text, "echo/a                                .F........ ......"
                       "....\n") != NULL);
    CHECK(strstr(text, "                                      4444444445 555555"
                       "5556\n") != NULL);
    free(text);
    text = form_of(1, &m, false);
    CHECK(strstr(text, "| case | targets that fail it | pass | skip | not asked"
                       " |\n|---|---|--:|--:|--:|\n"
                       "| echo/a | server-42 | 59 | 0 | 0 |\n") != NULL);
    CHECK(strstr(text, "| echo/b |  | 60 | 0 | 0 |\n") != NULL);
    free(text);
    report_matrix_free(&m);
    free_all(runs, TARGETS);
}

int main(void)
{
    what_differs_stands_first();
    a_terminal_shows_it();
    markdown_shows_it();
    html_shows_it();
    sixty_targets_are_readable();
    return check_result();
}
