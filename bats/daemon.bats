#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# echo64d, option by option and promise by promise.
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

# refused STATUS MESSAGE COMMAND...: the command ends so, and leaves nothing.
refused() {
    local status_wanted=$1 message=$2 before
    shift 2
    before=$(left_behind)
    run --separate-stderr "$@"
    assert_equal "$status" "$status_wanted"
    assert_output ''
    [[ $stderr == *"$message"* ]] || fail "no '$message' in: $stderr"
    wait_until left_are "$before"
}

# without_descriptors PID: let the daemon, which serves nobody, get no more.
without_descriptors() {
    local free=0
    while [ -e "/proc/$1/fd/$free" ]; do
        free=$((free + 1))
    done
    prlimit --pid "$1" --nofile="$free":
    # The accept that blocks has reserved its descriptor before: use it up.
    open_connection reserved
    echoes "$reserved" "one more"
    exec {reserved}>&-
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
