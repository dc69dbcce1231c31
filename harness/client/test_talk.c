/* SPDX-License-Identifier: MIT */
/* What comes is an answer, or none: frames, text, and the opening. */
#include "client/test_talk.h"

#include <stdlib.h>

/* ---- frames ---- */

static void an_echo_may_come_in_pieces(void)
{
    unsigned char frame[FRAME_BYTES];
    const struct frame_stamp s = { 77, 5, 3, 1 };

    meet(protocol_echo_text);
    talk_begin(&t, 3);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(talk_poll(&t).events, POLLIN);
    frame_fill(frame, &s);
    CHECK_INT(recv(server, frame, sizeof frame, 0), FRAME_BYTES);
    for (size_t i = 0; i < FRAME_BYTES; i++) {
        CHECK_INT(talk_go(&t), TALK_GOING);
        say_bytes(frame + i, 1);
    }
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_INT(t.came, FRAME_BYTES);
    CHECK_INT(t.moved, 2 * FRAME_BYTES);
    CHECK_STR(transcript(), "");
}

static void a_wrong_byte_is_seen(void)
{
    unsigned char frame[FRAME_BYTES];

    meet(protocol_echo_text);
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(recv(server, frame, sizeof frame, 0), FRAME_BYTES);
    frame[40] ^= 1;
    say_bytes(frame, sizeof frame);
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_WRONG);
    CHECK_STR(described(), "wrong bytes from offset 40");
    CHECK_INT(talk_go(&t), TALK_ENDED); /* and for good */
}

static void a_fin_in_the_middle_is_seen(void)
{
    unsigned char frame[FRAME_BYTES];

    meet(protocol_echo_text);
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(recv(server, frame, sizeof frame, 0), FRAME_BYTES);
    say_bytes(frame, 20);
    shutdown(server, SHUT_WR);
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_FIN);
    CHECK_STR(described(), "20 of 64 bytes came back, then FIN");
    CHECK_STR(talk_ended_by(&t), "FIN");
}

/* What is wrong counts more than that it is too little. */
static void a_wrong_byte_before_a_fin_is_wrong(void)
{
    meet(protocol_echo_text);
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say("no echo");
    shutdown(server, SHUT_WR);
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_WRONG);
    CHECK_STR(described(), "wrong bytes from offset 0");
}

static void frames_of_ones_own_follow_each_other(void)
{
    meet(protocol_echo_text);
    talk_begin_with(&t, 0, (const unsigned char *)"abc", 3);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "abc");
    say("abc");
    CHECK_INT(talk_go(&t), TALK_DONE);
    talk_begin_with(&t, 1, (const unsigned char *)"de", 2);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "de");
    say("dX");
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_WRONG);
}

/* So many bytes are an answer, and fewer if nothing more comes. */
static void enough_is_an_answer(void)
{
    meet(protocol_echo_text);
    t.enough = 10;
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say("0123456789more");
    CHECK_INT(talk_go(&t), TALK_DONE);

    meet(protocol_echo_text);
    t.enough = 10;
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say("012");
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(talk_give_up(&t), TALK_DONE);

    meet(protocol_echo_text);
    t.enough = 10;
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(talk_give_up(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_SILENT);
}

static void who_gives_up_says_silence(void)
{
    meet(protocol_echo_text);
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(talk_give_up(&t), TALK_ENDED);
    CHECK_STR(described(), "0 of 64 bytes came back, then silence");

    meet("send \"a\"\nexpect \"b\\r\"\n");
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(talk_give_up(&t), TALK_ENDED);
    CHECK_STR(described(), "no \"b\\r\", but silence");

    meet("send \"a\"\nexpect \"b\"\n");
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say("x{\x01\"");
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(talk_give_up(&t), TALK_ENDED);
    CHECK_STR(described(), "no \"b\", but \"x{\\x01\\\"\" and then silence");
}

/* ---- text ---- */

static void an_answer_is_found_across_reads(void)
{
    static const char answer[] = "banner +PO+PONG\r\n";

    meet("send \"PING\"\nexpect \"+PONG\\r\\n\"\n");
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "PING");
    for (const char *at = answer; *at; at++) {
        CHECK_INT(talk_go(&t), TALK_GOING);
        say_bytes(at, 1);
    }
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_INT(t.nin, 0);
}

static void an_answer_is_found_behind_much_else(void)
{
    enum { LONG = 5 * TALK_READ };
    char *text = malloc(LONG);

    for (size_t cut = 0; cut < 8; cut++) {
        meet("send \"a\"\nexpect \"needle\"\n");
        talk_begin(&t, 0);
        memset(text, 'n', LONG);
        say_bytes(text, LONG - cut);
        say("needle");
        CHECK_INT(talk_go(&t), TALK_DONE);
        CHECK_INT(t.came, LONG - cut + 6);
    }
    free(text);
}

