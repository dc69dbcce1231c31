#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each system call that echo64d makes beside its clients, and that may fail, is
# made to: at its start, where a message says what failed, and at its end. What
# fails while it serves is the harness's: fault/.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run and open_connection set variables by name

setup() {
    load helpers
    load failing
    common_setup
    requires_strace
}

teardown() {
    common_teardown
}

# no_start INJECTION [OPTION]...: the start command says why, and nobody stays;
# teardown looks.
no_start() {
    run ! --separate-stderr with "$1" echo64d "${@:2}" 127.0.0.1 0
    [[ $stderr == echo64d:* ]] || fail "no message at $1: $stderr"
    delivered "$1"
    [ ! -s pid ] || fail "a pid stays in its file at $1"
}

@test "what fails at its start is told" {
    no_start pipe2:error=EMFILE
    no_start clone:error=EAGAIN:when=1
    no_start setsid:error=EPERM
    no_start chdir:error=ENOENT
    no_start socket:error=EMFILE -f
    for call in 1 2 3; do
        no_start "setsockopt:error=ENOBUFS:when=$call" -f
    done
    no_start bind:error=EADDRINUSE
    no_start listen:error=EADDRINUSE
    no_start getsockname:error=ENOBUFS
    no_start dup2:error=EBUSY
}

# with_handler COMMAND...: each process that runs the handlers of exit(3) adds a
# line to the file handlers.
with_handler() {
    LD_PRELOAD=$PWD/handler.so HANDLERS=$PWD/handlers "$@"
}

@test "one process of a start runs the handlers of exit, if it fails or not" {
    requires cc
    cat >handler.c <<'CODE'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
__attribute__((destructor)) static void handle(void)
{
    const char *path = getenv("HANDLERS");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT, 0666) : -1;
    if (fd >= 0 && write(fd, "handled\n", 8) == 8)
        close(fd);
}
CODE
    cc -shared -fPIC -o handler.so handler.c
    with_handler echo64d -p pid 127.0.0.1 0 >address
    [ ! -e handlers ] || fail "the starter runs them"
    DAEMON_PID=$(<pid)
    CLEANUP_PIDS+=("$DAEMON_PID")
    stop_daemon
    assert_equal "$(<handlers)" handled
    rm handlers
    run -1 with_handler echo64d 192.0.2.1 0
    assert_line 'echo64d: not started'
    assert_equal "$(<handlers)" handled
    rm handlers
    run -1 --separate-stderr with setsid:error=EPERM \
        -E LD_PRELOAD="$PWD/handler.so" -E HANDLERS="$PWD/handlers" \
        echo64d 127.0.0.1 0
    assert_equal "$stderr" \
        'echo64d: cannot detach from the terminal: Operation not permitted'
    assert_equal "$(<handlers)" handled
}

@test "a pid file that cannot be written is told" {
    no_start getcwd:error=ENOENT -p pid
    no_start fcntl:error=ENOLCK -f -p pid
    no_start fcntl:error=EACCES -f -p pid # as some systems say "it is locked"
    no_start ftruncate:error=EIO -p pid
    no_start fchmod:error=EPERM -p pid
    # shellcheck disable=SC2046 # two thousand words of which printf makes one
    refused 1 ': File name too long' echo64d \
        -p "$(printf '%.0sdirectory/' $(seq 2000))" 127.0.0.1 0
}

# no_start_about FILE INJECTION [OPTION]...: likewise with a call on that file
# alone.
no_start_about() {
    run ! --separate-stderr with "$2" -P "$1" echo64d "${@:3}" 127.0.0.1 0
    [[ $stderr == echo64d:* ]] || fail "no message at $2: $stderr"
    delivered "${2#*,}"
}

@test "files that cannot be opened or looked at are told" {
    no_start_about /dev/null openat:error=EMFILE
    no_start_about "$PWD/pid" fstat,newfstatat:error=EIO -f -p "$PWD/pid"
    : >pid
    no_start_about "$PWD/pid" pread64:error=EIO -f -p "$PWD/pid"
    [[ $stderr == *'Input/output error' ]]
    no_start_about "$PWD/pid" fstat,newfstatat:error=EIO:when=2 \
        -f -p "$PWD/pid" # the first look is by name
    rm pid
    # A user that no service makes up.
    no_start_about /etc/passwd openat:error=EMFILE -f -u daemon
}

@test "a pid file that an earlier daemon removes in between is made again" {
    with fcntl:signal=SIGSTOP:when=1 -P "$PWD/pid" \
        echo64d -f -p "$PWD/pid" 127.0.0.1 0 >address 2>err 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until is_stopped
    daemon=$(is_stopped)
    rm pid
    kill -CONT "$daemon"
    wait_until [ -s pid ]
    assert_equal "$(<pid)" "$daemon"
    wait_until grep -q . address
    kill -TERM "$daemon"
    exits_with 0 "${CLEANUP_PIDS[0]}"
    [ ! -e pid ]
}

