# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The servers of fixtures/servers, for bats files and ci/kill-matrix: in C, or a
# script in whatever language, which is a file that can be executed. They stand
# below ROOT; what is made of those in C, below BUILD_DIR.

# What begins a line of an opening comment in any of these languages, as sed and
# grep -E read it.
COMMENT='( \*|#|//)'
export COMMENT

# server_sources: the file of each, a line each.
server_sources() {
    local source
    printf '%s\n' "$ROOT"/fixtures/servers/*.c
    for source in "$ROOT"/fixtures/servers/*; do
        [ ! -f "$source" ] || [ ! -x "$source" ] || echo "$source"
    done
}

# source_of NAME: its file.
source_of() {
    local source
    for source in "$ROOT/fixtures/servers/$1".*; do
        [[ $source != *.c && ! -x $source ]] || echo "$source"
    done
}

# program_of NAME: what runs of it.
program_of() {
    local source
    source=$(source_of "$1")
    [ "${source##*.}" != c ] || source=$BUILD_DIR/fixtures/servers/$1
    echo "$source"
}
