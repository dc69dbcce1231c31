/* SPDX-License-Identifier: MIT */
/* What the tests of the options share: a line is parsed into o, and is taken or
   refused. */
#ifndef TEST_PARSE_H
#define TEST_PARSE_H

#include "plan/options.h"

#include "base/check.h"

#include <stdlib.h>
#include <unistd.h>

static struct options o;
static char message[1000]; /* what the last parse said on stderr */

/* The words of a line separated by blanks; "''" is an empty word. */
static inline int words_of(const char *line, char *argv[64])
{
    static char buffer[4096];
    int argc = 0;

    (void)snprintf(buffer, sizeof buffer, "%s", line);
    for (char *w = strtok(buffer, " "); w; w = strtok(NULL, " "))
        argv[argc++] = strcmp(w, "''") == 0 ? w + 2 : w;
    argv[argc] = NULL;
    return argc;
}

/* Parse "harness LINE"; what it writes to stderr goes to message. */
static inline int parse(const char *line)
{
    static char *argv[65];
    FILE *file = tmpfile();
    int saved = dup(2);
    int result, argc;
    size_t n;

    options_free(&o);
    argv[0] = "harness";
    argc = words_of(line, argv + 1) + 1;
    (void)fflush(stderr);
    (void)dup2(fileno(file), 2);
    result = options_parse(&o, argc, argv);
    (void)fflush(stderr);
    (void)dup2(saved, 2);
    (void)close(saved);
    rewind(file);
    n = fread(message, 1, sizeof message - 1, file);
    message[n] = '\0';
    (void)fclose(file);
    return result;
}

static inline void taken(const char *line)
{
    int result = parse(line);

    if (result != 0 || message[0])
        fprintf(stderr, "harness %s: %s", line, message);
    CHECK_INT(result, 0);
    CHECK_STR(message, "");
}

/* Must be refused with one line that has both words in it. */
static inline void refused(const char *line, const char *word,
                           const char *other)
{
    int result = parse(line);
    const char *newline = strchr(message, '\n');

    if (result != -1 || !strstr(message, word) || !strstr(message, other) ||
        strncmp(message, "harness: ", 9) != 0 || !newline || newline[1]) {
        fprintf(stderr, "harness %s: %d, '%s'\n", line, result, message);
        CHECK(!"refused with one line that names it");
    }
}

#endif
