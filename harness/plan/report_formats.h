/* SPDX-License-Identifier: MIT */
/* The formats that a run can be reported in, beside the terminal's text, at
   once or of its JSON later. A new one is a row here and a file
   report/report_NAME.c (HTML: html/) with the function of that row; options,
   help and what is opened are made from this table. It stands here, since
   options are read below report/. */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

/* For each format X(its name in C, the option, the function of report.h that
   fills a reporter, the option's code in options_table.h, the commands that
   take it, the help). */
#define REPORT_FORMAT_TABLE(X)                                              \
    X(REPORT_TAP, "--tap", report_tap, OPTION_TAP, RUN | REREAD,            \
      "write TAP 13; without =FILE on stdout")                              \
    X(REPORT_JUNIT, "--junit", report_junit, 0, RUN | REREAD,               \
      "write JUnit XML; - is stdout, once")                                 \
    X(REPORT_JSON, "--json", report_json, OPTION_JSON, RUN | LIST | REREAD, \
      "write JSON; list: on stdout, without FILE")                          \
    X(REPORT_HTML, "--html", report_html, 0, RUN | REREAD,                  \
      "write one HTML page")                                                \
    X(REPORT_MARKDOWN, "--markdown", report_markdown, 0, REREAD,            \
      "report: write Markdown")

#define REPORT_FORMAT_NAME(name, option, fill, code, commands, help) name,
enum report_format { REPORT_FORMAT_TABLE(REPORT_FORMAT_NAME) REPORT_FORMATS };
#undef REPORT_FORMAT_NAME

#endif
