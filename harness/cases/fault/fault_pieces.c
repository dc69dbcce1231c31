/* SPDX-License-Identifier: MIT */
/* Whether sockets can be copied here is found out once, at the start, and
   decides how calls are made short. Without copies the order matters: the next
   piece is sent only after sock_diag has shown that the server took the last
   one, or two would be read at once. The pipe for captured bytes is not
   blocking, since the supervisor's thread writes to it. */
#include "cases/fault/fault_pieces.h"

#include "cases/fault/faulty.h"
#include "client/exchange.h"
#include "fault/socket_look.h"
#include "kit/wait_idle.h"
#include "linux/remote_process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 7 };

/* A request is read a byte at a time: then whatever header it begins with comes
   in pieces, read by itself or into a larger buffer. */
static size_t piece(const struct context *c, enum call kind)
{
    return kind == CALL_RECV && !c->protocol->echo ? 1 : PIECE;
}

/* Have the bytes that the server writes on this connection go into a pipe.
   False: decided. */
static bool capture(struct context *c, struct pieces *p)
{
    struct pid_list holders = { NULL, 0, 0 };
    struct socket_info end = { .inode = 0 };

    if (server_holders(c, p->talk.fd, &holders))
        (void)server_end(c, p->talk.fd, &end);
    pid_list_free(&holders);
    if (!end.inode) {
        verdict_skip(c->v, "its end of the connection is not seen");
        return false;
    }
    if (pipe2(p->pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
        verdict_error(c->v, "pipe: %s", strerror(errno));
        return false;
    }
    fault_shorten(p->fault, p->kind, PIECE,
                  (struct short_io_capture){ end.inode, p->pipe[1] });
    return true;
}

void pieces_begin(struct context *c, struct fault *f, enum call kind,
                  struct pieces *p)
{
    p->fault = f;
    p->kind = kind;
    p->copies = remote_fd_works();
    p->pipe[0] = p->pipe[1] = -1;
    p->made = fault_made(f, kind);
    p->sent = 0;
    client_init(c, &p->talk, 0);
    if (p->copies)
        fault_shorten(f, kind, piece(c, kind),
                      (struct short_io_capture){ 0, -1 });
}

/* Once it sleeps it has put its end where it is watched: is that by edge? */
static bool is_by_edge(struct context *c, int fd)
{
    struct pid_list holders = { NULL, 0, 0 };
    struct socket_info end = { .inode = 0 };
    bool by_edge = false;

    if (server_holders(c, fd, &holders) && server_end(c, fd, &end)) {
        wait_asleep(c);
        for (size_t i = 0; i < holders.n && !by_edge; i++) {
            int its = procfs_fd_of_socket(holders.pid[i], end.inode);

            by_edge = its >= 0 && socket_by_edge(holders.pid[i], its);
        }
    }
    pid_list_free(&holders);
    return by_edge;
}

bool pieces_connect(struct context *c, struct pieces *p)
{
    if (!client_come(c, &p->talk, 0))
        return false;
    talk_open(&p->talk);
    if (!talk_finish(&p->talk, wait_deadline(c))) {
        talk_fail(&p->talk, c->v);
        return false;
    }
    if (p->kind == CALL_RECV && p->copies && is_by_edge(c, p->talk.fd)) {
        fault_release(p->fault, p->kind);
        p->copies = false;
        p->made = fault_made(p->fault, p->kind);
    }
    if (p->copies || p->kind == CALL_RECV)
        return true;
    if (!capture(c, p))
        return false;
    p->talk.from = p->pipe[0];
    return true;
}

/* False at the deadline. */
static bool wait_taken(struct context *c, int fd)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct socket_info end;

    while (server_end(c, fd, &end) && end.rqueue) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

/* Send what has begun in small pieces, each when the last was taken. If the
   server does not read, it is not waited for again: the rest goes at once. */
static void trickle(struct context *c, struct pieces *p)
{
    size_t n = 0;

    for (;;) {
        talk_hold(&p->talk, n += piece(c, p->kind));
        (void)talk_go(&p->talk); /* what comes back next tells how it went */
        p->sent++;
        if (!talk_is_held(&p->talk))
            break;
        if (!wait_taken(c, p->talk.fd)) {
            talk_hold(&p->talk, 0);
            break;
        }
    }
}

/* True if a byte of the server's has come on the connection itself. */
static bool has_byte(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

static bool tell_broken(struct context *c, struct pieces *p, struct verdict *v)
{
    talk_fail(&p->talk, v);
    if (p->talk.from >= 0 && has_byte(p->talk.fd)) {
        verdict_free(v);
        verdict_init(v);
        verdict_skip(c->v, "it writes by other calls too");
    }
    return false;
}

bool pieces_message(struct context *c, struct pieces *p, size_t n,
                    uint32_t sequence, struct verdict *v)
{
    unsigned char text[PIECES_MOST];

    exchange_text(text, n, c->seed + sequence);
    talk_begin_with(&p->talk, sequence, text, n);
    if (!p->copies && p->kind == CALL_RECV)
        trickle(c, p);
    return talk_finish(&p->talk, wait_deadline(c)) || tell_broken(c, p, v);
}

bool pieces_last(struct context *c, struct pieces *p, struct verdict *v)
{
    char byte;

    if (!c->protocol->echo)
        return true;
    if (!exchange_end(p->talk.fd, wait_deadline(c), v))
        return false;
    if (p->pipe[0] < 0 || read(p->pipe[0], &byte, 1) <= 0)
        return true;
    verdict_fail(v, "after the client's FIN came a byte, not FIN");
    return false;
}

/* A server that answers before it reads has yet to do that. */
void pieces_let_read(struct context *c, struct pieces *p)
{
    if (!pieces_delivered(p) && wait_taken(c, p->talk.fd))
        wait_asleep(c);
}

/* Half as many calls as pieces are enough: a read may have found two pieces. */
bool pieces_delivered(const struct pieces *p)
{
    if (!p->copies && p->kind == CALL_RECV)
        return fault_made(p->fault, p->kind) - p->made >= p->sent / 2;
    return fault_injected(p->fault, p->kind) > 0;
}

void pieces_end(struct pieces *p)
{
    fault_release(p->fault, p->kind);
    for (int i = 0; i < 2; i++)
        if (p->pipe[i] >= 0)
            close(p->pipe[i]);
    talk_close(&p->talk);
}
