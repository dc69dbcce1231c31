/* SPDX-License-Identifier: MIT */
/* What a protocol says for a given client and exchange, and the tokens by which
   its answers are told apart. */
#include "client/protocol.h"

#include "base/check.h"
#include "client/protocol_file.h"

static const struct frame_stamp stamp = { 77, 5, 9, 1 };

static struct protocol read_protocol(const char *text)
{
    struct protocol p;
    char why[256] = "";

    CHECK_INT(protocol_parse(&p, "test", text, strlen(text), why, sizeof why),
              0);
    CHECK_STR(why, "");
    return p;
}

static void a_string_is_filled_in(void)
{
    const struct protocol p = read_protocol(
        "send \"{ip}:{port} {token}\\0{{\"\nsend \"{frame}\"\n"
        "expect \"<{frame}{frame}>\"\nexpect \"{token}{port}\"\n");
    struct speaker s = { .protocol = &p, .stamp = stamp };
    unsigned char text[PROTOCOL_STRING], frame[FRAME_BYTES];
    char want[64], token[TOKEN_LETTERS];
    size_t n;

    CHECK(address_parse(&s.to, "127.0.0.1", 7000) == 0);
    token_fill(token, &stamp);
    n = (size_t)sprintf(want, "127.0.0.1:7000 %.16s%c{", token, 0);
    CHECK_INT(protocol_string(&s, &p.step[0], NULL, 0, text), n);
    CHECK(memcmp(text, want, n) == 0);

    memset(frame, 'f', sizeof frame);
    CHECK_INT(protocol_string(&s, &p.step[2], frame, 3, text), 8);
    CHECK(memcmp(text, "<ffffff>", 8) == 0);
    CHECK_INT(protocol_answer_bytes(&s), 2 + 2 * FRAME_BYTES + 16 + 4);
    CHECK_INT(protocol_longest(&p, &p.step[3]), 16 + 5);

    CHECK(address_parse(&s.to, "::1", 65535) == 0);
    n = protocol_string(&s, &p.step[0], NULL, 0, text);
    CHECK(n > 10 && memcmp(text, "::1:65535 ", 10) == 0);
}

/* A frame may be longer than what a string has room for: it is cut. */
static void a_string_never_outgrows_its_room(void)
{
    static unsigned char frame[2 * PROTOCOL_STRING];
    const struct protocol p =
        read_protocol("send \"ab{frame}cd\"\nexpect \"x\"\n");
    const struct speaker s = { .protocol = &p, .stamp = stamp };
    struct {
        unsigned char text[PROTOCOL_STRING], behind[8];
    } room;

    memset(&room, 'u', sizeof room);
    memset(frame, 'f', sizeof frame);
    CHECK_INT(protocol_string(&s, &p.step[0], frame, sizeof frame, room.text),
              PROTOCOL_STRING);
    CHECK(memcmp(room.behind, "uuuuuuuu", 8) == 0);
    CHECK(memcmp(room.text, "abf", 3) == 0);
    CHECK_INT(room.text[PROTOCOL_STRING - 1], 'f');
}

static bool same(const struct frame_stamp *a, const struct frame_stamp *b)
{
    return a->seed == b->seed && a->client == b->client &&
           a->sequence == b->sequence && a->round == b->round;
}

static void a_token_is_letters_that_are_read_back(void)
{
    static const struct frame_stamp stamps[] = {
        { 0, 0, 0, 0 },
        { 1, 2, 3, 4 },
        { UINT64_MAX, 0xffffff, 0xffffff, 0xff },
        { 42, 0xffffff, 0, 0 },
        { 42, 0, 0xffffff, 0 },
        { 42, 0, 0, 0xff },
    };

    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        char token[TOKEN_LETTERS + 1];
        struct frame_stamp s = { 5, 5, 5, 5 };

        token[TOKEN_LETTERS] = '!';
        token_fill(token, &stamps[i]);
        CHECK_INT(token[TOKEN_LETTERS], '!');
        token[TOKEN_LETTERS] = '\0';
        CHECK_INT(strspn(token, "abcdefghijklmnopqrstuvwxyz"), TOKEN_LETTERS);
        CHECK(token_read(token, stamps[i].seed, &s));
        CHECK(same(&s, &stamps[i]));
    }
}

