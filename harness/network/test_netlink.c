/* SPDX-License-Identifier: MIT */
/* Netlink datagrams as the kernel sends them, and broken ones. */
#include "network/netlink.h"
#include "network/sockdiag.h"

#include "base/check.h"

#include <errno.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEQ = 7, DATA = 20, MULTI = NLM_F_MULTI };

/* A datagram that is being put together; n bytes are used so far. */
struct datagram {
    _Alignas(struct nlmsghdr) unsigned char bytes[512];
    size_t n;
};

static void add(struct datagram *d, int type, int flags, uint32_t seq,
                const void *payload, size_t size)
{
    struct nlmsghdr h = {
        .nlmsg_len = (uint32_t)(sizeof h + size),
        .nlmsg_type = (uint16_t)type,
        .nlmsg_flags = (uint16_t)flags,
        .nlmsg_seq = seq,
    };

    d->n = NLMSG_ALIGN(d->n);
    memcpy(d->bytes + d->n, &h, sizeof h);
    if (size)
        memcpy(d->bytes + d->n + sizeof h, payload, size);
    d->n += sizeof h + size;
}

static int count(const struct nlmsghdr *h, void *arg)
{
    ++*(int *)arg;
    errno = ERANGE;
    return h->nlmsg_len == sizeof *h + 1 ? -1 : 0; /* refuses one byte of
                                                      payload */
}

/* Walk through a copy in memory that ends where the datagram does, so that the
   sanitizers see a read beyond it. */
static void walks(const struct datagram *d, int want, int error, int messages,
                  int want_failed)
{
    unsigned char *exact = malloc(d->n ? d->n : 1);
    int seen = 0, failed = 0, end;

    if (!exact)
        abort();
    memcpy(exact, d->bytes, d->n);
    errno = 0;
    end = netlink_walk(exact, d->n, SEQ, count, &seen, &failed);
    CHECK_INT(end, want);
    if (end < 0)
        CHECK_INT(errno, error);
    CHECK_INT(seen, messages);
    CHECK_INT(failed, want_failed);
    free(exact);
}

static void an_answer_is_walked_to_its_end(void)
{
    struct datagram d = { .n = 0 };
    int none = 0;

    walks(&d, 0, 0, 0, 0);
    add(&d, DATA, MULTI, SEQ, "four", 4);
    add(&d, NLMSG_NOOP, MULTI, SEQ, NULL, 0);
    add(&d, DATA, MULTI, SEQ, "seven..", 7);
    walks(&d, 0, 0, 2, 0);
    add(&d, NLMSG_DONE, MULTI, SEQ, &none, sizeof none);
    walks(&d, 1, 0, 2, 0);
    d.n = 0;
    add(&d, DATA, 0, SEQ, "four", 4); /* not part of a dump: the only message */
    walks(&d, 1, 0, 1, 0);
}

static void other_answers_are_passed_over(void)
{
    struct datagram d = { .n = 0 };

    add(&d, DATA, MULTI, SEQ - 1, "four", 4);
    add(&d, NLMSG_DONE, MULTI, SEQ - 1, NULL, 0);
    walks(&d, 0, 0, 0, 0);
    add(&d, DATA, MULTI, SEQ, "four", 4);
    walks(&d, 0, 0, 1, 0);
}

static void what_each_refuses_is_remembered(void)
{
    struct datagram d = { .n = 0 };

    add(&d, DATA, MULTI, SEQ, "1", 1);
    add(&d, DATA, MULTI, SEQ, "four", 4);
    walks(&d, 0, 0, 2, ERANGE);
    add(&d, NLMSG_DONE, MULTI | NLM_F_DUMP_INTR, SEQ, NULL, 0);
    walks(&d, 1, 0, 2, EINTR);
}

static void lengths_are_not_believed(void)
{
    static const uint32_t lies[] = { 0,       1,    15,      37,
                                     64,      4096, INT_MAX, UINT_MAX - 15,
                                     UINT_MAX };
    struct datagram d = { .n = 0 };
    struct nlmsghdr *h = (struct nlmsghdr *)(d.bytes + 36);

    for (d.n = 1; d.n < sizeof *h; d.n++)
        walks(&d, -1, EBADMSG, 0, 0);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        d.n = 0;
        add(&d, DATA, MULTI, SEQ, "twenty bytes of data", 20);
        add(&d, DATA, MULTI, SEQ, "twenty bytes of data", 20);
        h->nlmsg_len = lies[i];
        walks(&d, -1, EBADMSG, 1, 0);
    }
    d.n = 0;
    add(&d, DATA, MULTI, SEQ, "three", 3);
    d.n += 5; /* one byte, and the padding of four */
    walks(&d, -1, EBADMSG, 1, 0);
}

static void errors_end_it(void)
{
    struct nlmsgerr e = { .error = -ENOENT };
    struct datagram d;
    static const int wrong[] = { 1, INT_MAX, INT_MIN, -4096 };
    int done = -ENOMEM;

    for (size_t size = 0; size < sizeof e; size++) {
        d.n = 0;
        add(&d, NLMSG_ERROR, 0, SEQ, &e, size);
        walks(&d, -1, EBADMSG, 0, 0);
    }
    d.n = 0;
    add(&d, NLMSG_ERROR, 0, SEQ, &e, sizeof e);
    walks(&d, -1, ENOENT, 0, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        d.n = 0;
        e.error = wrong[i];
        add(&d, NLMSG_ERROR, 0, SEQ, &e, sizeof e);
        walks(&d, -1, EBADMSG, 0, 0);
    }
    d.n = 0;
    add(&d, NLMSG_DONE, MULTI, SEQ, &done, sizeof done);
    walks(&d, -1, ENOMEM, 0, 0);
    d.n = 0;
    add(&d, NLMSG_OVERRUN, MULTI, SEQ, NULL, 0);
    walks(&d, -1, EBADMSG, 0, 0);
}

