#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each system call of echo64 and echo64d that may fail is made to, by strace:
# what can be borne is borne, else a message says what failed, and the status is
# not 0. What fails while echo64d serves is the harness's: fault/.
# shellcheck disable=SC2154 # run and start_daemon set variables by name

setup() {
    load helpers
    common_setup
    requires strace
    strace -o trace true 2>/dev/null || skip "needs ptrace(2)"
}

teardown() {
    common_teardown
}

# with INJECTION COMMAND...: run it with a system call failing so.
with() {
    strace -f -qq -o trace -e "inject=$1" "${@:2}"
}

# delivered: the call was made, and did fail.
delivered() {
    grep -q '(INJECTED)' trace || fail "never made: $1"
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

@test "echo64 bears a call that is interrupted, or has nothing yet" {
    start_daemon
    echo hello >line
    for call in poll recvfrom sendto; do
        borne "$call:error=EINTR:when=1"
    done
    borne recvfrom:error=EAGAIN:when=1
    borne sendto:error=EAGAIN:when=1
    borne poll:error=EINTR:when=2
    borne poll:error=EINTR:when=3
}

@test "echo64 says which call failed, and why" {
    start_daemon
    echo hello >line
    told socket:error=EMFILE 'cannot connect to'
    told connect:error=ENETUNREACH 'cannot connect to'
    told poll:error=ENOMEM:when=1 'cannot connect to'
    told poll:error=ENOMEM:when=2 'cannot wait for input: '
    told poll:error=ENOMEM:when=3 "cannot wait for $IP:$PORT: "
    told recvfrom:error=ECONNRESET:when=1 "no reply from $IP:$PORT: "
    told sendto:error=ECONNRESET:when=1 "cannot send to $IP:$PORT: "
    told sendto:error=EPIPE:when=1 "cannot send to $IP:$PORT: "
    told shutdown:error=ENOTCONN "lost $IP:$PORT: "
}

@test "echo64 says so when its output is lost" {
    start_daemon
    echo hello >line
    run -1 bash -c 'echo64 "$@" <line >/dev/full' bash "$IP" "$PORT"
    assert_output --partial 'echo64: cannot write to stdout: '
}

# no_start INJECTION [OPTION]...: the start command says why, and nobody stays;
# teardown looks.
no_start() {
    run ! --separate-stderr with "$1" echo64d "${@:2}" 127.0.0.1 0
    [[ $stderr == echo64d:* ]] || fail "no message at $1: $stderr"
    delivered "$1"
    [ ! -s pid ] || fail "a pid stays in its file at $1"
}

@test "echo64d tells at its start what fails" {
    no_start pipe2:error=EMFILE
    no_start clone:error=EAGAIN:when=1
    no_start setsid:error=EPERM
    no_start chdir:error=ENOENT
    no_start socket:error=EMFILE -f
    no_start setsockopt:error=ENOBUFS -f
    no_start bind:error=EADDRINUSE
    no_start listen:error=EADDRINUSE
    no_start getsockname:error=ENOBUFS
    no_start dup2:error=EBUSY
}

@test "echo64d tells that it cannot write its pid file" {
    no_start getcwd:error=ENOENT -p pid
    no_start fcntl:error=ENOLCK -f -p pid
    no_start ftruncate:error=EIO -p pid
    no_start fchmod:error=EPERM -p pid
}

@test "echo64d stays what it was where it cannot become another user" {
    requires_root
    no_start setgroups:error=EPERM -u nobody
    no_start setgid:error=EPERM -u nobody
    no_start setuid:error=EPERM:when=1 -u nobody
}

@test "an old kernel, without close_range: nothing is inherited all the same" {
    exec {kept}<trace
    with close_range:error=ENOSYS echo64d -p "$PWD/pid" 127.0.0.1 0 \
        2>err 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until [ -s pid ]
    daemon=$(<pid)
    delivered close_range
    run find "/proc/$daemon/fd" -lname "$PWD/trace"
    assert_output ''
    kill -TERM "$daemon"
    exits_with 0 "${CLEANUP_PIDS[0]}"
    exec {kept}<&-
}
