/* SPDX-License-Identifier: MIT */
/* The text log is read, since valgrind 3.19 leaves descriptors out of its XML,
   and XML that is cut off cannot be read at all. A record is a line that is not
   indented, and the indented lines below it, mostly a call stack. A blank line
   ends it; from 3.23 on that is missing after a misused descriptor. */
#include "target/memcheck_log.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXTS = 8, MOST_LINES = 12, LINE = 512 };

enum record {
    NO_RECORD,
    MEMORY, /* what is judged as an error */
    LOSS,
    OTHER,     /* counted by valgrind as an error, but none of memory */
    DESCRIPTOR /* open at the end, an error to 3.23 and later */
};

struct reader {
    struct memcheck_log *log;
    struct memcheck *m;
    enum record kind; /* of the record being read */
    char record[MOST_LINES * LINE];
    char peers[2][LINE]; /* the first two connections */
    long connections, descriptors, contexts;
};

static void keep(json_t *texts, const struct reader *r, const char *text)
{
    char *printable;

    if (json_array_size(texts) >= MOST_TEXTS)
        return;
    printable = verdict_text(text, strlen(text)); /* JSON takes UTF-8 alone */
    (void)json_array_append_new(texts,
                                json_sprintf("pid [%ld]: %s", r->log->pid,
                                             printable ? printable : "?"));
    free(printable);
}

/* A target may write its log itself, with any number in it. */
static void add(long *sum, long n)
{
    *sum = n > LONG_MAX - *sum ? LONG_MAX : *sum + n;
}

/* "1,024 bytes" */
static long number(const char *p)
{
    long n = 0;

    for (; (*p >= '0' && *p <= '9') || *p == ','; p++)
        if (*p != ',')
            n = n > (LONG_MAX - (*p - '0')) / 10 ? LONG_MAX
                                                 : n * 10 + (*p - '0');
    return n;
}

static long after(const char *line, const char *words)
{
    const char *p = strstr(line, words);

    return p ? number(p + strlen(words)) : 0;
}

/* memcheck/mc_errors.c and coregrind/m_syswrap/syswrap-generic.c of valgrind
   have the heads of all records that are counted. */
static enum record kind_of(const char *head)
{
    static const struct {
        const char *words;
        bool first; /* the head begins with words; else they are anywhere in
                       it */
        enum record kind;
    } heads[] = {
        { "Invalid ", true, MEMORY },
        { "Conditional jump", true, MEMORY },
        { "Use of uninitialised", true, MEMORY },
        { "Syscall param ", true, MEMORY },
        { "Mismatched ", true, MEMORY },
        { "Source and destination overlap", true, MEMORY },
        { "Jump to the invalid", true, MEMORY },
        { "Argument '", true, MEMORY },
        { "Unaddressable byte", true, MEMORY },
        { "Uninitialised byte", true, MEMORY },
        { "Illegal memory pool", true, MEMORY },
        { " contains unaddressable byte", false, MEMORY },
        { " contains uninitialised byte", false, MEMORY },
        { "definitely lost in loss record", false, LOSS },
        { "indirectly lost in loss record", false, LOSS },
        { "Open ", true, DESCRIPTOR },
        { "File descriptor ", true, OTHER },
        /* Implementation-defined, and reported only since 3.21. */
        { "() with size 0", false, OTHER },
        { "Unsafe allocation with size of zero", true, OTHER },
    };

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const char *found = strstr(head, heads[i].words);

        if (found && (found == head || !heads[i].first))
            return heads[i].kind;
    }
    return NO_RECORD;
}

static void end_record(struct reader *r)
{
    if (r->kind == LOSS)
        keep(r->m->lost_text, r, r->record);
    if (r->kind == MEMORY) {
        keep(r->m->errors_text, r, r->record);
        add(&r->m->errors, 1);
    }
    r->log->passed_on += r->kind == MEMORY || r->kind == OTHER;
    r->descriptors += r->kind == DESCRIPTOR;
    r->kind = NO_RECORD;
}

/* "Open AF_INET socket 5: 127.0.0.1:7 <-> 127.0.0.1:41000": one connection,
   on however many descriptors. */
static void note_socket(struct reader *r, const char *text)
{
    const char *peers = strstr(text, ": ");

    if (!peers || !strstr(peers, " <-> ") || strstr(peers, "unbound"))
        return;
    for (int i = 0; i < 2; i++)
        if (strcmp(r->peers[i], peers) == 0)
            return;
    if (r->connections < 2)
        snprintf(r->peers[r->connections], LINE, "%s", peers);
    r->connections++;
    if (r->log->server || r->connections > 1) {
        r->m->kept_sockets++;
        keep(r->m->kept_text, r, text);
    }
}

static void take_head(struct reader *r, const char *text)
{
    end_record(r);
    r->kind = kind_of(text);
    snprintf(r->record, sizeof r->record, "%s", text);
    if (strncmp(text, "Open AF_INET", 12) == 0)
        note_socket(r, text);
    if (strncmp(text, "ERROR SUMMARY: ", 15) == 0) {
        add(&r->contexts, after(text, " from "));
        r->log->complete = true;
    }
}

static void take_text(struct reader *r, const char *text)
{
    size_t n = strlen(r->record);

    if (*text == '\0') {
        end_record(r);
    } else if (*text != ' ') {
        take_head(r, text);
    } else if (r->kind != NO_RECORD) {
        if (n + strlen(text) + 2 < sizeof r->record)
            snprintf(r->record + n, sizeof r->record - n, "; %s",
                     text + strspn(text, " "));
    } else {
        add(&r->m->lost_bytes, after(text, "definitely lost: "));
        add(&r->m->lost_bytes, after(text, "indirectly lost: "));
    }
}

/* Lines begin with "==PID== ". What a forked process writes stands in a log of
   its own. */
static long take_lines(struct reader *r, FILE *f, long limit)
{
    char line[LINE];
    long bytes = 0;

    while (bytes <= limit && fgets(line, sizeof line, f)) {
        char *text =
            strncmp(line, "==", 2) == 0 ? strstr(line + 2, "==") : NULL;

        /* If a NUL hides its length, the most is assumed. */
        bytes += strchr(line, '\n') ? (long)strlen(line) : LINE - 1;
        line[strcspn(line, "\n")] = '\0';
        if (text)
            take_text(r, text[2] ? text + 3 : "");
    }
    if (ferror(f))
        return -1;
    return bytes > limit ? limit + 1 : bytes;
}

long memcheck_log_read(struct memcheck_log *log, struct memcheck *m, FILE *f,
                       long limit)
{
    struct reader *r = calloc(1, sizeof *r);
    long bytes, shown;

    if (!r)
        return -1;
    r->log = log;
    r->m = m;
    log->passed_on = 0;
    log->complete = false;
    bytes = take_lines(r, f, limit);
    end_record(r);
    shown = log->passed_on + r->descriptors;
    log->unshown = r->contexts > shown ? r->contexts - shown : 0;
    free(r);
    return bytes;
}
