/* SPDX-License-Identifier: MIT */
/* Where a text of somebody else's ends, Markdown has only its own signs to
   tell: they are escaped in text, and outnumbered around code. */
#include "report/markdown.h"

#include "result/verdict.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* An underscore within a word is one; what makes a heading, a list or a rule
   does so at the beginning alone. */
static bool is_special(const char *text, size_t i)
{
    if (strchr("#-+=", text[i]))
        return i == 0;
    if (text[i] != '_')
        return strchr("\\`*|<>[]&~$", text[i]) != NULL;
    return i == 0 || !isalnum((unsigned char)text[i - 1]) ||
           !isalnum((unsigned char)text[i + 1]);
}

void markdown_text(FILE *out, const char *raw)
{
    char *text = verdict_text(raw, strlen(raw));

    for (size_t i = 0; text && text[i]; i++) {
        if (is_special(text, i))
            (void)fputc('\\', out);
        (void)fputc(text[i], out);
    }
    free(text);
}

/* The longest row of backticks. */
static int longest_run(const char *text)
{
    size_t longest = 0;

    for (; *text; text++) {
        size_t n = strspn(text, "`");

        longest = n > longest ? n : longest;
        text += n ? n - 1 : 0;
    }
    return (int)longest;
}

static void put_ticks(FILE *out, int n)
{
    while (n-- > 0)
        (void)fputc('`', out);
}

void markdown_code(FILE *out, const char *raw)
{
    char *text = verdict_text(raw, strlen(raw));
    int ticks = text ? longest_run(text) + 1 : 0;
    const char *space = ticks > 1 ? " " : "";

    if (!text || !*text) {
        free(text);
        return;
    }
    put_ticks(out, ticks);
    (void)fputs(space, out);
    (void)fputs(text, out);
    (void)fputs(space, out);
    put_ticks(out, ticks);
    free(text);
}

void markdown_block(FILE *out, const char *raw)
{
    char *text = verdict_lines(raw);
    int longest = text ? longest_run(text) : 0;
    int ticks = longest < 3 ? 3 : longest + 1;

    put_ticks(out, ticks);
    (void)fputc('\n', out);
    (void)fputs(text ? text : "", out);
    if (text && *text && text[strlen(text) - 1] != '\n')
        (void)fputc('\n', out);
    put_ticks(out, ticks);
    (void)fputc('\n', out);
    free(text);
}
