/* SPDX-License-Identifier: MIT */
/* Verdicts: which statement stands, and that no byte gets through. */
#include "result/verdict.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

#define TEXT(bytes) bytes, sizeof bytes - 1

static void check_text(const char *bytes, size_t n, const char *want)
{
    char *text = verdict_text(bytes, n);

    CHECK_STR(text, want);
    free(text);
}

static void text_is_made_printable(void)
{
    check_text(TEXT(""), "");
    check_text(TEXT("plain 'text' \\ \"quoted\""),
               "plain 'text' \\ \"quoted\"");
    check_text(TEXT("a\nb\r\tc\0d"), "a\\nb\\r\\tc\\x00d");
    check_text(TEXT("\033[31mred\177"), "\\x1b[31mred\\x7f");
    check_text(TEXT("Gr\xc3\xbc\xc3\x9f""e \xe2\x82\xac \xf0\x9f\x8e\x89"),
               "Gr\xc3\xbc\xc3\x9f""e \xe2\x82\xac \xf0\x9f\x8e\x89");
    check_text(TEXT("\xc2\x9b""31m"), "\\u009b31m");            /* C1 CSI */
    check_text(TEXT("a\xe2\x80\xae""b"), "a\\u202eb");          /* RLO */
    check_text(TEXT("\xef\xbf\xbe\xef\xbf\xbf"), "\\ufffe\\uffff");
}

