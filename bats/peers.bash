# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the files that judge servers of other makes, SET of ci/peers.

has() {
    command -v "$1" >/dev/null
}

# judge PEER...: runs them beside each other, without the cases WITHOUT. What is
# said of them is left for each one's own test.
judge() {
    load helpers
    export ECHO64_TEST=$BATS_FILE_TMPDIR
    cd "$BATS_TEST_DIRNAME/.." || return
    local build
    build=$(realpath "${BUILD_DIR:-build}")
    rm -f "$build/$SET"/*.json
    [ $# -eq 0 ] || ci/peers "$SET" --check "$build" "$@" \
        >"$BATS_FILE_TMPDIR/said" || true
}

# judged PEER...: each has been run, and nothing was said of it.
judged() {
    local peer
    for peer; do
        [ -s "$BUILD_DIR/$SET/$peer.json" ] || fail "no report of $peer"
        run grep "^$peer: " "$BATS_FILE_TMPDIR/said"
        assert_output ''
    done
}

# Each case that a peer is expected to fail stands there with the reason, and
# each peer has such a file.
expectations_have_reasons() {
    local file names
    for file in "fixtures/$SET"/*.expect; do
        if grep -vE '^#|^[a-z]+/[a-z-]+'$'\t''# .' "$file"; then
            fail "without a reason, in $file"
        fi
    done
    # shellcheck disable=SC2016 # the inner shell expands it
    run -0 bash -c 'ci/peers "$1" --list | cut -d" " -f1 | sort' bash "$SET"
    names=("fixtures/$SET"/*.expect)
    names=("${names[@]##*/}")
    assert_output "$(printf '%s\n' "${names[@]%.expect}" | sort)"
}
