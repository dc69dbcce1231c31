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

# step ARGUMENT...: what the words of WITHIN start is a shell that runs the
# harness and then prints "went on STATUS", were it not ended with it.
step() {
    # A session of its own within: the first process of a pid namespace is
    # deaf to most signals.
    # shellcheck disable=SC2016 # the inner shell expands it
    "${WITHIN[@]}" setsid -fw sh -c 'harness -q --json=r.json "$@" >&2
        echo "went on $?"' sh "$@"
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
conform fault/accept-eintr fault/short-send process/no-zombies daemon/umask
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
