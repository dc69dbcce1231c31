/* SPDX-License-Identifier: MIT */
/* strtol(3) and strtod(3) accept blanks, signs and "nan", and stop without an
   error at what they cannot read. So each word is checked before it is
   converted: " 7" and "7x" are refused, never taken for 7. */
#include "base/values.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_digits(const char *word)
{
    return *word && word[strspn(word, "0123456789")] == '\0';
}

bool value_number(const char *word, uint64_t *n)
{
    if (!is_digits(word))
        return false;
    *n = strtoull(word, NULL, 10); /* on ERANGE it is UINT64_MAX */
    return true;
}

bool value_long(const char *word, long min, long max, long *n)
{
    uint64_t value;

    if (!value_number(word, &value) || value > (uint64_t)max ||
        value < (uint64_t)min)
        return false;
    *n = (long)value;
    return true;
}

bool value_positive(const char *word, double max, double *x)
{
    char *end;
    double value;

    if (word[strspn(word, "0123456789.eE+-")] != '\0' ||
        !strchr("0123456789.", word[0]))
        return false; /* strtod would take "0x1p3" and "inf" */
    value = strtod(word, &end);
    if (end == word || *end != '\0' || !(value > 0) || value > max)
        return false;
    *x = value;
    return true;
}

bool value_address(const char *word)
{
    struct in6_addr any;

    return inet_pton(AF_INET, word, &any) == 1 ||
           inet_pton(AF_INET6, word, &any) == 1;
}

static const char *unreachable_ipv4(uint32_t ip)
{
    return ip == INADDR_BROADCAST ? "the broadcast address"
           : IN_MULTICAST(ip)     ? "a multicast address"
                                  : NULL;
}

const char *value_unreachable(const char *ip)
{
    struct in_addr four;
    struct in6_addr six;

    if (inet_pton(AF_INET, ip, &four) == 1)
        return unreachable_ipv4(ntohl(four.s_addr));
    if (inet_pton(AF_INET6, ip, &six) != 1)
        return NULL;
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        memcpy(&four, &six.s6_addr[12], sizeof four);
        return unreachable_ipv4(ntohl(four.s_addr));
    }
    return IN6_IS_ADDR_MULTICAST(&six)   ? "a multicast address"
           : IN6_IS_ADDR_LINKLOCAL(&six) ? "a link-local address, of an "
                                           "interface that is not said"
                                         : NULL;
}

bool value_endpoint(const char *word, char **ip, int *port)
{
    const char *colon = strrchr(word, ':');
    bool bracketed = word[0] == '[';
    long number;
    char *host;

    if (!colon || !value_long(colon + 1, 1, 65535, &number))
        return false;
    if (bracketed && (colon == word + 1 || colon[-1] != ']'))
        return false;
    host = bracketed ? strndup(word + 1, (size_t)(colon - word) - 2)
                     : strndup(word, (size_t)(colon - word));
    /* Without brackets "::1:7" could be an address alone. */
    if (!host || !value_address(host) ||
        bracketed != (strchr(host, ':') != NULL)) {
        free(host);
        return false;
    }
    *ip = host;
    *port = (int)number;
    return true;
}

/* What may be the name of a host, hostname(7), and no address gone wrong. */
static bool is_name(const char *host)
{
    enum { LONGEST = 253 };
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t n = strlen(host);

    return n && n <= LONGEST && host[strspn(host, letters)] == '\0' &&
           host[strspn(host, "0123456789.")] != '\0' && host[0] != '-' &&
           host[0] != '.';
}

bool value_host(const char *word, char **host, int *port)
{
    const char *colon = strrchr(word, ':');
    long number;
    char *name;

    if (value_endpoint(word, host, port))
        return true;
    if (!colon || !value_long(colon + 1, 1, 65535, &number))
        return false;
    name = strndup(word, (size_t)(colon - word));
    if (!name || !is_name(name)) {
        free(name);
        return false;
    }
    *host = name;
    *port = (int)number;
    return true;
}
