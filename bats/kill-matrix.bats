#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The proof of the suite: every case is failed by a server that is known to be
# wrong, and what is right fails none. fixtures/kill-matrix.md says what each of
# them fails, and that it fails no other, which `make check-all` asks of all.
# Waits: for what wrong servers never do.
# Alone when whole: several servers at a time keep the machine busy for minutes.

setup() {
    load helpers
    common_setup
    cd "$ROOT" || return
}

teardown() {
    common_teardown
}

@test "the matrix, the sources and what runs say the same" {
    unshare -n true 2>/dev/null || unshare -Urn true 2>/dev/null ||
        skip "needs namespaces: some cases are skipped without"
    run ci/kill-matrix --check "$BUILD_DIR"
    assert_success # and what it judged again stands above, where it fails
}
