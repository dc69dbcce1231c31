/* SPDX-License-Identifier: MIT */
#include "sockdiag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <unistd.h>

enum { REPLY_BYTES = 32768 };

int sockdiag_open(void)
{
    return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

/* Ask for a dump. The kernel filters by state; ports are compared here, since
   a private namespace holds few others. */
static int ask(int sd, int family, unsigned states)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 req;
    } m = {
        .head = { .nlmsg_len = sizeof m, .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .req = { .sdiag_family = (uint8_t)family,
                 .sdiag_protocol = IPPROTO_TCP, .idiag_states = states },
    };

    return send(sd, &m, sizeof m, 0) == (ssize_t)sizeof m ? 0 : -1;
}

static void fill_address(struct address *a, int family, const void *ip,
                         uint16_t port)
{
    memset(a, 0, sizeof *a);
    a->sa.ss_family = (sa_family_t)family;
    if (family == AF_INET6) {
        struct sockaddr_in6 *s = (struct sockaddr_in6 *)&a->sa;

        memcpy(&s->sin6_addr, ip, sizeof s->sin6_addr);
        s->sin6_port = port;
        a->len = sizeof *s;
    } else {
        struct sockaddr_in *s = (struct sockaddr_in *)&a->sa;

        memcpy(&s->sin_addr, ip, sizeof s->sin_addr);
        s->sin_port = port;
        a->len = sizeof *s;
    }
}

static void fill(struct socket_info *s, const struct inet_diag_msg *m)
{
    s->state = m->idiag_state;
    s->inode = m->idiag_inode;
    s->rqueue = m->idiag_rqueue;
    s->wqueue = m->idiag_wqueue;
    fill_address(&s->local, m->idiag_family, m->id.idiag_src,
                 m->id.idiag_sport);
    fill_address(&s->remote, m->idiag_family, m->id.idiag_dst,
                 m->id.idiag_dport);
}

struct visit {
    int port;
    int (*each)(const struct socket_info *s, void *arg);
    void *arg;
    int result;         /* of the last call of each */
};

/* Walk one datagram. Returns 1 at the end of the dump, 0 for more, -1. */
static int walk(struct visit *v, char *buf, size_t n)
{
    struct nlmsghdr *h = (struct nlmsghdr *)buf;
    struct socket_info s;

    for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
        if (h->nlmsg_type == NLMSG_DONE)
            return 1;
        if (h->nlmsg_type == NLMSG_ERROR) {
            struct nlmsgerr *e = NLMSG_DATA(h);

            errno = e->error ? -e->error : EPROTO;
            return -1;
        }
        fill(&s, NLMSG_DATA(h));
        /* Read on after each has had enough: what is left in the socket would
           be taken for the answer to the next question. */
        if (v->result == 0 &&
            (v->port == 0 || address_port(&s.local) == v->port))
            v->result = v->each(&s, v->arg);
    }
    return 0;
}

static int dump(int sd, int family, unsigned states, struct visit *v)
{
    _Alignas(struct nlmsghdr) char buf[REPLY_BYTES];
    int end = 0;

    if (ask(sd, family, states) < 0)
        return -1;
    while (end == 0) {
        ssize_t n = recv(sd, buf, sizeof buf, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        end = walk(v, buf, (size_t)n);
    }
    return end < 0 ? -1 : 0;
}

int sockdiag_each(int sd, unsigned states, int port,
                  int (*each)(const struct socket_info *s, void *arg),
                  void *arg)
{
    struct visit v = { port, each, arg, 0 };

    if (dump(sd, AF_INET, states, &v) < 0)
        return -1;
    if (v.result == 0 && dump(sd, AF_INET6, states, &v) < 0 &&
        errno != ENOENT && errno != EINVAL)     /* a kernel without IPv6 */
        return -1;
    return v.result;
}

static void put_end(void *ip, uint16_t *port, const struct address *a)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->sa;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->sa;

    if (a->sa.ss_family == AF_INET6)
        memcpy(ip, &v6->sin6_addr, sizeof v6->sin6_addr);
    else
        memcpy(ip, &v4->sin_addr, sizeof v4->sin_addr);
    *port = htons((uint16_t)address_port(a));
}

int sockdiag_find(int sd, const struct address *local,
                  const struct address *remote, struct socket_info *s)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 req;
    } m = {
        .head = { .nlmsg_len = sizeof m, .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                  .nlmsg_flags = NLM_F_REQUEST },
        .req = { .sdiag_family = (uint8_t)local->sa.ss_family,
                 .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u,
                 .id.idiag_cookie = { INET_DIAG_NOCOOKIE,
                                      INET_DIAG_NOCOOKIE } },
    };
    _Alignas(struct nlmsghdr) char buf[1024];
    struct nlmsghdr *h = (struct nlmsghdr *)buf;
    ssize_t n;

    put_end(m.req.id.idiag_src, &m.req.id.idiag_sport, local);
    put_end(m.req.id.idiag_dst, &m.req.id.idiag_dport, remote);
    if (send(sd, &m, sizeof m, 0) != (ssize_t)sizeof m)
        return -1;
    while ((n = recv(sd, buf, sizeof buf, 0)) < 0 && errno == EINTR)
        ;
    if (n < 0 || !NLMSG_OK(h, (size_t)n))
        return -1;
    if (h->nlmsg_type == NLMSG_ERROR) {
        errno = -((struct nlmsgerr *)NLMSG_DATA(h))->error;
        return errno == ENOENT ? 0 : -1;
    }
    fill(s, NLMSG_DATA(h));
    /* Where the connection has gone, the kernel offers the listener. */
    return SOCKDIAG_STATE(s->state) != SOCKDIAG_LISTEN;
}

const char *sockdiag_state_name(int state)
{
    static const char *const name[] = {
        "?", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
        "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING"
    };

    if (state < 0 || state >= (int)(sizeof name / sizeof *name))
        return "?";
    return name[state];
}
