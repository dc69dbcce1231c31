/* SPDX-License-Identifier: MIT */
/* The text log, since valgrind 3.19 leaves descriptors out of its XML, and XML
   that is cut off cannot be read at all. */
#include "target/memcheck.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXTS = 8, MOST_LINES = 12, LINE = 512 };

struct log {
    struct memcheck *m;
    long pid;
    bool server;
    bool complete;
    char block[MOST_LINES * LINE];  /* the report being read */
    char peers[2][LINE];            /* the first two connections */
    long connections;
};

void memcheck_free(struct memcheck *m)
{
    json_decref(m->errors_text);
    json_decref(m->lost_text);
    json_decref(m->kept_text);
    memset(m, 0, sizeof *m);
}

static void keep(json_t *texts, const struct log *l, const char *text)
{
    if (json_array_size(texts) < MOST_TEXTS)
        (void)json_array_append_new(texts,
                                    json_sprintf("pid [%ld]: %s", l->pid,
                                                 text));
}

/* "1,024 bytes" */
static long number(const char *p)
{
    long n = 0;

    for (; (*p >= '0' && *p <= '9') || *p == ','; p++)
        if (*p != ',')
            n = n * 10 + (*p - '0');
    return n;
}

static long after(const char *line, const char *words)
{
    const char *p = strstr(line, words);

    return p ? number(p + strlen(words)) : 0;
}

static bool starts_error(const char *text)
{
    static const char *const heads[] = {
        "Invalid ", "Conditional jump", "Use of uninitialised", "Syscall param",
        "Mismatched free", "Source and destination overlap", "Process terminat",
        "Jump to the invalid", "Argument '", "Unaddressable", "Uninitialised",
    };

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strncmp(text, heads[i], strlen(heads[i])) == 0)
            return true;
    return strstr(text, "definitely lost in loss record") ||
           strstr(text, "indirectly lost in loss record");
}

/* A block of lines has ended: an error or a loss with its call stack. */
static void end_block(struct log *l)
{
    if (strstr(l->block, "lost in loss record"))
        keep(l->m->lost_text, l, l->block);
    else if (l->block[0] &&
             strncmp(l->block, "Process terminat", 16) != 0)
        keep(l->m->errors_text, l, l->block);
    l->block[0] = '\0';
}

/* "Open AF_INET socket 5: 127.0.0.1:7 <-> 127.0.0.1:41000": one connection,
   on however many descriptors. */
static void note_socket(struct log *l, const char *text)
{
    const char *peers = strstr(text, ": ");

    if (!peers || !strstr(peers, " <-> ") || strstr(peers, "unbound"))
        return;
    for (int i = 0; i < 2; i++)
        if (strcmp(l->peers[i], peers) == 0)
            return;
    if (l->connections < 2)
        snprintf(l->peers[l->connections], LINE, "%s", peers);
    l->connections++;
    if (l->server || l->connections > 1) {
        l->m->kept_sockets++;
        keep(l->m->kept_text, l, text);
    }
}

static void take_text(struct log *l, const char *text)
{
    size_t n = strlen(l->block);

    if (*text == '\0') {
        end_block(l);
    } else if (l->block[0]) {
        if (n + strlen(text) + 2 < sizeof l->block)
            snprintf(l->block + n, sizeof l->block - n, "; %s",
                     text + strspn(text, " "));
    } else if (starts_error(text)) {
        snprintf(l->block, sizeof l->block, "%s", text);
    } else if (strncmp(text, "Open AF_INET", 12) == 0) {
        note_socket(l, text);
    }
    l->m->lost_bytes += after(text, "definitely lost: ") +
                        after(text, "indirectly lost: ");
    if (strstr(text, "ERROR SUMMARY: ")) {
        l->m->errors += after(text, "ERROR SUMMARY: ");
        l->complete = true;
    }
}

/* Lines begin with "==PID== "; what a process forked meanwhile writes of
   itself stands in its own log. */
static void read_log(struct memcheck *m, FILE *f, const char *name,
                     long server_pid)
{
    struct log *l = calloc(1, sizeof *l);
    char line[LINE];

    if (!l)
        return;
    l->m = m;
    l->pid = strtol(name + strlen("v."), NULL, 10);
    l->server = l->pid == server_pid;
    while (fgets(line, sizeof line, f)) {
        char *text = strncmp(line, "==", 2) == 0 ? strstr(line + 2, "==")
                                                 : NULL;

        line[strcspn(line, "\n")] = '\0';
        if (text)
            take_text(l, text[2] ? text + 3 : "");
    }
    end_block(l);
    m->logs++;
    if (!l->complete && m->incomplete++ == 0)
        snprintf(m->first_incomplete, sizeof m->first_incomplete, "%.63s",
                 name);
    free(l);
}

int memcheck_read(struct memcheck *m, const char *dir, long server_pid)
{
    DIR *d = opendir(dir);
    struct dirent *e;

    memset(m, 0, sizeof *m);
    m->errors_text = json_array();
    m->lost_text = json_array();
    m->kept_text = json_array();
    if (!d)
        return -1;
    while ((e = readdir(d))) {
        char path[512];
        FILE *f;

        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        f = fopen(path, "re");
        if (!f)
            continue;
        read_log(m, f, e->d_name, server_pid);
        fclose(f);
    }
    closedir(d);
    return 0;
}
