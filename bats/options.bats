#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# echo64d: its command line, option by option.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2034,SC2154 # helpers.bash reads and sets variables

setup() {
    load helpers
    common_setup
}

teardown() {
    common_teardown
}

@test "-f stays attached, logs to stderr, and ends with status 0 on a signal" {
    for signal in TERM INT; do
        start_foreground
        assert_equal "$(process_field "$DAEMON_PID" PPid)" $$
        wait_until grep -qxF "echo64d: listening on 127.0.0.1:$PORT" log
        open_connection fd
        echoes "$fd" "in the foreground"
        kill "-$signal" "$DAEMON_PID"
        exits_with 0 "$DAEMON_PID"
        closed "$fd"
        exec {fd}>&-
    done
}

@test "-f serves on when nobody reads its log any more" {
    requires prlimit
    mkfifo log
    echo64d -f 127.0.0.1 0 >address 2>log 3>&- 4>&- &
    DAEMON_PID=$!
    CLEANUP_PIDS+=("$DAEMON_PID")
    read -r _ <log
    IP=127.0.0.1
    PORT=$(sed 's/.*://' address)
    without_descriptors "$DAEMON_PID" # of which it would tell
    open_connection fd
    prlimit --pid "$DAEMON_PID" --nofile=64:
    echoes "$fd" "served"
}

@test "-p writes its number into the file, mode 0644 whatever the umask" {
    umask 077
    start_daemon
    assert_equal "$(<pid)" "$DAEMON_PID"
    assert_equal "$(process_name "$DAEMON_PID" | cut -d' ' -f1)" echo64d
    assert_equal "$(stat -c %a pid)" 644
}

@test "-p takes a path relative to where it was started, and removes it there" {
    mkdir here
    cd here
    echo64d -p ../relative.pid 127.0.0.1 0
    DAEMON_PID=$(<../relative.pid)
    CLEANUP_PIDS+=("$DAEMON_PID")
    stop_daemon
    refute [ -e ../relative.pid ]
}

@test "-p: a second instance refuses, and leaves the first and its file alone" {
    start_daemon
    refused 1 'pid file pid is held by a running daemon' \
        echo64d -p pid 127.0.0.1 0
    assert_equal "$(<pid)" "$DAEMON_PID"
    open_connection fd
    echoes "$fd" "the first serves on"
}

@test "-p takes over the file of a daemon that was killed" {
    start_daemon
    kill -KILL "$DAEMON_PID"
    wait_until ended "$DAEMON_PID"
    killed=$DAEMON_PID
    start_daemon
    assert_not_equal "$(<pid)" "$killed"
}

@test "-p: a file that cannot be written is reported, and nothing is left" {
    refused 1 'cannot write pid file /nonexistent/pid: No such file' \
        echo64d -p /nonexistent/pid 127.0.0.1 0
}

@test "-m 1: the second client waits until the first has left" {
    start_daemon -m 1
    open_connection first
    echoes "$first" first
    open_connection second
    echo second >&"$second"
    run read -rt 0.2 -u "$second" reply
    assert_failure
    has_children "$DAEMON_PID" 1
    exec {first}>&-
    IFS= read -rt "$DEADLINE_S" -u "$second" reply
    assert_equal "$reply" second
    exec {second}>&-
    wait_until has_children "$DAEMON_PID" 0
}

@test "-m 2: 100 clients one after another are all served" {
    start_daemon -m 2
    for _ in {1..100}; do
        open_connection fd
        echoes "$fd" "one of many"
        exec {fd}>&-
    done
    wait_until has_children "$DAEMON_PID" 0
}

@test "-t 1: a silent connection is closed" {
    start_daemon -t 1
    open_connection fd
    echoes "$fd" "before the silence"
    closed "$fd"
    wait_until has_children "$DAEMON_PID" 0
}

@test "-b sets the length of the backlog" {
    requires ss
    start_daemon -b 7
    run -0 ss -Hltn "sport = :$PORT"
    assert_output --regexp "^LISTEN +0 +7 +127\.0\.0\.1:$PORT "
}

@test "-u: it runs as that user, with its groups alone" {
    requires_root "it changes its user"
    start_daemon -u nobody
    uid=$(id -u nobody) gid=$(id -g nobody)
    assert_equal "$(process_field "$DAEMON_PID" Uid)" \
        "$uid"$'\t'"$uid"$'\t'"$uid"$'\t'"$uid"
    assert_equal "$(process_field "$DAEMON_PID" Gid)" \
        "$gid"$'\t'"$gid"$'\t'"$gid"$'\t'"$gid"
    assert_equal "$(process_field "$DAEMON_PID" Groups | xargs)" \
        "$(id -G nobody)"
    open_connection fd
    echoes "$fd" "served by nobody"
}

@test "-u: a pid file that it may not remove any more is emptied" {
    requires_root "it changes its user"
    start_daemon -u nobody
    stop_daemon
    [ -e pid ]
    refute [ -s pid ]
}

@test "-u: an unknown user is reported, and nothing is left" {
    refused 1 'there is no user nosuchuser' \
        echo64d -u nosuchuser -p pid 127.0.0.1 0
    refute [ -e pid ]
}

@test "-u without the right to is reported, and nothing is left" {
    if [ "$(id -u)" -eq 0 ]; then
        requires setpriv
        without=(setpriv "--bounding-set=-setuid,-setgid"
            "--inh-caps=-setuid,-setgid")
    fi
    refused 1 'cannot become user nobody: Operation not permitted' \
        "${without[@]}" echo64d -u nobody -p pid 127.0.0.1 0
    refute [ -e pid ]
}

@test "a command line that is wrong is refused with status 2" {
    for arguments in '' 127.0.0.1 '127.0.0.1 7 8' '-x 127.0.0.1 0' \
        '--nonsense 127.0.0.1 0' '-m 127.0.0.1 0' '-p'; do
        # shellcheck disable=SC2086 # words are meant
        refused 2 'echo64d' echo64d $arguments
    done
}

@test "a port that is none is refused with status 2" {
    for port in '' 7x x7 65536 -1 +7 ' 7' 7.0 0x7 nosuchservice \
        99999999999999999999; do
        refused 2 'echo64d' echo64d -- 127.0.0.1 "$port"
    done
}

@test "an address that is none is refused with status 2" {
    for ip in '' 999.1.1.1 1.2.3.4.5 1.2.3 localhost no.such.host.invalid \
        ::g '[::1]'; do
        refused 2 "not a numeric address: '$ip'" echo64d "$ip" 0
    done
}

@test "a number that is none is refused with status 2" {
    for option in --max-clients --idle-timeout --backlog; do
        for number in x '' -1 1x 2147483648; do
            refused 2 "not a number (0 to 2147483647): '$number'" \
                echo64d "$option=$number" 127.0.0.1 0
        done
    done
}

@test "--help and --version are answered on stdout" {
    run -0 --separate-stderr echo64d --help
    for option in foreground pid-file max-clients idle-timeout backlog user \
        help version; do
        assert_output --partial "--$option"
    done
    assert_equal "$stderr" ''
    run -0 echo64d -V
    assert_output --regexp '^echo64d [0-9]+\.[0-9]+\.[0-9]+$'
}
