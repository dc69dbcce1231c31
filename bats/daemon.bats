#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# echo64d: starting, serving, stopping.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run and open_connection set variables by name

setup() {
    load helpers
    common_setup
}

teardown() {
    common_teardown
}

# listening PORT: someone listens there, on IPv4 or IPv6.
listening() {
    local hex
    hex=$(printf '%04X' "$1")
    grep -qE "^ *[0-9]+: [0-9A-F]+:$hex [0-9A-F]+:0000 0A" \
        /proc/net/tcp /proc/net/tcp6
}

# sockets PID: those that it holds, one a line.
sockets() {
    find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' | sort
}

# stuck PID: it has written something, and is not writing more.
stuck() {
    local first second
    first=$(grep '^wchar: [1-9]' "/proc/$1/io") || return
    read -rt 0.1 <> <(:) || true
    second=$(grep '^wchar: [1-9]' "/proc/$1/io")
    [ "$first" = "$second" ]
}

@test "the start command returns once the daemon listens" {
    start_daemon
    listening "$PORT"
}

@test "port 0: the address that the kernel picked is printed" {
    run -0 --separate-stderr echo64d -p pid 127.0.0.1 0
    CLEANUP_PIDS+=("$(<pid)")
    assert_output --regexp '^127\.0\.0\.1:[1-9][0-9]*$'
    assert_equal "$stderr" ''
    listening "${output##*:}"
}

@test "a port that was asked for is not printed" {
    start_daemon
    stop_daemon
    run -0 echo64d -p pid 127.0.0.1 "$PORT"
    CLEANUP_PIDS+=("$(<pid)")
    assert_output ''
    listening "$PORT"
}

