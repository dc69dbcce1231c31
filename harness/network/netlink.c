/* SPDX-License-Identifier: MIT */
/* One question at a time over a blocking socket. libmnl walks through the
   messages; each length is checked before it is used, and a datagram from
   anybody but the kernel, or for another question, is thrown away. There is no
   deadline: the kernel answers in its own time. */
#include "network/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    DATAGRAM_BYTES = 32768, /* no datagram of a dump is longer */
    MOST_ERRNO = 4095       /* as in the kernel's IS_ERR */
};

int netlink_open(int protocol)
{
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    int sd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, protocol), saved;

    /* A socket that is connected to the kernel takes nothing from others. */
    if (sd < 0 || connect(sd, (struct sockaddr *)&kernel, sizeof kernel) == 0)
        return sd;
    saved = errno;
    close(sd);
    errno = saved;
    return -1;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

ssize_t netlink_receive(int sd, void *buf, size_t size)
{
    for (;;) {
        struct sockaddr_nl from = { .nl_family = AF_UNSPEC };
        struct iovec part = { buf, size };
        struct msghdr m = { .msg_name = &from,
                            .msg_namelen = sizeof from,
                            .msg_iov = &part,
                            .msg_iovlen = 1 };
        ssize_t n = recvmsg(sd, &m, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (m.msg_namelen != sizeof from || from.nl_family != AF_NETLINK ||
            from.nl_pid != 0)
            continue;
        return m.msg_flags & MSG_TRUNC ? fail(EMSGSIZE) : n;
    }
}

/* The message that ends an answer: 1 if it carries no error, else -1 with that
   error as errno. */
static int end_of(const struct nlmsghdr *h, size_t least)
{
    int error = 0;

    if (mnl_nlmsg_get_payload_len(h) >= sizeof error)
        memcpy(&error, mnl_nlmsg_get_payload(h), sizeof error);
    if (mnl_nlmsg_get_payload_len(h) < least || error > 0 ||
        error < -MOST_ERRNO)
        return fail(EBADMSG);
    return error ? fail(-error) : 1;
}

/* Take one message of the answer. Returns 1 if it is the last, 0 if not, -1
   with errno. */
static int take(const struct nlmsghdr *h, netlink_each *each, void *arg,
                int *failed)
{
    if (h->nlmsg_flags & NLM_F_DUMP_INTR)
        *failed = EINTR; /* the dump may lack something */
    if (h->nlmsg_type == NLMSG_DONE)
        return end_of(h, 0);
    if (h->nlmsg_type == NLMSG_ERROR)
        return end_of(h, sizeof(struct nlmsgerr));
    if (h->nlmsg_type == NLMSG_OVERRUN)
        return fail(EBADMSG);
    if (h->nlmsg_type < NLMSG_MIN_TYPE)
        return 0;
    if (each(h, arg) < 0)
        *failed = errno;
    return !(h->nlmsg_flags & NLM_F_MULTI);
}

/* libmnl 1.0.4 takes a length of 2 GiB and more for a negative one. */
static bool is_whole(const struct nlmsghdr *h, int left)
{
    return mnl_nlmsg_ok(h, left) && h->nlmsg_len <= (uint32_t)left;
}

int netlink_walk(const void *datagram, size_t length, uint32_t seq,
                 netlink_each *each, void *arg, int *failed)
{
    const struct nlmsghdr *h = datagram;
    int left = (int)length, end = 0;

    for (; end == 0 && is_whole(h, left); h = mnl_nlmsg_next(h, &left))
        if (h->nlmsg_seq == seq)
            end = take(h, each, arg, failed);
    if (end == 0 && left > 0)
        return fail(EBADMSG); /* the rest is no message */
    return end;
}

int netlink_ask(int sd, struct nlmsghdr *question, netlink_each *each,
                void *arg)
{
    static uint32_t asked;
    _Alignas(struct nlmsghdr) char buf[DATAGRAM_BYTES];
    int end = 0, failed = 0;

    question->nlmsg_seq = ++asked ? asked : ++asked;
    if (send(sd, question, question->nlmsg_len, 0) !=
        (ssize_t)question->nlmsg_len)
        return -1;
    while (end == 0) {
        ssize_t n = netlink_receive(sd, buf, sizeof buf);

        if (n < 0)
            return -1;
        end = netlink_walk(buf, (size_t)n, question->nlmsg_seq, each, arg,
                           &failed);
    }
    return end < 0 ? -1 : failed ? fail(failed) : 0;
}
