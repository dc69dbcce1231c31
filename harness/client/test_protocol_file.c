/* SPDX-License-Identifier: MIT */
/* Protocol files: right ones are understood, and of each wrong one the byte is
   named at which it goes wrong. */
#include "client/protocol_file.h"

#include "base/check.h"

#include <stdlib.h>

#define X "send \"a\"\nexpect \"b\"\n" /* a good exchange: two lines */

static struct protocol p;
static char why[256];

static int parse(const char *text)
{
    return protocol_parse(&p, "name", text, strlen(text), why, sizeof why);
}

/* What step i says, a token as "<t>", an address as its placeholder. */
static const char *said(const struct protocol_step *step)
{
    static const char *const names[] = { "", "<t>", "<f>", "<ip>", "<port>" };
    static char text[PROTOCOL_STRING + 1];
    size_t n = 0;

    for (size_t i = 0; i < step->n; i++) {
        const struct protocol_part *part = &p.part[step->first + i];

        if (part->kind == PART_LITERAL) {
            memcpy(text + n, p.literals + part->at, part->n);
            n += part->n;
        } else {
            n += (size_t)sprintf(text + n, "%s", names[part->kind]);
        }
    }
    text[n] = '\0';
    return text;
}

static void check_good(const char *text)
{
    why[0] = '\0';
    CHECK_INT(parse(text), 0);
    CHECK_STR(why, "");
}

static void every_kind_of_line_is_taken(void)
{
    check_good("# all that there is\n"
               "greeting \"220 \"  # a comment\n"
               "\n"
               "\thello\t\"EHLO {token}\\r\\n\"\n"
               "welcome \"250 \"\n"
               "send \"NOOP {ip}:{port} {{x}\\r\\n\"\n"
               "  expect \"250 # \"\n"
               "send \"{token}\" # own\n"
               "expect \"{token}\"\n"
               "bye \"QUIT {token}\\r\\n\"\n"
               "once\nlockstep#\n");
    CHECK_STR(p.name, "name");
    CHECK_INT(p.opening, 3);
    CHECK_INT(p.steps, 7);
    CHECK(p.once && p.lockstep && p.has_bye && p.own && !p.echo);
    CHECK(!p.step[0].sends && p.step[1].sends && !p.step[2].sends);
    CHECK(p.step[3].sends && !p.step[4].sends);
    CHECK(p.step[1].has_token && !p.step[3].has_token);
    CHECK_STR(said(&p.step[0]), "220 ");
    CHECK_STR(said(&p.step[1]), "EHLO <t>\r\n");
    CHECK_STR(said(&p.step[3]), "NOOP <ip>:<port> {x}\r\n");
    CHECK_STR(said(&p.step[4]), "250 # ");
    CHECK_STR(said(&p.bye), "QUIT <t>\r\n");
}

static void an_exchange_is_enough(void)
{
    check_good(X);
    CHECK_INT(p.opening, 0);
    CHECK_INT(p.steps, 2);
    CHECK(!p.once && !p.lockstep && !p.has_bye && !p.own && !p.echo);
    check_good("once\n" X);
    CHECK(p.once);
    check_good("greeting \"g\"\n" X);
    CHECK_INT(p.opening, 1);
    check_good("hello \"h\"\n" X);
    CHECK_INT(p.opening, 1);
    CHECK(p.step[0].sends);
    check_good("send\"a\"\nexpect\"b\"");
    CHECK_INT(p.steps, 2);
}

static void every_escape_is_its_byte(void)
{
    static const unsigned char bytes[] = "\r\n\t\0\\\"\x0f\xf0{";

    check_good(
        "send \"\\r\\n\\t\\0\\\\\\\"\\x0f\\xF0{{\"\nexpect \"\xc3\xa9\"");
    CHECK_INT(p.part[0].n, sizeof bytes - 1);
    CHECK(memcmp(p.literals, bytes, sizeof bytes - 1) == 0);
    CHECK_STR(said(&p.step[1]), "\xc3\xa9");
}

static void echo_is_a_protocol(void)
{
    check_good(protocol_echo_text);
    CHECK(p.echo && p.own);
    check_good("send \"x{frame}\"\nexpect \"{frame}\"");
    CHECK(p.own && !p.echo);
    check_good("greeting \"g\"\nsend \"{frame}\"\nexpect \"{frame}\"");
    CHECK(!p.echo);
}

