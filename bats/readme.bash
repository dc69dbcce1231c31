# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A document's commands, as README.md has them, run in the order in which they
# stand, each by a shell of its own and all in one directory, as by who reads
# them. A command added to the document needs no line here.
#
#   ```console     "$ " begins a command, a \ at a line's end goes on with it;
#                  what follows, up to the next, is what it prints. "..." stands
#                  for any lines, or for the rest of one; what it parts may come
#                  in any order, but the last comes last.
#   ```LANG FILE   is written to FILE; of a .yml file each "run:" is a command.
#   `make ...`     is a command, and so is `build/harness ...`.
#
# <!-- not run: WHY --> spares the line in which it stands, or, alone in a line,
# all up to the next empty one; "# not run: WHY" ends a command that is spared.
# A command that is spared in one place is spared wherever it stands.

# commands DOCUMENT DIRECTORY: for line N of it N.run, N.out (what it prints),
# N.why (it is not run); or N.name and N.file.
commands() {
    awk -v dir="$2" '
        function path(kind) { return sprintf("%s/%06d.%s", dir, at, kind) }
        function command(text, out) {
            at = sprintf("%d%02d", NR, ++more)
            why = spared
            if (match(text, / *# not run: .*/)) {
                why = substr(text, RSTART, RLENGTH)
                sub(/ *# not run: /, "", why)
                text = substr(text, 1, RSTART - 1)
            }
            print text >path("run")
            printf "" >path("out")
            if (why) spare[text] = why
            found[path("why")] = text
        }
        { more = 0 }
        /<!-- not run: / {
            spared = $0
            sub(/.*<!-- not run: */, "", spared)
            sub(/ *-->.*/, "", spared)
            alone = /^<!--/
        }
        /^```/ && block == "" {
            block = substr($1, 4)
            if (block == "") block = "plain"
            file = $2
            at = NR "00"
            if (file) { print file >path("name"); printf "" >path("file") }
            written = path("file")
            next
        }
        /^```/ { block = file = spared = ""; next }
        file { print >written }
        file ~ /\.yml$/ && match($0, /run: /) {
            command(substr($0, RSTART + 5))
        }
        block == "console" && going {
            print >path("run"); going = /\\$/; next
        }
        block == "console" && /^\$ / {
            command(substr($0, 3)); going = /\\$/; next
        }
        block == "console" { print >path("out"); next }
        !file && /^(    |\$ )?(build\/harness|make|harness) / {
            if (block || /^    /) print "in no console block: " NR ": " $0
        }
        block == "" {
            rest = $0
            while (match(rest, /`(make|build\/harness) [^`]*`/)) {
                text = substr(rest, RSTART + 1, RLENGTH - 2)
                rest = substr(rest, RSTART + RLENGTH)
                command(text)
            }
            if (!alone || /^$/) spared = ""
        }
        END {
            for (name in found)
                if (found[name] in spare) print spare[found[name]] >name
        }' "$1"
}

# same_text FILE: what changes from one run to the next is made alike: numbers,
# but no status and no count of what failed; what a machine skips; units of time.
# A verdict and its title stay as they are.
same_text() {
    perl -pe 's/\e\[[0-9;]*m//g; s/[ \t]+/ /g; s/ $//;
        next if /^(?:pass|fail|warn|skip|error|stale) /;
        s/(?<!status )(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])(?! failed)/#/g;
        s/, # (?:skipped|errors?)\b//g; s/# (?:ns|us|ms|s)\b/# s/g' "$1"
}

# prints WANTED ACTUAL, two files: the parts of WANTED between lines of "..."
# stand in ACTUAL, whatever their order, and the last stands last.
prints() {
    local text part pattern last='' parts=()
    [ -s "$1" ] || return 0
    text=$'\n'$(same_text "$2")$'\n'
    mapfile -t parts < <(same_text "$1" | awk '
        $0 == "..." { print part; part = ""; next }
        { part = part $0 "\1" }
        END { print part }')
    for part in "${parts[@]}"; do
        [ -n "$part" ] || continue
        # Nothing in it is a pattern but the "...".
        pattern=$(sed 's/[^[:alnum:] \x01]/\\&/g; s/\\\.\\\.\\\./*/g' <<<"$part")
        pattern=${pattern//$'\1'/$'\n'}
        # shellcheck disable=SC2053 # it is a pattern
        [[ $text == *$'\n'$pattern* ]] || {
            printf 'not printed:\n%s\n' "${part//$'\1'/$'\n'}"
            return 1
        }
        last=$pattern
    done
    [ -z "${parts[-1]}" ] || [[ $text == *$'\n'$last ]] || {
        printf 'not the last:\n%s\n' "${part//$'\1'/$'\n'}"
        return 1
    }
}

# run_command RUN: the file's command ends with status 0, or 1 if what it prints
# says that something failed, and prints that.
run_command() {
    local wanted=${1%.run}.out actual=${1%.run}.actual status=0 expected=0
    grep -qE '^[0-9]+ passed, [1-9][0-9]* failed' "$wanted" && expected=1
    timeout -k 5 300 bash "$1" </dev/null >"$actual" 2>&1 3>&- 4>&- || status=$?
    [ "$status" -eq "$expected" ] && prints "$wanted" "$actual" && return
    echo "status $status, and it printed:"
    cat "$actual"
    return 1
}

# run_document DOCUMENT DIRECTORY: all of it, in the current directory; what is
# not as it says is told with its line.
run_document() {
    local file line wrong=0 began said
    mkdir -p "$2"
    commands "$1" "$2" >"$2/stray"
    [ ! -s "$2/stray" ] || { cat "$2/stray" && wrong=1; }
    for file in "$2"/*.name "$2"/*.run; do
        [ -e "$file" ] && echo "$file"
    done | sort >"$2/order"
    while read -r file; do
        line=$(basename "$file" | sed 's/..\..*//; s/^0*//')
        if [[ $file == *.name ]]; then
            mkdir -p "$(dirname "$(<"$file")")"
            cp "${file%.name}.file" "$(<"$file")"
        elif [ ! -e "${file%.run}.why" ]; then
            began=$SECONDS
            said=$(run_command "$file") || {
                wrong=1
                echo "$1:$line: $(<"$file")"
                echo "$said"
            }
            echo "# line $line, $((SECONDS - began)) s: $(head -n 1 "$file")" \
                >&"${TOLD:-3}"
        fi
    done <"$2/order"
    return "$wrong"
}
