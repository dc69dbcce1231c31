/* SPDX-License-Identifier: MIT */
/* Text and code in Markdown as GitHub, GitLab and CommonMark read it. What
   cannot be written ferror(3) of out tells. */
#ifndef MARKDOWN_H
#define MARKDOWN_H

#include <stdio.h>

/* One line that means nothing but itself, in a table's cell too: made
   printable, and what Markdown or HTML would take for more gets a backslash. */
void markdown_text(FILE *out, const char *raw);
/* The same as `code` in running text. Not for a table's cell: there a "|" would
   end it, and where none ends, a backslash before it is shown. */
void markdown_code(FILE *out, const char *raw);
/* Lines of plain text between fences that none of them can end. */
void markdown_block(FILE *out, const char *raw);

#endif
