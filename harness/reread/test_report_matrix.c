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

/* What a place of the page says, its blanks as one. */
static void says(xmlDocPtr doc, const char *path, const char *want)
{
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    char expression[256];
    xmlXPathObjectPtr found;
    xmlChar *text;

    (void)snprintf(expression, sizeof expression, "normalize-space(%s)", path);
    found = xmlXPathEvalExpression(BAD_CAST expression, context);
    text = found ? xmlXPathCastToString(found) : NULL;
    CHECK(text != NULL);
    CHECK_STR((const char *)text, want);
    xmlFree(text);
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
}

static xmlDocPtr page_of(const struct past_run *runs, size_t n)
{
    struct report_matrix m;
    xmlDocPtr doc;
    char *text;

    CHECK_INT(report_matrix_make(&m, runs, n), 0);
    text = form_of(2, &m, false);
    /* as the page of one run: well-formed, but for its void elements, which
       are written as XML has them */
    doc = xmlReadDoc(BAD_CAST text, NULL, NULL, XML_PARSE_NONET);
    CHECK(doc != NULL);
    free(text);
    report_matrix_free(&m);
    return doc;
}

static void html_shows_it(void)
{
    static const struct {
        const char *path, *text;
    } said[] = {
        { "//title", "fail: 3 targets: 2 of 6 cases differ" },
        { "//h1", "3 targets" },
        { "//header/p", "fail 2 of 6 cases differ" },
        { "//form/label[1]//option[2]", "fail (2)" },
        { "//form/label[1]//option[6]", "skip (2)" },
        { "//nav//li[1]", "fail echo/a fail in one; warn in one #2; not asked "
                          "of two|2" },
        { "//nav//li[2]", "error load/x error in one #2; skip in one, two|2" },
        { "//section[2]/h2", "Passed wherever it could be seen" },
        { "//section[2]//summary", "pass echo/ 1 case" },
        { "//section[3]/h2", "The same everywhere" },
        { "//section[3]/details[1]/summary", "pass echo/ 1 pass" },
        { "//section[3]/details[2]/summary", "fail load/ 1 fail, 1 pass" },
        { "//section[4]/h2", "Reasons" },
        { "//details[@data-case='load/x']/summary", "error load/x a <title>" },
        { "//ul[@id='load/x']/li[1]", "error a \"reason\" one #2" },
        { "//ul[@id='load/x']/li[2]", "skip a \"reason\" one, two|2" },
        { "//ul[@id='load/y']/li", "fail a \"reason\" all 3" },
        { "//section[5]/h2", "Targets" },
        { "//section[5]/details[2]/summary",
          "fail two|2 2 passed, 1 failed, 2 skipped" },
        { "//section[5]/details[3]//dt[.='Seed']/following::dd",
          "9007199254740993" },
    };
    static const struct {
        const char *path;
        int count;
    } counts[] = {
        { "//section", 5 },
        { "//nav//li", 2 },
        { "//section[1]//tbody/tr", 2 },
        { "//section[1]/details", 0 },
        { "//section[3]/details", 2 },
        { "//details[@open]", 0 },
        { "//tbody/tr[@data-case]/th[@scope='row']", 6 },
        { "//tr[@data-case='echo/a'][@data-verdict='fail warn']", 1 },
        { "//thead//th[@scope='col']", 4 * 4 },
        { "//div[@role='group'][@tabindex='0'][@aria-label]/table", 4 },
        { "//td/span[@class='badge fail']", 4 },
        { "//td[not(*)]", 1 },
        { "//td[@title='two|2: not asked']", 1 },
        { "//td[contains(@title, 'one #2: ')]", 6 },
        { "//td[contains(@title, 'a \"reason\"')]", 17 },
        { "//ul[@id='echo/b']", 0 }, /* it passes: nothing is to be told */
        { "//tr[@data-case='echo/b']//a", 0 },
        { "//tr[@data-case='load/y']//a[@href='#load/y']", 1 },
    };
    struct past_run *runs = three();
    xmlDocPtr doc = page_of(runs, 3);

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        says(doc, said[i].path, said[i].text);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char path[128];

        (void)snprintf(path, sizeof path, "count(%s)", counts[i].path);
        if (xpath(doc, path) != counts[i].count)
            CHECK_STR(path, "");
    }
    xmlFreeDoc(doc);
    free_all(runs, 3);
}

/* From the 13th target on a column has room for a letter, and a line for the
   names of three. */
static void html_has_letters_for_many(void)
{
    static struct past_run runs[13];
    xmlDocPtr doc;

    for (size_t i = 0; i < 13; i++)
        runs[i] = target_of("t", ids, i % 3 ? "......" : ".F....");
    runs[1].results.list[2].stale = true;
    runs[3].results.list[1].expected = true;
    doc = page_of(runs, 13);
    CHECK(xpath(doc, "count(//table[@class='matrix many'])") == 3);
    says(doc, "//section[1]/p",
         "F fail; S stale; e expected; p pass; names of targets from below");
    says(doc, "//nav//li",
         "fail echo/a fail in 4; expected in t #4; pass in 8");
    xmlFreeDoc(doc);
    doc = page_of(runs, 12);
    CHECK(xpath(doc, "count(//table[@class='matrix'])") == 3);
    CHECK(xpath(doc, "count(//section[1]/p)") == 0);
    xmlFreeDoc(doc);
    free_all(runs, 13);
}

static void html_of_what_is_alike(void)
{
    static struct past_run runs[2];
    xmlDocPtr doc;

    for (size_t i = 0; i < 2; i++) {
        runs[i] = target_of("t", ids, "..");
        free(runs[i].results.list[0].reason);
        runs[i].results.list[0].reason = NULL;
    }
    doc = page_of(runs, 2);
    says(doc, "//header/p", "pass 0 of 2 cases differ");
    CHECK(xpath(doc, "count(//nav)") == 0);
    CHECK(xpath(doc, "count(//section)") == 2); /* the cases, the targets */
    CHECK(xpath(doc, "count(//td[@title='t: pass'])") == 1);
    xmlFreeDoc(doc);
    free_all(runs, 2);
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
    html_has_letters_for_many();
    html_of_what_is_alike();
    sixty_targets_are_readable();
    return check_result();
}
