/* SPDX-License-Identifier: MIT */
/* The distance of Damerau and Levenshtein (optimal string alignment), by its
   table; words are short, and longer ones are like nothing. */
#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 64, LETTERS_PER_EDIT = 3 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int letter(char c)
{
    return tolower((unsigned char)c);
}

size_t edits(const char *a, const char *b, size_t most)
{
    size_t na = strlen(a), nb = strlen(b);
    size_t cost[LONGEST + 1][LONGEST + 1];

    if (na > LONGEST || nb > LONGEST)
        return most + 1;
    for (size_t i = 0; i <= na; i++)
        cost[i][0] = i;
    for (size_t k = 0; k <= nb; k++)
        cost[0][k] = k;
    for (size_t i = 1; i <= na; i++)
        for (size_t k = 1; k <= nb; k++) {
            int x = letter(a[i - 1]), y = letter(b[k - 1]);

            cost[i][k] = least(least(cost[i - 1][k], cost[i][k - 1]) + 1,
                               cost[i - 1][k - 1] + (x != y));
            if (i > 1 && k > 1 && x == letter(b[k - 2]) &&
                y == letter(a[i - 2]))
                cost[i][k] = least(cost[i][k], cost[i - 2][k - 2] + 1);
        }
    return least(cost[na][nb], most + 1);
}

const char *nearest(const char *word, const char *const *names, size_t n)
{
    size_t most = strlen(word) / LETTERS_PER_EDIT;
    const char *found = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t cost = edits(word, names[i], most);

        if (cost <= most) {
            found = names[i];
            most = cost ? cost - 1 : 0;
            if (cost == 0)
                break;
        }
    }
    return found;
}
