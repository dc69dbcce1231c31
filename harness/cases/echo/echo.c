/* SPDX-License-Identifier: MIT */
/* echo/: what comes back on one connection. */
#include "cases/echo/echo.h"

#include "cases/families.h"

static const struct test_case cases[] = {
    { "echo/one-frame", MUST,
      "one 64-byte frame comes back byte for byte",
      "RFC 862", echo_one_frame, 0,
      "One connection, one stamped frame, its echo compared.",
      "recv(fd, buf, sizeof buf, 0) without a look at its result.",
      "Send back as many bytes as recv returned, in a loop." },
    { "echo/fixtures", MUST,
      "every fixture frame comes back: NULs, 0xFF, all 256 values, UTF-8, "
      "escape codes, format strings",
      "RFC 862", echo_fixtures, 0,
      "Each frame of the fixtures (-f) there and back on one connection.",
      "write(fd, buf, strlen(buf)) or printf(buf): bytes are taken for a "
      "string, and a NUL ends it.",
      "Treat what recv returned as bytes with a length." },
    { "echo/short-message", MUST,
      "a message shorter than a frame comes back at its own length, and no "
      "byte of a longer one before it follows",
      "RFC 862", echo_short_message, 0,
      "A message of 65 to 997 bytes, then one of 1 to 61, then a frame: the "
      "echo of the frame must stand right behind that of the short message.",
      "send(fd, buf, sizeof buf, 0) after recv: the reply has the buffer's "
      "length, and its tail the bytes of an earlier message.",
      "Send as many bytes as recv returned: send(fd, buf, n, 0), in a loop." },
    { "echo/one-byte", MUST,
      "one byte comes back",
      "RFC 862", echo_one_byte, 0,
      "One byte, no newline, is sent; it must come back alone.",
      "recv(fd, buf, 64, MSG_WAITALL), or fgets: the server waits for a frame "
      "or a line that never gets whole.",
      "Answer what recv returned, however little." },
    { "echo/odd-sizes", MUST,
      "messages of 1, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 65535, "
      "65536, 65537 bytes come back",
      "RFC 862", echo_odd_sizes, 0,
      "Messages of these lengths, one after another, on one connection.",
      "A loop over whole words or whole buffers; an end at n < sizeof buf.",
      "Send exactly the n bytes that recv returned." },
    { "echo/split-frame", MUST,
      "a frame that the server receives in 64 reads comes back whole",
      "RFC 9293 3.7", echo_split_frame, 0,
      "Each byte of a frame is sent once the server has read the one before: "
      "its echo has come, or sock_diag shows an empty receive queue.",
      "One recv is taken for one message: what is not a whole frame is "
      "dropped, or takes the place of the piece before it.",
      "Send each piece back as it comes, or gather until the frame is whole." },
    { "echo/coalesced-frames", MUST,
      "100 frames sent at once come back whole, in order",
      "RFC 9293 3.7", echo_coalesced_frames, 0,
      "6,400 bytes in one send; the echo compared.",
      "send(fd, buf, 64, 0) after a recv that brought more than one frame.",
      "TCP has no messages: send all n bytes that recv returned." },
    { "echo/bulk", MUST,
      "16 MiB, sent and read at once, come back byte for byte",
      "RFC 862", echo_bulk, 60,
      "A client that reads whenever something is there and sends whenever "
      "there is room.",
      "send(fd, buf, n, 0) once: a non-blocking socket takes less than n.",
      "Loop until all n bytes are sent; on EAGAIN wait for POLLOUT." },
    { "echo/backpressure", MUST,
      "a client that sends until it blocks, or 32 MiB, and then reads gets "
      "every byte",
      "RFC 9293 3.8", echo_backpressure, 60,
      "The client sends without reading until its connection takes nothing "
      "for 20 ms and the server's processes all sleep, then reads to the last "
      "byte.",
      "On EAGAIN from send the rest of the buffer is dropped, or the "
      "connection is closed; or the server blocks for ever in a pipe to "
      "itself.",
      "Keep what is not sent, stop reading, wait for POLLOUT." },
    { "echo/many-rounds", MUST,
      "10,000 round trips on one connection",
      "RFC 862", echo_many_rounds, 250,
      "10,000 stamped frames, each sent once the one before is back.",
      "Something small is lost or leaked with each message: a slot, a buffer, "
      "an offset that only grows.",
      "Reset all that belongs to one message before the next." },
    { "echo/nothing-added", MUST,
      "nothing precedes the first byte sent, nothing follows the last but FIN",
      "RFC 862", echo_nothing_added, 0,
      "One frame: its echo must be the first that comes; then half-close, and "
      "nothing but FIN may come. Then 61 bytes and FIN: no more than 61 may "
      "come back.",
      "A banner, a prompt, a newline or \"bye\"; the whole buffer sent back "
      "for a message that fills a part of it.",
      "Send what was received and nothing else." },
    { "echo/half-close", MUST,
      "bytes sent before the client's FIN all come back, then FIN, no RST",
      "RFC 9293 3.6", echo_half_close, 250,
      "64, 4,095 and 40,001 bytes, each with FIN right behind; then more and "
      "more, unread, until the server owes what it cannot send; read to the "
      "end.",
      "POLLRDHUP or a recv of 0 is answered by close at once, although bytes "
      "wait to be sent; close with unread bytes sends RST.",
      "At end of file send what is still owed, then close." },
    { "echo/close-follows-close", MUST,
      "the server closes its side once the client has: no CLOSE_WAIT stays",
      "RFC 9293 3.6", echo_close_follows_close, 0,
      "sock_diag: the server's end of a connection that its client closed "
      "leaves ESTABLISHED and CLOSE_WAIT; else who holds it.",
      "The parent keeps its copy of the connected socket, or recv's 0 is "
      "taken for \"nothing yet\".",
      "Close the connection at end of file, in every process that has it." },
    { "echo/empty-connection", MUST,
      "a connection closed without a byte sent gets FIN and no byte, and harms "
      "nothing",
      "RFC 9293 3.6", echo_empty_connection, 0,
      "Connect and half-close: FIN must come, and no byte. Then connect and "
      "close; then a new client must be served.",
      "recv returns 0 at once, and a reply of 0 or sizeof buf bytes, or an "
      "exit, follows.",
      "Treat 0 from recv as the end of this connection, first of all." },
    { "echo/urgent-byte", SHOULD,
      "urgent data end neither the connection nor the server",
      "RFC 6093", echo_urgent_byte, 0,
      "A frame, a byte with MSG_OOB, two more frames: all three come back (the "
      "byte itself may be inlined, dropped or echoed late), and a new client "
      "is served.",
      "POLLPRI, or a set bit in select's third set, is taken for an error.",
      "Do not ask for POLLPRI; SO_OOBINLINE keeps the byte in the stream." },
    { "echo/idle-then-talk", SHOULD,
      "a connection quiet for a second still echoes",
      "RFC 862", echo_idle_then_talk, 1000,
      "One frame, a second without a byte during which the connection must "
      "stay open, another frame.",
      "SO_RCVTIMEO or alarm() of a second or less, left from a test.",
      "Let the client decide how long it is quiet, or wait for minutes." },
    { "echo/no-stall", SHOULD,
      "a message of 100 or of 5,000 bytes does not wait 40 ms for a delayed "
      "ACK",
      "RFC 9293 3.7.4; UNP 7.9", echo_no_stall, 0,
      "The median round trip of 100 and of 5,000 bytes against that of 64, "
      "from a client that delays its ACKs; where it is 30 ms more, once more "
      "with ACKs that leave at once: if the delay has gone, that was it.",
      "One message is answered by several small writes, and Nagle's algorithm "
      "holds back the second until the first is acknowledged.",
      "Send with one write what was received with one read, or set "
      "TCP_NODELAY." },
};

const struct family echo_family = FAMILY("echo/", cases);
