#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Servers of other makes under harness conform: each fails what its expectation
# file lists with the reason, and nothing else. `make check-all` runs those too
# that take long to make a process, and `make peers` more of them.
# Alone when whole: one that spins has to be given a processor to be seen to.

# All in one go, several at a time: they mostly wait for each other's ends. The
# deadline is for a machine that has much else to do. What takes a thousand
# processes of each, or ten thousand round trips, is left to `make peers`.
setup_file() {
    load peers
    local peers=()
    has socat && peers+=(socat-pipe ${WHOLE:+socat-exec})
    [ -z "${WHOLE-}" ] || ! has tcpserver || peers+=(tcpserver)
    has busybox && peers+=(busybox)
    has /usr/bin/python3 &&
        peers+=(${WHOLE:+python-forks python-threads} python-asyncio)
    [ -z "${WHOLE-}" ] || ! has perl || peers+=(perl-forks perl-select)
    export SET=peers AT_A_TIME=4 TIMEOUT=10 WITHOUT='load/churn
        load/beyond-fd-setsize load/thousand-clients
        load/many-resets load/overlap process/fds-steady
        process/memory-steady process/memory-after-resets echo/many-rounds'
    judge "${peers[@]}"
}

teardown_file() {
    load helpers
    export ECHO64_TEST=$BATS_FILE_TMPDIR
    common_teardown
}

setup() {
    load helpers
    load peers
    common_setup
    cd "$ROOT" || return
}

teardown() {
    common_teardown
}

@test "socat and tcpserver fail what is known of them" {
    requires socat tcpserver
    judged socat-pipe ${WHOLE:+socat-exec tcpserver}
}

@test "busybox nc fails what is known of it" {
    requires busybox
    judged busybox
}

@test "Python's socketserver and asyncio fail what is known of them" {
    requires /usr/bin/python3
    judged ${WHOLE:+python-forks python-threads} python-asyncio
}

@test "perl's forks and loop fail what is known of them" {
    requires perl
    [ -n "${WHOLE-}" ] || skip "make check-all judges them"
    judged ${WHOLE:+perl-forks perl-select}
}

@test "each peer's expectations give a reason for each case" {
    expectations_have_reasons
}