static void what_is_no_utf8_is_shown_as_bytes(void)
{
    check_text(TEXT("\xff\xfe"), "\\xff\\xfe");
    check_text(TEXT("\x80"), "\\x80");
    check_text(TEXT("\xc3"), "\\xc3");                          /* cut off */
    check_text(TEXT("\xe2\x82"), "\\xe2\\x82");
    check_text(TEXT("\xc0\xaf"), "\\xc0\\xaf");                 /* overlong */
    check_text(TEXT("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
    check_text(TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80");        /* surrogate */
    check_text(TEXT("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
    check_text(TEXT("\xf8\x88\x80\x80\x80"), "\\xf8\\x88\\x80\\x80\\x80");
    check_text(TEXT("\xc3x"), "\\xc3x");
}

/* Whatever comes in: what comes out is JSON's UTF-8, has no control
   character, and goes through a second time unchanged. */
static void check_harmless(const unsigned char *bytes, size_t n)
{
    char *once = verdict_text(bytes, n);
    char *twice = once ? verdict_text(once, strlen(once)) : NULL;
    json_t *string = once ? json_string(once) : NULL;

    CHECK(once != NULL);
    CHECK(string != NULL);
    for (const char *s = once; s && *s; s++)
        CHECK((unsigned char)*s >= 0x20 && *s != 0x7f);
    CHECK_STR(twice, once);
    json_decref(string);
    free(once);
    free(twice);
}

static void no_bytes_get_through(void)
{
    unsigned char bytes[6];

    for (unsigned i = 0; i < 0x10000; i++) {
        bytes[0] = (unsigned char)(i >> 8);
        bytes[1] = (unsigned char)i;
        check_harmless(bytes, 2);
    }
    srand(1);
    for (int i = 0; i < 20000; i++) {
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (unsigned char)(rand() >> 8 | (k ? 0x80 : 0xc0));
        check_harmless(bytes, sizeof bytes);
    }
}

static void lines_stay_lines(void)
{
    char *text = verdict_lines("a\033\n\nb\n");

    CHECK_STR(text, "a\\x1b\n\nb\n");
    free(text);
    text = verdict_lines(NULL);
    CHECK_STR(text, "");
    free(text);
}

static void make(struct verdict *v, enum verdict_kind kind, const char *why)
{
    switch (kind) {
    case VERDICT_PASS:
        verdict_pass(v);
        break;
    case VERDICT_SKIP:
        verdict_skip(v, "%s", why);
        break;
    case VERDICT_ERROR:
        verdict_error(v, "%s", why);
        break;
    default:
        verdict_fail(v, "%s", why);
    }
}

static void the_heaviest_statement_stands(void)
{
    static const enum verdict_kind kinds[] = {
        VERDICT_PASS, VERDICT_SKIP, VERDICT_ERROR, VERDICT_FAIL,
    };

    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 4; k++) {
            struct verdict v;
            size_t heavy = i > k ? i : k;

            verdict_init(&v);
            CHECK_INT(v.kind, VERDICT_NONE);
            CHECK(!verdict_decided(&v));
            make(&v, kinds[i], "one");
            make(&v, kinds[k], "two");
            CHECK_INT(v.kind, kinds[heavy]);
            CHECK_STR(v.reason, heavy == 0 ? NULL : i >= k ? "one" : "two");
            CHECK_INT(verdict_decided(&v), heavy > 0);
            verdict_free(&v);
        }
}

static void a_reason_is_one_bounded_line(void)
{
    char *big = malloc(100001);
    struct verdict v;

    memset(big, 'x', 100000);
    big[100000] = '\0';
    verdict_init(&v);
    verdict_fail(&v, "got \033[2J\n%s", big);
    CHECK(strncmp(v.reason, "got \\x1b[2J\\nxxx", 15) == 0);
    CHECK(strlen(v.reason) < 4200);
    CHECK(strstr(v.reason, "more bytes)") != NULL);
    verdict_free(&v);
    free(big);
}

static const char *string_at(const struct verdict *v, const char *name)
{
    return json_string_value(json_object_get(v->evidence, name));
}

static void evidence_is_kept(void)
{
    struct verdict v;
    json_t *facts;

    verdict_init(&v);
    verdict_expected(&v, "%d bytes", 64);
    verdict_expected(&v, "later");
    verdict_observed(&v, "%s", "\xff\x01");
    for (int i = 0; i < 1000; i++)
        verdict_fact(&v, "pid %d", i);
    verdict_figure(&v, "zombies", 19);
    verdict_figure(&v, "zombies", 20);
    verdict_figure(&v, "ratio", 0.5);
    verdict_figure(&v, "nothing", NAN);
    verdict_figure(&v, "endless", INFINITY);
    CHECK_STR(string_at(&v, "expected"), "64 bytes");
    CHECK_STR(string_at(&v, "observed"), "\\xff\\x01");
    facts = json_object_get(v.evidence, "facts");
    CHECK_STR(json_string_value(json_array_get(facts, 0)), "pid 0");
    CHECK(json_array_size(facts) > 10 && json_array_size(facts) < 100);
    CHECK_INT(json_integer_value(json_object_get(v.evidence, "zombies")), 20);
    CHECK(json_real_value(json_object_get(v.evidence, "ratio")) == 0.5);
    CHECK(json_object_get(v.evidence, "nothing") == NULL);
    CHECK(json_object_get(v.evidence, "endless") == NULL);
    verdict_free(&v);
}

static void check_difference(const char *want, size_t nwant, const char *got,
                             size_t ngot, long offset, const char *want_dump,
                             const char *got_dump)
{
    struct verdict v;
    json_t *d;

    verdict_init(&v);
    verdict_bytes(&v, want, nwant, got, ngot);
    d = json_object_get(v.evidence, "difference");
    CHECK(d != NULL);
    CHECK_INT(json_integer_value(json_object_get(d, "offset")), offset);
    CHECK_INT(json_integer_value(json_object_get(d, "expected_bytes")), nwant);
    CHECK_INT(json_integer_value(json_object_get(d, "observed_bytes")), ngot);
    CHECK_STR(json_string_value(json_object_get(d, "expected")), want_dump);
    CHECK_STR(json_string_value(json_object_get(d, "observed")), got_dump);
    verdict_free(&v);
}

static void the_first_difference_is_shown(void)
{
    char a[200], b[200];

    check_difference("abc", 3, "abX", 3, 2,
        "0000  61 62 63                                          |abc|\n"
        "0003  (end)",
        "0000  61 62 58                                          |abX|\n"
        "0003  (end)");
    check_difference("ab", 2, "", 0, 0,
        "0000  61 62                                             |ab|\n"
        "0002  (end)", "0000  (end)");
    memset(a, 'a', sizeof a);
    memcpy(b, a, sizeof b);
    b[100] = '\033';
    check_difference(a, 112, b, 102, 100,
        "0050  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61 "
        " |aaaaaaaaaaaaaaaa|\n"
        "0060  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61 "
        " |aaaaaaaaaaaaaaaa|\n"
        "0070  (end)",
        "0050  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61 "
        " |aaaaaaaaaaaaaaaa|\n"
        "0060  61 61 61 61 1b 61                                 |aaaa.a|\n"
        "0066  (end)");
}

static void equal_bytes_are_no_difference(void)
{
    struct verdict v;
    json_t *d;

    verdict_init(&v);
    verdict_bytes(&v, "same", 4, "same", 4);
    verdict_bytes(&v, NULL, 0, NULL, 0);
    CHECK(json_object_get(v.evidence, "difference") == NULL);
    verdict_bytes(&v, "ab", 2, "aX", 2);
    verdict_bytes(&v, "ab", 2, "Xb", 2);
    d = json_object_get(v.evidence, "difference");
    CHECK_INT(json_integer_value(json_object_get(d, "offset")), 1);
    verdict_free(&v);
}

static void names_are_the_reports_words(void)
{
    for (int i = 0; i < VERDICT_KINDS; i++)
        CHECK_INT(verdict_kind_of(verdict_name((enum verdict_kind)i)), i);
    CHECK_INT(verdict_kind_of("nonsense"), VERDICT_NONE);
    CHECK_STR(verdict_name(VERDICT_FAIL), "fail");
    CHECK_STR(level_name(MUST), "must");
    CHECK_STR(level_name(SHOULD), "should");
}

int main(void)
{
    text_is_made_printable();
    what_is_no_utf8_is_shown_as_bytes();
    no_bytes_get_through();
    lines_stay_lines();
    the_heaviest_statement_stands();
    a_reason_is_one_bounded_line();
    evidence_is_kept();
    the_first_difference_is_shown();
    equal_bytes_are_no_difference();
    names_are_the_reports_words();
    return check_result();
}
