#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# echo64, by pipe and by terminal, beside servers that are right and wrong.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run and open_connection set variables by name

setup() {
    load helpers
    common_setup
}

teardown() {
    common_teardown
}

# holds FILE TEXT: the file is that, and no newline after it.
holds() {
    printf '%s' "$2" | cmp -s - "$1"
}

# start_client [OPTION]...: its input is what is written to descriptor $input,
# its output the file out, its messages the file err.
start_client() {
    mkfifo input
    echo64 "$@" "$IP" "$PORT" <input >out 2>err 3>&- 4>&- &
    CLIENT_PID=$!
    CLEANUP_PIDS+=("$CLIENT_PID")
    exec {input}>input
}

# start_on_terminal: likewise with a terminal for input and output; what it
# shows is the file out.
start_on_terminal() {
    requires script
    mkfifo keys
    script -qefc "echo64 $IP $PORT" out <keys >/dev/null 3>&- 4>&- &
    CLIENT_PID=$!
    CLEANUP_PIDS+=("$CLIENT_PID")
    exec {input}>keys
}

# fails_with MESSAGE: the client that was started ends with status 1, and this
# alone on stderr.
fails_with() {
    exits_with 1 "$CLIENT_PID"
    assert_equal "$(<err)" "echo64: $1"
}

# A connection of the server's has the 64 bytes of a frame waiting.
frame_unread() {
    grep -qE ":$(printf %04X "$PORT") [0-9A-F]+:[0-9A-F]+ 01 0+:0+40 " \
        /proc/net/tcp
}

prompts_are() {
    [ "$(grep -c 'client > ' out)" -eq "$1" ]
}

