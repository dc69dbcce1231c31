/* SPDX-License-Identifier: MIT */
/* What failed: links to the failures, the likely causes, and a section for each
   failure. The evidence stands here in its parts, not as the terminal's text: a
   hex dump scrolls in a box of its own, and all else may be broken into lines
   on a narrow screen. */
#include "html/html_parts.h"

#include "html/html_page.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

/* True where a case has a section here. */
static bool is_told(enum outcome outcome)
{
    return outcome != OUTCOME_PASS && outcome != OUTCOME_SKIP;
}

static size_t count_told(const struct results *rs)
{
    size_t n = 0;

    for (size_t i = 0; i < rs->n; i++)
        n += is_told(result_outcome(&rs->list[i]));
    return n;
}

/* Call put for each case that is told, the worst first. */
static void each_told(xmlTextWriterPtr w, const struct run_info *info,
                      const struct results *rs,
                      void (*put)(xmlTextWriterPtr w,
                                  const struct run_info *info,
                                  const struct result *result))
{
    for (size_t k = 0; k < HTML_OUTCOMES; k++)
        for (size_t i = 0; is_told(html_by_weight[k]) && i < rs->n; i++)
            if (result_outcome(&rs->list[i]) == html_by_weight[k])
                put(w, info, &rs->list[i]);
}

/* ---- links and causes ---- */

static void put_item(xmlTextWriterPtr w, const struct run_info *info,
                     const struct result *result)
{
    char *reason = report_reason(result);

    (void)info;
    markup_start(w, "li");
    html_case_attributes(w, result);
    html_badge(w, result_outcome(result));
    html_link(w, result->id);
    markup_element(w, "span", "quiet", reason ? reason : "");
    markup_end(w);
    free(reason);
}

/* The other cases of a cause, folded away: what counts is where to begin. */
static void put_others(xmlTextWriterPtr w, const struct likely_cause *c)
{
    const char *between = "";

    if (c->ncases < 2)
        return;
    markup_start(w, "details");
    markup_start(w, "summary");
    markup_textf(w, "and %zu more", c->ncases - 1);
    markup_end(w);
    markup_indent(w, false);
    for (size_t i = 0; i < c->ncases; i++) {
        if (strcmp(c->cases[i], c->look_first) == 0)
            continue;
        markup_text(w, between);
        html_link(w, c->cases[i]);
        between = ", ";
    }
    markup_end(w);
    markup_indent(w, true);
}

/* "it closes twice: echo/bulk (look first)". */
static void put_cause(xmlTextWriterPtr w, const struct likely_cause *c)
{
    markup_start(w, "li");
    markup_indent(w, false);
    markup_textf(w, "%s: ", c->cause);
    html_link(w, c->look_first);
    markup_text(w, " (look first)");
    markup_indent(w, true);
    put_others(w, c);
    markup_end(w);
}

static void put_causes(xmlTextWriterPtr w, const struct results *rs)
{
    if (rs->ncauses == 0)
        return;
    markup_start(w, "section");
    markup_attribute(w, "class", "causes");
    markup_element(w, "h2", NULL, "Likely causes");
    markup_start(w, "ul");
    for (size_t i = 0; i < rs->ncauses; i++)
        put_cause(w, &rs->causes[i]);
    markup_end(w);
    markup_end(w);
}

static bool has_failed(const struct run_info *info, const struct results *rs)
{
    for (size_t i = 0; i < rs->n; i++)
        if (result_failed(&rs->list[i], info->strict) ||
            result_outcome(&rs->list[i]) == OUTCOME_ERROR)
            return true;
    return false;
}

/* What is to be said before the links, or in place of them. */
static void put_state(xmlTextWriterPtr w, const struct run_info *info,
                      const struct results *rs)
{
    if (info->never_up && rs->n && rs->list[0].reason)
        markup_element(w, "p", "reason", rs->list[0].reason); /* as all have */
    else if (info->never_up)
        markup_element(w, "p", "reason", "The target never came up.");
    else if (rs->n == 0)
        markup_element(w, "p", NULL, "No case was judged.");
    else if (!has_failed(info, rs))
        markup_element(w, "p", NULL,
                       count_told(rs)
                           ? "Nothing failed but what was expected to, or "
                             "only warns:"
                           : "Nothing failed.");
}

static void put_links(xmlTextWriterPtr w, const struct run_info *info,
                      const struct results *rs)
{
    markup_start(w, "nav");
    markup_attribute(w, "aria-labelledby", "what-failed");
    markup_start(w, "h2");
    markup_attribute(w, "id", "what-failed");
    markup_text(w, "What failed");
    markup_end(w);
    put_state(w, info, rs);
    if (count_told(rs) > 0) {
        markup_start(w, "ul");
        markup_attribute(w, "class", "links");
        markup_attribute(w, "tabindex", "0");
        markup_attribute(w, "aria-labelledby", "what-failed");
        each_told(w, info, rs, put_item);
        markup_end(w);
    }
    markup_end(w);
}

