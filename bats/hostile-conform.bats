#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whatever a server does to the harness, it gets a verdict, or status 3 where it
# never came up, in time; every report is whole, and nothing is left running:
# bats/hostile.bash. Here under conform.
# Waits: most of them answer nothing.

setup() {
    load helpers
    load verdicts
    load hostile
    hostile_setup
}

teardown() {
    common_teardown
}

@test "each hostile server gets its verdict, the one that never rests left out" {
    judge_hostile 4 conform # each run has several cases at a time
}
