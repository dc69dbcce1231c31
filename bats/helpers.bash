# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by every bats file, whose setup calls common_setup and whose teardown
# common_teardown. A test finds the programs in PATH, its own empty directory
# as the working directory, and in CLEANUP_PIDS whom teardown ends, by number.
# What a test starts carries ECHO64_TEST in its environment, by which teardown
# finds, and fails on, what was left behind.

bats_require_minimum_version 1.5.0
load /usr/lib/bats/bats-support/load
load /usr/lib/bats/bats-assert/load

DEADLINE_S=20

# Each of these takes a thousand connections, or ten thousand round trips. Where
# all cases are asked of several servers, only the long form of a check (`make
# check-all`) has them.
LIGHT=()
# shellcheck disable=SC2034 # the files that load this use it
[ -n "${WHOLE-}" ] || LIGHT=('!load/churn' '!load/beyond-fd-setsize'
    '!load/thousand-clients' '!load/many-resets' '!load/overlap'
    '!process/memory-*' '!process/fds-steady' '!echo/many-rounds')

common_setup() {
    cd "$BATS_TEST_DIRNAME/.." || return
    ROOT=$PWD
    BUILD_DIR=$(realpath "${BUILD_DIR:-$ROOT/build}")
    export BUILD_DIR
    PATH=$BUILD_DIR:$PATH
    CLEANUP_PIDS=()
    export ECHO64_TEST=$BATS_TEST_TMPDIR
    cd "$BATS_TEST_TMPDIR" || return
}

common_teardown() {
    local pid status=0
    for pid in "${CLEANUP_PIDS[@]}"; do
        end_process "$pid" || status=1
    done
    wait_until left_are '' && return "$status"
    for pid in $(left_behind); do
        echo "left behind: $pid $(process_name "$pid")"
        kill -KILL "$pid" || true
    done
    return 1
}

# wait_until COMMAND...: run it with growing pauses until it succeeds; fail
# after DEADLINE_S seconds.
wait_until() {
    local deadline=$((SECONDS + DEADLINE_S)) pause_ms=1
    until "$@"; do
        if ((SECONDS > deadline)); then
            echo "never came true: $*"
            return 1
        fi
        read -rt "$(printf '0.%03d' "$pause_ms")" <> <(:) || true
        pause_ms=$((pause_ms < 100 ? pause_ms * 2 : 100))
    done
}

# Skip the test where a program is missing.
requires() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "needs $program"
    done
}

requires_root() {
    [ "$(id -u)" -eq 0 ] || skip "needs root: $1"
}

requires_ipv6() {
    grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null || skip "needs ::1"
}

# process_field PID FIELD: a field of /proc/PID/status.
process_field() {
    sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" 2>/dev/null || true
}

process_name() {
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"
}

# A zombie has ended, though whoever should know has not asked yet.
ended() {
    local state
    state=$(process_field "$1" State)
    [[ -z $state || $state == Z* ]]
}

in_state() {
    [[ $(process_field "$1" State) == "$2"* ]]
}

# exits_with STATUS PID: a child of the test's ends so. (Under run, which is a
# subshell, wait knows only children that have been seen to end.)
exits_with() {
    local exit_status=0
    wait_until ended "$2" || return
    wait "$2" || exit_status=$?
    assert_equal "$exit_status" "$1"
}

# Its children, zombies included.
children() {
    local pids=()
    read -ra pids 2>/dev/null <"/proc/$1/task/$1/children" || true
    echo "${pids[*]}"
}

has_children() {
    [ "$(children "$1" | wc -w)" -eq "$2" ]
}

end_process() {
    kill -CONT "$1" 2>/dev/null || return 0 # it may have been stopped
    kill -TERM "$1" 2>/dev/null || return 0
    wait_until ended "$1" && return
    kill -KILL "$1"
    return 1
}