/* An answer shows whose it is where its own exchange has sent the token. */
static void own_needs_a_token_in_the_exchange(void)
{
    check_good("send \"{token}\"\nexpect \"b\"");
    CHECK(!p.own);
    check_good("hello \"{token}\"\nwelcome \"{token}\"\n" X);
    CHECK(!p.own);
    check_good("hello \"{token}\"\nsend \"a\"\nexpect \"{token}\"\n");
    CHECK(!p.own);
    check_good("send \"a\"\nexpect \"b\"\nsend \"{token}\"\n"
               "expect \"c\"\nexpect \"{token}\"\n");
    CHECK(p.own);
}

/* Whatever ends a line, and wherever the file ends. */
static void lines_end_in_every_way(void)
{
    check_good(
        "# c\r\ngreeting \"g\"\r\n\r\n send \"a\"\r\nexpect \"b\" # c\r\n"
        "once\r\n");
    CHECK_INT(p.steps, 3);
    CHECK(p.once);
    check_good("send \"a\"\nexpect \"b\"");
    check_good("send \"a\"\r\nexpect \"b\"\r");
    check_good("\n\n" X "\n\n");
    CHECK_INT(parse("\r\n\r\nsend \"a\"\r\nexpect \"b\r\n"), -1);
    CHECK_STR(why, "4:8: the quote is not closed");
}

static const struct {
    const char *text;
    const char *why; /* LINE:COLUMN and a beginning or more of what is said */
} wrong[] = {
    { "", "1:1: no exchange: a send and an expect are needed" },
    { "\n\n", "2:1: no exchange" },
    { "# nothing", "1:1: no exchange" },
    { "greeting \"a\"\nhello \"b\"\nwelcome \"c\"\n", "3:12: no exchange" },
    { "once\n", "1:5: no exchange" },
    { "xpect \"a\"\n" X, "1:1: unknown word 'xpect'" },
    { X "  Send \"a\"\n", "3:3: unknown word 'Send'" },
    { X "greetinggreetinggreeting \"x\"\n", "3:1: unknown word 'greeting" },
    { X "sendé \"a\"\n", "3:5: send needs a string in quotes" },
    { X "send\n", "3:5: send needs a string in quotes" },
    { X "send  'a'\n", "3:7: send needs a string in quotes" },
    { X "\"a\"\n", "3:1: a word is expected" },
    { X "\x7f"
        "ELF\x02\x01\n",
      "3:1: a word is expected" },
    { "\xef\xbb\xbf" X, "1:1: a word is expected" },
    { "send \"a\nexpect \"b\"\n", "1:6: the quote is not closed" },
    { "send \"a\\\"\n", "1:6: the quote is not closed" },
    { "send \"a\" b\n", "1:10: more stands on the line" },
    { "send \"a\"\"b\"\n", "1:9: more stands on the line" },
    { "once \"x\"\n" X, "1:6: more stands on the line" },
    { "send \"a\\q\"\n", "1:8: no such escape" },
    { "send \"a\\\n", "1:8: nothing stands behind the backslash" },
    { "send \"\\x4\"\n", "1:7: \\x needs two hexadecimal digits" },
    { "send \"\\x\"\n", "1:7: \\x needs two hexadecimal digits" },
    { "send \"\\x4", "1:7: \\x needs two hexadecimal digits" },
    { "send \"\\xg0\"\n", "1:7: \\x needs two hexadecimal digits" },
    { "send \"\"\n", "1:7: the string is empty" },
    { "send \"a\tb\"\n", "1:8: byte 0x09: write it as \\x09" },
    { "send \"a\x7f\"\n", "1:8: byte 0x7f" },
    { "send \"a\rb\"\n", "1:8: byte 0x0d" },
    { "send \"{tokens}\"\n", "1:7: no such placeholder" },
    { "send \"ab{dir}\"\n", "1:9: no such placeholder" },
    { "send \"{\"\n", "1:7: no such placeholder" },
    { "send \"a{", "1:8: no such placeholder" },
    { "send \"{token\"\n", "1:7: no such placeholder" },
    { "send \"a\"\n", "1:9: no expect: an exchange awaits something" },
    { "expect \"a\"\nsend \"b\"\n", "1:1: an exchange begins with send" },
    { "hello \"h\"\nexpect \"a\"\n", "2:1: an exchange begins with send" },
    { X "send \"c\"\n", "3:9: an exchange ends with expect" },
    { "send \"a\"\nexpect \"{token}\"\n",
      "2:1: {token} is awaited, but was never sent" },
    { "greeting \"{token}\"\n" X, "1:1: {token} is awaited" },
    { "hello \"a\"\nwelcome \"{token}\"\n" X, "2:1: {token} is awaited" },
    { "send \"a\"\nexpect \"{token}\"\nsend \"{token}\"\nexpect \"x\"\n",
      "2:1: {token} is awaited" },
    { "send \"a\"\nexpect \"{frame}\"\n", "2:1: {frame} is awaited" },
    { "hello \"{frame}\"\n" X, "1:1: {frame} stands in send and expect alone" },
    { X "bye \"{frame}\"\n", "3:1: {frame} stands in send and expect alone" },
    { "greeting \"a\"\ngreeting \"b\"\n" X, "2:1: a second greeting" },
    { "hello \"h\"\ngreeting \"b\"\n" X, "2:1: the greeting comes first" },
    { "greeting \"a\"\nhello \"h\"\ngreeting \"b\"\n" X,
      "3:1: a second greeting" },
    { "welcome \"w\"\n" X, "1:1: welcome comes after hello" },
    { "greeting \"a\"\nwelcome \"w\"\n" X, "2:1: welcome comes after hello" },
    { X "hello \"h\"\n", "3:1: hello comes before the exchange" },
    { X "greeting \"h\"\n", "3:1: greeting comes before the exchange" },
    { X "welcome \"h\"\n", "3:1: welcome comes before the exchange" },
    { X "bye \"q\"\nbye \"q\"\n", "4:1: a second bye" },
    { "bye \"q\"\n" X, "1:1: bye before the exchange" },
    { "hello \"h\"\nbye \"q\"\n" X, "2:1: bye before the exchange" },
    { X "bye \"q\"\n" X, "4:1: after bye nothing more is said" },
    { X "bye \"q\"\nexpect \"x\"\n", "4:1: after bye nothing more is said" },
    { "once\n" X "once\n", "4:1: a second once" },
    { "lockstep\nlockstep\n" X, "2:1: a second lockstep" },
};

