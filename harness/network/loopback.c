/* SPDX-License-Identifier: MIT */
/* lo is brought up by ioctl, addresses are added by rtnetlink. Whether there is
   an address is asked twice, since bind(2) also succeeds for some addresses
   that this machine does not have: the route to it must be a local one as well.
   All of it is about the caller's network namespace, and only lo is ever
   changed. */
#include "network/loopback.h"

#include "network/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
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

/* An address in the form of rtnetlink: its family, and its bytes. */
struct plain {
    unsigned char family;
    unsigned char bits;
    const void *at;
};

static struct plain plain_of(const struct sockaddr_storage *a)
{
    const struct in6_addr *six = &((const struct sockaddr_in6 *)a)->sin6_addr;

    if (a->ss_family == AF_INET)
        return (struct plain){ AF_INET, 32,
                               &((const struct sockaddr_in *)a)->sin_addr };
    if (IN6_IS_ADDR_V4MAPPED(six))
        return (struct plain){ AF_INET, 32, &six->s6_addr[12] };
    return (struct plain){ AF_INET6, 128, six };
}

/* Room for a question: a header, ifaddrmsg or rtmsg, two addresses. */
struct question {
    _Alignas(struct nlmsghdr) char bytes[128];
};

static struct nlmsghdr *begin(struct question *q, int type, int flags)
{
    struct nlmsghdr *h = mnl_nlmsg_put_header(q->bytes);

    h->nlmsg_type = (uint16_t)type;
    h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    return h;
}

/* Ask over a socket that is opened for it. Returns 0, or -1 with errno, which
   may be the kernel's answer. */
static int ask(struct nlmsghdr *question, netlink_each *each, void *arg)
{
    int sd = netlink_open(NETLINK_ROUTE), rc, saved;

    if (sd < 0)
        return -1;
    rc = netlink_ask(sd, question, each, arg);
    saved = errno;
    close(sd);
    errno = saved;
    return rc;
}

/* For a question whose only answer is that the kernel has done it. */
static int look_away(const struct nlmsghdr *h, void *arg)
{
    (void)h;
    (void)arg;
    return 0;
}

int loopback_add(const struct sockaddr_storage *a)
{
    struct plain p = plain_of(a);
    struct question q;
    struct nlmsghdr *h =
        begin(&q, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    struct ifaddrmsg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);

    m->ifa_family = p.family;
    m->ifa_prefixlen = p.bits;
    m->ifa_index = if_nametoindex("lo");
    /* No duplicate address detection (RFC 4862): nobody else is on lo. */
    m->ifa_flags = p.family == AF_INET6 ? IFA_F_NODAD : 0;
    mnl_attr_put(h, IFA_LOCAL, p.bits / 8, p.at);
    mnl_attr_put(h, IFA_ADDRESS, p.bits / 8, p.at);
    return ask(h, look_away, NULL) == 0 || errno == EEXIST ? 0 : -1;
}

static bool may_bind(const struct sockaddr_storage *a)
{
    struct sockaddr_storage any_port = *a;
    socklen_t len = a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                             : sizeof(struct sockaddr_in);
    int fd = socket(a->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), rc, saved;

    if (fd < 0)
        return false;
    ((struct sockaddr_in *)&any_port)->sin_port = 0; /* the port stands at the
                                                        same place in both
                                                        families */
    rc = bind(fd, (struct sockaddr *)&any_port, len);
    saved = errno;
    close(fd);
    errno = saved;
    return rc == 0;
}

static int note_type(const struct nlmsghdr *h, void *type)
{
    const struct rtmsg *m = mnl_nlmsg_get_payload(h);

    if (mnl_nlmsg_get_payload_len(h) < sizeof *m) {
        errno = EPROTO;
        return -1;
    }
    *(int *)type = m->rtm_type;
    return 0;
}

/* The type of the route to a, RTN_LOCAL for instance; -1 with errno: there is
   none, or the kernel does not tell. */
static int route_type(const struct sockaddr_storage *a)
{
    struct plain p = plain_of(a);
    struct question q;
    struct nlmsghdr *h = begin(&q, RTM_GETROUTE, 0);
    struct rtmsg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);
    int type = RTN_UNSPEC;

    m->rtm_family = p.family;
    m->rtm_dst_len = p.bits;
    mnl_attr_put(h, RTA_DST, p.bits / 8, p.at);
    return ask(h, note_type, &type) < 0 ? -1 : type;
}

/* bind(2) is not enough: it also succeeds for an address of another machine
   (ip_nonlocal_bind), and for one that is no host's (broadcast). */
int loopback_has(const struct sockaddr_storage *a)
{
    int type;

    if (!may_bind(a))
        return -1;
    type = route_type(a);
    /* Where routes may not be asked for, the answer of bind has to do. */
    if (type == RTN_LOCAL ||
        (type < 0 && (errno == EPERM || errno == EACCES ||
                      errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT)))
        return 0;
    errno = EADDRNOTAVAIL;
    return -1;
}
