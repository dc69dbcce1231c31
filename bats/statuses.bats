#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The exit statuses of the harness, each with what it says then; bad input is
# refused by name. That a signal makes it 128 and more: abort.bats.
# shellcheck disable=SC2016 # what stands in single quotes another shell reads
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2034,SC2154 # run and helpers.bash set and read variables

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# rejected STATUS MESSAGE [ARGUMENT]...: so it ends before anything is started,
# and says why.
rejected() {
    local wanted=$1 message=$2
    shift 2
    ends "$wanted" "$@" -- sh -c 'touch started; exit 1'
    says "$message"
    assert_output ''
    refute [ -e started ]
    refute [ -e r.json ]
}

# never_came_up REASON [ARGUMENT]...: status 3, no case passed, the reason on
# stderr and in the report.
never_came_up() {
    local reason=$1
    shift
    ends 3 "$@"
    says "$reason"
    assert_equal "${lines[-1]}" '0 passed, 0 failed, 10 skipped'
    reports '.summary.pass == 0 and .summary.skip == 10 and .audit == null'
    jq -r '.cases[].reason' r.json | grep -qF -- "$reason"
}

@test "a failing case is shown with all that explains it, and a replay" {
    fixture_server stale-tail
    ends 1 -c 2 -n 2 --seed 77 -- "$SERVER"
    assert_equal "${lines[-1]}" '9 passed, 1 failed'
    assert_line --regexp '^fail +echo/short-message +a message shorter than '
    assert_line --regexp '^ +must, RFC 862'
    assert_line --regexp '^ +reason: +'
    assert_line --regexp '^ +expected: +'
    assert_line --regexp '^ +observed: +'
    assert_line --regexp '^ +first difference at byte [0-9]+ '
    # The hex dump of both.
    run -0 grep -cE '^ .* [0-9a-f]{4}  ([0-9a-f]{2} ){8}.*\|.*\|$' <<<"$output"
    [ "$output" -ge 2 ]
}

@test "the facts of a failure name the process" {
    fixture_server no-reaping
    ends 1 -c 2 -n 2 --timeout 0.5 -- "$SERVER"
    assert_line --regexp 'pid [0-9]+.* \(no-reaping\) is a zombie of pid [0-9]+'
    fixture_server leaks-pipe-end
    ends 1 -c 2 -n 2 --timeout 0.5 -- "$SERVER"
    assert_line --regexp 'pid [0-9]+.* holds fd [0-9]+ pipe:'
}

@test "the replay line runs it again, with the same seed" {
    fixture_server fixed-length
    ends 1 -c 2 -n 2 --seed 77 --name "it's $(printf '\t') a name" -- "$SERVER"
    replay=$(sed -n 's/^ *replay: *//p' <<<"$output")
    run -1 bash -c "$replay"
    assert_line --regexp '^stress .* seed 77$'
    assert_line --regexp '^fail +echo/short-message '
    assert_equal "$(sed -n 's/^ *replay: *//p' <<<"$output")" "$replay"
}

@test "a number that is none, or out of range, is refused by name" {
    for number in 0 x -1 '' 1x 1.5; do
        rejected 2 --clients -c "$number"
        rejected 2 --frames -n "$number"
    done
    for seconds in 0 x -1 '' 1s nan inf 0x1; do
        rejected 2 --timeout: --timeout "$seconds"
        rejected 2 --timeout-scale --timeout-scale "$seconds"
        rejected 2 --run-timeout --run-timeout "$seconds"
    done
    for seed in x -1 '' 1.0 9223372036854775808; do
        rejected 2 --seed --seed "$seed"
    done
    rejected 2 "'x'" -c x
}

@test "an address that is none is refused by name" {
    for ip in localhost 127.0.0 '' 1.2.3.4.5 '[::1]'; do
        rejected 2 --address --address "$ip"
    done
    for address in 7 127.0.0.1 127.0.0.1: 127.0.0.1:0 127.0.0.1:65536 \
        ::1:7 ''; do
        rejected 2 --listens --listens "$address"
        run -2 harness --connect "$address"
        assert_output --partial --connect
    done
    rejected 2 --listens --listens localhost:7
}

