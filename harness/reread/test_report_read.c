/* SPDX-License-Identifier: MIT */
/* A report that is read may come from anywhere, whole or not. */
#include "reread/report_read.h"

#include "base/check.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

static const char good[] =
    "{\"schema\": 1, \"harness\": {\"version\": \"1.0\"}, \"mode\": "
    "\"conform\", \"seed\": 9007199254740993, \"target\": {\"name\": \"x\", "
    "\"command\": [\"./x\", \"\\u001b\"]}, \"cases\": [{\"id\": "
    "\"echo/one-byte\", \"verdict\": \"fail\", \"evidence\": {\"facts\": [1, "
    "2.5e3, null, true]}}, {\"id\": \"load/burst\", \"verdict\": \"skip\"}]}";

static void refused(const char *text, const char *part)
{
    char why[256] = "";
    json_t *report = report_parse(text, why, sizeof why);

    if (report || !strstr(why, part))
        CHECK_STR(why, part);
    json_decref(report);
}

static void a_report_is_taken(void)
{
    char why[256] = "";
    json_t *report = report_parse(good, why, sizeof why);

    CHECK_STR(why, "");
    CHECK_INT(json_array_size(json_object_get(report, "cases")), 2);
    json_decref(report);
}

static void what_is_none_is_refused(void)
{
#define HEAD "{\"schema\": 1, \"harness\": {\"version\": \"1\"}, "
    refused("", "no JSON: line 1");
    refused("{", "no JSON: line 1");
    refused("\xff", "no JSON");
    refused("7", "no JSON");
    refused("[]", "no \"schema\"");
    refused("{\"schema\": \"1\"}", "no \"schema\"");
    refused("{\"schema\": 1.0}", "no \"schema\"");
    refused("{\"schema\": 1, \"schema\": 1}", "duplicate");
    refused("{\"schema\": 2}", "another version (\"schema\" 2;");
    refused("{\"schema\": -9223372036854775808}", "another version");
    refused("{\"schema\": 1, \"harness\": []}", "no version");
    refused(HEAD "\"mode\": \"other\"}", "'other'");
    refused(HEAD "\"mode\": \"stress\"}", "no \"cases\"");
    refused(HEAD "\"mode\": \"stress\", \"cases\": {}}", "no \"cases\"");
    refused(HEAD "\"mode\": \"stress\", \"cases\": [7]}", "case 1 has no id");
    refused(HEAD "\"mode\": \"stress\", \"cases\": [{\"id\": \"../x\"}]}",
            "case 1 has no id");
    refused(HEAD "\"mode\": \"stress\", \"cases\": [{\"id\": \"a/b/c\"}]}",
            "case 1 has no id");
    refused(HEAD "\"mode\": \"stress\", \"cases\": [{\"id\": "
                 "\"a-family-of-so-many-letters-that-no-reader-has-room-for-it"
                 "-all/b\", \"verdict\": \"pass\"}]}",
            "case 1 has no id");
    refused(HEAD "\"mode\": \"stress\", \"cases\": [{\"id\": \"a/b\", "
                 "\"verdict\": \"maybe\"}]}",
            "a/b: no verdict that there is: 'maybe'");
}

static void *no_memory(size_t size)
{
    (void)size;
    errno = ENOMEM;
    return NULL;
}

static void a_lack_of_memory_is_no_fault_of_the_report(void)
{
    json_set_alloc_funcs(no_memory, free);
    refused(good, "Cannot allocate memory");
    json_set_alloc_funcs(malloc, free);
}

static void check_why(const char *why)
{
    CHECK(*why != '\0');
    for (; *why; why++)
        if (iscntrl((unsigned char)*why)) {
            CHECK(!"a control character");
            return;
        }
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 16;
}

/* Cut, change, exchange or repeat a few bytes. */
static void spoil(char *text, size_t room, unsigned *state)
{
    static const char bytes[] =
        "{}[]\":,\\/-+eE.0129untrf\x01\x1b\x7f\xc3\xff ";
    size_t n = strlen(text);

    for (unsigned i = 1 + next_random(state) % 4; i && n > 1; i--) {
        size_t at = next_random(state) % n;

        switch (next_random(state) % 4) {
        case 0:
            text[at] = '\0';
            break;
        case 1:
            text[at] = bytes[next_random(state) % (sizeof bytes - 1)];
            break;
        case 2:
            memmove(text + at, text + at + 1, n - at);
            break;
        default:
            if (n + (n - at) < room)
                memmove(text + n, text + at, n - at + 1);
        }
        n = strlen(text);
    }
}

/* Whatever comes, it is taken as what it claims to be, or refused in words. */
static void spoilt_reports_do_no_harm(void)
{
    enum { TIMES = 20000 };
    unsigned state = 1;
    int taken = 0;

    for (int i = 0; i < TIMES; i++) {
        char text[4096], why[256] = "";
        json_t *report;

        strcpy(text, good);
        spoil(text, sizeof text, &state);
        report = report_parse(text, why, sizeof why);
        if (report) {
            CHECK(json_is_array(json_object_get(report, "cases")));
            CHECK_STR(why, "");
            taken++;
        } else {
            check_why(why);
        }
        json_decref(report);
    }
    CHECK(taken > 0 && taken < TIMES / 2);
}

int main(void)
{
    a_report_is_taken();
    what_is_none_is_refused();
    a_lack_of_memory_is_no_fault_of_the_report();
    spoilt_reports_do_no_harm();
    return check_result();
}