# The processes that this test has started and that still run.
left_behind() {
    local files pid
    # It has ended before it is looked at: grep is such a process itself.
    files=$(grep -lzsxF "ECHO64_TEST=$BATS_TEST_TMPDIR" /proc/[0-9]*/environ) ||
        true
    for pid in ${files//[!0-9$'\n']/}; do
        ended "$pid" || echo "$pid"
    done
}

# left_are PIDS: these are what runs, and no other.
left_are() {
    [ "$(left_behind)" = "$1" ]
}

# start_daemon [OPTION]...: on a free port of 127.0.0.1 (or of $IP). Sets IP,
# PORT and DAEMON_PID.
start_daemon() {
    local address
    IP=${IP:-127.0.0.1}
    address=$(echo64d -p "$BATS_TEST_TMPDIR/pid" "$@" "$IP" 0)
    PORT=${address##*:}
    DAEMON_PID=$(<"$BATS_TEST_TMPDIR/pid")
    CLEANUP_PIDS+=("$DAEMON_PID")
}

# start_foreground [OPTION]...: likewise with -f; its stderr goes to the file
# log. DAEMON_PID is a child of the test's then.
start_foreground() {
    echo64d -f "$@" 127.0.0.1 0 >address 2>log 3>&- 4>&- &
    DAEMON_PID=$!
    CLEANUP_PIDS+=("$DAEMON_PID")
    wait_until grep -q . address
    IP=127.0.0.1
    PORT=$(sed 's/.*://' address)
}

stop_daemon() {
    kill -TERM "$DAEMON_PID"
    wait_until ended "$DAEMON_PID"
}

# start_peer SCRIPT: a server for one connection; the shell script has it as
# its stdin and stdout. Sets IP and PORT.
start_peer() {
    requires socat
    printf '#!/bin/sh\n%s\n' "$1" >peer
    chmod +x peer
    socat -d -d "TCP-LISTEN:0,bind=127.0.0.1${2:+,$2}" EXEC:./peer \
        2>peer.log 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until grep -q 'listening on' peer.log
    IP=127.0.0.1
    PORT=$(sed -n 's/.*listening on .*://p' peer.log)
}

# open_connection VARIABLE: connect, and put the descriptor there.
open_connection() {
    local opened
    exec {opened}<>"/dev/tcp/$IP/$PORT"
    printf -v "$1" %d "$opened"
}

# echoes FD TEXT: send a line on the connection and have it back.
echoes() {
    local reply
    echo "$2" >&"$1"
    IFS= read -rt "$DEADLINE_S" -u "$1" reply
    [ "$reply" = "$2" ]
}

# closed FD: its peer sends nothing more, but the end.
closed() {
    local rest status=0
    IFS= read -rt "$DEADLINE_S" -u "$1" -N 1 rest || status=$?
    [ "$status" -eq 1 ] # neither a byte, nor the time gone by
}

# refused STATUS MESSAGE COMMAND...: the command ends so, and leaves nothing.
refused() {
    local status_wanted=$1 message=$2 before
    shift 2
    before=$(left_behind)
    run --separate-stderr "$@"
    assert_equal "$status" "$status_wanted"
    assert_output ''
    # shellcheck disable=SC2154 # run sets it
    [[ $stderr == *"$message"* ]] || fail "no '$message' in: $stderr"
    wait_until left_are "$before"
}

# judge_each AT_A_TIME NAME...: call the file's judge NAME, so many at a time,
# since what is wrong is mostly waited for. It prints what is not as it should
# be; that counts where it says so again alone, with AGAIN set, so that no wait
# was too short because of the others.
judge_each() {
    local name
    export -f judge
    # shellcheck disable=SC2016 # the inner shell expands it
    printf '%s\n' "${@:2}" | xargs -n 1 -P "$1" \
        bash -c '[ -z "$(judge "$1" 2>&1)" ] || echo "$1"' bash >again 3>&- 4>&-
    while read -r name; do
        echo "# judged again: $name" >&3
        AGAIN=1 judge "$name" </dev/null 3>&- 4>&-
    done <again
}

# without_descriptors PID: let the daemon, which serves nobody, get no more.
without_descriptors() {
    local free=0
    while [ -e "/proc/$1/fd/$free" ]; do
        free=$((free + 1))
    done
    prlimit --pid "$1" --nofile="$free":
}
