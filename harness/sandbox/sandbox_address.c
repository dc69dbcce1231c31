/* SPDX-License-Identifier: MIT */
/* The address is looked for first and added only if it is missing: loopback is
   there from the start, and without isolation the machine's own addresses have
   to do. An IPv6 address is waited for, since the kernel makes it usable some
   time after it was added. Nothing listens or connects here. */
#include "sandbox/sandbox_address.h"

#include "base/address.h"
#include "base/deadline.h"
#include "network/loopback.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { USABLE_MS = 5000 };

/* The kernel completes a new IPv6 address some time later: until then bind(2)
   says EADDRNOTAVAIL, and connect(2) ENETUNREACH. */
static int wait_usable(const struct sockaddr_storage *a)
{
    struct deadline d = deadline_in(USABLE_MS);
    struct pause pause = { 0 };

    while (loopback_has(a) < 0) {
        if (errno != EADDRNOTAVAIL || deadline_passed(d))
            return -1;
        pause_until(&pause, d);
    }
    return 0;
}

int sandbox_address(const struct sandbox *c, const char *ip, char *why,
                    size_t size)
{
    struct address a;

    if (address_parse(&a, ip, 0) < 0) {
        snprintf(why, size, "%s: no numeric address", ip);
        return -1;
    }
    address_make_reachable(&a);
    if (loopback_has(&a.sa) == 0)
        return 0;
    if (errno == EADDRNOTAVAIL && !c->isolated)
        snprintf(why, size,
                 "%s: this machine has no such address, and without "
                 "isolation it is given none",
                 ip);
    else if (errno == EADDRNOTAVAIL && loopback_add(&a.sa) == 0 &&
             wait_usable(&a.sa) == 0)
        return 0;
    else
        snprintf(why, size, "%s: this address cannot be used here: %s", ip,
                 strerror(errno));
    return -1;
}