@test "every session in fixtures/lines goes as it is written there" {
    start_daemon
    sessions=("$ROOT"/fixtures/lines/*.in)
    [ "${#sessions[@]}" -ge 5 ]
    for session in "${sessions[@]}"; do
        echo "$session"
        echo64 "$IP" "$PORT" <"$session" >out
        cmp "${session%.in}.out" out
    done
}

@test "-q: every session prints the replies alone" {
    start_daemon
    sessions=("$ROOT"/fixtures/lines/*.in)
    [ "${#sessions[@]}" -ge 5 ]
    for session in "${sessions[@]}"; do
        echo "$session"
        echo64 -q "$IP" "$PORT" <"$session" >out
        cmp "${session%.in}.quiet" out
    done
}

@test "on a pipe the prompt comes before it waits, and nothing after the last" {
    start_daemon
    start_client
    wait_until holds out 'client > '
    echo one >&"$input"
    wait_until holds out $'client > recv from server : one\nclient > '
    echo quit >&"$input"
    exits_with 0 "$CLIENT_PID"
    holds out $'client > recv from server : one\nclient > '
    holds err ''
}

@test "on a terminal the prompt comes before it waits" {
    start_daemon
    start_on_terminal
    wait_until grep -q 'client > $' out
    echo one >&"$input"
    wait_until grep -q 'recv from server : one' out
    wait_until prompts_are 2
    echo quit >&"$input"
    exits_with 0 "$CLIENT_PID"
}

@test "on a terminal control-D ends it with status 0" {
    start_daemon
    start_on_terminal
    wait_until grep -q 'client > $' out
    printf 'one\n\004' >&"$input"
    exits_with 0 "$CLIENT_PID"
    grep -q 'recv from server : one' out
}

@test "a line travels as 63 bytes of text at most, padded with NULs to 64" {
    start_peer 'exec tee sent'
    printf 'hi\n\n%s\n' "$(printf 'x%.0s' {1..70})" |
        echo64 "$IP" "$PORT" >out
    { printf 'hi\n'; head -c 61 /dev/zero
      printf '\n'; head -c 63 /dev/zero
      printf 'x%.0s' {1..63}; head -c 1 /dev/zero
      printf 'xxxxxxx\n'; head -c 56 /dev/zero; } >expected
    wait_until cmp expected sent
}

@test "quit is not sent, and nothing is sent unasked" {
    start_peer 'cat >sent; touch over'
    run -0 --separate-stderr echo64 "$IP" "$PORT" <<<quit
    assert_output 'client > '
    assert_equal "$stderr" ''
    wait_until [ -e over ]
    refute [ -s sent ]
}

@test "a line of 1 MiB comes back" {
    start_daemon
    head -c 786432 /dev/urandom | base64 -w 0 >line
    echo >>line
    echo64 -q "$IP" "$PORT" <line >out
    cmp line out
}

@test "a line without end, binary and of 3 MiB, comes back" {
    start_daemon
    head -c 3M /dev/urandom | tr -d '\n' >line
    echo64 -q "$IP" "$PORT" <line >out
    cmp line out
}

@test "10,000 lines come back" {
    start_daemon
    seq 10000 >lines
    echo64 -q "$IP" "$PORT" <lines >out
    cmp lines out
}

@test "IPv6" {
    requires_ipv6
    IP=::1
    start_daemon
    run -0 echo64 -q ::1 "$PORT" <<<'over IPv6'
    assert_output 'over IPv6'
}

@test "a reply in many pieces is awaited" {
    start_peer 'while dd bs=7 count=1 of=piece 2>/dev/null && [ -s piece ]; do
        cat piece; done'
    run -0 echo64 -q "$IP" "$PORT" <<<'in pieces of seven bytes'
    assert_output 'in pieces of seven bytes'
}

@test "a refused connection is reported" {
    run -1 --separate-stderr echo64 127.0.0.1 1 <<<hello
    assert_output ''
    assert_equal "$stderr" \
        'echo64: cannot connect to 127.0.0.1:1: Connection refused'
}

@test "a reply that differs is reported at once" {
    start_peer 'head -c 64 | tr l L; cat >/dev/null'
    start_client
    echo hello >&"$input"
    fails_with "wrong reply from 127.0.0.1:$PORT: it differs from the line"
    holds out 'client > '
}

@test "a reply of the line before is reported" {
    start_peer 'head -c 64 >first; cat first; head -c 64 >second; cat first -'
    start_client
    echo one >&"$input"
    wait_until holds out $'client > recv from server : one\nclient > '
    echo two >&"$input"
    fails_with "wrong reply from 127.0.0.1:$PORT: it differs from the line"
}

@test "bytes that follow the reply are reported, without another line" {
    start_peer 'head -c 64; echo more; cat >/dev/null'
    start_client
    echo hello >&"$input"
    fails_with "wrong reply from 127.0.0.1:$PORT: more than was sent"
}

@test "bytes that follow the last reply are reported at the end of input" {
    start_peer 'cat; echo more'
    run -1 --separate-stderr echo64 -q "$IP" "$PORT" <<<hello
    assert_output hello
    assert_equal "$stderr" \
        "echo64: wrong reply from 127.0.0.1:$PORT: more than was sent"
}

@test "bytes that come before the first line are reported" {
    start_peer 'echo welcome; cat'
    start_client
    fails_with "wrong reply from 127.0.0.1:$PORT: more than was sent"
}

@test "a server that closes in the middle of a reply is reported" {
    start_peer 'head -c 64 >frame; head -c 40 frame'
    start_client
    echo hello >&"$input"
    fails_with "no reply from 127.0.0.1:$PORT: the server closed the connection"
}

@test "a server that closes while it waits for input is noticed" {
    start_daemon
    start_client
    echo one >&"$input"
    wait_until holds out $'client > recv from server : one\nclient > '
    kill -KILL "$(children "$DAEMON_PID")"
    fails_with "lost 127.0.0.1:$PORT: the server closed the connection"
}

@test "a server that resets the connection is reported" {
    start_daemon
    start_client
    echo one >&"$input"
    wait_until holds out $'client > recv from server : one\nclient > '
    worker=$(children "$DAEMON_PID")
    kill -STOP "$worker"
    wait_until in_state "$worker" T
    echo two >&"$input"
    wait_until frame_unread
    kill -KILL "$worker" # a close with bytes unread is a reset
    fails_with "no reply from 127.0.0.1:$PORT: Connection reset by peer"
}

@test "-t 1: a server that does not answer is reported" {
    start_peer 'cat >/dev/null'
    start_client -t 1
    echo hello >&"$input"
    exits_with 1 "$CLIENT_PID"
    assert_regex "$(<err)" \
        "^echo64: no reply from 127\.0\.0\.1:$PORT: .* timed out$"
}

@test "stopped and continued, at the prompt or in a reply, it loses nothing" {
    start_daemon
    start_client
    wait_until holds out 'client > '
    kill -STOP "$CLIENT_PID"
    wait_until in_state "$CLIENT_PID" T
    kill -CONT "$CLIENT_PID"
    wait_until has_children "$DAEMON_PID" 1 # the prompt does not wait for it
    worker=$(children "$DAEMON_PID")
    kill -STOP "$worker"
    wait_until in_state "$worker" T
    echo one >&"$input"
    kill -STOP "$CLIENT_PID"
    wait_until in_state "$CLIENT_PID" T
    kill -CONT "$worker" "$CLIENT_PID"
    wait_until holds out $'client > recv from server : one\nclient > '
    exec {input}>&-
    exits_with 0 "$CLIENT_PID"
}

@test "output that cannot be written is reported" {
    start_daemon
    run -1 bash -c "echo hello | echo64 $IP $PORT >/dev/full"
    assert_output 'echo64: cannot write to stdout: No space left on device'
}

@test "a reader that has gone is reported, and does not kill it" {
    start_daemon
    mkfifo input unread
    exec {reader}<>unread
    echo64 "$IP" "$PORT" <input >unread 2>err 3>&- 4>&- {reader}>&- &
    CLIENT_PID=$!
    CLEANUP_PIDS+=("$CLIENT_PID")
    exec {input}>input
    IFS= read -rN 9 -u "$reader" prompt
    assert_equal "$prompt" 'client > '
    exec {reader}>&-
    echo hello >&"$input"
    fails_with 'cannot write to stdout: Broken pipe'
}

@test "started with stdin closed, it meets the end of input" {
    start_daemon
    run -0 bash -c "echo64 $IP $PORT <&-"
    assert_output 'client > '
}

@test "input that cannot be read is reported" {
    start_daemon
    run -1 bash -c "echo64 -q $IP $PORT </"
    assert_output 'echo64: cannot read stdin: Is a directory'
}

@test "a command line that is wrong is refused with status 2" {
    for arguments in '' 127.0.0.1 '127.0.0.1 7 8' '-x 127.0.0.1 7' -t \
        '127.0.0.1 0' '127.0.0.1 65536' '127.0.0.1 7x' '-- 127.0.0.1 -1' \
        '999.1.1.1 7' 'localhost 7' '-t 0 127.0.0.1 7' '-t x 127.0.0.1 7' \
        '-t 2147484 127.0.0.1 7'; do
        # shellcheck disable=SC2086 # words are meant
        run -2 --separate-stderr echo64 $arguments
        assert_output ''
        assert_regex "$stderr" echo64
    done
}

@test "--help and --version are answered on stdout" {
    run -0 --separate-stderr echo64 --help
    for option in quiet timeout help version; do
        assert_output --partial "--$option"
    done
    assert_equal "$stderr" ''
    run -0 echo64 -V
    assert_output --regexp '^echo64 [0-9]+\.[0-9]+\.[0-9]+$'
}
