/* SPDX-License-Identifier: MIT */
/* The page is HTML and well-formed XML at once, so that readers of either take
   it. It asks nothing of the network, and its policy says so to the browser:
   whatever a target has printed, nothing is loaded or sent because of it. */
#include "html/html_page.h"

#include "html/html_script.h"
#include "html/html_style.h"

#include <string.h>

const enum outcome html_by_weight[HTML_OUTCOMES] = {
    OUTCOME_FAIL,     OUTCOME_STALE, OUTCOME_ERROR, OUTCOME_WARN,
    OUTCOME_EXPECTED, OUTCOME_PASS,  OUTCOME_SKIP,
};

static void put_meta(xmlTextWriterPtr w, const char *attribute,
                     const char *name, const char *content)
{
    markup_start(w, "meta");
    markup_attribute(w, attribute, name);
    if (content)
        markup_attribute(w, "content", content);
    markup_end_void(w);
}

static void put_raw(xmlTextWriterPtr w, const char *element,
                    const char *const *text)
{
    markup_start(w, element);
    for (size_t i = 0; text[i]; i++)
        (void)xmlTextWriterWriteRaw(w, BAD_CAST(text[i]));
    markup_end(w);
}

int html_begin(struct markup *m, const char *title)
{
    if (markup_open(m) != 0)
        return -1;
    (void)xmlTextWriterWriteDTD(m->w, BAD_CAST "html", NULL, NULL, NULL);
    markup_start(m->w, "html");
    markup_attribute(m->w, "lang", "en");
    markup_start(m->w, "head");
    put_meta(m->w, "charset", "utf-8", NULL);
    put_meta(m->w, "http-equiv", "Content-Security-Policy",
             "default-src 'none'; style-src 'unsafe-inline'; "
             "script-src 'unsafe-inline'; base-uri 'none'; "
             "form-action 'none'");
    put_meta(m->w, "name", "viewport", "width=device-width, initial-scale=1");
    put_meta(m->w, "name", "color-scheme", "light dark");
    markup_element(m->w, "title", NULL, title);
    put_raw(m->w, "style", html_style);
    markup_end(m->w);
    markup_start(m->w, "body");
    return 0;
}

int html_end(struct markup *m, FILE *out)
{
    put_raw(m->w, "script", html_script);
    markup_end(m->w);
    markup_end(m->w);
    return markup_close(m, out);
}

const char *html_word(enum outcome outcome)
{
    static const char *const words[HTML_OUTCOMES] = {
        [OUTCOME_PASS] = "pass",   [OUTCOME_FAIL] = "fail",
        [OUTCOME_WARN] = "warn",   [OUTCOME_SKIP] = "skip",
        [OUTCOME_ERROR] = "error", [OUTCOME_EXPECTED] = "expected",
        [OUTCOME_STALE] = "stale",
    };

    return words[outcome];
}

void html_badge(xmlTextWriterPtr w, enum outcome outcome)
{
    char class[32];

    (void)snprintf(class, sizeof class, "badge %s", html_word(outcome));
    markup_element(w, "span", class, html_word(outcome));
}

/* The place in html_by_weight. */
static size_t weight(enum outcome outcome)
{
    size_t i = 0;

    while (html_by_weight[i] != outcome)
        i++;
    return i;
}

enum outcome html_worst(const struct results *rs, bool strict)
{
    enum outcome worst = OUTCOME_SKIP;

    for (size_t i = 0; i < rs->n; i++) {
        enum outcome outcome = result_outcome(&rs->list[i]);

        if (strict && outcome == OUTCOME_WARN)
            outcome = OUTCOME_FAIL;
        if (weight(outcome) < weight(worst))
            worst = outcome;
    }
    return worst == OUTCOME_SKIP ? OUTCOME_ERROR : worst;
}

void html_pair(xmlTextWriterPtr w, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    markup_element(w, "dt", NULL, name);
    markup_element(w, "dd", NULL, value);
}

void html_code(xmlTextWriterPtr w, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    markup_element(w, "dt", NULL, name);
    markup_start(w, "dd");
    markup_element(w, "code", NULL, value);
    markup_end(w);
}

void html_link(xmlTextWriterPtr w, const char *id)
{
    markup_start(w, "a");
    markup_attribute(w, "class", "id");
    markup_attributef(w, "href", "#%s", id);
    markup_text(w, id);
    markup_end(w);
}

void html_case_attributes(xmlTextWriterPtr w, const struct result *result)
{
    markup_attribute(w, "data-case", result->id);
    markup_attribute(w, "data-verdict", html_word(result_outcome(result)));
}
