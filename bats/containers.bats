#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What containers and chroots leave out: capabilities, system calls, files. No
# step of a caller's ends for it, no right program is blamed, and what is lost
# is named.
# shellcheck disable=SC2154 # run sets status, output and stderr

setup() {
    load helpers
    load verdicts
    load containers
    common_setup
}

teardown() {
    common_teardown
}

# Cases of every kind that looks into a target.
SEVERAL='fault/ daemon/ready-on-return daemon/start-failures echo/one-frame
    process/no-zombies process/fds-return lifecycle/term-stops'

# step ARGUMENT...: what the words of WITHIN start is a shell that runs the
# harness and then prints "went on STATUS", were it not ended with it.
step() {
    # A session of its own within: the first process of a pid namespace is
    # deaf to most signals.
    # shellcheck disable=SC2016 # the inner shell expands it
    "${WITHIN[@]}" setsid -fw sh -c 'harness -q --json=r.json "$@" >&2
        echo "went on $?"' sh "$@"
}

# docker_step STATUS ARGUMENT...: so it ends in Docker's default confinement.
docker_step() {
    local WITHIN=(in_docker --)
    rm -f r.json
    run --separate-stderr step "${@:2}"
    [ "$output" = "went on $1" ] || fail "not 'went on $1': $output $stderr"
}

# All passed but what has nothing to say of echo64d: see conform.bats.
not_concerned() {
    reports '[.cases[] | select(.verdict != "pass") | "\(.verdict) \(.id)"]
        | sort == ["skip fault/accept-eintr", "skip fault/log-lost",
            "skip fault/log-stalled", "skip fault/recv-eintr",
            "skip fault/send-eintr", "skip fault/thread-eagain"]'
}

# The group of who starts it has no number there: pid_namespaces(7).
@test "a client on a terminal is judged as the first process of a pid namespace" {
    requires_containers
    local user=()
    [ "$(id -u)" -eq 0 ] || user=(-r)
    # At a terminal each command has a group of its own.
    run -0 --separate-stderr unshare "${user[@]}" -pf --mount-proc \
        --kill-child harness conform --client --json=r.json client/
    reports '.summary.pass > 20 and .summary.error == 0 and .summary.skip == 0'
}

@test "in Docker's default confinement echo64d passes what it passes outside" {
    requires_containers
    # shellcheck disable=SC2086 # words
    docker_step 0 conform --strict $SEVERAL
    reports '.summary.fail == 0 and .summary.error == 0'
    not_concerned
    docker_step 0 -c 20 -n 4
    reports '.summary.pass == 10'
    docker_step 0 conform --client
    reports '[.cases[] | select(.verdict != "pass")] == []'
}

@test "an ordinary user of such a container loses nothing more" {
    requires_root "a container with several users"
    requires_containers
    requires_ordinary_user
    # shellcheck disable=SC2086 # words
    run -0 in_docker -- setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$BUILD_DIR/harness" conform -q --json=r.json $SEVERAL
    not_concerned
}

# judge NAME: how its cases of a stream end there is said in its source.
judge() {
    local timeout=1.5 cases=(fault/recv-eintr fault/send-eintr fault/short-recv
        fault/short-send)
    [ -z "${AGAIN-}" ] || timeout=5
    in_docker -- harness conform -q --timeout "$timeout" --json="$1.json" \
        "${cases[@]}" -- "$BUILD_DIR/fixtures/servers/$1" >/dev/null 2>&1
    diff <(listed Conform "$1" | grep -xF "$(printf '%s\n' "${cases[@]}")") \
        <(failing "$1.json") || jq -c '.cases[]' "$1.json"
}

@test "servers that lose bytes are found out there too" {
    requires_containers
    export -f in_docker in_namespaces listed tagged source_of failing
    export ROOT
    run -0 judge_each 4 eintr-is-end eintr-loses-bytes repeats-after-eintr \
        short-send-ignored slow-client-guard
    assert_output ''
}

@test "a wait that cannot be looked at there is a skip, not a failure" {
    requires_containers
    for client in one-recv right-timer; do
        docker_step 0 conform --client client/no-answer client/transcript -- \
            "$BUILD_DIR/fixtures/clients/$client"
        reports '.summary == (.summary | .skip = 1 | .pass = 1)'
        reports '.cases[] | select(.verdict == "skip")
            | .reason | contains("pidfd_getfd")'
    done
}

@test "a server there that gives up root is not blamed for what is not seen" {
    requires_root "a container with several users"
    requires_containers
    run --separate-stderr in_docker -- harness -q -c 5 -n 2 --timeout 1.5 \
        --json=r.json -- "$BUILD_DIR/echo64d" -u nobody
    # It is seen where it was met before it became another.
    if [ "$status" -ne 0 ]; then
        assert_equal "$status" 4
        says '--cap-add SYS_PTRACE'
    fi
    reports '.summary.fail == 0'
}

