/* SPDX-License-Identifier: MIT */
/* What stands on the screen: the prompt, the reply, and when. */
#include "cases/client/client.h"

#include <string.h>

enum { FAREWELL = 4096 };

/* It has ended, or prints without end. */
static bool is_through(struct session *d, const void *unused)
{
    (void)unused;
    return d->ended || d->printed.n > FAREWELL;
}

/* What may follow the last prompt: nothing, or a newline. A `quit` that went to
   the server is judged by another case. */
static bool ends_clean(struct session *d, size_t n)
{
    if (!d->ended || bytes_find(&d->peer.got, 0, "quit", 4) >= 0)
        return true;
    return d->printed.n == n ||
           (d->printed.n == n + 1 && d->printed.at[n] == '\n');
}

static void transcript(struct context *c)
{
    static const char expected[] = CLIENT_PROMPT CLIENT_REPLY
        "one\n" CLIENT_PROMPT CLIENT_REPLY "two words\n" CLIENT_PROMPT;
    static const char lines[] = "one\ntwo words\n";
    const size_t n = sizeof expected - 1;
    struct session d;
    size_t at = 0;

    if (!client_begin(c, &d, NULL)) {
        session_end(&d);
        return;
    }
    /* Both at once, as from a file: a client that reads ahead has to keep the
       second. */
    session_type(&d, lines, sizeof lines - 1);
    if (client_was_sent(c, &d, "one\n", client_await(&d, "one\n", &at)) &&
        client_was_sent(c, &d, "two words\n",
                        client_await(&d, "two words\n", &at))) {
        session_type(&d, "quit\n", 5);
        session_end_input(&d);
        (void)session_wait(&d, is_through, NULL, false);
        if (d.printed.n < n || memcmp(d.printed.at, expected, n) != 0) {
            verdict_bytes(c->v, expected, n, d.printed.at,
                          d.printed.n < n ? d.printed.n : n);
            (void)client_fails(c, &d,
                               "the prompt, then 'recv from server : ' "
                               "and the line, exactly",
                               "the transcript of two lines differs");
        } else if (!ends_clean(&d, n)) {
            (void)client_fails(c, &d,
                               "nothing after the last prompt but a "
                               "newline",
                               "something is printed after the "
                               "last prompt");
        } else {
            verdict_pass(c->v);
        }
    }
    session_end(&d);
}

/* Something follows the last newline, and that is the prompt. */
static bool shows_prompt(struct session *d, const void *arg)
{
    const char *reply = arg;
    size_t n = d->printed.n;

    if (n == 0 || d->printed.at[n - 1] == '\n')
        return false;
    return !reply || bytes_find(&d->printed, 0, reply, strlen(reply)) >= 0;
}

/* False: decided. */
static bool prompts(struct context *c, struct session *d, const char *reply,
                    const char *where)
{
    enum met met = session_wait(d, shows_prompt, reply, true);

    return met == MET ||
           client_fails(c, d, "a prompt can be read before it waits",
                        "no prompt can be read %s: %s", where,
                        session_state(d, met));
}

static bool prompts_on_terminal(struct context *c)
{
    static const struct session_how how = { .terminal = true };
    struct session d;
    bool good =
        client_begin(c, &d, &how) && prompts(c, &d, NULL, "on a terminal");

    session_end(&d);
    return good;
}

static void prompt_before_wait(struct context *c)
{
    struct session d;
    size_t at = 0;
    bool good = client_begin(c, &d, NULL) &&
                prompts(c, &d, NULL, "on a pipe before the first line") &&
                client_needs(c, &d, "one\n", &at) &&
                prompts(c, &d, "one\n", "on a pipe before the second line");

    session_end(&d);
    if (good && prompts_on_terminal(c))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "client/transcript", MUST,
      "prompt, then 'recv from server : ' and the line, exactly", "contract",
      transcript, 0,
      "Two lines at once on a pipe beside a server that echoes; stdout must be "
      "the prompt and the reply of each, and one last prompt.",
      "A second prompt for a part of a line, a newline too many, a farewell; a "
      "buffer that loses what came with the first line.",
      "Print 'client > ', read a line, print 'recv from server : ' and the "
      "line as it came back; again." },
    { "client/prompt-before-wait", MUST,
      "the prompt can be read before it waits for input", "contract",
      prompt_before_wait, 10,
      "On a pipe and on a pseudo terminal nothing is typed until a prompt is "
      "there; where it sleeps in a read of its stdin without one, it failed.",
      "printf(\"client > \") without fflush: on a pipe it stays in the buffer "
      "of stdio.",
      "fflush(stdout) before each read." },
};

const struct case_table client_screen_cases = CASE_TABLE(cases);