@test "an unknown option, and options that do not go together, are refused" {
    rejected 2 --nonsense --nonsense
    rejected 2 "'-Z'" -Z
    rejected 2 --color --color=blue
    rejected 2 --pid --pid 1
    rejected 2 --update-expect --update-expect
    rejected 2 --jobs -j 2
    rejected 2 --client --client
    rejected 2 'two reports go to stdout' --tap=- --junit=-
    rejected 2 --connect --connect 127.0.0.1:7
    run -2 harness --connect 127.0.0.1:7 --listens 127.0.0.1:7
    assert_output --partial --connect
    run -2 harness nonsense
    assert_output --partial "'nonsense'"
    run -2 harness --
    assert_output --partial COMMAND
    run -2 harness -c
    assert_output --partial -c
}

@test "a fixture that is none is refused by name" {
    head -c 63 /dev/zero >f63
    head -c 65 /dev/zero >f65
    : >f0
    mkdir empty bad
    cp f63 bad/one
    mkfifo fifo
    rejected 2 'f63: 63 bytes' -f f63
    rejected 2 'f65: 65 bytes' -f f65
    rejected 2 'f0: empty' -f f0
    rejected 2 'empty: a directory without any fixture' -f empty
    rejected 2 'bad/one: 63 bytes' -f bad
    rejected 2 'nofile: No such file' -f nofile
    rejected 2 'fifo: not a regular file' -f fifo
    rejected 2 --fixtures -f ''
}

@test "a report that cannot be opened is found before the start" {
    mkdir directory
    for option in --tap --junit --html; do
        rejected 2 /nonexistent/report "$option=/nonexistent/report"
        rejected 2 directory "$option=directory"
        rejected 2 "$option" "$option="
    done
    run -2 --separate-stderr harness --json=/nonexistent/r.json
    says '/nonexistent/r.json: No such file'
    requires_ordinary_user
    mkdir closed
    chmod 555 closed # to its owner too
    run -2 as_ordinary_user harness --json=closed/r.json
    assert_output --partial 'closed/r.json: Permission denied'
}

# one_place OTHER ARGUMENT...: two of what is written would be one file.
one_place() {
    local other=$1
    shift
    run -2 --separate-stderr harness "$@" -- sh -c 'touch started; exit 1'
    says "two reports go to"
    says "$other"
    assert_output ''
    refute [ -e started ]
}

@test "two reports to one file, by whatever names, are refused" {
    mkdir real
    ln -s real link
    ln -s nofile dangling
    echo echo/one-byte >known
    ln known hard
    one_place ./x --json=x --junit=./x
    one_place "$PWD/x" --json=x --tap="$PWD/x"
    one_place link/x --json=real/x --html=link/x
    one_place dangling --json=dangling --html=nofile
    one_place hard --json=known --html=hard
    one_place stdout --tap=/dev/stdout --json=-
    one_place /dev/fd/1 --tap --json=/dev/fd/1
    one_place /proc/self/fd/1 --json=- --html=/proc/self/fd/1
    one_place --expect=known --expect known --json=hard
    one_place --expect=new --expect new --update-expect --json=./new
    run -2 bash -c 'harness --json=r.json >r.json'
    grep -q "two reports go to one file: --json=r.json and the terminal's" \
        r.json || assert_output --partial "and the terminal's"
    run -0 find . -type f -name x
    assert_output ''
    # What takes anything takes two.
    run -0 harness -q -c 2 -n 2 --json=/dev/null --tap=/dev/null
}

@test "a FIFO that nobody reads, a socket or a loop of links is refused" {
    requires python3
    mkfifo fifo
    ln -s loop loop
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
    rejected 2 'fifo: a FIFO that nobody reads' --tap=fifo
    rejected 2 'socket: ' --tap=socket
    rejected 2 'loop: Too many levels' --tap=loop
}

@test "a FIFO that nobody reads keeps no signal waiting" {
    mkfifo fifo
    harness -c 2 --json=fifo >out 2>err 3>&- 4>&- &
    pid=$!
    CLEANUP_PIDS=("$pid")
    wait_until takes_signals "$pid"
    kill -TERM "$pid"
    exits_with 143 "$pid"
}

@test "an expectation file that never ends is refused, and keeps no signal" {
    printf 'echo/one-byte\0' >nul
    run -2 harness --expect nul
    assert_output --partial '--expect nul: no text'
    run -2 harness --expect /dev/zero
    assert_output --partial '--expect /dev/zero: '
    mkfifo fifo
    harness --expect fifo >out 2>err 3>&- 4>&- &
    pid=$!
    CLEANUP_PIDS=("$pid")
    wait_until takes_signals "$pid"
    kill -TERM "$pid"
    exits_with 143 "$pid"
}

