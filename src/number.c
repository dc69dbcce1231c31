/* SPDX-License-Identifier: MIT */
/* Numbers of the command line. This takes less than strtol(3) does, which skips
   blanks, knows signs, reads "" as 0 and stops without a word at "7x": each a
   typing error here, and never what the user means. */
#include "number.h"

int number_parse(const char *text, int min, int max)
{
    int n = 0;

    if (*text == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        int digit = *text - '0';

        if (digit < 0 || digit > 9)
            return -1;
        /* Asked before n grows: once an int has overflowed, anything may happen
           (C11 6.5, paragraph 5), and it is too late to ask. */
        if (n > max / 10 || n * 10 > max - digit)
            return -1;
        n = n * 10 + digit;
    }
    return n < min ? -1 : n;
}
