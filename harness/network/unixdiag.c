/* SPDX-License-Identifier: MIT */
/* The kernel's table of unix sockets, asked for by unix_diag messages: the name
   and the peer of each. */
#include "network/unixdiag.h"

#include "network/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

enum { QUESTION_BYTES = 256 };

struct visit {
    int (*each)(const struct unix_info *u, void *arg);
    void *arg;
    int result;
};

static int take_attribute(const struct nlattr *a, void *arg)
{
    struct unix_info *u = arg;
    uint16_t n = mnl_attr_get_payload_len(a);

    if (mnl_attr_get_type(a) == UNIX_DIAG_PEER && n >= sizeof(uint32_t))
        u->peer = mnl_attr_get_u32(a);
    if (mnl_attr_get_type(a) == UNIX_DIAG_NAME && n > 0) {
        u->named = true;
        u->in_file_system = *(const char *)mnl_attr_get_payload(a) != '\0';
    }
    return MNL_CB_OK;
}

static int visit(const struct nlmsghdr *h, void *arg)
{
    const struct unix_diag_msg *m = mnl_nlmsg_get_payload(h);
    struct visit *v = arg;
    struct unix_info u = { 0 };

    if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        mnl_nlmsg_get_payload_len(h) < sizeof *m) {
        errno = EBADMSG;
        return -1;
    }
    u.inode = m->udiag_ino;
    u.type = m->udiag_type;
    if (mnl_attr_parse(h, sizeof *m, take_attribute, &u) < 0)
        return -1;
    if (v->result == 0)
        v->result = v->each(&u, v->arg);
    return 0;
}

int unixdiag_each(int sd, int (*each)(const struct unix_info *u, void *arg),
                  void *arg)
{
    _Alignas(struct nlmsghdr) char buf[QUESTION_BYTES];
    struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
    struct unix_diag_req *req = mnl_nlmsg_put_extra_header(h, sizeof *req);
    struct visit v = { each, arg, 0 };

    h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    req->sdiag_family = AF_UNIX;
    req->udiag_states = ~0u;
    req->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER;
    if (netlink_ask(sd, h, visit, &v) < 0)
        return -1;
    return v.result;
}