static void what_is_wrong_is_named_where_it_stands(void)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        why[0] = '\0';
        CHECK_INT(parse(wrong[i].text), -1);
        why[strlen(wrong[i].why)] = '\0';
        CHECK_STR(why, wrong[i].why);
    }
}

static void a_nul_is_refused_wherever_it_stands(void)
{
    static const char in_string[] = "send \"a\0\"\n";
    static const char in_comment[] = X "# \0";

    CHECK_INT(protocol_parse(&p, "x", in_string, sizeof in_string - 1, why,
                             sizeof why),
              -1);
    CHECK_STR(why, "1:8: a NUL byte: write it as \\0");
    CHECK_INT(protocol_parse(&p, "x", in_comment, sizeof in_comment - 1, why,
                             sizeof why),
              -1);
    CHECK_STR(why, "3:3: a NUL byte: write it as \\0");
}

/* before, n times unit, after; parsed. Returns protocol_parse's result. */
static int parse_many(const char *before, const char *unit, size_t n,
                      const char *after)
{
    size_t size = strlen(before) + n * strlen(unit) + strlen(after) + 1;
    char *text = malloc(size), *at = text;
    int rc;

    at += sprintf(at, "%s", before);
    for (size_t i = 0; i < n; i++)
        at += sprintf(at, "%s", unit);
    sprintf(at, "%s", after);
    rc = protocol_parse(&p, "many", text, size - 1, why, sizeof why);
    free(text);
    return rc;
}

