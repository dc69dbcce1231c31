/* SPDX-License-Identifier: MIT */
#include "network/loopback.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ADDRESS_BYTES = 16, REPLY_BYTES = 4096 };

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

/* An address as rtnetlink has it: family, and the bytes. */
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

/* A request with room behind it for its attributes. */
struct request {
    struct nlmsghdr head;
    union {
        struct ifaddrmsg address;
        struct rtmsg route;
    } body;
    char attributes[2 * RTA_SPACE(ADDRESS_BYTES) + RTA_SPACE(4)];
};

static void begin(struct request *r, int type, int flags, size_t body)
{
    memset(r, 0, sizeof *r);
    r->head.nlmsg_type = (unsigned short)type;
    r->head.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags);
    r->head.nlmsg_len = (unsigned)NLMSG_LENGTH(body);
}

static void attach(struct request *r, int type, const void *data, size_t n)
{
    size_t at = NLMSG_ALIGN(r->head.nlmsg_len);
    struct rtattr *attribute = (struct rtattr *)((char *)r + at);

    attribute->rta_type = (unsigned short)type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(n);
    memcpy(RTA_DATA(attribute), data, n);
    r->head.nlmsg_len = (unsigned)(at + RTA_SPACE(n));
}

/* One message that the kernel has sent: any process may send to the socket.
   Returns its length, or -1 with errno. */
static ssize_t receive(int fd, struct nlmsghdr *h, size_t size)
{
    struct sockaddr_nl from = { .nl_pid = 1 };
    socklen_t len = sizeof from;
    ssize_t n;

    do
        n = recvfrom(fd, h, size, 0, (struct sockaddr *)&from, &len);
    while (n < 0 ? errno == EINTR : from.nl_pid != 0);
    if (n >= 0 && !NLMSG_OK(h, (size_t)n)) {
        errno = EPROTO;
        return -1;
    }
    return n;
}

/* What the kernel refused is errno; a message of another kind is none. */
static int refusal(const struct nlmsghdr *h)
{
    const struct nlmsgerr *e = NLMSG_DATA(h);

    if (h->nlmsg_type != NLMSG_ERROR)
        return 0;
    return h->nlmsg_len >= NLMSG_LENGTH(sizeof *e) ? -e->error : EPROTO;
}

/* Ask the kernel, and have its answer in h. Returns 0, or -1 with errno, of
   the kernel's refusal too. */
static int ask(const struct request *r, struct nlmsghdr *h, size_t size)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), error;

    if (fd < 0)
        return -1;
    if (send(fd, r, r->head.nlmsg_len, 0) < 0 || receive(fd, h, size) < 0)
        error = errno;
    else
        error = refusal(h);
    close(fd);
    errno = error;
    return error ? -1 : 0;
}

int loopback_add(const struct sockaddr_storage *a)
{
    _Alignas(struct nlmsghdr) char reply[REPLY_BYTES] = "";
    struct plain p = plain_of(a);
    struct request r;

    begin(&r, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
          sizeof r.body.address);
    r.body.address.ifa_family = p.family;
    r.body.address.ifa_prefixlen = p.bits;
    r.body.address.ifa_index = if_nametoindex("lo");
    /* Nobody else can have it: it need not be asked for, rfc4862. */
    r.body.address.ifa_flags = p.family == AF_INET6 ? IFA_F_NODAD : 0;
    attach(&r, IFA_LOCAL, p.at, p.bits / 8);
    attach(&r, IFA_ADDRESS, p.at, p.bits / 8);
    if (ask(&r, (struct nlmsghdr *)reply, sizeof reply) == 0 ||
        errno == EEXIST)
        return 0;
    return -1;
}

static bool may_bind(const struct sockaddr_storage *a)
{
    struct sockaddr_storage any_port = *a;
    socklen_t len = a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                             : sizeof(struct sockaddr_in);
    int fd = socket(a->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), rc, saved;

    if (fd < 0)
        return false;
    ((struct sockaddr_in *)&any_port)->sin_port = 0;    /* both have it there */
    rc = bind(fd, (struct sockaddr *)&any_port, len);
    saved = errno;
    close(fd);
    errno = saved;
    return rc == 0;
}

/* Where what is sent there goes: RTN_LOCAL and its like; -1: nowhere, or the
   kernel does not tell (errno). */
static int route_type(const struct sockaddr_storage *a)
{
    _Alignas(struct nlmsghdr) char reply[REPLY_BYTES] = "";
    struct nlmsghdr *h = (struct nlmsghdr *)reply;
    struct plain p = plain_of(a);
    struct request r;

    begin(&r, RTM_GETROUTE, 0, sizeof r.body.route);
    r.body.route.rtm_family = p.family;
    r.body.route.rtm_dst_len = p.bits;
    attach(&r, RTA_DST, p.at, p.bits / 8);
    if (ask(&r, h, sizeof reply) < 0)
        return -1;
    if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct rtmsg))) {
        errno = EPROTO;
        return -1;
    }
    return ((struct rtmsg *)NLMSG_DATA(h))->rtm_type;
}

/* An address that one may bind to need not be this machine's
   (ip_nonlocal_bind), nor that of a host (a broadcast address). */
int loopback_has(const struct sockaddr_storage *a)
{
    int type;

    if (!may_bind(a))
        return -1;
    type = route_type(a);
    /* Who may not ask for routes has the answer of bind alone. */
    if (type == RTN_LOCAL || (type < 0 && (errno == EPERM || errno == EACCES ||
                                           errno == EAFNOSUPPORT ||
                                           errno == EPROTONOSUPPORT)))
        return 0;
    errno = EADDRNOTAVAIL;
    return -1;
}
