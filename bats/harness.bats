#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# harness: what it runs, and its options. What it refuses: statuses.bats.
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
        'grep ^Sig /proc/self/status >its.signals' \
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
    assert_equal "${lines[-1]}" '4 passed, 0 failed, 6 skipped'
    reports '.target | .starts == "attached" and (.isolated | not)
        and .port == '"$PORT"
    reports '.load | .connected == 10 and .frames_verified == 40'
    reports '[.cases[] | select(.id | startswith("process/"))
        | .verdict == "skip" and (.reason | test("--pid"))]
        | length == 5 and all'
    wait_until has_children "$DAEMON_PID" 0
    open_connection fd
    echoes "$fd" "still here"
}

@test "--connect with --pid judges process/ too" {
    start_daemon
    ends 0 -c 10 -n 4 --connect "$IP:$PORT" --pid "$DAEMON_PID"
    assert_equal "${lines[-1]}" '9 passed, 0 failed, 1 skipped'
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
    assert_equal "${lines[-1]}" '10 passed, 0 failed'
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
            assert_equal "$(<"out.$n")" '10 passed, 0 failed'
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
    assert_equal "${lines[-1]}" '10 passed, 0 failed'
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
    rm -rf streams
    mkdir streams
    # A file for each connection, written before the answer: the harness ends
    # the server at the last answer.
    cat >recorder.py <<'END'
import socketserver, sys, threading

class Recorder(socketserver.BaseRequestHandler):
    def handle(self):
        with open(f"streams/{threading.get_native_id()}", "xb", 0) as stream:
            while got := self.request.recv(1 << 16):
                stream.write(got)
                self.request.sendall(got)

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

Server((sys.argv[1], int(sys.argv[2])), Recorder).serve_forever()
END
    ends 0 -c 1 --seed 5 "$@" -- /usr/bin/python3 recorder.py
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
    assert_output '10 passed, 0 failed'
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
    ends 3 -c 2 --timeout 0.2 --timeout-scale 3 -- \
        sh -c 'exec tail -f /dev/null'
    says 'never listened'
    reports '.wall_seconds >= 0.6'
}

@test "--run-timeout ends the whole run: what had not begun is an error" {
    ends 4 -c 2 --run-timeout 0.3 -- sh -c 'exec tail -f /dev/null'
    assert_equal "${lines[-1]}" '0 passed, 0 failed, 10 errors'
    reports '.summary.error == 10
        and (.cases[0].reason | test("--run-timeout"))'
    left_are ''
}

@test "--run-timeout holds as it is given, whatever is scaled" {
    ends 4 -c 2 --run-timeout 0.3 --timeout-scale 100 -- \
        sh -c 'exec tail -f /dev/null'
    reports '.wall_seconds < 15'
    says 'never listened' && fail "it has ended by another limit"
    requires valgrind
    ends 4 -c 2 --run-timeout 1 --valgrind -- sh -c 'exec tail -f /dev/null'
    reports '.wall_seconds < 15
        and (.cases[0].reason | test("the run.s 1 s .* --run-timeout"))'
}

@test "a case that had not begun in time says which option gives more" {
    server_script 'read -r _ <fifo' # nobody writes
    mkfifo fifo
    ends 4 conform -j 1 --run-timeout 0.5 echo/ -- ./server
    reports '.cases | length > 1 and all(.[]; .verdict == "error" and
        (.reason | test("0.5 s .* --run-timeout gives it more")))'
}

@test "--expect: a failure that is listed is none, a pass is stale" {
    fixture_server fixed-length
    printf '# known\necho/short-message # its buffer\n\n' >known
    ends 0 -c 1 -n 2 --expect known -- "$SERVER"
    assert_equal "${lines[-1]}" '10 passed, 0 failed'
    reports '.summary | .pass == 9 and .expected == 1 and .fail == 0'
    reports '.cases[] | select(.id == "echo/short-message")
        | .verdict == "fail" and .expected'
    ends 1 -c 1 -n 2 --expect known
    assert_equal "${lines[-1]}" '9 passed, 1 failed'
    reports '.summary | .pass == 9 and .stale == 1'
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

@test "--update-expect writes an id once that the list has twice" {
    printf '%s\n' memory/no-errors memory/no-errors >known
    harness conform -q --expect known --update-expect echo/one-frame \
        -- echo64d
    assert_equal "$(<known)" memory/no-errors
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

@test "doctor says the same where its caller ignores SIGCHLD" {
    local plainly
    plainly=$(harness doctor | grep '^isolation')
    assert_equal "$(trap '' CHLD && harness doctor | grep '^isolation')" \
        "$plainly"
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

@test "an ordinary user has the same verdicts, and port 7" {
    requires_ordinary_user
    run -0 as_ordinary_user harness -c 50 -n 4 --json=r.json
    assert_equal "${lines[-1]}" '10 passed, 0 failed'
    reports '.load.frames_verified == 200'
    jq -e .target.isolated r.json >/dev/null || skip "needs namespaces for 7"
    run -0 as_ordinary_user harness -q -c 10 -n 4 --listens 127.0.0.1:7 \
        -- echo64d 127.0.0.1 7
    assert_output '10 passed, 0 failed'
}

@test "an ordinary user's limit of processes is found before the start" {
    requires prlimit
    requires_ordinary_user
    run -4 as_ordinary_user prlimit --nproc=200 harness -c 100
    assert_output --partial 'RLIMIT_NPROC'
    assert_output --partial '200'
}

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