@test "descriptors that are not shown are a skip, not a pass" {
    requires_root "a server of another user"
    requires_ordinary_user
    start_daemon
    run -0 as_ordinary_user env TMPDIR=/tmp harness -c 5 -n 2 --json=r.json \
        --connect "$IP:$PORT" --pid "$DAEMON_PID"
    reports '[.cases[] | select(.verdict == "skip")
        | select(.reason | contains("not ours to see")) | .id]
        == ["process/fds-return", "process/fds-after-resets"]'
}

# limit NAME: what doctor has said of it, and of what lifts it.
limit() {
    sed -n "/^$1  */,/^[^ ]/{/^$1 /p;/^ /p;}" told
}

@test "doctor names the option of docker run that lifts a limit" {
    requires_containers
    in_docker -- harness doctor >told
    [[ $(limit supervision) == *' yes '* ]]
    [[ $(limit isolation) == *' no '*'lifted by: docker run --cap-add'\
' SYS_ADMIN --cap-add NET_ADMIN --security-opt apparmor=unconfined' ]]
    [[ $(limit tracing) == *' no '*'lifted by: docker run --cap-add'\
' SYS_PTRACE' ]]
    run -0 in_docker SYS_ADMIN NET_ADMIN SYS_PTRACE -- harness doctor
    refute_output --partial 'lifted by'
}

# judge_without CAPABILITY: the modes of a run without it.
judge_without() {
    local WITHIN=(in_namespaces setpriv "--bounding-set=-$1") kind
    mkdir -m 777 "$1"
    cd "$1" || return
    while read -r kind; do
        # shellcheck disable=SC2086 # words
        [ "$(step $kind 2>said)" = "went on 0" ] ||
            echo "$1: $kind: $(cat said)"
        jq -c '.cases[] | select(.verdict != "pass") | [.id, .reason]' r.json
    done <<'KINDS'
-c 5 -n 2
conform fault/accept-emfile fault/short-send process/no-zombies daemon/umask
conform --client client/transcript client/no-answer client/refused
KINDS
}

@test "whichever capability is missing, the run passes and ends itself alone" {
    requires setpriv
    requires_containers
    export -f judge_without step in_namespaces
    # shellcheck disable=SC2016 # the inner shell expands it; "all" is each one
    run -0 xargs -n 1 -P 3 bash -c 'judge_without "$1"' bash <<<"sys_admin
        sys_ptrace net_admin kill setuid dac_override all" 3>&- 4>&-
    assert_output ''
}

# hidden PATH COMMAND...: there is nothing below PATH for it.
hidden() {
    local user=()
    [ "$(id -u)" -eq 0 ] || user=(-r)
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare "${user[@]}" -m sh -c 'mount -t tmpfs none "$0" && exec "$@"' "$@"
}

@test "what a chroot lacks is named before anything is started" {
    requires unshare mount
    hidden /mnt true || skip "needs a mount namespace"
    for words in '-c 2' conform 'conform --client'; do
        # shellcheck disable=SC2086 # words
        run -4 hidden /proc harness $words --json=r.json
        assert_output 'harness: cannot start: /proc is not mounted: without it'\
' no process can be seen'
        # shellcheck disable=SC2086
        run -4 hidden /dev harness $words --json=r.json
        assert_output 'harness: cannot start: /dev/null: No such file or'\
' directory: every target begins with it open'
        assert [ ! -e r.json ]
    done
    # shellcheck disable=SC2016 # the inner shell expands it
    run -4 hidden /dev sh -c ': >/dev/null && exec harness -c 2'
    assert_output --partial '/dev/null is not the null device'
    run -4 hidden /dev harness doctor
    assert_line --regexp '^/dev/null +no '
}

@test "a directory for the scratch that cannot be used is named" {
    : >file
    for tmp in "$PWD/none" "$PWD/file" /proc; do
        TMPDIR=$tmp run -4 harness conform --no-isolation
        assert_output --partial "harness: cannot start: $tmp: "
        assert_output --partial TMPDIR
    done
    TMPDIR=$PWD/none run -4 harness -c 2 --connect 127.0.0.1:7
    assert_output --partial "harness: cannot start: $PWD/none: "
    # It is not needed where there are sandboxes.
    TMPDIR=$PWD/none run harness -q -c 2 -n 2
    [ "$status" -eq 0 ] || assert_output --partial "cannot start: $PWD/none: "
    requires_containers
    TMPDIR=$PWD/none docker_step 4 conform echo/one-frame
    says "harness: cannot start: $PWD/none: No such file or directory"
}