@test "it serves IPv6, and prints the address in brackets" {
    requires_ipv6
    run -0 echo64d -p pid ::1 0
    CLEANUP_PIDS+=("$(<pid)")
    assert_output --regexp '^\[::1\]:[1-9][0-9]*$'
    IP=::1 PORT=${output##*:}
    open_connection fd
    echoes "$fd" "over IPv6"
}

@test "what is sent comes back byte for byte, and then the end" {
    requires socat
    start_daemon
    head -c 1000003 /dev/urandom >sent
    socat -t "$DEADLINE_S" - "TCP:$IP:$PORT" <sent >received
    cmp sent received
}

@test "no byte of a long message follows a short one" {
    start_daemon
    open_connection fd
    echoes "$fd" "$(printf 'x%.0s' {1..3000})"
    printf 'yz' >&"$fd"
    IFS= read -rt "$DEADLINE_S" -N 2 -u "$fd" reply
    assert_equal "$reply" yz
    run read -rt 0.1 -N 1 -u "$fd" reply
    assert_failure # timed out: nothing more has come
}

@test "a client that says nothing does not hold up another" {
    start_daemon
    open_connection silent
    open_connection other
    echoes "$other" "not held up"
    echoes "$silent" "served too"
}

@test "each connection has a process of its own" {
    start_daemon
    open_connection first
    echoes "$first" one
    has_children "$DAEMON_PID" 1
    open_connection second
    echoes "$second" two
    has_children "$DAEMON_PID" 2
}

@test "a worker holds neither the listening socket nor another's connection" {
    start_daemon
    before=$(sockets "$DAEMON_PID")
    listener=$(awk -v port="$(printf ':%04X$' "$PORT")" \
        '$2 ~ port && $4 == "0A" { print "socket:[" $10 "]" }' /proc/net/tcp)
    [[ $before == *"$listener"* ]]
    open_connection first
    echoes "$first" one
    open_connection second
    echoes "$second" two
    for pid in $(children "$DAEMON_PID"); do
        refute_regex "$(sockets "$pid")" "${listener//[\[\]]/.}"
        run -0 comm -13 <(echo "$before") <(sockets "$pid")
        assert_equal "${#lines[@]}" 1
    done
    assert_equal "$(sockets "$DAEMON_PID")" "$before"
}

@test "no zombie stays after 100 clients" {
    start_daemon
    for _ in {1..100}; do
        open_connection fd
        echoes "$fd" "here and gone"
        exec {fd}>&-
    done
    wait_until has_children "$DAEMON_PID" 0
}

@test "a killed worker ends its own connection alone, and is reaped" {
    start_daemon
    open_connection victim
    echoes "$victim" mine
    worker=$(children "$DAEMON_PID")
    open_connection other
    echoes "$other" other
    kill -KILL "$worker"
    closed "$victim"
    echoes "$other" "still here"
    wait_until has_children "$DAEMON_PID" 1
}

@test "SIGTERM to a worker ends its connection, and no other" {
    start_daemon
    open_connection victim
    echoes "$victim" mine
    worker=$(children "$DAEMON_PID")
    open_connection other
    echoes "$other" other
    kill -TERM "$worker"
    closed "$victim"
    echoes "$other" "still here"
    open_connection new
    echoes "$new" "served too"
}

@test "it leads no session, and has directory / and umask 0" {
    start_daemon
    read -r _ _ _ _ _ session _ <"/proc/$$/stat"
    read -r pid _ _ ppid _ its_session _ <"/proc/$DAEMON_PID/stat"
    assert_not_equal "$its_session" "$session"
    assert_not_equal "$its_session" "$pid"
    assert_not_equal "$ppid" $$
    assert_equal "$(readlink "/proc/$DAEMON_PID/cwd")" /
    assert_equal "$(process_field "$DAEMON_PID" Umask)" 0000
}

@test "started on a terminal it has none, and outlives its hangup" {
    requires script
    script -qec 'echo64d -p pid 127.0.0.1 0' /dev/null >address </dev/null
    IP=127.0.0.1
    PORT=$(sed 's/.*://' address | tr -d '\r')
    DAEMON_PID=$(<pid)
    CLEANUP_PIDS+=("$DAEMON_PID")
    read -r _ _ _ _ _ _ terminal _ <"/proc/$DAEMON_PID/stat"
    assert_equal "$terminal" 0
    open_connection fd
    echoes "$fd" "no terminal needed"
}

@test "its standard streams are /dev/null" {
    start_daemon
    for fd in 0 1 2; do
        assert_equal "$(readlink "/proc/$DAEMON_PID/fd/$fd")" /dev/null
    done
}

@test "descriptors of the starter's are closed, those above its limit too" {
    exec 7</etc/passwd 200</etc/passwd
    ulimit -Sn 100
    start_daemon
    run -0 find "/proc/$DAEMON_PID/fd" -lname /etc/passwd
    assert_output ''
    exec 7<&- 200<&-
}

@test "started with standard streams closed, it serves" {
    for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&- 2>&-'; do
        start_daemon
        stop_daemon
        run -0 bash -c "exec echo64d -p '$PWD/pid' $IP $PORT $closed"
        CLEANUP_PIDS+=("$(<pid)")
        open_connection fd
        echoes "$fd" "started with $closed"
        exec {fd}>&-
        DAEMON_PID=$(<pid)
        stop_daemon
    done
}

@test "signals that the starter ignored or blocked have their effect" {
    address=$(env --ignore-signal --block-signal echo64d -p pid 127.0.0.1 0)
    IP=127.0.0.1
    PORT=${address##*:}
    DAEMON_PID=$(<pid)
    CLEANUP_PIDS+=("$DAEMON_PID")
    assert_equal "$(process_field "$DAEMON_PID" SigBlk)" 0000000000000000
    open_connection fd
    echoes "$fd" "served all the same"
    exec {fd}>&-
    wait_until has_children "$DAEMON_PID" 0
    stop_daemon
    refute [ -e pid ]
}

@test "an address in use is reported, and the first daemon serves on" {
    start_daemon
    refused 1 \
        "cannot bind 127.0.0.1:$PORT: Address " \
        echo64d 127.0.0.1 "$PORT"
    open_connection fd
    echoes "$fd" "the first serves on"
}

@test "an address of another machine is reported" {
    refused 1 'cannot bind 192.0.2.1:0: ' \
        echo64d 192.0.2.1 0
}

@test "an address that cannot be printed is a failed start" {
    run -1 bash -c 'echo64d -p pid 127.0.0.1 0 >/dev/full'
    assert_line 'echo64d: cannot write to stdout: No space left on device'
    wait_until left_are ''
    refute [ -e pid ]
}

@test "SIGTERM ends the daemon and its workers, and removes the pid file" {
    start_daemon
    open_connection first
    echoes "$first" one
    open_connection second
    echoes "$second" two
    workers=$(children "$DAEMON_PID")
    stop_daemon
    refute listening "$PORT"
    refute [ -e pid ]
    for pid in $workers; do
        ended "$pid"
    done
    closed "$first"
    closed "$second"
}

@test "SIGTERM: what had been received is echoed before the end" {
    start_daemon
    open_connection fd
    echoes "$fd" before
    worker=$(children "$DAEMON_PID")
    kill -STOP "$DAEMON_PID" "$worker"
    wait_until in_state "$DAEMON_PID" T
    wait_until in_state "$worker" T
    echo "to a worker" >&"$fd"
    open_connection waiting
    echo "to the backlog" >&"$waiting"
    kill -TERM "$DAEMON_PID"
    kill -CONT "$DAEMON_PID" "$worker"
    IFS= read -rt "$DEADLINE_S" -u "$fd" reply
    assert_equal "$reply" "to a worker"
    closed "$fd"
    IFS= read -rt "$DEADLINE_S" -u "$waiting" reply
    assert_equal "$reply" "to the backlog"
    closed "$waiting"
    wait_until ended "$DAEMON_PID"
}

@test "SIGTERM: a client that does not read is cut off within 5 seconds" {
    start_daemon
    open_connection fd
    head -c 1G /dev/zero >&"$fd" 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until has_children "$DAEMON_PID" 1
    worker=$(children "$DAEMON_PID")
    wait_until stuck "$worker"
    begin=$SECONDS
    stop_daemon
    ((SECONDS - begin <= 5))
    ended "$worker"
}

@test "SIGHUP does not end it" {
    start_daemon
    kill -HUP "$DAEMON_PID"
    open_connection fd
    echoes "$fd" "still here"
}

@test "restarted on the same port at once, beside a client of the killed one" {
    start_daemon
    open_connection old
    echoes "$old" old
    CLEANUP_PIDS+=("$(children "$DAEMON_PID")")
    kill -KILL "$DAEMON_PID"
    wait_until ended "$DAEMON_PID"
    echo64d -p pid "$IP" "$PORT"
    CLEANUP_PIDS+=("$(<pid)")
    open_connection new
    echoes "$new" new
    echoes "$old" "old still"
}

@test "out of descriptors it waits, and serves when there are some again" {
    requires prlimit
    start_daemon
    without_descriptors "$DAEMON_PID"
    open_connection fd
    echo later >&"$fd"
    run read -rt 0.2 -u "$fd" reply
    assert_failure
    prlimit --pid "$DAEMON_PID" --nofile=64:
    IFS= read -rt "$DEADLINE_S" -u "$fd" reply
    assert_equal "$reply" later
}

# With a number that was a group of workers, and then a job of the same session.
@test "-f: no process is signalled but its own workers" {
    namespace=(unshare -pf --mount-proc)
    "${namespace[@]}" true 2>/dev/null || namespace+=(-Ur)
    "${namespace[@]}" true 2>/dev/null || skip "needs a pid namespace"
    # shellcheck disable=SC2016 # the inner shell expands it
    run -0 "${namespace[@]}" bash -c '
        pause() { read -rt 0.01 <> <(:) || true; }
        exchange() {
            exec {fd}<>"/dev/tcp/127.0.0.1/$port"
            echo "$1" >&"$fd"
            read -r _ <&"$fd"
        }
        echo64d -f 127.0.0.1 0 >address 2>log &
        daemon=$!
        until grep -q . address; do pause; done
        port=$(sed "s/.*://" address)
        exchange first
        read -r worker _ <"/proc/$daemon/task/$daemon/children"
        exec {fd}>&-
        while [ -e "/proc/$worker" ]; do pause; done
        for ((try = 0; try < 1000; try++)); do # it is not free at once
            echo $((worker - 1)) >/proc/sys/kernel/ns_last_pid || break
            set -m
            sleep 60 &
            set +m
            job=$!
            [ "$job" != "$worker" ] || break
            kill "$job"
            wait "$job"
            pause
        done
        [ "$job" = "$worker" ] || { echo refused; kill "$daemon"; exit 0; }
        # The shell may lose a signal that comes before it is the program.
        until [ "$(cat "/proc/$job/comm")" = sleep ]; do pause; done
        exchange second
        kill "$daemon"
        wait "$daemon"
        kill -INT "$job"
        wait "$job" || echo "the job has ended with status $?"'
    [[ $output != *refused* ]] || skip "needs to choose a process number"
    assert_line 'the job has ended with status 130' # by SIGINT, not SIGTERM
}
