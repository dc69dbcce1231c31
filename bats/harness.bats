#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# harness: its options, its exit statuses, and what it says of bad input.
# shellcheck disable=SC2016 # what stands in single quotes another shell reads
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run and open_connection set variables by name

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# refused STATUS MESSAGE [ARGUMENT]...: so it ends before anything is started,
# and says why.
refused() {
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
    assert_equal "${lines[-1]}" '0 passed, 0 failed, 9 skipped'
    reports '.summary.pass == 0 and .summary.skip == 9 and .audit == null'
    jq -r '.cases[].reason' r.json | grep -qF -- "$reason"
}

#
# What it runs
#

@test "stress is the default, and may be named" {
    ends 0 -c 2 -n 2
    reports '.mode == "stress"'
    ends 0 stress -c 2 -n 2
    reports '.mode == "stress"'
}

@test "with no COMMAND it tests the echo64d beside it, or else in PATH" {
    ends 0 -c 2 -n 2
    reports '.target | .name == "echo64d"
        and .command == [env.BUILD_DIR + "/echo64d"]'
    mkdir alone path
    cp "$BUILD_DIR"/harness "$BUILD_DIR"/harness-crowd alone
    cp "$BUILD_DIR"/echo64d path
    run -2 env PATH=/usr/bin:/bin alone/harness -c 2 -f "$ROOT/fixtures/frames"
    assert_output --partial 'no echo64d'
    PATH=$PWD/path:/usr/bin:/bin run -0 alone/harness -c 2 -n 2 \
        -f "$ROOT/fixtures/frames" --json=r.json
    reports '.target.command == [env.PWD + "/path/echo64d"]'
}

@test "with no placeholder the address and the port are appended" {
    server_script 'echo "$@" >arguments' 'exec echo64d -f "$2" "$3"'
    ends 0 -c 2 -n 2 -- ./server first
    assert_equal "$(<arguments)" "first 127.0.0.1 $(jq .target.port r.json)"
}

@test "{ip} and {port} are replaced where they stand, and nothing is appended" {
    server_script 'echo "$@" >arguments' 'exec echo64d -f 127.0.0.1 "$1"'
    ends 0 -c 2 -n 2 -- ./server '{port}' 'a{ip}b{port}c{port}' '{other}'
    port=$(jq .target.port r.json)
    assert_equal "$(<arguments)" "$port a127.0.0.1b${port}c$port {other}"
}

@test "{dir} is an empty directory that may be written, and is gone later" {
    mkdir tmp
    server_script 'ls -A "$1" >listing' 'echo "$1" >name' \
        'exec echo64d -f -p "$1/pid" "$2" "$3"'
    for isolation in '' --no-isolation; do
        # shellcheck disable=SC2086 # none is none
        TMPDIR=$PWD/tmp ends 0 -c 2 -n 2 $isolation -- \
            ./server '{dir}' '{ip}' '{port}'
        assert_equal "$(<listing)" ''
        [ -n "$(<name)" ]
        refute [ -e "$(<name)" ]
        assert_equal "$(ls -A tmp)" ''
    done
}

@test "a server is started in a defined world, whatever the caller's is" {
    server_script 'umask >its.umask' 'pwd >its.pwd' \
        'grep ^Sig /proc/$$/status >its.signals' \
        'ls /proc/$$/fd >its.fds' 'readlink /proc/$$/fd/0 >its.stdin' \
        'exec echo64d -f "$1" "$2"'
    (
        umask 077
        trap '' PIPE CHLD USR1
        exec 9</etc/passwd
        ends 0 -c 1 -n 1 -- ./server
    )
    assert_equal "$(<its.umask)" 0022
    assert_equal "$(<its.pwd)" "$PWD"
    assert_equal "$(<its.stdin)" /dev/null
    # From 10 on a shell has its own: the script, a saved stdout.
    assert_equal "$(grep -x '[0-9]' its.fds | xargs)" '0 1 2'
    run -0 grep -E '^Sig(Blk|Ign)' its.signals
    assert_output $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
}

#
# Its options
#

@test "--address ::1: the server listens and is tested there" {
    requires_ipv6
    ends 0 -c 10 -n 4 --address ::1
    assert_line --regexp '^stress +server echo64d +at \[::1\]'
    reports '.target.address == "::1" and .load.frames_verified == 40'
    server_script 'echo "$1" >ip' 'exec echo64d -f "$1" "$2"'
    ends 0 -c 1 -n 1 --address ::1 -- ./server
    assert_equal "$(<ip)" ::1
}

