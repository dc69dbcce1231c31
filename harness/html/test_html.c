/* SPDX-License-Identifier: MIT */
/* What stands in the page of a run, and in which order; a browser's part is
   tested in bats/browser.bats. */
#include "html/html.h"
#include "html/html_page.h"
#include "report/test_sample.h"

#include <math.h>

static char *page(const struct run_info *info, const struct results *rs)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    CHECK_INT(html_write(out, info, rs), 0);
    (void)fclose(out);
    return text;
}

/* Each of the parts, up to NULL, stands behind the one before it. */
static void in_order(const char *text, const char *const *parts)
{
    for (; *parts; parts++) {
        const char *at = strstr(text, *parts);

        if (!at)
            fprintf(stderr, "missing, or before what it follows: %s\n", *parts);
        CHECK(at != NULL);
        text = at ? at + strlen(*parts) : text;
    }
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static struct results results_of(const char *kinds)
{
    static const char *const ids[] = { "echo/a", "echo/b", "load/c" };
    struct results rs;

    results_init(&rs);
    for (size_t i = 0; kinds[i]; i++) {
        struct result r = { .id = strdup(ids[i]), .title = strdup("t") };

        r.kind = kinds[i] == 'f' || kinds[i] == 'F' ? VERDICT_FAIL
                 : kinds[i] == 'w'                  ? VERDICT_WARN
                 : kinds[i] == 's'                  ? VERDICT_SKIP
                 : kinds[i] == 'e'                  ? VERDICT_ERROR
                                                    : VERDICT_PASS;
        r.expected = kinds[i] == 'F';
        r.stale = kinds[i] == 'P';
        CHECK(results_add(&rs, r) != NULL);
    }
    return rs;
}

static void the_badge_says_the_worst_verdict(void)
{
    static const struct {
        const char *kinds;
        bool strict;
        enum outcome worst;
    } runs[] = {
        { "psp", false, OUTCOME_PASS },   { "pfe", false, OUTCOME_FAIL },
        { "pPe", false, OUTCOME_STALE },  { "pwe", false, OUTCOME_ERROR },
        { "pwF", false, OUTCOME_WARN },   { "pw", true, OUTCOME_FAIL },
        { "pF", true, OUTCOME_EXPECTED }, { "ss", false, OUTCOME_ERROR },
        { "", false, OUTCOME_ERROR },
    };

    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct results rs = results_of(runs[i].kinds);
        struct run_info info = info_of(MODE_CONFORM);
        char title[64], badge[64], *text;

        info.strict = runs[i].strict;
        CHECK_INT(html_worst(&rs, info.strict), runs[i].worst);
        text = page(&info, &rs);
        (void)snprintf(title, sizeof title,
                       "<title>%s: ", html_word(runs[i].worst));
        (void)snprintf(badge, sizeof badge,
                       "<p class=\"sums\">\n        <span class=\"badge %s\">",
                       html_word(runs[i].worst));
        CHECK(has(text, title));
        CHECK(has(text, badge));
        free(text);
        results_free(&rs);
    }
}

static void what_failed_stands_first(void)
{
    static const char *const parts[] = {
        "<h1>",
        "<h2 id=\"what-failed\">",
        "href=\"#echo/fails\"",
        "href=\"#process/stale\"",
        "href=\"#fault/errs\"",
        "href=\"#load/warns\"",
        "href=\"#echo/expected\"",
        "<h2>Likely causes</h2>",
        "<h2>What was seen</h2>",
        "<article id=\"echo/fails\"",
        "first difference at byte 3",
        "harness conform --seed 7 echo/fails -- ",
        "<article id=\"process/stale\"",
        "<article id=\"echo/expected\"",
        "<h2>All cases</h2>",
        "<li id=\"echo/passes\"",
        "<li id=\"load/skips\"",
        "<h2>How it was run</h2>",
        "<summary>Environment</summary>",
        "<dd>x86_64</dd>",
        "<dd>25.2 GB</dd>",
        NULL,
    };
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;
    char *text;

    fill(&rs);
    text = page(&info, &rs);
    in_order(text, parts);
    CHECK(!has(text, "<article id=\"echo/passes\""));
    CHECK(!has(text, "<article id=\"load/skips\""));
    CHECK(!has(text, "<dt>valgrind</dt>"));
    CHECK(!has(text, "Load and audit"));
    free(text);
    (void)snprintf(info.valgrind_version, sizeof info.valgrind_version,
                   "3.19.0");
    text = page(&info, &rs);
    CHECK(has(text, "<dt>valgrind</dt>\n            <dd>3.19.0</dd>"));
    free(text);
    results_free(&rs);
}

