/* SPDX-License-Identifier: MIT */
/* Numbers that users write. */
#ifndef ECHO64_NUMBER_H
#define ECHO64_NUMBER_H

/* Read a decimal number, digits alone: no sign, blank or unit. Returns it, or
   -1 if text is none or it lies outside min..max (0 <= min). */
int number_parse(const char *text, int min, int max);

#endif
