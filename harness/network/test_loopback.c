/* SPDX-License-Identifier: MIT */
/* Which addresses this machine has; and, where this process can have a network
   namespace of its own, that it can add one. */
#include "network/loopback.h"

#include "base/address.h"
#include "base/check.h"

#include <errno.h>
#include <sched.h>

static int has(const char *ip)
{
    struct address a;

    CHECK_INT(address_parse(&a, ip, 7), 0);
    errno = 0;
    return loopback_has(&a.sa);
}

static int add(const char *ip)
{
    struct address a;

    CHECK_INT(address_parse(&a, ip, 7), 0);
    return loopback_add(&a.sa);
}

static void this_machine_has_loopback_and_no_other(void)
{
    CHECK_INT(has("127.0.0.1"), 0);
    CHECK_INT(has("127.9.8.7"), 0);
    CHECK_INT(has("192.0.2.1"), -1); /* rfc5737: of no machine */
    CHECK_INT(errno, EADDRNOTAVAIL);
    CHECK_INT(has("2001:db8::1"), -1);     /* rfc3849: of no machine */
    CHECK_INT(has("255.255.255.255"), -1); /* a broadcast address */
}

static void an_address_can_be_added(void)
{
    CHECK_INT(has("127.0.0.1"), -1); /* the loopback is not up yet */
    CHECK_INT(loopback_up(), 0);
    CHECK_INT(has("127.0.0.1"), 0);
    CHECK_INT(has("192.0.2.1"), -1);
    CHECK_INT(add("192.0.2.1"), 0);
    CHECK_INT(add("192.0.2.1"), 0); /* again: already there */
    CHECK_INT(has("192.0.2.1"), 0);
    CHECK_INT(has("192.0.2.2"), -1);
    CHECK_INT(add("::ffff:192.0.2.2"), 0);
    CHECK_INT(has("192.0.2.2"), 0);
    CHECK_INT(add("ff02::1"), -1); /* multicast: of no host */
}

int main(void)
{
    this_machine_has_loopback_and_no_other();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
        an_address_can_be_added();
    return check_result();
}
