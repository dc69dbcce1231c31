/* SPDX-License-Identifier: MIT */
/* The document is written into memory, since libxml2 prints on stderr if a file
   cannot be written. The results of its calls are not looked at: they fail only
   for lack of memory, and then the document is visibly cut off. */
#include "report/markup.h"

#include "result/verdict.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int markup_open(struct markup *m)
{
    m->buffer = xmlBufferCreate();
    m->w = m->buffer ? xmlNewTextWriterMemory(m->buffer, 0) : NULL;
    if (!m->w) {
        xmlBufferFree(m->buffer);
        errno = ENOMEM;
        return -1;
    }
    (void)xmlTextWriterSetIndent(m->w, 1);
    (void)xmlTextWriterSetIndentString(m->w, BAD_CAST "  ");
    return 0;
}

void markup_close(struct markup *m, FILE *out)
{
    (void)xmlTextWriterEndDocument(m->w);
    xmlFreeTextWriter(m->w);
    /* The owner of the stream asks ferror. */
    (void)fputs((const char *)xmlBufferContent(m->buffer), out);
    xmlBufferFree(m->buffer);
}

void markup_indent(xmlTextWriterPtr w, bool indent)
{
    (void)xmlTextWriterSetIndent(w, indent);
}

void markup_start(xmlTextWriterPtr w, const char *element)
{
    (void)xmlTextWriterStartElement(w, BAD_CAST element);
}

void markup_end(xmlTextWriterPtr w)
{
    (void)xmlTextWriterFullEndElement(w);
}

void markup_end_void(xmlTextWriterPtr w)
{
    (void)xmlTextWriterEndElement(w);
}

void markup_attribute(xmlTextWriterPtr w, const char *name, const char *text)
{
    char *printable = verdict_text(text, strlen(text));

    (void)xmlTextWriterWriteAttribute(w, BAD_CAST name,
                                      BAD_CAST(printable ? printable : ""));
    free(printable);
}

void markup_attributef(xmlTextWriterPtr w, const char *name, const char *fmt,
                       ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) != -1) {
        markup_attribute(w, name, text);
        free(text);
    }
    va_end(ap);
}

void markup_text(xmlTextWriterPtr w, const char *text)
{
    char *printable = verdict_lines(text);

    (void)xmlTextWriterWriteString(w, BAD_CAST(printable ? printable : ""));
    free(printable);
}

void markup_textf(xmlTextWriterPtr w, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) != -1) {
        markup_text(w, text);
        free(text);
    }
    va_end(ap);
}

void markup_element(xmlTextWriterPtr w, const char *element, const char *class,
                    const char *text)
{
    markup_start(w, element);
    if (class)
        markup_attribute(w, "class", class);
    markup_text(w, text);
    markup_end(w);
}
