/* SPDX-License-Identifier: MIT */
/* Words of a command line to numbers and addresses. All of a word must be the
   value: no blanks, no sign, nothing after it. */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal; what no uint64_t holds comes as UINT64_MAX. */
bool value_number(const char *word, uint64_t *n);
/* Decimal from min to max. */
bool value_long(const char *word, long min, long max, long *n);
/* Decimal, a fraction or exponent allowed; above 0, at most max. */
bool value_positive(const char *word, double max, double *x);
/* A numeric IPv4 or IPv6 address. */
bool value_address(const char *word);
/* What such an address is where no TCP server can be reached at it, in words:
   "a multicast address"; NULL: one can. */
const char *value_unreachable(const char *ip);
/* "127.0.0.1:7" or "[::1]:7", the port from 1 to 65535. *ip is allocated; it
   is set on success only. */
bool value_endpoint(const char *word, char **ip, int *port);

#endif
