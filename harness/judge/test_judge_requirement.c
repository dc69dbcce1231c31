/* SPDX-License-Identifier: MIT */
/* The judges that cases and crowds share, on made-up observations. */
#include "judge/judge_requirement.h"

#include "judge/test_judgement.h"

#include <string.h>

static const struct frame_stamp mine = { 42, 3, 10, 1 };

/* The owner and the fact that are stated of n bytes which came for frame
   mine. */
static void owned(const unsigned char *got, size_t n, enum bytes_owner owner,
                  const char *fact)
{
    struct verdict v;

    verdict_init(&v);
    CHECK_INT(judge_owner(&mine, got, n, &v), owner);
    CHECK_STR(fact_of(&v, 0), fact);
    verdict_free(&v);
}

/* A frame of another client is found even between frames of the client's
   own. */
static void anothers_frame_is_found_wherever_it_begins(void)
{
    struct frame_stamp own = mine, other = { 42, 7, 4, 1 };
    unsigned char got[5 * FRAME_BYTES];
    const size_t at[] = { 0, 1, FRAME_BYTES, 100, 4 * FRAME_BYTES };

    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        for (size_t k = 0; k < 5; k++)
            frame_fill(got + k * FRAME_BYTES, &own);
        frame_fill(got + at[i], &other);
        owned(got, sizeof got, OWNER_ANOTHER,
              "client 3, frame 10, got client 7's frame 4");
    }
    /* Less than a whole frame is nobody's. */
    owned(got + 4 * FRAME_BYTES, FRAME_BYTES - 1, OWNER_UNKNOWN, NULL);
}

static void a_frame_of_its_own_is_nobody_elses(void)
{
    struct frame_stamp own = mine;
    unsigned char got[2 * FRAME_BYTES];

    memset(got, '.', sizeof got);
    owned(got, sizeof got, OWNER_UNKNOWN, NULL);
    owned(got, 0, OWNER_UNKNOWN, NULL);
    own.sequence = 9;
    frame_fill(got + 5, &own);
    owned(got, sizeof got, OWNER_ITSELF,
          "client 3, frame 10, got client 3's frame 9");
    own.round = 0;
    frame_fill(got + 5, &own);
    owned(got, sizeof got, OWNER_ANOTHER,
          "client 3, frame 10, got client 3's frame 9 of another round");
    own.seed = 41;
    frame_fill(got + 5, &own);
    owned(got, sizeof got, OWNER_ANOTHER,
          "client 3, frame 10, got client 3's frame 9 of another run");
}

static void reasons_are_counted_once_each(void)
{
    struct unserved u = { 0 };
    struct verdict v;
    char why[8] = "?";

    unserved_add(&u, 4, "silence");
    unserved_add(&u, 6, "RST");
    unserved_add(&u, 7, "silence");
    verdict_init(&v);
    judge_unserved(&u, 10, 7, 2, true, &v);
    CHECK_VERDICT(&v, VERDICT_FAIL, "3 of 10 clients were not served", 2);
    CHECK_STR(v.evidence.observed, "7 had their frame number 2 back while all "
                                   "were connected; the server has ended");
    CHECK_STR(fact_of(&v, 0), "2 clients, the first of them client 4: silence");
    verdict_free(&v);
    /* Every client counts, even when there are more reasons than are kept. */
    for (char k = 'a'; k <= 'z'; k++) {
        why[0] = k;
        unserved_add(&u, 1, why);
    }
    CHECK_INT(u.n, 29);
    CHECK_INT(u.nkinds, UNSERVED_KINDS);
}

static void connections_are_named_with_their_holder(void)
{
    struct proc_fd fd = { .fd = 4 };
    struct audit_process p = { .pid = 5000001, .fds = { &fd, 1, 1 } };
    struct snapshot now = { .process = &p, .n = 1 };
    struct socket_info left[2] = { { .state = 8, .inode = 77, .rqueue = 5 },
                                   { .state = 1, .inode = 78 } };
    struct verdict v;

    strcpy(fd.what, "socket:[77]");
    verdict_init(&v);
    judge_sockets(left, 2, 20, 50, &now, &v);
    CHECK_VERDICT(&v, VERDICT_FAIL, "20 connections were never closed", 2);
    CHECK(strstr(fact_of(&v, 0), "CLOSE_WAIT"));
    CHECK(strstr(fact_of(&v, 0), "5 bytes unread; pid 5000001 holds it as fd "
                                 "4"));
    CHECK(!strstr(fact_of(&v, 1), "holds"));
    verdict_free(&v);
    verdict_init(&v);
    judge_sockets(left, 0, 0, 50, NULL, &v);
    CHECK_VERDICT(&v, VERDICT_PASS, NULL, 0);
    verdict_free(&v);
}

int main(void)
{
    anothers_frame_is_found_wherever_it_begins();
    a_frame_of_its_own_is_nobody_elses();
    reasons_are_counted_once_each();
    connections_are_named_with_their_holder();
    return check_result();
}
