/* SPDX-License-Identifier: MIT */
/* What the formats have in common: words for a result, the command line that
   repeats it, and as plain text after the cases the warnings and the likely
   causes. What belongs together was found before (judge/likely_causes.h). */
#include "report/report.h"

#include "result/evidence_json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void begin_nothing(struct reporter *r, const struct run_info *info)
{
    (void)r;
    (void)info;
}

static void count_verdict(struct reporter *r, const struct run_info *info,
                          const struct result *result)
{
    (void)info;
    (void)result;
    r->count++;
}

void report_at_end(struct reporter *r,
                   int (*end)(struct reporter *r, const struct run_info *info,
                              const struct results *results))
{
    r->count = 0;
    r->begin = begin_nothing;
    r->verdict = count_verdict;
    r->end = end;
}

/* End a text that was made by open_memstream(3): NULL if memory was lacking. */
static char *finish(FILE *out, char **text)
{
    if (fclose(out) == 0)
        return *text;
    free(*text);
    return NULL;
}

/* True where a shell takes the word as it stands. */
static bool is_plain(const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyz"
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

    return *word && word[strspn(word, plain)] == '\0';
}

static void quote_printable(FILE *out, const char *word)
{
    (void)fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fputc(*word, out);
    (void)fputc('\'', out);
}

/* A word with bytes that must not be printed, as $'...': bash, zsh, ksh and
   POSIX.1-2024. Octal, since \xNN may swallow a digit that follows. */
static void quote_bytes(FILE *out, const char *word)
{
    (void)fputs("$'", out);
    for (; *word; word++) {
        unsigned char c = (unsigned char)*word;

        if (c == '\'' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            fprintf(out, "\\%03o", c);
        else
            (void)fputc(c, out);
    }
    (void)fputc('\'', out);
}

static void quote(FILE *out, const char *word)
{
    char *text = verdict_text(word, strlen(word));

    if (is_plain(word))
        (void)fputs(word, out);
    else if (text && strcmp(text, word) == 0)
        quote_printable(out, word);
    else
        quote_bytes(out, word);
    free(text);
}

/* argv as a command line, with id (NULL: none) before the place-th word. */
static char *command_with(char *const *argv, const char *id, size_t place)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (size_t i = 0;; i++) {
        if (id && i == place) {
            fprintf(out, "%s%s", i ? " " : "", id);
            id = NULL;
            if (argv[i])
                (void)fputc(' ', out);
        } else if (i && argv[i]) {
            (void)fputc(' ', out);
        }
        if (!argv[i])
            break;
        quote(out, argv[i]);
    }
    return finish(out, &text);
}

char *report_command(char *const *argv)
{
    return command_with(argv, NULL, 0);
}

char *report_replay(const struct run_info *info, const struct result *result)
{
    const char *id = info->mode == MODE_CONFORM ? result->id : NULL;

    if (!info->replay)
        return result->replay ? strdup(result->replay) : NULL;
    return command_with(info->replay, id, info->replay_selector);
}

char *report_duration(double seconds, char *text, size_t size)
{
    if (!isfinite(seconds)) /* a percentile of no sample at all */
        (void)snprintf(text, size, "-");
    else if (seconds < 1e-3)
        (void)snprintf(text, size, "%.0f us", seconds * 1e6);
    else if (seconds < 1)
        (void)snprintf(text, size, "%.1f ms", seconds * 1e3);
    else
        (void)snprintf(text, size, "%.2f s", seconds);
    return text;
}

char *report_moment(const struct timespec *moment, char *text, size_t size)
{
    struct tm tm;
    char day[32];

    if (!gmtime_r(&moment->tv_sec, &tm) ||
        strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        day[0] = '\0';
    (void)snprintf(text, size, "%s.%03ldZ", day, moment->tv_nsec / 1000000);
    return text;
}

int report_flush(FILE *out)
{
    errno = 0;
    if (fflush(out) == 0 && !ferror(out))
        return 0;
    /* That of an earlier write is gone; one byte more meets it again. */
    if (errno == 0 && fputc('\n', out) != EOF)
        (void)fflush(out);
    if (errno == 0)
        errno = EIO;
    return -1;
}

char *report_family(const char *id, char *text, size_t size)
{
    (void)snprintf(text, size, "%.*s", (int)strcspn(id, "/"), id);
    return text;
}

char *report_reason(const struct result *result)
{
    const char *reason = result->reason ? result->reason : "";

    if (result_outcome(result) == OUTCOME_STALE)
        reason = "stale: listed as failing, but it passes";
    else if (!*reason && result->kind == VERDICT_NONE)
        reason = "nothing was looked at";
    else if (!*reason && result->kind != VERDICT_PASS)
        reason = "no reason was given";
    return verdict_text(reason, strlen(reason));
}

char *report_figure(const struct figure *figure)
{
    const char *string = json_string_value(figure->other);
    char *raw = NULL, *text;
    json_t *value;

    if (string)
        return verdict_text(string, json_string_length(figure->other));
    value = figure_to_json(figure);
    raw = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
    text = raw ? verdict_text(raw, strlen(raw)) : NULL;
    free(raw);
    json_decref(value);
    return text;
}

void report_warnings(FILE *out, const struct run_info *info,
                     const struct results *rs)
{
    enum { WIDTH = 78 };
    const char *end;
    long n = results_summary(rs).warn, told = 0;
    int column;

    if (n == 0 || info->strict)
        return;
    end = n == 1 ? "; --strict fails it" : "; --strict fails them";
    column = fprintf(out, "%ld warning%s:", n, n == 1 ? "" : "s");
    for (size_t i = 0; i < rs->n; i++) {
        const char *id = rs->list[i].id;

        if (result_outcome(&rs->list[i]) != OUTCOME_WARN)
            continue;
        if (told && column + (int)(strlen(id) + strlen(end) + 7) > WIDTH) {
            (void)fputs(", ...", out);
            break;
        }
        column += fprintf(out, "%s%s", told++ ? ", " : " ", id);
    }
    fprintf(out, "%s\n", end);
}

static void put_cases(FILE *out, const struct likely_cause *c)
{
    for (size_t i = 0; i < c->ncases; i++)
        fprintf(out, "%s%s%s", i ? ", " : "", c->cases[i],
                strcmp(c->cases[i], c->look_first) == 0 ? " (look first)" : "");
}

void report_causes(FILE *out, const char *indent, const struct results *rs)
{
    if (rs->ncauses > 0)
        fprintf(out, "%slikely causes:\n", indent);
    for (size_t i = 0; i < rs->ncauses; i++) {
        fprintf(out, "%s  %s: ", indent, rs->causes[i].cause);
        put_cases(out, &rs->causes[i]);
        (void)fputc('\n', out);
    }
}