static void a_failure_has_its_mistake_and_mend_beside_it(void)
{
    static const char *const parts[] = {
        "<article id=\"load/warns\"",
        "<dd>one read(2): &quot;if (n &lt; 64 &amp;&amp; n &gt; 0)&quot;</dd>",
        "<dd>it's a loop: &lt;while (n &lt; 64)&gt;</dd>",
        "</article>",
        NULL,
    };
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;
    char *text, *error;

    fill(&rs);
    text = page(&info, &rs);
    in_order(text, parts);
    error = strstr(text, "<article id=\"fault/errs\"");
    CHECK(error != NULL);
    *strstr(error, "</article>") = '\0';
    CHECK(!has(error, "Usual mistake"));
    free(text);
    results_free(&rs);
}

static void a_latency_is_a_picture_with_a_text(void)
{
    static const char *const parts[] = {
        "<figcaption>Connect</figcaption>",
        "<svg role=\"img\" aria-label=\"Connect: p50 10 us, p90 100 us, p99 "
        "1.0 ms, p99.9 100.0 ms, max 1.00 s\"",
        "width=\"1.0\"",   /* p50: too short to be seen */
        "width=\"22.0\"",  /* p99.9, a tenth of */
        "width=\"220.0\"", /* the longest */
        "</svg>",
        "<figcaption>Round trip</figcaption>",
        "nothing was measured",
        "99 of 100 connected at once",
        "499 of 500 verified",
        "1 zombies",
        "pid 12 keeps fd 5: socket:[1]\\x1b[2J",
        NULL,
    };
    struct run_info info = info_of(MODE_STRESS);
    struct results rs = results_of("p");
    char *text;

    info.load.round_trip.max = NAN;
    text = page(&info, &rs);
    in_order(text, parts);
    free(text);
    info.load.connect.p90 = NAN; /* no bar, but its place */
    info.audit.done = false;
    text = page(&info, &rs);
    CHECK(has(text, "p90 -, p99 1.0 ms"));
    CHECK(!has(text, "nan"));
    CHECK(has(text, "<dd>not possible</dd>"));
    free(text);
    results_free(&rs);
}

static void a_run_without_failures_says_so(void)
{
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs = results_of("ps");
    char *text = page(&info, &rs);

    CHECK(has(text, "<p>Nothing failed.</p>"));
    CHECK(!has(text, "<h2>What was seen</h2>"));
    CHECK(!has(text, "Likely causes"));
    free(text);
    results_free(&rs);
    rs = results_of("wF");
    text = page(&info, &rs);
    CHECK(has(text, "<p>Nothing failed but what was expected to, or only "
                    "warns:</p>"));
    free(text);
    info.strict = true;
    text = page(&info, &rs);
    CHECK(!has(text, "Nothing failed"));
    free(text);
    results_free(&rs);
    info.strict = false;
    rs = results_of("");
    text = page(&info, &rs);
    CHECK(has(text, "<p>No case was judged.</p>"));
    CHECK(!has(text, "Nothing failed"));
    free(text);
    rs = results_of("ss");
    rs.list[0].reason = strdup("the target never came up: <status 7>");
    info.never_up = true;
    text = page(&info, &rs);
    CHECK(has(text, "<p class=\"reason\">the target never came up: &lt;status "
                    "7&gt;</p>"));
    CHECK(!has(text, "Nothing failed"));
    free(text);
    info.mode = MODE_STRESS; /* nothing was measured */
    text = page(&info, &rs);
    CHECK(!has(text, "Load and audit"));
    free(text);
    results_free(&rs);
}

int main(void)
{
    the_badge_says_the_worst_verdict();
    what_failed_stands_first();
    a_failure_has_its_mistake_and_mend_beside_it();
    a_latency_is_a_picture_with_a_text();
    a_run_without_failures_says_so();
    return check_result();
}