@test "an expectation file may be a pipe, and its comments long" {
    fixture_server fixed-length
    ends 0 -c 1 -n 1 --expect <(printf 'echo/short-message # %05000d' 0) \
        -- "$SERVER"
}

@test "a file size that leaves no room for output is named" {
    run -4 bash -c 'ulimit -f 0 && harness -c 2 -n 2'
    assert_output --partial '(ulimit -f, RLIMIT_FSIZE)'
    run -4 bash -c 'ulimit -f 0 && harness conform echo/one-byte'
    assert_output --partial '(ulimit -f, RLIMIT_FSIZE)'
}

@test "a command that is none is reported by name" {
    never_came_up 'cannot execute ./nosuchserver: No such file' \
        -c 2 -- ./nosuchserver
    never_came_up 'cannot execute nosuchserver' -c 2 -- nosuchserver
    : >plain
    never_came_up 'cannot execute ./plain: Permission denied' -c 2 -- ./plain
}

@test "a command that ends at once is reported with its status and its words" {
    never_came_up 'it ended (status 7) without listening' -c 2 -- \
        sh -c 'echo its own words >&2; exit 7'
    says 'its own words'
    never_came_up 'it ended (killed by SIGSEGV) without listening' -c 2 -- \
        sh -c 'kill -SEGV $$'
    never_came_up 'it ended (status 0) without listening' -c 2 -- true
    never_came_up 'it ended (status 1)' -c 2 -- \
        sh -c 'exec echo64d 192.0.2.1 "$2"' sh
    says 'cannot bind 192.0.2.1'
}

@test "what a command prints cannot act on the terminal" {
    ends 3 -c 2 -- sh -c 'printf "\033[31mred\001\377" >&2; exit 1'
    says red
    [[ $stderr != *[$'\e\001\377']* ]]
}

@test "a command that never listens is reported" {
    never_came_up 'it runs, but never listened on 127.0.0.1:' \
        -c 2 --timeout 0.3 -- sh -c 'exec tail -f /dev/null'
    left_are ''
}

@test "a command that listens elsewhere is reported with both addresses" {
    for start in 'exec echo64d -f' 'echo64d'; do
        ends 3 -c 2 --timeout 0.3 -- sh -c "$start 127.0.0.1 0"
        stderr=${stderr//127.0.0.1:/:}
        [[ $stderr =~ 'it listens on :'[0-9]+', not on :'[0-9]+ ]]
    done
}

@test "--connect to where nobody listens, and --pid of nobody, are reported" {
    start_daemon
    stop_daemon
    never_came_up "nothing listens on 127.0.0.1:$PORT" -c 2 \
        --connect "127.0.0.1:$PORT"
    never_came_up 'no process 2147483647' -c 2 \
        --connect "127.0.0.1:$PORT" --pid 2147483647
}

@test "a number that this machine cannot hold is refused with the limit" {
    for clients in 99999999 99999999999999999999; do
        rejected 4 '-c ' -c "$clients"
        # Which one is the lowest depends on the machine.
        [[ $stderr =~ room\ for\ [0-9]+:.*(pid_max|threads-max|pids.max|NPROC) ]]
    done
    rejected 4 '-c 99999999' -c 99999999
}

@test "a report that cannot be written makes the status 4" {
    for option in --tap --junit --html; do
        ends 4 -c 2 -n 2 "$option=/dev/full"
        says '/dev/full: '
        assert_equal "${lines[-1]}" '10 passed, 0 failed'
        reports '.summary.pass == 10' # the others are written
    done
    run -4 --separate-stderr harness -c 2 -n 2 --json=/dev/full
    says '/dev/full: No space left'
    run -4 bash -c 'harness -c 2 -n 2 --json=- >/dev/full'
    assert_output --partial 'No space left'
    run -4 bash -c 'harness -c 2 -n 2 >/dev/full'
    assert_output --partial 'No space left'
}

@test "where the clients' executable is missing the status is 4" {
    mkdir alone
    cp "$BUILD_DIR/harness" "$BUILD_DIR/echo64d" alone
    PATH=/usr/bin:/bin run -4 alone/harness -c 2 -f "$ROOT/fixtures/frames"
    assert_output --partial harness-crowd
}

@test "of several exit statuses the first of 2, 3, 4, 1 counts" {
    ends 3 -c 2 -n 2 --tap=/dev/full -- sh -c 'exit 1'
    fixture_server fixed-length
    ends 4 -c 2 -n 2 --tap=/dev/full -- "$SERVER"
    run -2 harness -c 99999999 --json=/nonexistent/r.json
}
