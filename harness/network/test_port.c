/* SPDX-License-Identifier: MIT */
/* Two processes that take a port never get the same one; a port that another
   socket holds, in whatever state, is passed over; a port that was taken can be
   bound. */
#include "base/check.h"
#include "network/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEED = 4711 };

/* A listening socket on that port of 127.0.0.9, or -1. */
static int listener(int port, bool reuse)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((unsigned short)port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = reuse;

    a.sin_addr.s_addr = htonl(0x7f000009);
    if (fd >= 0 &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1) == 0)
        return fd;
    close(fd);
    return -1;
}

/* The first free port from number upwards. */
static int taken_from(int number, struct port *p)
{
    CHECK_INT(port_take(p, (unsigned)(number - 7000)), 0);
    return p->number;
}

static void two_at_a_time(void)
{
    struct port a, b;

    CHECK_INT(port_take(&a, SEED), 0);
    CHECK_INT(port_take(&b, SEED), 0);
    CHECK(a.number >= 7000 && a.number < 16000 && b.number != a.number);
    port_release(&a);
    port_release(&b);
    CHECK_INT(a.number, 0);
}

/* Another process has taken a port, until it is killed. */
static void of_another_process(void)
{
    int told[2], number = 0;
    struct port p;
    pid_t other;

    CHECK_INT(pipe(told), 0);
    other = fork();
    if (other == 0) {
        if (port_take(&p, SEED) == 0 &&
            write(told[1], &p.number, sizeof p.number) > 0)
            pause();
        _exit(1);
    }
    CHECK_INT(read(told[0], &number, sizeof number), sizeof number);
    CHECK(taken_from(number, &p) != number);
    port_release(&p);
    CHECK_INT(kill(other, SIGKILL), 0);
    CHECK_INT(waitpid(other, NULL, 0), other);
    CHECK_INT(taken_from(number, &p), number);
    port_release(&p);
}

static void bound_by_another(void)
{
    struct port p;
    int number, fd, again;

    CHECK_INT(port_take(&p, SEED), 0);
    number = p.number;
    /* Like a target that does not set SO_REUSEADDR. */
    fd = listener(number, false);
    CHECK(fd >= 0);
    port_release(&p);
    CHECK(taken_from(number, &p) != number);
    port_release(&p);
    close(fd);
    again = listener(number, true);
    CHECK(again >= 0);
    CHECK(taken_from(number, &p) != number);
    port_release(&p);
    close(again);
}

/* The side that closes first keeps the port for a minute. */
static void in_time_wait(void)
{
    struct sockaddr_in a;
    socklen_t len = sizeof a;
    struct port p;
    int number, lfd, cfd, fd;
    char byte;

    CHECK_INT(port_take(&p, SEED), 0);
    number = p.number;
    lfd = listener(number, true);
    CHECK_INT(getsockname(lfd, (struct sockaddr *)&a, &len), 0);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT(connect(fd, (struct sockaddr *)&a, len), 0);
    cfd = accept(lfd, NULL, NULL);
    close(lfd);
    CHECK_INT(shutdown(cfd, SHUT_WR), 0);
    CHECK_INT(read(fd, &byte, 1), 0);
    close(fd);
    CHECK_INT(read(cfd, &byte, 1), 0);
    close(cfd);
    port_release(&p);
    CHECK(taken_from(number, &p) != number);
    port_release(&p);
}

int main(void)
{
    two_at_a_time();
    of_another_process();
    bound_by_another();
    in_time_wait();
    return check_result();
}