@test "--listens: nothing is appended, and nothing but {dir} replaced" {
    server_script 'echo "$@" >arguments' 'exec echo64d -f 127.0.0.1 7'
    ends 0 -c 4 -n 4 --listens 127.0.0.1:7 -- ./server '{ip}' '{port}'
    assert_equal "$(<arguments)" '{ip} {port}'
    reports '.target | .address == "127.0.0.1" and .port == 7'
}

@test "--listens [IPv6]:PORT" {
    requires_ipv6
    ends 0 -c 4 -n 4 --listens '[::1]:7007' -- echo64d ::1 7007
    reports '.target | .address == "::1" and .port == 7007'
}

@test "--connect tests a server that runs already, and leaves it running" {
    start_daemon
    ends 0 -c 10 -n 4 --connect "$IP:$PORT"
    assert_equal "${lines[-1]}" '3 passed, 0 failed, 6 skipped'
    reports '.target | .starts == "attached" and (.isolated | not)
        and .port == '"$PORT"
    reports '.load | .connected == 10 and .frames_verified == 40'
    reports '[.cases[] | select(.id | startswith("process/"))
        | .verdict == "skip" and (.reason | test("--pid"))] | length == 5 and all'
    wait_until has_children "$DAEMON_PID" 0
    open_connection fd
    echoes "$fd" "still here"
}

@test "--connect with --pid judges process/ too" {
    start_daemon
    ends 0 -c 10 -n 4 --connect "$IP:$PORT" --pid "$DAEMON_PID"
    assert_equal "${lines[-1]}" '8 passed, 0 failed, 1 skipped'
    reports '.audit | .workers_seen >= 10 and .fds_before == .fds_after'
    in_state "$DAEMON_PID" S
}

@test "--connect with --pid sees the zombies of a server that runs already" {
    requires ss
    fixture_server no-reaping
    "$SERVER" 127.0.0.1 0 >/dev/null 3>&- 4>&- &
    pid=$!
    CLEANUP_PIDS+=("$pid")
    wait_until listens "$pid"
    ends 1 -c 10 -n 4 --timeout 0.5 --connect "127.0.0.1:$PORT" --pid "$pid"
    assert_equal "$(failing r.json)" process/no-zombies
}

# listens PID: sets PORT.
listens() {
    PORT=$(ss -Hltnp | sed -n "s/.*127\.0\.0\.1:\([0-9]*\) .*pid=$1,.*/\1/p")
    [ -n "$PORT" ]
}

@test "--no-isolation: the same verdicts, and nothing of it is left" {
    mkdir tmp
    TMPDIR=$PWD/tmp ends 0 -c 20 -n 4 --no-isolation
    reports '.target.isolated | not'
    assert_equal "${lines[-1]}" '9 passed, 0 failed'
    left_are ''
    assert_equal "$(ls -A tmp)" ''
    ends 1 -c 4 -n 4 --no-isolation --timeout 0.5 -- \
        "$BUILD_DIR/fixtures/servers/no-reaping"
    assert_equal "$(failing r.json)" process/no-zombies
}

@test "four runs side by side, isolated or not, do not meet" {
    for isolation in '' --no-isolation; do
        pids=()
        for n in 1 2 3 4; do
            # shellcheck disable=SC2086 # none is none
            harness -q -c 20 -n 4 --seed "$n" $isolation >"out.$n" 2>&1 \
                3>&- 4>&- &
            pids+=($!)
        done
        for n in 1 2 3 4; do
            wait "${pids[n - 1]}"
            assert_equal "$(<"out.$n")" '9 passed, 0 failed'
        done
    done
}

@test "where namespaces are not allowed it says so, and tests all the same" {
    unshare -Ur true || skip "needs a user namespace to forbid others in"
    # shellcheck disable=SC2016 # the inner shell expands it
    forbid='for n in user pid net mnt; do
        echo 0 >/proc/sys/user/max_${n}_namespaces; done; exec "$@"'
    run -0 unshare -Ur sh -c "$forbid" sh harness doctor
    assert_line --regexp '^isolation +no '
    run -0 unshare -Ur sh -c "$forbid" sh harness -c 10 -n 4 --json=r.json
    assert_equal "${lines[-1]}" '9 passed, 0 failed'
    reports '.target.isolated | not'
}

