/* SPDX-License-Identifier: MIT */
/* The parts of the HTML page of a matrix. An outcome is that of a cell, as the
   page of one run has it; what is not asked has none. */
#ifndef MATRIX_HTML_H
#define MATRIX_HTML_H

#include "html/html_page.h"
#include "reread/report_matrix.h"

/* How many cells of a row have each outcome; the others were not asked. */
void matrix_row_counts(const struct report_matrix *m,
                       const struct matrix_row *row,
                       long counts[HTML_OUTCOMES]);
/* The worst of those that are counted. */
enum outcome matrix_worst(const long counts[HTML_OUTCOMES]);
/* The attributes by which the script shows or hides an element with its
   case. */
void matrix_case_attributes(xmlTextWriterPtr w, const struct report_matrix *m,
                            const struct matrix_row *row);

/* n rows from the first on, in a box that scrolls on its own. */
void matrix_html_table(xmlTextWriterPtr w, const struct report_matrix *m,
                       const char *name, const struct matrix_row *first,
                       size_t n);
/* What the letters of the table mean, if it has letters. */
void matrix_html_legend(xmlTextWriterPtr w, const struct report_matrix *m);

/* True if there is more to say of a case than that it passes. */
bool matrix_is_told(const struct report_matrix *m,
                    const struct matrix_row *row);
/* A section: why each case that is told came to what it did, folded; that of
   a case has its id. */
void matrix_html_reasons(xmlTextWriterPtr w, const struct report_matrix *m);

#endif
