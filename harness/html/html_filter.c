/* SPDX-License-Identifier: MIT */
/* The fields by which cases are found. They offer what there is in this page,
   and are hidden until the script runs: without it everything is shown. */
#include "html/html_page.h"

static void put_option(xmlTextWriterPtr w, const char *value, const char *text)
{
    markup_start(w, "option");
    markup_attribute(w, "value", value);
    markup_text(w, text);
    markup_end(w);
}

static void put_choice_begin(xmlTextWriterPtr w, const char *label,
                             const char *name, const char *all)
{
    markup_start(w, "label");
    markup_element(w, "span", NULL, label);
    markup_start(w, "select");
    markup_attribute(w, "name", name);
    put_option(w, "", all);
}

static void put_choice_end(xmlTextWriterPtr w)
{
    markup_end(w);
    markup_end(w);
}

static void put_verdicts(xmlTextWriterPtr w, const long counts[HTML_OUTCOMES])
{
    char text[64];

    put_choice_begin(w, "Verdict", "verdict", "all verdicts");
    for (size_t i = 0; i < HTML_OUTCOMES; i++) {
        const char *word = html_word(html_by_weight[i]);

        (void)snprintf(text, sizeof text, "%s (%ld)", word,
                       counts[html_by_weight[i]]);
        if (counts[html_by_weight[i]])
            put_option(w, word, text);
    }
    put_choice_end(w);
}

static void put_search(xmlTextWriterPtr w)
{
    markup_start(w, "label");
    markup_attribute(w, "class", "search");
    markup_element(w, "span", NULL, "Search");
    markup_start(w, "input");
    markup_attribute(w, "type", "search");
    markup_attribute(w, "name", "search");
    markup_attribute(w, "placeholder", "search in cases");
    markup_attribute(w, "autocomplete", "off");
    markup_end_void(w);
    markup_end(w);
}

void html_filter_begin(xmlTextWriterPtr w, const long counts[HTML_OUTCOMES])
{
    markup_start(w, "form");
    markup_attribute(w, "id", "filter");
    markup_attribute(w, "role", "search");
    markup_attribute(w, "aria-label", "Cases");
    markup_attribute(w, "hidden", "hidden");
    put_verdicts(w, counts);
    put_choice_begin(w, "Family", "family", "all families");
}

void html_filter_family(xmlTextWriterPtr w, const char *family)
{
    char text[80];

    (void)snprintf(text, sizeof text, "%s/", family);
    put_option(w, family, text);
}

void html_filter_end(xmlTextWriterPtr w)
{
    put_choice_end(w);
    put_search(w);
    markup_start(w, "output");
    markup_attribute(w, "aria-live", "polite");
    markup_end(w);
    markup_start(w, "button");
    markup_attribute(w, "type", "reset");
    markup_attribute(w, "hidden", "hidden");
    markup_text(w, "Show all");
    markup_end(w);
    markup_end(w);
}
