#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whatever a server does to the harness, it gets a verdict, or status 3 where it
# never came up, in time; every report is whole, and nothing is left running:
# bats/hostile.bash. Here under stress.
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

@test "stress, isolated or not: each hostile server gets its verdict, alone" {
    judge_hostile 6 stress plain
}

@test "stress by an ordinary user: likewise" {
    requires_ordinary_user
    judge_hostile 6 user
}