static void what_is_too_much_is_refused(void)
{
    CHECK_INT(parse_many("send \"", "a", PROTOCOL_STRING, "\"\nexpect \"b\""),
              0);
    CHECK_INT(parse_many("send \"", "a", PROTOCOL_STRING + 1, "\"\n"), -1);
    CHECK_STR(why, "1:7: the string is longer than 2048 bytes");
    CHECK_INT(parse_many("send \"", "a", 1 << 20, "\"\n"), -1);
    CHECK_STR(why, "1:7: the string is longer than 2048 bytes");
    CHECK_INT(parse_many("send \"", "{token}", PROTOCOL_STRING / 16 + 1, "\""),
              -1);
    CHECK_STR(why, "1:7: the string is longer than 2048 bytes");
    CHECK_INT(parse_many("", X, PROTOCOL_STEPS / 2, ""), 0);
    CHECK_INT(parse_many("", X, PROTOCOL_STEPS / 2, X), -1);
    CHECK_STR(why, "49:1: more than 48 steps");
    CHECK_INT(parse_many("", X, PROTOCOL_STEPS / 2, "bye \"q\""), 0);
    CHECK_INT(parse_many("send \"", "a{port}", PROTOCOL_PARTS / 2 + 1, "\""),
              -1);
    CHECK_STR(why, "1:679: more than 192 pieces of strings in all");
    CHECK_INT(parse_many("send \"a\"\n",
                         "expect \"" /* 9 of 1 KiB */
                         "0123456789abcdef0123456789abcdef0123456789abcdef"
                         "0123456789abcdef0123456789abcdef0123456789abcdef"
                         "0123456789abcdef0123456789abcdef0123456789abcdef"
                         "0123456789abcdef0123456789abcdef0123456789abcdef\"\n",
                         47, ""),
              -1);
    CHECK(strstr(why, ": more than 8192 bytes of strings in all"));
    CHECK_INT(parse_many("", "# c\n", PROTOCOL_FILE_BYTES / 4, X), -1);
    CHECK_STR(why, "16385:1: the file is larger than 64 KiB");
}

/* Each good beginning of a good file is refused or taken, and none is a fault:
   sanitizers look on. */
static void any_part_of_a_file_may_come(void)
{
    static const char text[] =
        "greeting \"{token\\x41\"\nhello \"{port}\\\\\"\r\nsend \"{{{frame}\"\n"
        "expect \"{frame}\"\nbye \"\\0\"\nonce # \n";

    for (size_t from = 0; from < sizeof text; from++)
        for (size_t to = from; to < sizeof text; to++) {
            char *part = malloc(to - from + 1); /* no byte more is read */

            memcpy(part, text + from, to - from);
            (void)protocol_parse(&p, "part", part, to - from, why, sizeof why);
            free(part);
        }
}

static void check_strings(const char *sent, const char *received,
                          const char *wanted)
{
    why[0] = '\0';
    CHECK_INT(protocol_of_strings(&p, sent, received, why, sizeof why), -1);
    why[strlen(wanted)] = '\0';
    CHECK_STR(why, wanted);
}

static void two_strings_are_a_protocol(void)
{
    CHECK_INT(protocol_of_strings(&p, "PING \"{token}\"\\r\\n", "\"{token}\"",
                                  why, sizeof why),
              0);
    CHECK_INT(p.steps, 2);
    CHECK(p.own && !p.once && p.opening == 0);
    CHECK_STR(said(&p.step[0]), "PING \"<t>\"\r\n");
    CHECK_STR(said(&p.step[1]), "\"<t>\"");
    check_strings("", "x", "--send: 1: the string is empty");
    check_strings("x", "", "--receive: 1: the string is empty");
    check_strings("a\\q", "x", "--send: 2: no such escape");
    check_strings("a\\", "x", "--send: 2: nothing stands behind");
    check_strings("a", "x\\x1", "--receive: 2: \\x needs two");
    check_strings("a", "{tok}", "--receive: 1: no such placeholder");
    check_strings("a", "b{token}", "--receive: 1: {token} is awaited");
    check_strings("a\nb", "x", "--send: 2: byte 0x0a");
}

int main(void)
{
    every_kind_of_line_is_taken();
    an_exchange_is_enough();
    every_escape_is_its_byte();
    echo_is_a_protocol();
    own_needs_a_token_in_the_exchange();
    lines_end_in_every_way();
    what_is_wrong_is_named_where_it_stands();
    a_nul_is_refused_wherever_it_stands();
    what_is_too_much_is_refused();
    any_part_of_a_file_may_come();
    two_strings_are_a_protocol();
    return check_result();
}