static void no_two_tokens_are_alike(void)
{
    enum { CLIENTS = 24, SEQUENCES = 24, N = CLIENTS * SEQUENCES };
    static char token[N][TOKEN_LETTERS];

    for (uint32_t i = 0; i < N; i++) {
        const struct frame_stamp s = { 42, i % CLIENTS, i / CLIENTS, 0 };

        token_fill(token[i], &s);
        for (uint32_t k = 0; k < i; k++) {
            int differ = 0;

            for (int at = 0; at < TOKEN_LETTERS; at++)
                differ += token[i][at] != token[k][at];
            CHECK(differ > 4);
        }
    }
}

static void a_damaged_token_is_refused(void)
{
    struct frame_stamp s;
    char token[TOKEN_LETTERS], other[TOKEN_LETTERS];

    for (uint32_t round = 0; round < 16; round++) {
        const struct frame_stamp whose = { 3, 1, 2, round };

        token_fill(token, &whose);
        for (int at = 0; at < TOKEN_LETTERS; at++)
            for (int c = 0; c < 256; c++) {
                memcpy(other, token, sizeof other);
                other[at] = (char)c;
                if (other[at] != token[at])
                    CHECK(!token_read(other, 3, &s));
            }
    }
}

/* Of 2^14 seeds one has the same tag: these have not. */
static void a_token_of_another_run_is_refused(void)
{
    char token[TOKEN_LETTERS];
    struct frame_stamp s;

    token_fill(token, &stamp);
    for (uint64_t seed = 0; seed < 1000; seed++)
        if (seed != stamp.seed)
            CHECK(!token_read(token, seed, &s));
    CHECK(!token_read(token, UINT64_MAX, &s));
}

static void words_are_no_tokens(void)
{
    static const char *const words[] = { "aaaaaaaaaaaaaaaa", "zzzzzzzzzzzzzzzz",
                                         "abcdefghijklmnop", "ABCDEFGHIJKLMNOP",
                                         "                " };
    struct frame_stamp s;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (uint64_t seed = 0; seed < 100; seed++)
            CHECK(!token_read(words[i], seed, &s));
}

static void a_foreign_token_is_found_at_any_offset(void)
{
    const struct frame_stamp other = { 77, 6, 9, 1 };
    struct frame_stamp whose;
    unsigned char bytes[64];
    char token[TOKEN_LETTERS];

    token_fill(token, &other);
    for (size_t at = 0; at + TOKEN_LETTERS <= sizeof bytes; at++) {
        memset(bytes, 'a', sizeof bytes);
        memcpy(bytes + at, token, sizeof token);
        CHECK(token_foreign(bytes, sizeof bytes, &stamp, false, &whose));
        CHECK(same(&whose, &other));
        CHECK(!token_foreign(bytes, at + TOKEN_LETTERS - 1, &stamp, false,
                             &whose));
        CHECK(!token_foreign(bytes, sizeof bytes, &other, true,
                             &whose)); /* its own */
    }
    CHECK(!token_foreign(bytes, 0, &stamp, false, &whose));
}

/* It is found behind one's own, too; and another exchange's, where that is
   asked for. */
static void ones_own_token_hides_no_other(void)
{
    static const struct frame_stamp others[] = { { 77, 6, 9, 1 },
                                                 { 77, 5, 9, 2 },
                                                 { 77, 5, 10, 1 } };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct frame_stamp whose;
        char both[2 * TOKEN_LETTERS];
        const unsigned char *bytes = (const unsigned char *)both;

        token_fill(both, &stamp);
        token_fill(both + TOKEN_LETTERS, &others[i]);
        CHECK(token_foreign(bytes, sizeof both, &stamp, true, &whose));
        CHECK(same(&whose, &others[i]));
        CHECK_INT(token_foreign(bytes, sizeof both, &stamp, false, &whose),
                  i < 2);
    }
}

int main(void)
{
    a_string_is_filled_in();
    a_string_never_outgrows_its_room();
    a_token_is_letters_that_are_read_back();
    no_two_tokens_are_alike();
    a_damaged_token_is_refused();
    a_token_of_another_run_is_refused();
    words_are_no_tokens();
    a_foreign_token_is_found_at_any_offset();
    ones_own_token_hides_no_other();
    return check_result();
}
