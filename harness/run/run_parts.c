/* SPDX-License-Identifier: MIT */
/* Of several parts the heaviest verdict stands, as of several statements about
   one case; among equal ones that of the first part. They went on beside each
   other: the case took as long as the longest. */
#include "run/run_parts.h"

#include <string.h>

static bool outweighs(const struct result *a, const struct result *b)
{
    return a->kind > b->kind || (a->kind == b->kind && a->part < b->part);
}

bool parts_are_whole(struct results *seen, struct result *r, size_t parts)
{
    struct result whole = *r;
    size_t same = 0, left = 0;

    for (size_t i = 0; i < seen->n; i++)
        same += strcmp(seen->list[i].id, r->id) == 0;
    if (same + 1 < parts) {
        (void)results_add(seen, *r); /* else it is told as missing */
        return false;
    }
    for (size_t i = 0; i < seen->n; i++) {
        struct result part = seen->list[i];

        if (strcmp(part.id, whole.id) != 0) {
            seen->list[left++] = part;
            continue;
        }
        if (outweighs(&part, &whole)) {
            struct result lighter = whole;

            whole = part;
            part = lighter;
        }
        if (part.seconds > whole.seconds)
            whole.seconds = part.seconds;
        result_free(&part);
    }
    seen->n = left;
    *r = whole;
    return true;
}
