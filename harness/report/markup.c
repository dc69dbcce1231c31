/* SPDX-License-Identifier: MIT */
/* The document is written into memory, since libxml2 prints on stderr if a file
   cannot be written. Its calls fail only for lack of memory, which markup_close
   tells. */
#include "report/markup.h"

#include "result/verdict.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Of the document that is being written. */
static bool lacking;

static void note(int rc)
{
    lacking |= rc < 0;
}

void markup_lacks_memory(void)
{
    lacking = true;
}

int markup_open(struct markup *m)
{
    lacking = false;
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

int markup_close(struct markup *m, FILE *out)
{
    const xmlChar *text;

    note(xmlTextWriterEndDocument(m->w));
    xmlFreeTextWriter(m->w);
    text = xmlBufferContent(m->buffer);
    /* The owner of the stream asks ferror. */
    if (text && !lacking)
        (void)fputs((const char *)text, out);
    else
        lacking = true;
    xmlBufferFree(m->buffer);
    if (lacking)
        errno = ENOMEM;
    return lacking ? -1 : 0;
}

void markup_indent(xmlTextWriterPtr w, bool indent)
{
    note(xmlTextWriterSetIndent(w, indent));
}

void markup_start(xmlTextWriterPtr w, const char *element)
{
    note(xmlTextWriterStartElement(w, BAD_CAST element));
}

void markup_end(xmlTextWriterPtr w)
{
    note(xmlTextWriterFullEndElement(w));
}

void markup_end_void(xmlTextWriterPtr w)
{
    note(xmlTextWriterEndElement(w));
}

void markup_attribute(xmlTextWriterPtr w, const char *name, const char *text)
{
    char *printable = verdict_text(text, strlen(text));

    lacking |= !printable;
    note(xmlTextWriterWriteAttribute(w, BAD_CAST name,
                                     BAD_CAST(printable ? printable : "")));
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
    } else {
        lacking = true;
    }
    va_end(ap);
}

void markup_text(xmlTextWriterPtr w, const char *text)
{
    char *printable = verdict_lines(text);

    lacking |= !printable;
    note(xmlTextWriterWriteString(w, BAD_CAST(printable ? printable : "")));
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
    } else {
        lacking = true;
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
