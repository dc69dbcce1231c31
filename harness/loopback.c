/* SPDX-License-Identifier: MIT */
#include "loopback.h"

#include <errno.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int with_socket(int family, unsigned long request, void *arg)
{
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc, saved;

    if (fd < 0)
        return -1;
    rc = ioctl(fd, request, arg);
    saved = errno;
    close(fd);
    errno = saved;
    return rc;
}

int loopback_up(void)
{
    struct ifreq r = { .ifr_name = "lo" };

    if (with_socket(AF_INET, SIOCGIFFLAGS, &r) < 0)
        return -1;
    r.ifr_flags |= IFF_UP | IFF_RUNNING;
    return with_socket(AF_INET, SIOCSIFFLAGS, &r);
}

int loopback_add(const struct sockaddr_storage *a)
{
    struct ifreq r = { .ifr_name = "lo:1" };
    struct in6_ifreq r6 = { .ifr6_prefixlen = 128 };
    unsigned index = if_nametoindex("lo");

    if (a->ss_family == AF_INET) {
        memcpy(&r.ifr_addr, a, sizeof(struct sockaddr_in));
        return with_socket(AF_INET, SIOCSIFADDR, &r);
    }
    r6.ifr6_addr = ((const struct sockaddr_in6 *)a)->sin6_addr;
    r6.ifr6_ifindex = (int)index;
    if (with_socket(AF_INET6, SIOCSIFADDR, &r6) == 0 || errno == EEXIST)
        return 0;       /* it may have it already, as with IPv4 */
    return -1;
}
