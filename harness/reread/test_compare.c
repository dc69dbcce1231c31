/* SPDX-License-Identifier: MIT */
/* Each changed verdict is told, and nothing else; worse is what a user who
   looks at CI would call so. */
#include "reread/test_sample_run.h"

#include "reread/compare.h"

#define N VERDICT_NONE
#define P VERDICT_PASS
#define S VERDICT_SKIP
#define E VERDICT_ERROR
#define W VERDICT_WARN
#define F VERDICT_FAIL

static void worse_is_what_one_would_call_so(void)
{
    static const enum verdict_kind kinds[] = { P, S, N, W, F, E };
    /* from each of them, to each: worse, better, other, none */
    static const char *const table[] = {
        /* P    S    N    W    F    E */
        "nwwwww", /* P */
        "bnowww", /* S */
        "oonwww", /* N */
        "boonww", /* W */
        "boobnw", /* F */
        "boowwn", /* E */
    };
    static const char letters[] = { [CHANGE_WORSE] = 'w',
                                    [CHANGE_OTHER] = 'o',
                                    [CHANGE_BETTER] = 'b',
                                    [CHANGE_NONE] = 'n' };

    for (size_t was = 0; was < 6; was++)
        for (size_t is = 0; is < 6; is++) {
            char got = letters[change_direction(kinds[was], kinds[is])];

            if (got != table[was][is])
                fprintf(stderr, "%s -> %s: %c\n", verdict_name(kinds[was]),
                        verdict_name(kinds[is]), got);
            CHECK(got == table[was][is]);
        }
}

static struct past_run run_of(const char *const *ids,
                              const enum verdict_kind *kinds, size_t n)
{
    struct past_run run = { .info = plain_info(MODE_CONFORM) };

    results_init(&run.results);
    for (size_t i = 0; i < n; i++)
        if (kinds[i] != N)
            CHECK(results_add(&run.results, (struct result){
                                                .id = strdup(ids[i]),
                                                .title = strdup("a title"),
                                                .kind = kinds[i],
                                                .reason = strdup("a | reason"),
                                            }) != NULL);
    return run;
}

static char *form_of(void (*put)(FILE *out, const struct comparison *c),
                     const struct comparison *c)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    put(out, c);
    CHECK_INT(fclose(out), 0);
    return text;
}

static void plain(FILE *out, const struct comparison *c)
{
    comparison_terminal(out, c, false);
}

static void each_change_is_told_and_nothing_else(void)
{
    static const char *const ids[] = { "a/same",   "a/lost", "a/fails", "a/new",
                                       "a/mended", "a/errs", "a/stays" };
    static const enum verdict_kind was[] = { P, P, P, N, F, W, F };
    static const enum verdict_kind is[] = { P, N, F, P, P, E, F };
    static const char want[] = "worse    a/errs  warn -> error  a | reason\n"
                               "worse    a/fails  pass -> fail  a | reason\n"
                               "worse    a/lost  pass -> not there\n"
                               "changed  a/new  not there -> pass\n"
                               "better   a/mended  fail -> pass\n"
                               "3 worse, 1 better, 1 changed, 2 the same\n";
    struct past_run old = run_of(ids, was, 7), new = run_of(ids, is, 7);
    struct comparison c;
    char *text;

    CHECK_INT(compare_runs(&c, &old, &new), 0);
    text = form_of(plain, &c);
    CHECK_STR(text, want);
    free(text);
    text = form_of(comparison_markdown, &c);
    CHECK(strncmp(text, "# 3 worse, 1 better, 1 changed, 2 the same\n", 43) ==
          0);
    CHECK(strstr(text, "| worse | a/errs | warn | error | a \\| reason |\n"));
    CHECK(strstr(text, "a/stays") == NULL);
    free(text);
    comparison_free(&c);
    CHECK_INT(compare_runs(&c, &old, &old), 0);
    text = form_of(plain, &c);
    CHECK_STR(text, "0 worse, 0 better, 0 changed, 6 the same\n");
    free(text);
    comparison_free(&c);
    results_free(&old.results);
    results_free(&new.results);
}

int main(void)
{
    worse_is_what_one_would_call_so();
    each_change_is_told_and_nothing_else();
    return check_result();
}
