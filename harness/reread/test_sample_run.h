/* SPDX-License-Identifier: MIT */
/* Runs to read again, made of report/test_sample.h, and forms in memory. */
#ifndef TEST_SAMPLE_RUN_H
#define TEST_SAMPLE_RUN_H

#include "report/test_sample.h"

#include "reread/run_read.h"

static char *plain_command[] = { "./my server", "{ip}", "", NULL };

/* A run whose JSON holds all that there is of it. */
static inline struct run_info plain_info(enum mode mode)
{
    struct run_info info = info_of(mode);

    info.command = plain_command;
    return info;
}

/* The text of a format, made in memory; the caller frees it. */
static inline char *text_of(size_t format, const struct run_info *info,
                            const struct results *rs)
{
    struct reporter r = { .color = false };
    char *text = NULL;
    size_t size;

    r.sink.out = open_memstream(&text, &size);
    formats[format].fill(&r);
    r.begin(&r, info);
    for (size_t i = 0; i < rs->n; i++)
        r.verdict(&r, info, &rs->list[i]);
    CHECK_INT(r.end(&r, info, rs), 0);
    CHECK_INT(fclose(r.sink.out), 0);
    return text;
}

enum { TXT, TAP, JUNIT, JSON, HTML, MARKDOWN };

/* The run's JSON, read again. */
static inline struct past_run read_again(const struct run_info *info,
                                         const struct results *rs)
{
    char *text = text_of(JSON, info, rs), why[512] = "";
    struct past_run run;

    CHECK_INT(run_parse(&run, text, "r.json", why, sizeof why), 0);
    CHECK_STR(why, "");
    free(text);
    return run;
}

/* True if no byte of it is more than text. */
static inline bool is_plain_text(const char *text)
{
    for (const char *s = text; *s; s++)
        if (((unsigned char)*s < 0x20 && *s != '\n') || *s == 0x7f ||
            (strncmp(s, "\xc2", 1) == 0 && (unsigned char)s[1] < 0xa0))
            return false;
    return true;
}

#endif
