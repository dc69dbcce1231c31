#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Servers of other makes under harness conform: each fails what its expectation
# file lists with the reason, and nothing else. `make peers` runs more of them.

setup() {
    load helpers
    common_setup
    cd "$ROOT" || return
}

teardown() {
    common_teardown
}

# judged PEER...: the deadline is for a machine that has much else to do.
judged() {
    TIMEOUT=10 run -0 ci/peers --check "$BUILD_DIR" "$@"
    assert_output ''
}

@test "socat, with a pipe and with cat, fails what is known of it" {
    requires socat
    judged socat-pipe socat-exec
}

@test "tcpserver fails what is known of it" {
    requires tcpserver
    judged tcpserver
}

@test "busybox nc fails what is known of it" {
    requires busybox
    judged busybox
}

@test "Python's socketserver and asyncio fail what is known of them" {
    [ -x /usr/bin/python3 ] || skip "needs /usr/bin/python3"
    judged python-forks python-threads python-asyncio
}

@test "perl's forks and loop fail what is known of them" {
    requires perl
    judged perl-forks perl-select
}

@test "each peer's expectations give a reason for each case" {
    for file in fixtures/peers/*.expect; do
        if grep -vE '^#|^[a-z]+/[a-z-]+'$'\t''# .' "$file"; then
            fail "without a reason, in $file"
        fi
    done
    run -0 bash -c 'ci/peers --list | cut -d" " -f1 | sort'
    names=(fixtures/peers/*.expect)
    names=("${names[@]##*/}")
    assert_output "$(printf '%s\n' "${names[@]%.expect}" | sort)"
}