/* Whoever reads on for ever never comes to a verdict. */
static void what_has_no_end_is_told(void)
{
    static char junk[16384];

    meet("send \"a\"\nexpect \"needle\"\n");
    talk_begin(&t, 0);
    memset(junk, 'n', sizeof junk);
    while (talk_go(&t) == TALK_GOING)
        say_bytes(junk, sizeof junk);
    CHECK(t.came > TALK_MOST && t.came <= TALK_MOST + sizeof junk);
    CHECK_INT(t.trouble, TALK_ENDLESS);
    CHECK_STR(talk_ended_by(&t), "no end");
}

static void an_expect_comes_after_the_last_match(void)
{
    meet("send \"a\"\nexpect \"1\"\nexpect \"2\"\nexpect \"1\"\n");
    talk_begin(&t, 0);
    say("2 1 2 ");
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_INT(t.step, 3);
    say("1");
    CHECK_INT(talk_go(&t), TALK_DONE);
}

/* A late rest of one answer is not taken for the next. */
static void what_follows_a_match_is_dropped(void)
{
    meet("send \"a\"\nexpect \"ok\"\n");
    talk_begin(&t, 0);
    say("ok and more ok");
    CHECK_INT(talk_go(&t), TALK_DONE);
    say("late ok");
    talk_begin(&t, 1);
    CHECK_INT(talk_go(&t), TALK_GOING);
    say("ok");
    CHECK_INT(talk_go(&t), TALK_DONE);
}

/* As the banner of an SSH server, which the file has in no greeting. */
static void what_comes_before_the_request_is_kept(void)
{
    meet("send \"a\"\nexpect \"banner\"\n");
    say("banner");
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_STR(heard(), "a");
}

static void a_fin_after_the_answer_is_none_of_its_business(void)
{
    meet("send \"a\"\nexpect \"b\"\nonce\n");
    talk_begin(&t, 0);
    say("b");
    shutdown(server, SHUT_WR);
    CHECK_INT(talk_go(&t), TALK_DONE);
    talk_begin(&t, 1);
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_FIN);
    CHECK_STR(described(), "no \"b\", but FIN");
}

static void a_gone_server_is_seen_in_sending(void)
{
    meet("send \"a\"\nexpect \"b\"\n");
    say("go away");
    shutdown(server, SHUT_RDWR);
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_ENDED);
    CHECK_INT(t.trouble, TALK_SEND_FAILED);
    CHECK_STR(described(), "send: RST");
    CHECK_STR(transcript(), ">a|<go away"); /* its last words */
}

/* ---- the opening ---- */

static const char opened[] = "greeting \"220\"\nhello \"EHLO {token}\"\n"
                             "welcome \"{token}\"\nsend \"NOOP\"\n"
                             "expect \"250\"\nbye \"Q\"\n";

static void an_opening_comes_first_and_once(void)
{
    char hello[32];

    meet(opened);
    talk_begin(&t, 0);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "");
    say("220 welcome\r\n");
    CHECK_INT(talk_go(&t), TALK_GOING);
    sprintf(hello, "EHLO %s", token_of(5, 0));
    CHECK_STR(heard(), hello);
    say(token_of(5, 0));
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "NOOP");
    say("250");
    CHECK_INT(talk_go(&t), TALK_DONE);

    talk_begin(&t, 1);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "NOOP");
    say("250");
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_STR(transcript(), ">NOOP|<250");
}

static void an_opening_may_come_alone(void)
{
    meet(opened);
    talk_open(&t);
    say("220 ");
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK(strlen(heard()) == strlen("EHLO ") + TOKEN_LETTERS);
    say(token_of(5, 0));
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_STR(heard(), "");
    talk_begin(&t, 1);
    CHECK_INT(talk_go(&t), TALK_GOING);
    CHECK_STR(heard(), "NOOP");
    say("250");
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_INT(strncmp(transcript(), "<220 |>EHLO ", 12), 0);
}

/* Without an opening there is nothing to open. */
static void no_opening_is_done_at_once(void)
{
    meet("send \"a\"\nexpect \"b\"\n");
    talk_open(&t);
    CHECK_INT(talk_go(&t), TALK_DONE);
    CHECK_STR(heard(), "");
}

int main(void)
{
    an_echo_may_come_in_pieces();
    a_wrong_byte_is_seen();
    a_fin_in_the_middle_is_seen();
    a_wrong_byte_before_a_fin_is_wrong();
    frames_of_ones_own_follow_each_other();
    enough_is_an_answer();
    who_gives_up_says_silence();
    an_answer_is_found_across_reads();
    an_answer_is_found_behind_much_else();
    what_has_no_end_is_told();
    an_expect_comes_after_the_last_match();
    what_follows_a_match_is_dropped();
    what_comes_before_the_request_is_kept();
    a_fin_after_the_answer_is_none_of_its_business();
    a_gone_server_is_seen_in_sending();
    an_opening_comes_first_and_once();
    an_opening_may_come_alone();
    no_opening_is_done_at_once();
    return check_result();
}
