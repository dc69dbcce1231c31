#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What `make asan` finds nothing with can find something.

setup() {
    load helpers
    common_setup
    requires make gcc
    unset MAKEFLAGS MAKELEVEL MFLAGS # of the make that calls this
}

teardown() {
    common_teardown
}

@test "make asan sees a use after free, an overflow and a leak" {
    run -0 make -s -C "$ROOT" B="$PWD" asan-self
}

@test "it is said where the sanitizers do not see one of these" {
    gcc -g -fsanitize=address,undefined -o broken "$ROOT/ci/broken.c"
    run -1 "$ROOT/ci/asan" "$PWD" self
    assert_output --partial 'do not see this fault: undefined'
}