static void sockets_are_read_whole_or_not_at_all(void)
{
    struct inet_diag_msg m = { .idiag_family = AF_INET,
                               .idiag_state = 10,
                               .idiag_inode = 77,
                               .idiag_wqueue = 5,
                               .id.idiag_sport = htons(4242) };
    struct datagram d = { .n = 0 };
    struct nlmsghdr *h = (struct nlmsghdr *)d.bytes;
    struct socket_info s;

    add(&d, SOCK_DIAG_BY_FAMILY, MULTI, SEQ, &m, sizeof m);
    CHECK_INT(sockdiag_parse(h, &s), 0);
    CHECK(s.state == 10 && s.inode == 77 && s.wqueue == 5);
    CHECK_INT(address_port(&s.local), 4242);
    h->nlmsg_len--;
    CHECK(sockdiag_parse(h, &s) < 0 && errno == EBADMSG);
    h->nlmsg_len = sizeof *h;
    CHECK(sockdiag_parse(h, &s) < 0 && errno == EBADMSG);
    h->nlmsg_len = sizeof *h + sizeof m;
    h->nlmsg_type++;
    CHECK(sockdiag_parse(h, &s) < 0 && errno == EBADMSG);
}

/* A socket that any process may write to, bound to a number of its own. */
static int open_to_all(struct sockaddr_nl *a)
{
    int sd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    NETLINK_USERSOCK);
    socklen_t size = sizeof *a;

    *a = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
    CHECK_INT(bind(sd, (struct sockaddr *)a, sizeof *a), 0);
    CHECK_INT(getsockname(sd, (struct sockaddr *)a, &size), 0);
    return sd;
}

static void only_the_kernel_is_heard(void)
{
    struct sockaddr_nl to, from;
    int sd = open_to_all(&to), other = open_to_all(&from), pair[2];
    char buf[64];

    CHECK_INT(
        sendto(other, "a stranger's", 12, 0, (struct sockaddr *)&to, sizeof to),
        12);
    CHECK(netlink_receive(sd, buf, sizeof buf) < 0 && errno == EAGAIN);
    CHECK_INT(recv(sd, buf, sizeof buf, 0), -1); /* it has been thrown away */
    close(sd);
    sd = netlink_open(NETLINK_USERSOCK);
    CHECK_INT(
        getsockname(sd, (struct sockaddr *)&to, &(socklen_t){ sizeof to }), 0);
    CHECK(sendto(other, "a stranger's", 12, 0, (struct sockaddr *)&to,
                 sizeof to) < 0 &&
          errno == ECONNREFUSED);
    close(sd);
    close(other);
    CHECK_INT(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
    CHECK_INT(send(pair[0], "a neighbour's", 13, 0), 13);
    CHECK(netlink_receive(pair[1], buf, sizeof buf) < 0 && errno == EAGAIN);
    close(pair[0]);
    close(pair[1]);
}

/* The buffer holds a header only, and the kernel's "done" is longer. */
static void what_is_cut_off_is_an_error(void)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 req;
    } m = {
        .head = { .nlmsg_len = sizeof m,
                  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .req = { .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP },
    };
    int sd = sockdiag_open();
    char buf[sizeof(struct nlmsghdr)];

    CHECK_INT(send(sd, &m, sizeof m, 0), sizeof m);
    CHECK(netlink_receive(sd, buf, sizeof buf) < 0 && errno == EMSGSIZE);
    close(sd);
}

static int is_ours(const struct socket_info *s, void *arg)
{
    return address_port(&s->local) == *(int *)arg;
}

/* What is left of an answer that was not read to its end is not taken for the
   answer to the next question. */
static void the_kernel_is_asked_again_and_again(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof a;
    int lfd = socket(AF_INET, SOCK_STREAM, 0), sd = sockdiag_open(), port;
    struct address here;
    struct socket_info s;

    CHECK_INT(bind(lfd, (struct sockaddr *)&a, sizeof a), 0);
    CHECK_INT(listen(lfd, 1), 0);
    CHECK_INT(getsockname(lfd, (struct sockaddr *)&a, &size), 0);
    port = ntohs(a.sin_port);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(sockdiag_each(sd, SOCKDIAG_LISTEN, port, is_ours, &port), 1);
        CHECK_INT(sockdiag_each(sd, SOCKDIAG_LISTEN, 0, is_ours, &port), 1);
    }
    CHECK_INT(address_parse(&here, "127.0.0.1", port), 0);
    CHECK_INT(sockdiag_find(sd, &here, &here, &s), 0); /* it only listens */
    close(lfd);
    CHECK_INT(sockdiag_find(sd, &here, &here, &s), 0);
    CHECK_INT(sockdiag_each(sd, SOCKDIAG_LISTEN, port, is_ours, &port), 0);
    close(sd);
}

int main(void)
{
    an_answer_is_walked_to_its_end();
    other_answers_are_passed_over();
    what_each_refuses_is_remembered();
    lengths_are_not_believed();
    errors_end_it();
    sockets_are_read_whole_or_not_at_all();
    only_the_kernel_is_heard();
    what_is_cut_off_is_an_error();
    the_kernel_is_asked_again_and_again();
    return check_result();
}