@test "it stays what it was where it cannot become another user" {
    requires_root
    no_start setgroups:error=EPERM -u nobody
    no_start setgid:error=EPERM -u nobody
    no_start setuid:error=EPERM:when=1 -u nobody
    # As if the way back were open.
    no_start setuid:retval=0:when=2 -u nobody
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

@test "an old kernel, without /proc: it does not start with what it inherits" {
    # The loader opens files too, before main has a word to say.
    with openat:error=EINTR:when=9999 echo64d 256.0.0.1 0 || true
    before=$(sed '/ write(2,/q' trace | grep -c ' openat(')
    run -1 --separate-stderr with close_range:error=ENOSYS \
        -e "inject=openat:error=ENOENT:when=$((before + 1))" \
        echo64d 127.0.0.1 0
    assert_equal "$stderr" \
        'echo64d: cannot close inherited descriptors: No such file or directory'
    grep -q '/proc/self/fd.*(INJECTED)' trace
}

@test "without stdin, and without /dev/null in its place, it does not start" {
    run -1 with openat:error=EMFILE:when=1 -P /dev/null \
        bash -c 'exec echo64d 127.0.0.1 0 <&-'
    assert_output \
        'echo64d: cannot open /dev/null: Too many open files'
}

# started_despite INJECTION: the start command fails at nothing.
started_despite() {
    rm -f pid address
    with "$1" echo64d -p "$PWD/pid" 127.0.0.1 0 \
        >address 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until [ -s pid ]
    wait_until grep -q . address
    delivered "$1"
    kill -TERM "$(<pid)"
    exits_with 0 "${CLEANUP_PIDS[-1]}"
}

@test "the start command waits on when a signal interrupts it" {
    started_despite wait4:error=EINTR:when=1
    started_despite wait4:error=ECHILD:when=1 # another has waited for it
}

@test "a worker that cannot limit its silence turns its client away" {
    start_daemon -t 60
    into "$DAEMON_PID" setsockopt:error=ENOBUFS:when=1
    open_connection first
    closed "$first"
    delivered setsockopt
}

@test "a worker that cannot be stopped with the others is not left to run" {
    start_foreground -m 5
    into "$DAEMON_PID" setpgid:error=EPERM:when=1
    open_connection first
    closed "$first"
    delivered setpgid
    # It has ended for want of its connection: who signals it by its number may
    # meet another process.
    run ! grep -E '(^| )kill\(' trace
    open_connection second
    echoes "$second" 'the next'
    assert_equal "$(grep -c 'cannot start a worker' log)" 1
    has_children "$DAEMON_PID" 1
}

@test "a worker that has ended before it is in the group does no harm" {
    start_foreground
    into "$DAEMON_PID" setpgid:error=ESRCH:when=1
    open_connection first
    echoes "$first" hello
    delivered setpgid
    open_connection second
    echoes "$second" 'the next'
    run ! grep -q 'cannot' log
    exec {first}>&- # this one is in no group: let it end before
    wait_until has_children "$DAEMON_PID" 1
}

@test "SIGTERM between listening and waiting ends it, without a client" {
    local call
    for call in listen:1 getsockname:1 write:1 write:2 rt_sigprocmask:2 ppoll:1
    do
        with "${call%:*}:signal=SIGTERM:when=${call#*:}" \
            echo64d -f 127.0.0.1 0 >address 2>err || fail "not at $call"
        grep -q 'SIGTERM {' trace || fail "never sent at $call"
    done
}

@test "stopped while all its workers are busy, it does not wait for one" {
    start_foreground -m 1
    open_connection first
    echoes "$first" hello
    open_connection second
    kill -TERM "$DAEMON_PID"
    closed "$first"
    exits_with 0 "$DAEMON_PID"
}

no_worker_runs() {
    local worker
    for worker in $(children "$DAEMON_PID"); do
        ended "$worker" || return 1
    done
}

@test "it gives up, and tells why, where accept can never succeed again" {
    start_foreground
    into "$DAEMON_PID" accept4:error=EINVAL:when=1
    open_connection fd
    exits_with 1 "$DAEMON_PID"
    delivered accept4
    assert_equal "$(grep -c 'cannot accept: Invalid argument' log)" 1
}

@test "a last client that cannot be accepted keeps it from no end" {
    start_foreground -m 1
    open_connection first
    echoes "$first" hello
    open_connection second # it waits in the backlog
    into "$DAEMON_PID" accept4:error=EMFILE
    kill -STOP "$DAEMON_PID"
    wait_until is_stopped
    kill -TERM "$DAEMON_PID"
    exec {first}>&-
    wait_until no_worker_runs
    kill -CONT "$DAEMON_PID"
    exits_with 0 "$DAEMON_PID"
    delivered accept4
}

@test "stopped where it cannot know who waits, it ends all the same" {
    start_foreground
    into "$DAEMON_PID" getsockopt:error=ENOBUFS
    kill -TERM "$DAEMON_PID"
    exits_with 0 "$DAEMON_PID"
    delivered getsockopt
}

@test "a worker that ends while the daemon stops is no reason to wait" {
    start_foreground
    open_connection first
    echoes "$first" hello
    into "$DAEMON_PID" rt_sigaction:signal=SIGSTOP:when=1
    kill -TERM "$DAEMON_PID"
    wait_until is_stopped
    exec {first}>&-
    wait_until no_worker_runs
    kill -CONT "$DAEMON_PID"
    exits_with 0 "$DAEMON_PID"
}

@test "a pid file that can be neither removed nor emptied is told" {
    with unlink:error=EACCES -e inject=ftruncate:error=EIO:when=2 \
        echo64d -f -p "$PWD/pid" 127.0.0.1 0 >address 2>err 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until grep -q 'listening on' err
    kill -TERM "$(<pid)"
    exits_with 0 "${CLEANUP_PIDS[0]}"
    delivered unlink
    delivered ftruncate
    run -0 grep 'cannot' err
    assert_output "echo64d: cannot remove pid file $PWD/pid: Input/output error"
}
