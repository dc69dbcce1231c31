/* SPDX-License-Identifier: MIT */
/* Ways to talk: requests held or sent ahead, whose answer it is, and what is
   told of all that. */
#include "client/test_talk.h"

/* ---- held, ahead, in pieces ---- */

static void half_a_request_is_held(void)
{
    meet("hello \"h\"\nsend \"abcd\"\nexpect \"ok\"\nsend \"ef\"\n"
         "expect \"ok\"\n");
    talk_begin(&t, 0);
    talk_hold_half(&t);
    CHECK(!talk_is_held(&t));
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK(talk_is_held(&t));
    CHECK_STR(heard(), "hab");
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "");
    t.hold = 0;
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "cd");
    CHECK_STR(transcript(), ">h|>abcd");
    say("ok");
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "ef");
    say("ok");
    CHECK_INT(talk_go(&t), TALK_DONE);
}

static void of_one_byte_all_is_sent(void)
{
    meet("send \"a\"\nexpect \"ok\"\n");
    talk_begin(&t, 0);
    talk_hold_half(&t);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "a");
    say("ok");
    CHECK_INT(talk_go(&t), TALK_DONE);
}

static void all_of_an_exchange_may_be_sent_ahead(void)
{
    static const char file[] = "send \"a{token}\"\nexpect \"{token}\"\n"
                               "send \"b\"\nexpect \"c\"\n";
    unsigned char all[PROTOCOL_STRING];
    char want[64];
    size_t n;

    meet(file);
    n = talk_request(&t, 4, all, sizeof all);
    sprintf(want, "a%sb", token_of(5, 4));
    CHECK_INT(n, strlen(want));
    CHECK(memcmp(all, want, n) == 0);
    talk_begin_sent(&t, 4);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "");
    say(token_of(5, 4));
    say("c");
    CHECK_INT(talk_go(&t), TALK_DONE);
}

/* Answers to what was sent ahead may come all at once. */
static void answers_of_requests_ahead_follow_each_other(void)
{
    meet("send \"a{token}\"\nexpect \"{token}\"\n");
    for (uint32_t i = 0; i < 3; i++)
        say(token_of(5, i));
    for (uint32_t i = 0; i < 3; i++) {
        talk_begin_sent(&t, i);
        CHECK_INT(talk_go(&t), TALK_DONE);
    }
    CHECK_INT(t.nin, 0);
}

static void in_lockstep_the_first_request_is_all(void)
{
    unsigned char all[PROTOCOL_STRING];

    meet("send \"a\"\nsend \"b\"\nexpect \"c\"\nsend \"d\"\nexpect \"e\"\n"
         "lockstep\n");
    CHECK_INT(talk_request(&t, 0, all, sizeof all), 2);
    CHECK(memcmp(all, "ab", 2) == 0);
    CHECK_INT(talk_request(&t, 0, all, 1), 1);
}

static void a_flood_is_whole_requests(void)
{
    unsigned char piece[100];
    uint32_t sequence = 7;

    meet("send \"{token}\"\nexpect \"{token}\"\n");
    CHECK_INT(talk_flood(&t, &sequence, piece, sizeof piece), 96);
    CHECK_INT(sequence, 13);
    CHECK(memcmp(piece + 80, token_of(5, 12), TOKEN_LETTERS) == 0);
    CHECK_INT(talk_flood(&t, &sequence, piece, 15), 0);
    CHECK_INT(sequence, 13);
    meet(protocol_echo_text);
    CHECK_INT(talk_flood(&t, &sequence, piece, sizeof piece), 0);
}

/* Where no byte can be sent for a while the request is told once. */
static void a_full_socket_is_waited_for(void)
{
    static const char junk[65536];
    char rest[4096];

    meet("send \"ab\"\nexpect \"c\"\n");
    while (send(t.fd, junk, sizeof junk, 0) > 0)
        ;
    while (send(t.fd, junk, 1, 0) > 0)
        ;
    talk_begin(&t, 0);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(talk_go(&t), TALK_GOING);
        CHECK_INT(talk_poll(&t).events, POLLOUT);
    }
    while (recv(server, rest, sizeof rest, 0) > 0)
        ;
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(talk_poll(&t).events, POLLIN);
    CHECK_STR(heard(), "ab");
    CHECK_STR(transcript(), ">ab");
}

/* A talk that only speaks awaits what comes first. */
static void who_only_says_awaits_no_answer(void)
{
    meet("greeting \"g\"\nsend \"a\"\nsend \"b\"\nexpect \"c\"\n");
    say("g");
    talk_begin(&t, 0);
    talk_say(&t);
    CHECK_STR(heard(), "ab");
    say("c");
    CHECK_INT(talk_go(&t), TALK_DONE);
}

/* ---- whose answer it is ---- */

static void a_foreign_token_is_named(void)
{
    meet("send \"{token}\"\nexpect \"{token}\"\n");
    talk_begin(&t, 1);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say(token_of(9, 4));
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_FOREIGN);
    CHECK_INT(t.whose.client, 9);
    CHECK_INT(t.whose.sequence, 4);
    CHECK(strstr(described(), "the token of client 9, exchange 4, came: \""));
    CHECK_STR(talk_ended_by(&t), "another's token");
}

