/* SPDX-License-Identifier: MIT */
/* Which case was meant by a word that fits none. */
#ifndef SUGGEST_H
#define SUGGEST_H

enum { SUGGEST_TEXT = 256 };

/* ": did you mean echo/half-close?" in text, which is returned; "" where no
   case is called alike. */
const char *suggest_case(const char *word, char text[SUGGEST_TEXT]);

#endif
