/* SPDX-License-Identifier: MIT */
/* JUnit and HTML: sound documents with every outcome in its place. */
#include "report/test_sample.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>

/* A document's figure at an XPath. */
static double xpath(xmlDocPtr doc, const char *path)
{
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathObjectPtr found = xmlXPathEvalExpression(BAD_CAST path, context);
    double value = found ? xmlXPathCastToNumber(found) : -1;

    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return value;
}

static void check_junit(const char *text, bool strict)
{
    static const struct {
        const char *path;
        int usual, strict;
    } counts[] = {
        { "number(/testsuites/@tests)", 7, 7 },
        { "number(/testsuites/testsuite/@failures)", 2, 3 },
        { "number(/testsuites/testsuite/@errors)", 1, 1 },
        { "number(/testsuites/testsuite/@skipped)", 2, 2 },
        { "count(//testcase)", 7, 7 },
        { "count(//testcase/failure)", 2, 3 },
        { "count(//testcase/error)", 1, 1 },
        { "count(//testcase/skipped)", 2, 2 },
        { "count(//testcase/system-out)", 1, 0 },
        { "count(//testcase[@classname='echo'])", 3, 3 },
        { "count(//testcase[@name=preceding::testcase/@name])", 0, 0 },
        { "count(//failure[string-length(@message) > 5"
          " and contains(., 'replay:')])",
          2, 3 },
        { "number(//property[@name='seed']/@value)", -2, -2 },
        { "count(//property[@name='seed'][@value='9007199254740993'])", 1, 1 },
    };
    xmlDocPtr doc =
        xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);

    CHECK(doc != NULL);
    for (size_t i = 0; doc && i < sizeof counts / sizeof *counts; i++) {
        int want = strict ? counts[i].strict : counts[i].usual;

        if (want >= 0 && xpath(doc, counts[i].path) != want) {
            fprintf(stderr, "%s:\n", counts[i].path);
            CHECK_INT(xpath(doc, counts[i].path), want);
        }
    }
    xmlFreeDoc(doc);
}

static void junit_has_every_outcome(void)
{
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;
    char *text;

    fill(&rs);
    text = report_text(2, "conform", &info, &rs);
    check_junit(text, false);
    free(text);
    info.strict = true;
    text = report_text(2, "strict", &info, &rs);
    check_junit(text, true);
    free(text);
    results_free(&rs);
}

static void html_is_one_sound_page(void)
{
    struct run_info info = info_of(MODE_STRESS);
    struct results rs;
    xmlDocPtr doc;
    char *text;

    fill(&rs);
    text = report_text(4, "stress", &info, &rs);
    CHECK(strncmp(text, "<!DOCTYPE html>\n<html lang=\"en\">", 32) == 0);
    CHECK(strstr(text, "<b>") == NULL);
    CHECK(strstr(text, "src=") == NULL && strstr(text, "://") == NULL);
    doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);
    CHECK(doc != NULL); /* balanced, as XML too */
    if (doc) {
        CHECK_INT(xpath(doc, "count(//section)"), 9);
        CHECK_INT(xpath(doc, "count(//section[h2='Likely causes']//a)"), 2);
        CHECK_INT(xpath(doc, "count(//nav//a)"), 5);
        CHECK_INT(xpath(doc, "count(//article)"), 5);
        CHECK_INT(xpath(doc, "count(//a[not(substring(@href, 2)=//@id)])"), 0);
        CHECK_INT(xpath(doc, "count(//details)"), 3);
        CHECK_INT(xpath(doc, "count(//details[@open])"), 0);
        CHECK_INT(xpath(doc, "count(//*[@id=preceding::*/@id])"), 0);
        CHECK_INT(xpath(doc, "count(//section[@id='echo']//li)"), 3);
    }
    xmlFreeDoc(doc);
    free(text);
    results_free(&rs);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    junit_has_every_outcome();
    html_is_one_sound_page();
    return finish();
}
