/* SPDX-License-Identifier: MIT */
/* Turn words of a command line into numbers and addresses. The whole word must
   be the value: no blanks, no sign, nothing after it. */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal; a number too large for uint64_t becomes UINT64_MAX. */
bool value_number(const char *word, uint64_t *n);
/* Decimal from min to max. */
bool value_long(const char *word, long min, long max, long *n);
/* Decimal, a fraction or exponent allowed; above 0, at most max. */
bool value_positive(const char *word, double max, double *x);
/* A numeric IPv4 or IPv6 address. */
bool value_address(const char *word);
/* Why no TCP server can be reached at this address, in words ("a multicast
   address"); NULL: one can. */
const char *value_unreachable(const char *ip);
/* "127.0.0.1:7" or "[::1]:7", the port from 1 to 65535. *ip is allocated; it
   is set on success only. */
bool value_endpoint(const char *word, char **ip, int *port);
/* Likewise, but "localhost:7", too: a name that somebody else looks up. */
bool value_host(const char *word, char **host, int *port);

#endif
