/* SPDX-License-Identifier: MIT */
/* Which cases of the catalogue the words on the command line choose. */
#include "catalogue/select.h"

#include "base/check.h"
#include "catalogue/catalogue.h"

enum { MOST_WORDS = 4 };

static struct select_with with;

/* The cases that these words choose; the caller frees them. */
static struct selection choose(const char *const *words)
{
    char *selectors[MOST_WORDS + 1] = { NULL }, why[128] = "";
    struct selection s;

    for (int i = 0; words[i]; i++)
        selectors[i] = (char *)words[i];
    CHECK_INT(select_cases(&s, selectors, with, why, sizeof why), 0);
    CHECK_STR(why, "");
    return s;
}

#define CHOOSE(...) choose((const char *const[]){ __VA_ARGS__, NULL })

/* How many of the chosen cases have an id that begins with start. */
static size_t begin_so(const struct selection *s, const char *start)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += strncmp(s->cases[i]->id, start, strlen(start)) == 0;
    return n;
}

/* How many cases the catalogue has in families of servers or of clients, with
   or without those that need valgrind. */
static size_t there_are(bool with_valgrind, bool with_client)
{
    struct catalogue_walk w = { .place = 0 };
    size_t n = 0;

    while (catalogue_next(&w))
        n += w.family->client == with_client && !w.test_case->exhaustive &&
             (with_valgrind || !w.family->valgrind);
    return n;
}

static void no_selector_means_all(void)
{
    char why[128];
    struct selection s;

    CHECK_INT(select_cases(&s, NULL, with, why, sizeof why), 0);
    CHECK_INT(s.n, there_are(false, false));
    for (size_t i = 1; i < s.n; i++)
        CHECK(catalogue_place(s.cases[i - 1]->id) <
              catalogue_place(s.cases[i]->id));
    selection_free(&s);
    CHECK(s.cases == NULL && s.n == 0);
}

static void an_id_means_one_case(void)
{
    struct selection s = CHOOSE("process/fds-return");

    CHECK_INT(s.n, 1);
    CHECK_STR(s.cases[0]->id, "process/fds-return");
    selection_free(&s);
}

/* A case that is named twice is chosen once. */
static void the_order_is_the_catalogues(void)
{
    struct selection s =
        CHOOSE("process/fds-return", "load/own-bytes", "process/fds-return");

    CHECK_INT(s.n, 2);
    CHECK_STR(s.cases[0]->id, "load/own-bytes");
    CHECK_STR(s.cases[1]->id, "process/fds-return");
    selection_free(&s);
}

static void a_family_means_its_cases(void)
{
    struct selection all = CHOOSE("*"), s = CHOOSE("echo/");

    CHECK(s.n > 1 && s.n < all.n);
    CHECK_INT(begin_so(&s, "echo/"), s.n);
    CHECK_INT(s.n, begin_so(&all, "echo/"));
    selection_free(&s);
    selection_free(&all);
}

static void a_glob_means_what_fits(void)
{
    struct selection all = CHOOSE("*"), s = CHOOSE("process/fd*");

    CHECK(s.n > 0);
    CHECK_INT(begin_so(&s, "process/fd"), s.n);
    CHECK_INT(s.n, begin_so(&all, "process/fd"));
    selection_free(&s);
    s = CHOOSE("[el]*/own-byte?");
    CHECK_INT(s.n, 1);
    CHECK_STR(s.n ? s.cases[0]->id : NULL, "load/own-bytes");
    selection_free(&s);
    selection_free(&all);
}

static void an_exclamation_mark_leaves_out(void)
{
    struct selection all = CHOOSE("*"), s = CHOOSE("!echo/");

    CHECK_INT(s.n, all.n - begin_so(&all, "echo/"));
    CHECK_INT(begin_so(&s, "echo/"), 0);
    selection_free(&s);
    s = CHOOSE("load/", "!load/own-bytes");
    CHECK_INT(s.n, begin_so(&all, "load/") - 1);
    CHECK_INT(begin_so(&s, "load/own-bytes"), 0);
    selection_free(&s);
    /* An exclusion wins wherever it stands. */
    s = CHOOSE("!load/own-bytes", "load/own-bytes");
    CHECK_INT(s.n, 0);
    selection_free(&s);
    selection_free(&all);
}

static void what_an_option_brings_is_left_out_without_it(void)
{
    struct selection s = CHOOSE("memory/");

    CHECK_INT(s.n, 0);
    selection_free(&s);
    with.valgrind = true;
    s = CHOOSE("memory/");
    CHECK(s.n > 0);
    selection_free(&s);
    s = CHOOSE("*");
    CHECK_INT(s.n, there_are(true, false));
    CHECK(begin_so(&s, "echo/") > 0 && begin_so(&s, "client/") == 0);
    selection_free(&s);
    with.valgrind = false;
    with.client = true;
    s = CHOOSE("*");
    CHECK(s.n > 0);
    CHECK_INT(begin_so(&s, "client/"), s.n);
    selection_free(&s);
    with.client = false;
    s = CHOOSE("echo/beyond-2-gib");
    CHECK_INT(s.n, 0);
    selection_free(&s);
    with.exhaustive = true;
    s = CHOOSE("echo/beyond-2-gib");
    CHECK_INT(s.n, 1);
    selection_free(&s);
    with.exhaustive = false;
}

/* What is said of a word that fits nothing. */
static void is_refused(const char *word, const char *hint)
{
    char *selectors[] = { "load/", (char *)word, NULL };
    char why[256], want[256];
    struct selection s;

    CHECK_INT(select_cases(&s, selectors, with, why, sizeof why), -1);
    (void)snprintf(want, sizeof want, "no case fits '%s'%s", word, hint);
    CHECK_STR(why, want);
    CHECK(s.cases == NULL && s.n == 0);
}

static void what_fits_nothing_is_named(void)
{
    static const char *const words[] = { "nothing/", "!nothing/",    "",  "!",
                                         "zz*y/",    "no-such-case", "xy" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        is_refused(words[i], " (harness list shows all)");
}

static void what_was_meant_is_guessed(void)
{
    is_refused("half-close", ": did you mean echo/half-close?");
    is_refused("!half-close", ": did you mean echo/half-close?");
    is_refused("Half-Close", ": did you mean echo/half-close?");
    is_refused("echo/half-closed", ": did you mean echo/half-close?");
    is_refused("ehco/half-close", ": did you mean echo/half-close?");
    is_refused("halfclose", ": did you mean echo/half-close?");
    is_refused("echo", ": did you mean echo/?");
    is_refused("ECHO/", ": did you mean echo/?");
    is_refused("lifecyle/", ": did you mean lifecycle/?");
    is_refused("fds-after", ": did you mean process/fds-after-resets?");
    is_refused("concurrent", ": did you mean load/concurrent-clients?");
    is_refused("restart", ": did you mean lifecycle/restart-at-once or "
                          "lifecycle/restart-beside-client?");
    is_refused("accept-em", ": did you mean fault/accept-emfile or "
                            "fault/accept-emfile-quiet?");
}

int main(void)
{
    no_selector_means_all();
    an_id_means_one_case();
    the_order_is_the_catalogues();
    a_family_means_its_cases();
    a_glob_means_what_fits();
    an_exclamation_mark_leaves_out();
    what_an_option_brings_is_left_out_without_it();
    what_fits_nothing_is_named();
    what_was_meant_is_guessed();
    return check_result();
}
