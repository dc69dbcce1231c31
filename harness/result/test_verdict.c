/* SPDX-License-Identifier: MIT */
/* Verdicts: which statement counts, and that no harmful byte gets through. */
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
    check_text(TEXT("Gr\xc3\xbc\xc3\x9f"
                    "e \xe2\x82\xac \xf0\x9f\x8e\x89"),
               "Gr\xc3\xbc\xc3\x9f"
               "e \xe2\x82\xac \xf0\x9f\x8e\x89");
    check_text(TEXT("\xc2\x9b"
                    "31m"),
               "\\u009b31m"); /* C1 CSI */
    check_text(TEXT("a\xe2\x80\xae"
                    "b"),
               "a\\u202eb"); /* RLO */
    check_text(TEXT("\xef\xbf\xbe\xef\xbf\xbf"), "\\ufffe\\uffff");
}

static void what_is_no_utf8_is_shown_as_bytes(void)
{
    check_text(TEXT("\xff\xfe"), "\\xff\\xfe");
    check_text(TEXT("\x80"), "\\x80");
    check_text(TEXT("\xc3"), "\\xc3"); /* cut off */
    check_text(TEXT("\xe2\x82"), "\\xe2\\x82");
    check_text(TEXT("\xc0\xaf"), "\\xc0\\xaf"); /* overlong */
    check_text(TEXT("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
    check_text(TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80"); /* surrogate */
    check_text(TEXT("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
    check_text(TEXT("\xf8\x88\x80\x80\x80"), "\\xf8\\x88\\x80\\x80\\x80");
    check_text(TEXT("\xc3x"), "\\xc3x");
}

/* Whatever bytes come in, the text that comes out is UTF-8 that JSON takes, has
   no control character, and does not change when it goes through again. */
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
        VERDICT_PASS,
        VERDICT_SKIP,
        VERDICT_ERROR,
        VERDICT_FAIL,
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

static void what_is_excused_has_no_evidence_left(void)
{
    struct verdict v;

    verdict_init(&v);
    verdict_pass(&v);
    CHECK(!verdict_has_failed(&v));
    verdict_free(&v);
    verdict_init(&v);
    verdict_observed(&v, "silence");
    verdict_fail(&v, "no byte came");
    CHECK(verdict_has_failed(&v));
    verdict_excuse(&v, "of the stop alone: %s", v.reason);
    CHECK(!verdict_has_failed(&v));
    CHECK_INT(v.kind, VERDICT_SKIP);
    CHECK_STR(v.reason, "of the stop alone: no byte came");
    CHECK_STR(v.evidence.observed, NULL);
    verdict_free(&v);
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

static void evidence_is_printable(void)
{
    struct verdict v;

    verdict_init(&v);
    verdict_expected(&v, "%d bytes", 64);
    verdict_observed(&v, "%s", "\xff\x01");
    verdict_fact(&v, "pid %d\n", 1);
    verdict_figure(&v, "zombies", 19);
    verdict_bytes(&v, "ab", 2, "aX", 2);
    CHECK_STR(v.evidence.expected, "64 bytes");
    CHECK_STR(v.evidence.observed, "\\xff\\x01");
    CHECK_STR(v.evidence.facts[0], "pid 1\\n");
    CHECK(v.evidence.figures[0].value == 19);
    CHECK_INT(v.evidence.difference->offset, 1);
    verdict_free(&v);
    CHECK(v.evidence.expected == NULL && v.evidence.norder == 0);
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
    what_is_excused_has_no_evidence_left();
    a_reason_is_one_bounded_line();
    evidence_is_printable();
    names_are_the_reports_words();
    return check_result();
}
