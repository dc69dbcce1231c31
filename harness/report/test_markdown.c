/* SPDX-License-Identifier: MIT */
/* No text of somebody else's means anything in Markdown. */
#include "report/markdown.h"

#include "base/check.h"

#include <stdlib.h>

/* What put writes of raw; in a static buffer. */
static const char *made(void (*put)(FILE *out, const char *raw),
                        const char *raw)
{
    static char text[1000];
    FILE *out = fmemopen(text, sizeof text, "w");

    CHECK(out != NULL);
    text[0] = '\0';
    put(out, raw);
    CHECK_INT(fclose(out), 0);
    return text;
}

static void text_means_itself(void)
{
    CHECK_STR(made(markdown_text, "right-own-choices"), "right-own-choices");
    CHECK_STR(made(markdown_text, "a|b <script> [x](y) & `c` *d* ~e~"),
              "a\\|b \\<script\\> \\[x\\](y) \\& \\`c\\` \\*d\\* \\~e\\~");
    CHECK_STR(made(markdown_text, "# one #2"), "\\# one #2");
    CHECK_STR(made(markdown_text, "mini_httpd _it_ is_"),
              "mini_httpd \\_it\\_ is\\_");
    CHECK_STR(made(markdown_text, "a\nb\033[1m"), "a\\\\nb\\\\x1b\\[1m");
}

static void code_ends_where_it_should(void)
{
    CHECK_STR(made(markdown_code, "echo/bulk"), "`echo/bulk`");
    CHECK_STR(made(markdown_code, "sh -c 'a | b'"), "`sh -c 'a | b'`");
    CHECK_STR(made(markdown_code, "`x``"), "``` `x`` ```");
    CHECK_STR(made(markdown_code, ""), "");
}

static void a_block_ends_where_it_should(void)
{
    CHECK_STR(made(markdown_block, "a\nb"), "```\na\nb\n```\n");
    CHECK_STR(made(markdown_block, "````\n# x\n"), "`````\n````\n# x\n`````\n");
    CHECK_STR(made(markdown_block, NULL), "```\n```\n");
}

int main(void)
{
    text_means_itself();
    code_ends_where_it_should();
    a_block_ends_where_it_should();
    return check_result();
}
