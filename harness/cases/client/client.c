/* SPDX-License-Identifier: MIT */
/* client/: with --client the harness is the server, and the user. */
#include "cases/client/client.h"

#include "cases/families.h"

static const struct test_case cases[] = {
    { "client/transcript", MUST,
      "prompt, then 'recv from server : ' and the line, exactly",
      "contract", client_transcript, 0,
      "Two lines at once on a pipe beside a server that echoes; stdout must be "
      "the prompt and the reply of each, and one last prompt.",
      "A second prompt for a part of a line, a newline too many, a farewell; a "
      "buffer that loses what came with the first line.",
      "Print 'client > ', read a line, print 'recv from server : ' and the "
      "line as it came back; again." },
    { "client/prompt-before-wait", MUST,
      "the prompt can be read before it waits for input",
      "contract", client_prompt, 10,
      "On a pipe and on a pseudo terminal nothing is typed until a prompt is "
      "there; where it sleeps in a read of its stdin without one, it failed.",
      "printf(\"client > \") without fflush: on a pipe it stays in the buffer "
      "of stdio.",
      "fflush(stdout) before each read." },
    { "client/frame-format", MUST,
      "a line travels as its own bytes and newline, padded with NULs to 64 or "
      "not at all",
      "contract", client_frame_format, 0,
      "Three lines, each longer than the one before; the server compares what "
      "it gets.",
      "send(fd, buf, 64, 0) of a buffer that was never cleared, or "
      "strlen(buf) + 1.",
      "memset the frame before each line, or send strlen(line) bytes." },
    { "client/short-after-long", MUST,
      "a short line after a long one carries none of its bytes",
      "contract", client_short_after_long, 0,
      "A line of 48 characters, then one of two; what follows its newline "
      "must be NULs or the next line.",
      "One buffer for all lines, sent whole, not cleared between them.",
      "Clear the frame before each line." },
    { "client/empty-line", MUST,
      "an empty line is a line",
      "contract", client_empty_line, 0,
      "An empty line and another: both must be sent and printed.",
      "if (line[0] == '\\n') continue; or taking an empty string for the end.",
      "Treat it like any other." },
    { "client/longest-line", MUST,
      "62 characters and newline fit one frame",
      "contract", client_longest_line, 0,
      "Such a line must travel in one frame (or bare) and be printed whole.",
      "A buffer of 63 bytes, or fgets(buf, 62, stdin).",
      "A frame of 64 bytes holds 63 of text, the newline included." },
    { "client/long-line", MUST,
      "a line of 1,000 characters travels whole and is printed whole",
      "contract", client_long_line, 0,
      "It may come in frames or bare; NULs apart the server must get it as it "
      "is, and stdout must have it in one piece.",
      "fgets(buf, 64, stdin): the rest of the line is taken for the next one.",
      "Read until the newline, send as many frames as it takes, print their "
      "replies as one." },
    { "client/megabyte-line", MUST,
      "a line of 1 MiB comes back whole: no deadlock between sending and "
      "reading",
      "UNP 6.8", client_megabyte_line, 60,
      "The server echoes as it reads, with ordinary buffers, and does not "
      "read on while its own echo is not taken.",
      "Sending all of the line before reading any of the reply.",
      "poll for both; send and receive as each can go on." },
    { "client/utf8", MUST,
      "multi-byte text comes back unharmed",
      "contract", client_utf8, 0,
      "A line of characters of two, three and four bytes, combining and from "
      "right to left.",
      "isprint or toascii on each byte; a read that decodes in parts.",
      "Bytes are bytes: pass them on." },
    { "client/quit", MUST,
      "`quit` ends it with status 0, FIN not RST, and is not sent",
      "contract", client_quit, 0,
      "A line, then `quit` with the input left open; the end, its status and "
      "how the connection was closed are looked at.",
      "send before strcmp; or close with bytes of the reply unread, which "
      "resets.",
      "Compare before sending; return 0 from main." },
    { "client/quit-alone", SHOULD,
      "`quitter` and ` quit` are lines like others",
      "contract", client_quit_alone, 0,
      "They are typed, and so are `quit it`, `quit ` and `QUIT`; all must come "
      "to the server.",
      "strncmp(line, \"quit\", 4), strstr(line, \"quit\"), a strip before the "
      "comparison.",
      "strcmp(line, \"quit\\n\") == 0." },
    { "client/end-of-input", MUST,
      "the end of input ends it with status 0",
      "POSIX.1-2017", client_end_of_input, 20,
      "A pipe closed at once, and after a line; ^D on a terminal.",
      "fgets without a look at its result: the last line is sent for ever.",
      "if (!fgets(line, size, stdin)) break;" },
    { "client/last-line", MUST,
      "a last line without newline is sent and printed",
      "POSIX.1-2017", client_last_line, 0,
      "'last' and the end of input: it must come to the server, and be "
      "printed.",
      "Waiting for a newline, in the input or in the reply.",
      "The end of input ends a line too." },
    { "client/split-reply", MUST,
      "a reply that comes in 64 segments is awaited and printed whole",
      "RFC 9293 3.7", client_split_reply, 70,
      "The reply is sent byte by byte, each one once the one before has been "
      "read.",
      "One recv is taken for one reply.",
      "recv in a loop until all that was sent is back." },
    { "client/wrong-reply", MUST,
      "a byte that differs is reported at once, surplus bytes at the next line "
      "at the latest",
      "contract", client_wrong_reply, 10,
      "One byte is changed; all are, with no newline left; bytes are added "
      "behind the reply. It must end with a message and a status that is not "
      "0, and neither crash nor print what it never received.",
      "printf(\"%s\", buf) of whatever came.",
      "memcmp what came with what was sent; look for more before the next "
      "line." },
    { "client/short-reply", MUST,
      "a server that closes in mid-reply is reported",
      "UNP 5.12", client_short_reply, 0,
      "Three bytes of the reply, then FIN.",
      "recv that returns 0 is taken for an empty reply.",
      "0 is the end: say so on stderr, status 1." },
    { "client/server-gone", MUST,
      "a server that closes between lines is reported at the next line",
      "UNP 5.12-5.13", client_server_gone, 0,
      "One line there and back, the server closes, the next line is typed.",
      "send without a look at its result, and SIGPIPE at its default.",
      "MSG_NOSIGNAL; a message and status 1 on 0 from recv or -1 from send." },
    { "client/reset", MUST,
      "a reset between lines is reported at the next line",
      "UNP 5.13", client_reset, 0,
      "Likewise with RST.",
      "Likewise.",
      "ECONNRESET and EPIPE end it with a message and status 1." },
    { "client/notices-close", SHOULD,
      "a server that closes while it waits for input is noticed",
      "UNP 5.12, 6.4", client_notices_close, 0,
      "The server closes; nothing more is typed.",
      "It sleeps in a read of stdin, and sees the socket only after the next "
      "line.",
      "poll for stdin and the socket together." },
    { "client/stop-continue", MUST,
      "SIGSTOP, SIGCONT and SIGWINCH lose nothing",
      "signal(7)", client_stop_continue, 20,
      "It is stopped, continued and sent SIGWINCH at the prompt and while the "
      "reply is held back; the line must be printed.",
      "EINTR from poll or recv taken for a failure.",
      "if (errno == EINTR) continue;" },
    { "client/output-full", SHOULD,
      "output that cannot be written is reported",
      "write(2)", client_output_full, 0,
      "stdout is /dev/full.",
      "printf whose result nobody looks at.",
      "Check fflush(stdout), or write, and fclose at the end." },
    { "client/no-answer", SHOULD,
      "the wait for a reply has an end",
      "UNP 14.2", client_no_answer, 30,
      "The server never answers. The wait is held by a supervisor, its timeout "
      "is read (poll, select, epoll, SO_RCVTIMEO, alarm, timerfd), and it is "
      "answered as if that had passed: no time goes by, but where it waits "
      "again and again.",
      "recv on a blocking socket without SO_RCVTIMEO.",
      "setsockopt(SO_RCVTIMEO), or poll with a timeout before recv." },
    { "client/refused", MUST,
      "a refused connection is reported with address and reason",
      "connect(2)", client_refused, 0,
      "Nobody listens where it is told to connect.",
      "perror(\"connect\"): to where?",
      "fprintf(stderr, \"%s:%s: %s\\n\", ip, port, strerror(errno)); status "
      "1." },
    { "client/bad-arguments", SHOULD,
      "none, a bad address, a bad port: refused with a message, no connection "
      "made",
      "POSIX.1-2017 12.2", client_bad_arguments, 20,
      "Started without an address, with numbers and names that are none, and "
      "with a port that is the server's if what is too much of it is dropped.",
      "atoi(argv[2]) and htons of whatever it returns.",
      "strtol with a look at where it stopped; 1 to 65535." },
    { "client/no-byte-unasked", MUST,
      "it sends nothing before the first line",
      "contract", client_unasked, 0,
      "The first byte that the server gets must be the line's.",
      "A greeting, a hello packet, a newline to wake the server.",
      "RFC 862 knows none." },
};

const struct family client_family = FAMILY("client/", cases);
