/* SPDX-License-Identifier: MIT */
/* Every case in a line, by family; and the fields by which they, their links
   and their failures are found. */
#include "html/html_parts.h"

#include "html/html_page.h"
#include "report/report.h"

#include <string.h>

/* ---- families ---- */

static bool is_of_family(const struct result *result, const char *family)
{
    size_t n = strlen(family);

    return strncmp(result->id, family, n) == 0 &&
           (result->id[n] == '/' || result->id[n] == '\0');
}

/* The family of the i-th in text, or NULL where an earlier result has it. */
static const char *new_family(const struct results *rs, size_t i, char *text,
                              size_t size)
{
    report_family(rs->list[i].id, text, size);
    for (size_t k = 0; k < i; k++)
        if (is_of_family(&rs->list[k], text))
            return NULL;
    return text;
}

/* How many of each outcome there are in a family; of all where it is NULL. */
static void count(const struct results *rs, const char *family,
                  long counts[HTML_OUTCOMES])
{
    memset(counts, 0, HTML_OUTCOMES * sizeof *counts);
    for (size_t i = 0; i < rs->n; i++)
        if (!family || is_of_family(&rs->list[i], family))
            counts[result_outcome(&rs->list[i])]++;
}

/* ---- the filter ---- */

void html_filter(xmlTextWriterPtr w, const struct results *rs)
{
    long counts[HTML_OUTCOMES];
    char family[64];

    count(rs, NULL, counts);
    html_filter_begin(w, counts);
    for (size_t i = 0; i < rs->n; i++)
        if (new_family(rs, i, family, sizeof family))
            html_filter_family(w, family);
    html_filter_end(w);
}

/* ---- the cases ---- */

static void put_case(xmlTextWriterPtr w, const struct result *result)
{
    enum outcome outcome = result_outcome(result);
    bool told = outcome != OUTCOME_PASS && outcome != OUTCOME_SKIP;
    char took[32];

    markup_start(w, "li");
    if (!told) /* else its section has it */
        markup_attribute(w, "id", result->id);
    html_case_attributes(w, result);
    html_badge(w, outcome);
    if (told)
        html_link(w, result->id);
    else
        markup_element(w, "span", "id", result->id);
    markup_start(w, "span");
    markup_attribute(w, "class", "title");
    markup_element(w, "span", NULL, result->title);
    if (!told && result->reason)
        markup_element(w, "span", "quiet", result->reason);
    markup_end(w);
    markup_start(w, "span");
    markup_attribute(w, "class", "quiet");
    markup_textf(w, "%s, %s, %s", level_name(result->level),
                 result->sources ? result->sources : "",
                 report_duration(result->seconds, took, sizeof took));
    markup_end(w);
    markup_end(w);
}

/* "echo/", and "3 pass, 1 fail". */
static void put_family_head(xmlTextWriterPtr w, const struct results *rs,
                            const char *family)
{
    long counts[HTML_OUTCOMES];
    const char *between = "";

    count(rs, family, counts);
    markup_start(w, "h3");
    markup_start(w, "span");
    markup_textf(w, "%s/", family);
    markup_end(w);
    markup_start(w, "span");
    markup_attribute(w, "class", "quiet");
    for (size_t i = 0; i < HTML_OUTCOMES; i++) {
        enum outcome outcome = html_by_weight[i];

        if (counts[outcome] == 0)
            continue;
        markup_textf(w, "%s%ld %s", between, counts[outcome],
                     html_word(outcome));
        between = ", ";
    }
    markup_end(w);
    markup_end(w);
}

static void put_family(xmlTextWriterPtr w, const struct results *rs,
                       const char *family)
{
    markup_start(w, "section");
    markup_attribute(w, "id", family);
    markup_attribute(w, "data-group", "");
    put_family_head(w, rs, family);
    markup_start(w, "ul");
    markup_attribute(w, "class", "cases");
    for (size_t i = 0; i < rs->n; i++)
        if (is_of_family(&rs->list[i], family))
            put_case(w, &rs->list[i]);
    markup_end(w);
    markup_end(w);
}

void html_cases(xmlTextWriterPtr w, const struct results *rs)
{
    char family[64];

    if (rs->n == 0)
        return;
    markup_start(w, "section");
    markup_attribute(w, "id", "all-cases");
    markup_attribute(w, "data-group", "");
    markup_element(w, "h2", NULL, "All cases");
    for (size_t i = 0; i < rs->n; i++)
        if (new_family(rs, i, family, sizeof family))
            put_family(w, rs, family);
    markup_end(w);
}
