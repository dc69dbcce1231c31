#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each system call of echo64 that may fail is made to: what can be borne is
# borne, else a message says what failed, and the status is not 0.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run and open_connection set variables by name

setup() {
    load helpers
    load failing
    common_setup
    requires_strace
    echo hello >line
}

teardown() {
    common_teardown
}

# borne INJECTION: the client prints its reply all the same.
borne() {
    run -0 with "$1" echo64 "$IP" "$PORT" <line
    assert_output 'client > recv from server : hello
client > '
    delivered "$1"
}

# told INJECTION MESSAGE: it ends with status 1 and that.
told() {
    run -1 --separate-stderr with "$1" echo64 "$IP" "$PORT" <line
    [[ $stderr == "echo64: $2"* ]] || fail "not '$2' at $1: $stderr"
    delivered "$1"
}

@test "a call that is interrupted, or has nothing yet, is borne" {
    start_daemon
    for call in poll recvfrom sendto; do
        borne "$call:error=EINTR:when=1"
    done
    borne recvfrom:error=EAGAIN:when=1
    borne sendto:error=EAGAIN:when=1
    borne poll:error=EINTR:when=2
    borne poll:error=EINTR:when=3
}

@test "it says which call failed, and why" {
    start_daemon
    told socket:error=EMFILE 'cannot connect to'
    told connect:error=ENETUNREACH 'cannot connect to'
    told poll:error=ENOMEM:when=1 'cannot connect to'
    told poll:retval=0:when=1 'cannot connect to'
    told getsockopt:error=ENOBUFS 'cannot connect to'
    told poll:error=ENOMEM:when=2 'cannot wait for input: '
    told poll:error=ENOMEM:when=3 "cannot wait for $IP:$PORT: "
    told recvfrom:error=ECONNRESET:when=1 "no reply from $IP:$PORT: "
    told sendto:error=ECONNRESET:when=1 "cannot send to $IP:$PORT: "
    told sendto:error=EPIPE:when=1 "cannot send to $IP:$PORT: "
    told shutdown:error=ENOTCONN "lost $IP:$PORT: "
}

@test "a connect that was not made, though poll(2) finds no error, is told" {
    start_daemon
    told connect:error=EINTR "no reply from $IP:$PORT: "
    told connect:retval=0 "no reply from $IP:$PORT: "
}

@test "stdin that has nothing, though poll(2) says so, is read again" {
    start_daemon
    # As many as the loader reads before, and one.
    with read:error=EINTR:when=9999 echo64 "$IP" "$PORT" <line
    borne "read:error=EAGAIN:when=$(($(sed '/ read(0,/q' trace |
        grep -c ' read(')))"
    told "read:error=EIO:when=$(($(sed '/ read(0,/q' trace |
        grep -c ' read(')))" 'cannot read stdin: '
}

@test "a server that closes between two lines is noticed, however it is told" {
    start_daemon -t 1
    mkfifo input
    exec {input}<>input
    while IFS=: read -r error message; do
        run -1 --separate-stderr with "recvfrom:error=$error:when=1" \
            echo64 "$IP" "$PORT" <&"$input"
        assert_equal "$stderr" "echo64: lost $IP:$PORT: $message"
        delivered recvfrom
    done <<'ERRORS'
EAGAIN:the server closed the connection
EINTR:the server closed the connection
ECONNRESET:Connection reset by peer
ERRORS
}

# The client has 64 bytes of the server's to receive.
greeted() {
    grep -qE ":[0-9A-F]+ [0-9A-F]+:$(printf %04X "$PORT") 01 0+:0+40 " \
        /proc/net/tcp
}

@test "a reply that comes before the line is sent is more than was sent" {
    start_peer 'printf %064d 0; cat'
    with connect:signal=SIGSTOP echo64 "$IP" "$PORT" <line 2>err 3>&- 4>&- &
    tracer=$!
    CLEANUP_PIDS+=("$tracer")
    wait_until is_stopped
    wait_until greeted
    kill -CONT "$(is_stopped)"
    exits_with 1 "$tracer"
    assert_equal "$(<err)" \
        "echo64: wrong reply from $IP:$PORT: more than was sent"
}

@test "a line that is longer than the memory is told" {
    start_daemon
    head -c 8M /dev/zero | tr '\0' x >line
    # The buffers for the input, what is sent and what is received end at 16,
    # 24 and 32 MiB, and what a program has besides.
    for mebibytes in 12 22 31; do
        run -1 --separate-stderr prlimit --as=$((mebibytes << 20)) \
            echo64 "$IP" "$PORT" <line
        assert_equal "$stderr" \
            'echo64: cannot hold the line: Cannot allocate memory'
    done
}

@test "a server that does not close is left after a second" {
    mkfifo released
    start_peer 'dd bs=64 count=1 status=none; read -r word <released' ignoreeof
    with poll:error=EINTR:when=999 echo64 "$IP" "$PORT" <line
    echo now >released
    grep -F ' poll(' trace | tail -n 1 | grep -q ', 1000) *= 0 (Timeout)'
}

@test "output that is lost is told" {
    start_daemon
    run -1 bash -c 'echo64 "$@" <line >/dev/full' bash "$IP" "$PORT"
    assert_output --partial 'echo64: cannot write to stdout: '
    for option in --help --version; do
        run -1 bash -c 'echo64 "$@" >/dev/full' bash "$option"
        assert_output \
            'echo64: cannot write to stdout: No space left on device'
    done
}

@test "without stdin, and without /dev/null in its place, it does not start" {
    run -1 with openat:error=EMFILE:when=1 -P /dev/null \
        bash -c 'exec echo64 127.0.0.1 1 <&-'
    delivered openat
}
