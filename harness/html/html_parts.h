/* SPDX-License-Identifier: MIT */
/* The parts of the page of one run, in the order in which they stand there. */
#ifndef HTML_PARTS_H
#define HTML_PARTS_H

#include "report/markup.h"
#include "result/results.h"

/* The fields by which the script filters, hidden until it runs: without it
   everything is shown. */
void html_filter(xmlTextWriterPtr w, const struct results *rs);
/* What failed, as links; beside it the likely causes. */
void html_failed(xmlTextWriterPtr w, const struct run_info *info,
                 const struct results *rs);
/* A section for each case that did not pass and was not skipped, the worst
   first: what was seen, the usual mistake, what to write instead. */
void html_failures(xmlTextWriterPtr w, const struct run_info *info,
                   const struct results *rs);
/* The load and the audit of a stress run, and pictures of its latencies. */
void html_load(xmlTextWriterPtr w, const struct run_info *info);
/* A line for each case, by family. */
void html_cases(xmlTextWriterPtr w, const struct results *rs);
/* The target, the run and the machine, folded away. */
void html_run(xmlTextWriterPtr w, const struct run_info *info);

#endif