@test "-f: frames travel verbatim, and alternate with stamped ones" {
    printf 'A%.0s' {1..64} >a.frame
    printf '\377%.0s' {1..64} >b.frame
    record_stream -n 4 -f a.frame -f b.frame
    head -c 128 stream | tail -c 64 | cmp - a.frame
    tail -c 64 stream | cmp - b.frame
    run -1 cmp -s <(head -c 64 stream) <(head -c 192 stream | tail -c 64)
}

# record_stream ARGUMENT...: what the one client sends, in the file stream.
record_stream() {
    requires socat
    rm -rf streams
    mkdir streams
    server_script "exec socat TCP-LISTEN:\$2,bind=\$1,fork,reuseaddr \
        'SYSTEM:tee streams/\$SOCAT_PEERPORT'"
    ends 0 -c 1 --seed 5 "$@" -- ./server
    # The other clients, of short messages and resets, never send as much.
    bytes=$((64 * $(jq .load.frames_sent r.json)))
    run -0 find streams -type f -size "${bytes}c"
    assert_equal "${#lines[@]}" 1
    mv "$output" stream
}

@test "-f takes a directory, and files that hold several frames" {
    mkdir frames
    head -c 64 /dev/zero >frames/one
    head -c 192 /dev/urandom >frames/three
    ends 0 -c 2 -f frames
    reports '.load.frames_sent == 2 * 8'
}

@test "--seed: the same bytes again, and other bytes with another" {
    head -c 64 /dev/zero >frame
    record_stream -n 40 -f frame --seed 11
    mv stream first
    record_stream -n 40 -f frame --seed 11
    cmp first stream
    record_stream -n 40 -f frame --seed 12
    run -1 cmp -s first stream
}

@test "--seed is printed; without it every run has another" {
    ends 0 -c 1 -n 1 --seed 9223372036854775807
    assert_line --regexp '^stress .* seed 9223372036854775807$'
    reports '.seed == 9223372036854775807'
    ends 0 -c 1 -n 1
    first=$(jq .seed r.json)
    assert_line --regexp "^stress .* seed $first\$"
    ends 0 -c 1 -n 1
    reports ".seed != $first"
}

@test "--name is the target's name, else the command's base name is" {
    ends 0 -c 1 -n 1 --name 'a server'
    assert_line --regexp '^stress +server a server +at '
    reports '.target.name == "a server"'
    ends 0 -c 1 -n 1 -- "$BUILD_DIR/echo64d"
    reports '.target.name == "echo64d"'
}

