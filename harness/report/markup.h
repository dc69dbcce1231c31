/* SPDX-License-Identifier: MIT */
/* libxml2's text writer, with what every report needs: only characters that XML
   1.0 allows are written. */
#ifndef MARKUP_H
#define MARKUP_H

#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stdio.h>

struct markup {
    xmlBufferPtr buffer;
    xmlTextWriterPtr w;
};

/* A writer into memory; two blanks of indentation. Returns 0, or -1 with
   ENOMEM. */
int markup_open(struct markup *m);
/* Write the document to out, and free all. Returns 0, or -1 with ENOMEM:
   memory lacked somewhere since markup_open, and nothing is written. */
int markup_close(struct markup *m, FILE *out);
/* Something that belongs into the document could not be made. */
void markup_lacks_memory(void);

/* Begin each element on a line of its own, as after markup_open, or not: in
   running text such a line is a blank too many. */
void markup_indent(xmlTextWriterPtr w, bool indent);
void markup_start(xmlTextWriterPtr w, const char *element);
/* With an end tag even if empty: HTML demands it of most elements. */
void markup_end(xmlTextWriterPtr w);
/* For the elements that HTML calls void. */
void markup_end_void(xmlTextWriterPtr w);
/* Text is made printable; newlines stay in an element, not in attributes. */
void markup_attribute(xmlTextWriterPtr w, const char *name, const char *text);
void markup_attributef(xmlTextWriterPtr w, const char *name, const char *fmt,
                       ...) __attribute__((format(printf, 3, 4)));
void markup_text(xmlTextWriterPtr w, const char *text);
void markup_textf(xmlTextWriterPtr w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A whole element with its text; class may be NULL. */
void markup_element(xmlTextWriterPtr w, const char *element, const char *class,
                    const char *text);

#endif
