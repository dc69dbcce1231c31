/* SPDX-License-Identifier: MIT */
/* The frame of a page, and what stands in several of its parts. Whoever writes
   another page, of several runs perhaps, begins and ends it with these, and has
   the style and the script with it. */
#ifndef HTML_PAGE_H
#define HTML_PAGE_H

#include "report/markup.h"
#include "result/results.h"

#include <stdio.h>

/* Open a document up to the inside of its body. Returns 0, or -1 with ENOMEM;
   else html_end must follow. */
int html_begin(struct markup *m, const char *title);
/* Close all that is open, and write the document to out: its owner asks
   ferror. Returns as markup_close. */
int html_end(struct markup *m, FILE *out);

/* "pass", "fail", ... : the word of a badge, and a class of the style. */
const char *html_word(enum outcome outcome);
void html_badge(xmlTextWriterPtr w, enum outcome outcome);
/* The outcomes, the worst first. */
enum { HTML_OUTCOMES = 7 };
extern const enum outcome html_by_weight[HTML_OUTCOMES];
/* The worst outcome there is; with strict a warning is a failure. Where nothing
   was judged it is an error: that is never success. */
enum outcome html_worst(const struct results *rs, bool strict);

/* A heading or paragraph of text and its like are markup_element. These are a
   row of a dl; nothing where value is NULL or "". */
void html_pair(xmlTextWriterPtr w, const char *name, const char *value);
void html_code(xmlTextWriterPtr w, const char *name, const char *value);
/* A link to the case with that id, whose text is the id. */
void html_link(xmlTextWriterPtr w, const char *id);
/* The attributes by which the script shows or hides an element with its
   case. */
void html_case_attributes(xmlTextWriterPtr w, const struct result *result);

/* The fields by which the script does so: begun with how many cases have each
   outcome, then a family each, without its "/", and the end. */
void html_filter_begin(xmlTextWriterPtr w, const long counts[HTML_OUTCOMES]);
void html_filter_family(xmlTextWriterPtr w, const char *family);
void html_filter_end(xmlTextWriterPtr w);

/* The rows of a dl: how it was run, and on which machine. */
void html_run_pairs(xmlTextWriterPtr w, const struct run_info *info);
void html_machine_pairs(xmlTextWriterPtr w, const struct run_info *info);

#endif