static void the_token_before_is_foreign_if_ones_own_does_not_come(void)
{
    for (int end = 0; end < 2; end++) {
        meet("send \"{token}\"\nexpect \"{token}\"\n");
        talk_begin(&t, 1);
        CHECK_INT(talk_go(&t), TALK_GOING);
        say(token_of(5, 0));
        CHECK_INT(talk_go(&t), TALK_GOING);
        if (end) {
            shutdown(server, SHUT_WR);
            CHECK_INT(talk_go(&t), TALK_ENDED);
        } else {
            CHECK_INT(talk_give_up(&t), TALK_ENDED);
        }
        CHECK_INT(t.trouble, TALK_FOREIGN);
        CHECK_INT(t.whose.client, 5);
        CHECK_INT(t.whose.sequence, 0);
    }
}

/* The rest of an answer, too late to be dropped. */
static void an_exchange_may_be_named_twice(void)
{
    meet("send \"{token}\"\nexpect \"{token}\"\n");
    talk_begin(&t, 0);
    say(token_of(5, 0));
    CHECK_INT(talk_go(&t), TALK_DONE);
    talk_begin(&t, 1);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say(token_of(5, 0));
    CHECK_INT(talk_go(&t), TALK_GOING);
    say(token_of(5, 1));
    CHECK_INT(talk_go(&t), TALK_DONE);
}

/* Its bytes came to a client that they are not for, though this client's come
   behind them. */
static void a_foreign_token_before_ones_own_is_named(void)
{
    meet("send \"{token}\"\nexpect \"{token}\"\n");
    talk_begin(&t, 1);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say(token_of(9, 4));
    say(token_of(5, 1));
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_FOREIGN);
    CHECK_INT(t.whose.client, 9);
}

/* The name under which this client has opened its connection: a server may
   speak to it by that at any time. */
static void the_token_of_the_opening_is_ones_own(void)
{
    meet("hello \"NICK {token}\"\nwelcome \"001\"\n"
         "send \"PING {token}\"\nexpect \"{token}\"\n");
    for (uint32_t i = 0; i < 3; i++) {
        talk_begin(&t, i);
        if (i == 0)
            say("001");
        CHECK_INT(talk_go(&t), TALK_GOING);
        say(token_of(5, 0));
        say(" MODE +i\r\n");
        CHECK_INT(talk_go(&t), i ? TALK_GOING : TALK_DONE);
        say("PONG ");
        say(token_of(5, i));
        CHECK_INT(talk_go(&t), TALK_DONE);
    }
}

/* ---- the transcript ---- */

static void a_long_transcript_is_cut(void)
{
    meet("send \"{token}\"\nexpect \"{token}\"\n");
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    for (int i = 0; i < TALK_LOG; i++) {
        say("x");
        CHECK_INT(talk_go(&t), TALK_GOING);
    }
    CHECK(t.log_full && t.nlog <= TALK_LOG);
    CHECK(transcript()[0] == '>');
    say(token_of(5, 0));
    CHECK_INT(talk_go(&t), TALK_DONE);
    talk_begin(&t, 1);
    CHECK(!t.log_full);
}

static void what_came_is_counted(void)
{
    uint32_t tally = 0;

    meet("send \"a\"\nexpect \"b\"\n");
    t.tally = &tally;
    talk_begin(&t, 0);
    say("xxb");
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_INT(tally, 3);
    CHECK_INT(t.moved, 4);
}

/* Up to FIN, where the server closes of itself; else the client does first, and
   once that was seen, at once. */
static void what_follows_is_read_to_the_end(void)
{
    char byte;

    for (int closes = 1; closes >= 0; closes--) {
        meet("send \"a\"\nexpect \"b\"\nonce\n");
        say("b, and more");
        if (closes)
            CHECK_INT(shutdown(server, SHUT_WR), 0);
        talk_begin(&t, 0);
        CHECK_INT(talk_go(&t), TALK_DONE);
        CHECK_STR(heard(), "a");
        talk_read_out(&t);
        CHECK_INT(recv(t.fd, &byte, 1, 0), closes ? 0 : -1);
        CHECK_INT(recv(server, &byte, 1, 0), closes ? -1 : 0);
    }
}

int main(void)
{
    half_a_request_is_held();
    of_one_byte_all_is_sent();
    all_of_an_exchange_may_be_sent_ahead();
    answers_of_requests_ahead_follow_each_other();
    in_lockstep_the_first_request_is_all();
    a_flood_is_whole_requests();
    a_full_socket_is_waited_for();
    who_only_says_awaits_no_answer();
    a_foreign_token_is_named();
    the_token_before_is_foreign_if_ones_own_does_not_come();
    an_exchange_may_be_named_twice();
    a_foreign_token_before_ones_own_is_named();
    the_token_of_the_opening_is_ones_own();
    a_long_transcript_is_cut();
    what_came_is_counted();
    what_follows_is_read_to_the_end();
    return check_result();
}