void html_failed(xmlTextWriterPtr w, const struct run_info *info,
                 const struct results *rs)
{
    markup_start(w, "div");
    markup_attribute(w, "class", "top");
    put_links(w, info, rs);
    put_causes(w, rs);
    markup_end(w);
}

/* ---- a failure ---- */

/* A box that scrolls on its own, by keys too. */
static void put_dump(xmlTextWriterPtr w, const char *what, const char *dump)
{
    if (!dump)
        return;
    markup_start(w, "dt");
    markup_textf(w, "Bytes %s", what);
    markup_end(w);
    markup_start(w, "dd");
    markup_start(w, "pre");
    markup_attribute(w, "role", "group");
    markup_attribute(w, "tabindex", "0");
    markup_attributef(w, "aria-label", "Bytes %s", what);
    markup_text(w, dump);
    markup_end(w);
    markup_end(w);
}

static void put_difference(xmlTextWriterPtr w, const struct difference *d)
{
    if (!d)
        return;
    markup_element(w, "dt", NULL, "Difference");
    markup_start(w, "dd");
    markup_textf(w,
                 "first difference at byte %zu (of %zu expected, %zu "
                 "observed)",
                 d->offset, d->expected_bytes, d->observed_bytes);
    if (d->base)
        markup_textf(w, "; offsets count from byte %zu of the stream", d->base);
    markup_end(w);
    put_dump(w, "expected", d->expected);
    put_dump(w, "observed", d->observed);
}

static void put_facts(xmlTextWriterPtr w, const struct evidence *e)
{
    if (e->nfacts == 0)
        return;
    markup_element(w, "dt", NULL, "Facts");
    for (size_t i = 0; i < e->nfacts; i++)
        markup_element(w, "dd", NULL, e->facts[i]);
}

static void put_figures(xmlTextWriterPtr w, const struct evidence *e)
{
    for (size_t i = 0; i < e->nfigures; i++) {
        char *value = report_figure(&e->figures[i]);

        html_pair(w, e->figures[i].name, value);
        free(value);
    }
}

static void put_evidence(xmlTextWriterPtr w, const struct run_info *info,
                         const struct result *result)
{
    const struct evidence *e = &result->evidence;
    char *replay = report_replay(info, result);

    if (!replay && !e->expected && !e->observed && !e->difference &&
        e->nfacts == 0 && e->nfigures == 0)
        return; /* a dl must not be empty */
    markup_start(w, "dl");
    markup_attribute(w, "class", "evidence");
    html_pair(w, "Expected", e->expected);
    html_pair(w, "Observed", e->observed);
    put_difference(w, e->difference);
    put_facts(w, e);
    put_figures(w, e);
    html_code(w, "Replay", replay);
    markup_end(w);
    free(replay);
}

static void put_advice(xmlTextWriterPtr w, const struct result *result)
{
    if (!result->mistake && !result->mend)
        return;
    markup_start(w, "dl");
    markup_attribute(w, "class", "advice");
    html_pair(w, "Usual mistake", result->mistake);
    html_pair(w, "Mend", result->mend);
    markup_end(w);
}

static void put_failure(xmlTextWriterPtr w, const struct run_info *info,
                        const struct result *result)
{
    char *reason = report_reason(result);

    markup_start(w, "article");
    markup_attribute(w, "id", result->id);
    html_case_attributes(w, result);
    markup_start(w, "h3");
    html_badge(w, result_outcome(result));
    markup_element(w, "span", "id", result->id);
    markup_end(w);
    markup_start(w, "p");
    markup_attribute(w, "class", "title");
    markup_element(w, "span", NULL, result->title);
    markup_start(w, "span");
    markup_attribute(w, "class", "quiet");
    markup_textf(w, "%s, %s", level_name(result->level),
                 result->sources ? result->sources : "");
    markup_end(w);
    markup_end(w);
    markup_element(w, "p", "reason", reason ? reason : "");
    put_advice(w, result);
    put_evidence(w, info, result);
    markup_end(w);
    free(reason);
}

void html_failures(xmlTextWriterPtr w, const struct run_info *info,
                   const struct results *rs)
{
    if (count_told(rs) == 0)
        return;
    markup_start(w, "section");
    markup_attribute(w, "data-group", "");
    markup_element(w, "h2", NULL, "What was seen");
    each_told(w, info, rs, put_failure);
    markup_end(w);
}
