/* SPDX-License-Identifier: MIT */
/* One run as one page that needs no other file. */
#ifndef HTML_H
#define HTML_H

#include "result/results.h"

#include <stdio.h>

/* Returns 0, or -1 with errno if memory is lacking or any write to out has
   failed. */
int html_write(FILE *out, const struct run_info *info,
               const struct results *rs);

#endif