@test "-q prints failing cases and the last line alone, -v more" {
    ends 0 -c 1 -n 1 -q
    assert_output '9 passed, 0 failed'
    fixture_server fixed-length
    ends 1 -c 1 -n 1 -q -- "$SERVER"
    assert_line --index 0 --regexp '^fail +echo/short-message '
    refute_line --regexp '^pass '
    ends 0 -c 1 -n 1
    plain=$output
    ends 0 -c 1 -n 1 -v
    [ ${#output} -gt ${#plain} ]
}

@test "--color: always, never, and on a terminal where NO_COLOR allows it" {
    requires script
    escape=$'\e['
    ends 0 -c 1 -n 1
    refute_output --partial "$escape"
    NO_COLOR=1 ends 0 -c 1 -n 1 --color=always
    assert_output --partial "$escape"
    export TERM=xterm
    unset NO_COLOR
    run -0 script -qec 'harness -c 1 -n 1' /dev/null
    assert_output --partial "${escape}32mpass"
    run -0 script -qec 'harness -c 1 -n 1 --color=never' /dev/null
    refute_output --partial "${escape}32mpass"
    NO_COLOR=1 run -0 script -qec 'harness -c 1 -n 1' /dev/null
    refute_output --partial "${escape}32mpass"
}

@test "--timeout bounds the wait for a server that never answers" {
    requires socat
    ends 1 -c 5 -n 2 --timeout 0.5 -- socat -u \
        'TCP-LISTEN:{port},bind={ip},fork,reuseaddr,backlog=64' OPEN:/dev/null
    assert_equal "$(failing r.json | head -1)" lifecycle/still-serving
    reports '.load | .connected == 0 and .frames_verified == 0'
}

@test "--timeout-scale multiplies it" {
    never_came_up 'never listened' --timeout 0.2 --timeout-scale 3 -- \
        sh -c 'exec tail -f /dev/null'
    reports '.wall_seconds >= 0.6'
}

@test "--run-timeout ends the whole run: what had not begun is an error" {
    ends 4 -c 2 --run-timeout 0.3 -- sh -c 'exec tail -f /dev/null'
    assert_equal "${lines[-1]}" '0 passed, 0 failed, 9 errors'
    reports '.summary.error == 9
        and (.cases[0].reason | test("--run-timeout"))'
    left_are ''
}

@test "--expect: a failure that is listed is none, a pass is stale" {
    fixture_server fixed-length
    printf '# known\necho/short-message # its buffer\n\n' >known
    ends 0 -c 1 -n 2 --expect known -- "$SERVER"
    assert_equal "${lines[-1]}" '9 passed, 0 failed'
    reports '.summary | .pass == 8 and .expected == 1 and .fail == 0'
    reports '.cases[] | select(.id == "echo/short-message")
        | .verdict == "fail" and .expected'
    ends 1 -c 1 -n 2 --expect known
    assert_equal "${lines[-1]}" '8 passed, 1 failed'
    reports '.summary | .pass == 8 and .stale == 1'
    run -2 harness --expect nofile -c 1
    assert_output --partial nofile
}

@test "--update-expect writes the list that the next run needs" {
    fixture_server fixed-length
    ends 1 -c 1 -n 2 --expect known --update-expect -- "$SERVER"
    assert_equal "$(sed 's/[[:space:]]*#.*//' known)" echo/short-message
    ends 0 -c 1 -n 2 --expect known -- "$SERVER"
    ends 1 -c 1 -n 2 --expect known --update-expect
    assert_equal "$(sed 's/[[:space:]]*#.*//' known)" ''
}

@test "doctor says what this machine allows, to an ordinary user too" {
    run -0 harness doctor
    for what in /proc sock_diag isolation processes descriptors; do
        assert_line --regexp "^$what +(yes|no) "
    done
    assert_line --regexp '^processes .* room for [0-9]+ clients'
    requires_ordinary_user
    run -0 as_ordinary_user harness doctor
    assert_output --partial 'an ordinary user'
}

@test "doctor finds what lies beside harness, wherever it is called" {
    PATH=/usr/bin:/bin run -0 "$BUILD_DIR/harness" doctor
    assert_line --regexp '^harness-crowd +yes '
}

@test "--help tells of every option, --version of itself, both on stdout" {
    run -0 --separate-stderr harness --help
    for option in clients frames fixtures address listens connect client \
        valgrind jobs timeout timeout-scale run-timeout strict daemon expect \
        update-expect no-isolation seed name tap junit json html quiet \
        verbose color pid; do
        assert_output --partial "--$option"
    done
    assert_equal "$stderr" ''
    run -0 --separate-stderr harness --version
    assert_output --regexp '^harness .*[0-9]+\.[0-9]+\.[0-9]+$'
    assert_equal "$stderr" ''
}

#
# An ordinary user
#

@test "an ordinary user has the same verdicts, and port 7" {
    requires_ordinary_user
    run -0 as_ordinary_user harness -c 50 -n 4 --json=r.json
    assert_equal "${lines[-1]}" '9 passed, 0 failed'
    reports '.load.frames_verified == 200'
    jq -e .target.isolated r.json >/dev/null || skip "needs namespaces for 7"
    run -0 as_ordinary_user harness -q -c 10 -n 4 --listens 127.0.0.1:7 \
        -- echo64d 127.0.0.1 7
    assert_output '9 passed, 0 failed'
}

@test "an ordinary user's limit of processes is found before the start" {
    requires prlimit
    requires_ordinary_user
    run -4 as_ordinary_user prlimit --nproc=200 harness -c 100
    assert_output --partial 'RLIMIT_NPROC'
    assert_output --partial '200'
}

#
# Exit status 1
#

@test "a failing case is shown with all that explains it, and a replay" {
    fixture_server stale-tail
    ends 1 -c 2 -n 2 --seed 77 -- "$SERVER"
    assert_equal "${lines[-1]}" '8 passed, 1 failed'
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

#
# Exit status 2
#

@test "a number that is none, or out of range, is refused by name" {
    for number in 0 x -1 '' 1x 1.5; do
        refused 2 --clients -c "$number"
        refused 2 --frames -n "$number"
    done
    for seconds in 0 x -1 '' 1s nan inf 0x1; do
        refused 2 --timeout: --timeout "$seconds"
        refused 2 --timeout-scale --timeout-scale "$seconds"
        refused 2 --run-timeout --run-timeout "$seconds"
    done
    for seed in x -1 '' 1.0 9223372036854775808; do
        refused 2 --seed --seed "$seed"
    done
    refused 2 "'x'" -c x
}

@test "an address that is none is refused by name" {
    for ip in localhost 127.0.0 '' 1.2.3.4.5 '[::1]'; do
        refused 2 --address --address "$ip"
    done
    for address in 7 127.0.0.1 127.0.0.1: 127.0.0.1:0 127.0.0.1:65536 \
        ::1:7 localhost:7 ''; do
        refused 2 --listens --listens "$address"
        run -2 harness --connect "$address"
        assert_output --partial --connect
    done
}

@test "an unknown option, and options that do not go together, are refused" {
    refused 2 --nonsense --nonsense
    refused 2 "'-Z'" -Z
    refused 2 --color --color=blue
    refused 2 --pid --pid 1
    refused 2 --update-expect --update-expect
    refused 2 --jobs -j 2
    refused 2 --client --client
    refused 2 'two reports go to stdout' --tap=- --junit=-
    refused 2 --connect --connect 127.0.0.1:7
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
    refused 2 'f63: 63 bytes' -f f63
    refused 2 'f65: 65 bytes' -f f65
    refused 2 'f0: empty' -f f0
    refused 2 'empty: a directory without any fixture' -f empty
    refused 2 'bad/one: 63 bytes' -f bad
    refused 2 'nofile: No such file' -f nofile
    refused 2 'fifo: not a regular file' -f fifo
    refused 2 --fixtures -f ''
}

@test "a report that cannot be opened is found before the start" {
    mkdir directory
    for option in --tap --junit --html; do
        refused 2 /nonexistent/report "$option=/nonexistent/report"
        refused 2 directory "$option=directory"
        refused 2 "$option" "$option="
    done
    run -2 --separate-stderr harness --json=/nonexistent/r.json
    says '/nonexistent/r.json: No such file'
    requires_ordinary_user
    mkdir closed
    chmod 755 closed
    run -2 as_ordinary_user harness --json=closed/r.json
    assert_output --partial 'closed/r.json: Permission denied'
}

#
# Exit status 3
#

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
    never_came_up 'it ended (status 1)' -c 2 --address 192.0.2.1 --no-isolation
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
        [[ $stderr =~ 'it listens on 127.0.0.1:'[0-9]+', not on 127.0.0.1:'[0-9]+ ]]
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

#
# Exit status 4
#

@test "a number that this machine cannot hold is refused with the limit" {
    for clients in 99999999 99999999999999999999; do
        refused 4 '-c ' -c "$clients"
        says 'kernel.pid_max'
    done
    refused 4 '-c 99999999' -c 99999999
}

@test "a report that cannot be written makes the status 4" {
    for option in --tap --junit --html; do
        ends 4 -c 2 -n 2 "$option=/dev/full"
        says '/dev/full: '
        assert_equal "${lines[-1]}" '9 passed, 0 failed'
        reports '.summary.pass == 9' # the others are written
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

#
# The suite's commands (its cases have suites of their own)
#

@test "list names each case with its level, and as JSON" {
    run -0 --separate-stderr harness list
    [ "${#lines[@]}" -ge 9 ]
    refute_line --regexp '^[^ ]*[^a-z/0-9 -]'
    assert_line --regexp '^process/no-zombies +must +'
    run -0 --separate-stderr harness list --json process/
    jq -e 'length > 0 and all(.[]; .id | startswith("process/"))' <<<"$output"
    run -2 harness list no/such-case
    assert_output --partial no/such-case
}

@test "explain tells of a case, and refuses what is none by name" {
    run -0 --separate-stderr harness explain process/no-zombies
    assert_output --partial process/no-zombies
    assert_output --partial UNP
    run -2 harness explain no/such-case
    assert_output --partial no/such-case
    run -2 harness explain
}
