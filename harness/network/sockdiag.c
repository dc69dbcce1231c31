/* SPDX-License-Identifier: MIT */
/* The kernel's table of TCP sockets, asked for by inet_diag messages; the
   kernel filters by state, this file by port. Sockets change state while the
   table is read, so that callers look again before they conclude. No socket is
   connected to or changed. */
#include "network/sockdiag.h"

#include "network/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <string.h>

enum { QUESTION_BYTES = 256, LISTEN = 10 };

int sockdiag_open(void)
{
    return netlink_open(NETLINK_SOCK_DIAG);
}

/* Write a question into buf, which is aligned as a header is. */
static struct inet_diag_req_v2 *question(void *buf, int family, unsigned states,
                                         int flags)
{
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    struct inet_diag_req_v2 *req = mnl_nlmsg_put_extra_header(h, sizeof *req);

    h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    req->sdiag_family = (uint8_t)family;
    req->sdiag_protocol = IPPROTO_TCP;
    req->idiag_states = states;
    return req;
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

int sockdiag_parse(const struct nlmsghdr *h, struct socket_info *s)
{
    const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);

    if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        mnl_nlmsg_get_payload_len(h) < sizeof *m) {
        errno = EBADMSG;
        return -1;
    }
    s->state = m->idiag_state;
    s->inode = m->idiag_inode;
    s->rqueue = m->idiag_rqueue;
    s->wqueue = m->idiag_wqueue;
    fill_address(&s->local, m->idiag_family, m->id.idiag_src,
                 m->id.idiag_sport);
    fill_address(&s->remote, m->idiag_family, m->id.idiag_dst,
                 m->id.idiag_dport);
    return 0;
}

struct visit {
    int port;
    int (*each)(const struct socket_info *s, void *arg);
    void *arg;
    int result; /* of the last call of each */
};

/* Ports are compared here, since a private namespace holds few others. */
static int visit(const struct nlmsghdr *h, void *arg)
{
    struct visit *v = arg;
    struct socket_info s;

    if (sockdiag_parse(h, &s) < 0)
        return -1;
    if (v->result == 0 && (v->port == 0 || address_port(&s.local) == v->port))
        v->result = v->each(&s, v->arg);
    return 0;
}

/* The kernel filters by state. */
static int dump(int sd, int family, unsigned states, struct visit *v)
{
    _Alignas(struct nlmsghdr) char buf[QUESTION_BYTES];

    (void)question(buf, family, states, NLM_F_DUMP);
    return netlink_ask(sd, (struct nlmsghdr *)buf, visit, v);
}

int sockdiag_each(int sd, unsigned states, int port,
                  int (*each)(const struct socket_info *s, void *arg),
                  void *arg)
{
    struct visit v = { port, each, arg, 0 };

    if (dump(sd, AF_INET, states, &v) < 0)
        return -1;
    if (v.result == 0 && dump(sd, AF_INET6, states, &v) < 0 &&
        errno != ENOENT && errno != EINVAL) /* a kernel without IPv6 */
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

static int found(const struct nlmsghdr *h, void *arg)
{
    return sockdiag_parse(h, arg);
}

int sockdiag_find(int sd, const struct address *local,
                  const struct address *remote, struct socket_info *s)
{
    _Alignas(struct nlmsghdr) char buf[QUESTION_BYTES];
    struct inet_diag_req_v2 *req = question(buf, local->sa.ss_family, ~0u, 0);

    s->state = LISTEN; /* until one is found */
    req->id.idiag_cookie[0] = req->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    put_end(req->id.idiag_src, &req->id.idiag_sport, local);
    put_end(req->id.idiag_dst, &req->id.idiag_dport, remote);
    if (netlink_ask(sd, (struct nlmsghdr *)buf, found, s) < 0)
        return errno == ENOENT ? 0 : -1;
    /* If the connection is gone, the kernel answers with the listener. */
    return s->state != LISTEN;
}

const char *sockdiag_state_name(int state)
{
    static const char *const name[] = {
        "?",          "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
        "FIN_WAIT1",  "FIN_WAIT2",   "TIME_WAIT", "CLOSE",
        "CLOSE_WAIT", "LAST_ACK",    "LISTEN",    "CLOSING"
    };

    if (state < 0 || state >= (int)(sizeof name / sizeof *name))
        return "?";
    return name[state];
}
