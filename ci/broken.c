/* SPDX-License-Identifier: MIT */
/* What `make asan` has to see before it is believed: broken FAULT does one. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static char *volatile block;
static volatile int greatest = INT_MAX;
static volatile char seen;

int main(int argc, char **argv)
{
    const char *fault = argc > 1 ? argv[1] : "";

    block = malloc(8);
    if (!block)
        return 2;
    if (strcmp(fault, "address") == 0) {
        free(block);
        seen = block[0];
    } else if (strcmp(fault, "undefined") == 0) {
        greatest = greatest + 1;
        free(block);
    } else if (strcmp(fault, "leak") == 0) {
        block = NULL;
    } else {
        free(block);
    }
    return 0;
}
