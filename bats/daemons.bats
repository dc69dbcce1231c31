#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Daemons of other makes under harness conform, by their own protocols: each
# fails what its expectation file lists with the reason, and nothing else. `make
# daemons` runs more of them, and every case.

# Beside each other, since they mostly wait. What takes a thousand clients, or
# starts one again and again, is left to `make daemons`.
setup_file() {
    load peers
    export SET=daemons AT_A_TIME=3 WITHOUT='load/churn load/beyond-fd-setsize
        load/thousand-clients load/fairness load/stalled-reader
        load/many-resets load/overlap process/fds-steady
        process/memory-steady process/memory-after-resets process/idle-quiet
        daemon/closed-standard-streams
        fault/accept-network-errors lifecycle/bad-port'
    PATH=$PATH:/usr/sbin
    local daemons=()
    has redis-server && daemons+=(redis)
    has memcached && daemons+=(memcached)
    has nginx && daemons+=(nginx)
    judge "${daemons[@]}"
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
    PATH=$PATH:/usr/sbin
}

teardown() {
    common_teardown
}

@test "redis fails what is known of it" {
    requires redis-server
    judged redis
}

@test "memcached fails what is known of it" {
    requires memcached
    judged memcached
}

@test "nginx fails what is known of it" {
    requires nginx
    judged nginx
}

@test "each daemon's expectations give a reason for each case" {
    expectations_have_reasons
}
