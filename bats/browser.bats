#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# HTML reports as a browser shows them: a run with many failures, one of stress,
# and matrices of few and of many targets, in a wide window and on a narrow
# screen, in light, dark and print.
# shellcheck disable=SC2016 # JavaScript has expressions in single quotes
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2034,SC2154 # run and helpers.bash set and read variables

# Sizes of windows: a laptop's, a telephone's.
WIDE=1280x800
NARROW=390x844

setup_file() {
    command -v chromium >/dev/null || return 0
    cd "$BATS_TEST_DIRNAME/.." || return
    BUILD_DIR=$(realpath "${BUILD_DIR:-build}")
    PAGES=$BATS_FILE_TMPDIR
    export PAGES
    "$BUILD_DIR/harness" conform -q --html="$PAGES/failing.html" \
        --json="$PAGES/failing.json" echo/ '!echo/many-rounds' load/own-bytes \
        -- "$BUILD_DIR/fixtures/servers/banner" >"$PAGES/log" 2>&1 || true
    "$BUILD_DIR/harness" -q -c 20 --html="$PAGES/stress.html" \
        >>"$PAGES/log" 2>&1
    for n in 4 60; do
        targets "$n"
        "$BUILD_DIR/harness" report --html="$PAGES/matrix-$n.html" \
            "$PAGES/$n"/*.json >>"$PAGES/log" 2>&1
    done
}

# targets N: of the failing run N reports in $PAGES/N, each of a target of its
# own. Every third case comes to different things; one was not asked of all.
targets() {
    mkdir "$PAGES/$1"
    jq -c --argjson n "$1" 'range($n) as $i
        | .target.name = if $i == 2 then "named-" + "long-" * 20
            else "server-\($i + 1)" end
        | .cases |= [to_entries[] | .key as $c | .value
            | if $c % 3 == 0 then .verdict = ["pass", "pass", "fail", "pass",
                "warn", "skip", "pass", "error"][
                if $c % 2 == 0 then $i * 5 % 8 else ($i * 4 + $c) % 8 end]
                | if .verdict == "pass" then del(.reason)
                else .reason = "made-up-\(.verdict)-\($i % 4)" end
            else . end
            | select($c != 4 or $i % 4 != 0)]' "$PAGES/failing.json" |
        split -l 1 -a 2 -d --additional-suffix=.json - "$PAGES/$1/"
}

setup() {
    load helpers
    load verdicts
    common_setup
    requires chromium python3
}

teardown() {
    common_teardown
}

# shows [OPTION]... SIZE PAGE STEP...: fails where the page's console is not
# empty; prints a line for each step that is an expression.
shows() {
    run -0 --separate-stderr "$BATS_TEST_DIRNAME/browser.py" "$@"
    assert_equal "$stderr" ''
}

# The visible elements that reach beyond the window to the right, but for those
# in a box that scrolls on its own.
BEYOND='Array.from(document.querySelectorAll("body *")).filter(function (e) {
    return e.getClientRects().length && !e.parentElement.closest("pre") &&
        !e.closest("#filter label span") && !e.parentElement.closest(".box") &&
        e.getBoundingClientRect().right > innerWidth + 0.5;
}).map(function (e) { return e.tagName + " " + e.textContent; })'

OPEN='document.querySelectorAll("details").forEach(function (one) {
    one.open = true; })'

WIDTH='[document.documentElement.scrollWidth, innerWidth]'

@test "the pages are of a run with ten failures and of stress, and small" {
    reports '.summary.fail >= 10' "$PAGES/failing.json"
    [ "$(stat -c %s "$PAGES/failing.html")" -le $((400 * 1024)) ]
    [ "$(stat -c %s "$PAGES/stress.html")" -le $((100 * 1024)) ]
}

@test "what a page says in its console fails these tests" {
    echo '<!DOCTYPE html><title>t</title><script>console.log(1)</script>' >l.html
    echo '<!DOCTYPE html><title>t</title><script>nothing()</script>' >e.html
    echo '<!DOCTYPE html><title>t</title><img src="nothing.png">' >n.html
    for page in l e n; do
        run -1 "$BATS_TEST_DIRNAME/browser.py" "$WIDE" "$page.html"
        assert_output --partial 'console: '
    done
}

@test "nothing reaches beyond a screen of 390 pixels; dumps scroll alone" {
    for page in failing stress; do
        shows "$NARROW" "$PAGES/$page.html" "$OPEN" "$WIDTH" "$BEYOND"
        assert_line --index 1 '[390, 390]'
        assert_line --index 2 '[]'
    done
    shows "$NARROW" "$PAGES/failing.html" \
        'Array.from(document.querySelectorAll("pre")).map(function (e) {
            e.scrollLeft = 50;
            return e.scrollWidth > e.clientWidth && e.scrollLeft === 50;
        }).every(Boolean)' 'document.querySelectorAll("pre").length > 9'
    assert_output $'true\ntrue'
}

@test "nothing reaches beyond a window of 1280 pixels, or of 800" {
    shows "$WIDE" "$PAGES/failing.html" "$OPEN" "$BEYOND"
    assert_line --index 1 '[]'
    shows 800x600 "$PAGES/failing.html" "$OPEN" "$BEYOND"
    assert_line --index 1 '[]'
}

@test "the first failure is on the first screen: its link, name and reason" {
    for size in "$WIDE" "$NARROW"; do
        shows "$size" "$PAGES/failing.html" '
            [".links li", ".links a", "article", "article h3",
             "article .reason"].map(function (what) {
                var box = document.querySelector(what).getBoundingClientRect();
                return [box.height > 10, box.top > 0, box.left >= 0,
                    what === "article" || innerHeight >= box.bottom,
                    innerWidth >= box.right].every(Boolean) || what;
            })' 'document.querySelector(".links a").textContent ===
            document.querySelector("article").id' 'scrollY'
        assert_line --index 0 '[true, true, true, true, true]'
        assert_line --index 1 true
        assert_line --index 2 0
    done
}

# COUNT: links, failures, cases and families that can be seen; what is told.
COUNT='[".links li", "article", ".cases li", "#all-cases section"].map(
    function (what) {
        return Array.from(document.querySelectorAll(what)).filter(function (e) {
            return e.getClientRects().length; }).length;
    }).concat(document.querySelector("output").textContent)'

# choose FIELD VALUE: the step that does so as a user would.
choose() {
    echo "(function () {
        var field = document.querySelector('[name=$1]');
        field.value = '$2';
        field.dispatchEvent(new Event('input', { bubbles: true }));
    })()"
}

# counted JQ: how many of the cases.
counted() {
    jq "[.cases[] | select($1)] | length" "$PAGES/failing.json"
}

@test "verdict and family show what they name, and hide all else" {
    local all fails passes
    all=$(counted true) fails=$(counted '.verdict == "fail"')
    passes=$(counted '.verdict == "pass"')
    [ "$passes" -gt 0 ]
    shows "$NARROW" "$PAGES/failing.html" "$COUNT" \
        "$(choose verdict fail)" "$COUNT" "$(choose verdict pass)" "$COUNT" \
        "$(choose family load)" "$COUNT" "$(choose verdict fail)" "$COUNT" \
        'document.querySelector("form button").click()' "$COUNT"
    assert_line --index 0 "[$fails, $fails, $all, 2, \"\"]"
    assert_line --index 2 \
        "[$fails, $fails, $fails, 2, \"$fails of $all cases\"]"
    assert_line --index 4 "[0, 0, $passes, 1, \"$passes of $all cases\"]"
    assert_line --index 6 "[0, 0, 0, 0, \"0 of $all cases\"]"
    assert_line --index 8 "[1, 1, 1, 1, \"1 of $all cases\"]"
    assert_line --index 10 "[$fails, $fails, $all, 2, \"\"]"
}

@test "words that are typed are searched, in what was seen and advised too" {
    local all fails
    all=$(counted true) fails=$(counted '.verdict == "fail"')
    shows "$WIDE" "$PAGES/failing.html" \
        'document.querySelector("[name=search]").focus()' \
        key:h key:A key:l key:f key:- 'key: ' key:C "$COUNT" \
        "$(choose search 'no-such-word')" "$COUNT" \
        "$(choose search "$(jq -r '[.cases[] | select(.id ==
            "echo/odd-sizes")][0].mend' "$PAGES/failing.json")")" \
        'document.querySelector(".links li:not([hidden]) a").textContent' \
        "$(choose search seed)" key:Enter "$COUNT" 'location.search'
    assert_line --index 1 "[1, 1, 1, 1, \"1 of $all cases\"]"
    assert_line --index 3 "[0, 0, 0, 0, \"0 of $all cases\"]"
    assert_line --index 5 '"echo/odd-sizes"'
    # Only the command that repeats a failure has the word.
    assert_line --index 7 --regexp "^\\[$fails, $fails, $fails, "
    assert_line --index 8 '""' # it was not sent away
}

# FOCUS: what has the focus, in a word.
FOCUS='(function (e) {
    return e.name || e.id || e.className || e.textContent; })(
    document.activeElement)'

@test "keys alone reach the fields, the links and the failure behind one" {
    shows "$NARROW" "$PAGES/failing.html" key:Tab "$FOCUS" key:Tab "$FOCUS" \
        key:Tab "$FOCUS" key:Tab "$FOCUS" key:Tab "$FOCUS" key:Enter \
        'decodeURIComponent(location.hash) === "#" +
            document.querySelector("article").id' \
        'document.querySelector("article").getBoundingClientRect().top |0'
    assert_line --index 0 '"verdict"'
    assert_line --index 1 '"family"'
    assert_line --index 2 '"search"'
    assert_line --index 3 '"links"'
    assert_line --index 4 '"id"'
    assert_line --index 5 true
    assert_line --index 6 0
}

@test "a link leads to its failure though the fields have hidden that" {
    shows "$NARROW" "$PAGES/failing.html" "$(choose verdict pass)" '
        new Promise(function (done) {
            addEventListener("hashchange", function () { setTimeout(done, 0) });
            location.hash = document.querySelector("article").id;
        })' "$COUNT" \
        'document.querySelector("article").getBoundingClientRect().top |0'
    assert_line --index 2 --regexp ', ""\]$'
    assert_line --index 3 0
}

@test "without scripts nothing is missing but the fields" {
    shows --no-script "$NARROW" "$PAGES/failing.html" "$WIDTH" \
        'document.querySelector("form").getClientRects().length' "$COUNT"
    assert_line --index 0 '[390, 390]'
    assert_line --index 1 0
    assert_line --index 2 "[$(counted '.verdict == "fail"'), $(
        counted '.verdict == "fail"'), $(counted true), 2, \"\"]"
}

@test "on paper there are no fields, and nothing is folded away" {
    # Without scripts too: the style alone does it.
    shows --no-script --print 794x1123 "$PAGES/failing.html" \
        'getComputedStyle(document.querySelector("form")).display' \
        'Array.from(document.querySelectorAll("details dl")).map(function (e) {
            return e.checkVisibility({ contentVisibilityAuto: true }); })' \
        'document.querySelector(".links").scrollHeight >
            document.querySelector(".links").clientHeight' "$BEYOND"
    assert_output $'"none"\n[true, true]\nfalse\n[]'
    shows "$WIDE" "$PAGES/failing.html" \
        'dispatchEvent(new Event("beforeprint")),
         document.querySelectorAll("details[open]").length' \
        'dispatchEvent(new Event("afterprint")),
         document.querySelectorAll("details[open]").length'
    assert_output $'3\n0'
}

@test "a machine that prefers dark gets a dark page" {
    local step='getComputedStyle(document.body).backgroundColor.match(
        /[0-9]+/g).map(Number).reduce(function (a, b) { return a + b; })'
    shows "$WIDE" "$PAGES/stress.html" "$step"
    [ "$output" -gt 700 ]
    shows --dark "$WIDE" "$PAGES/stress.html" "$step"
    [ "$output" -lt 100 ]
}

@test "latencies are pictures whose bars and text are on the screen" {
    shows "$NARROW" "$PAGES/stress.html" '
        Array.from(document.querySelectorAll("svg")).map(function (svg) {
            var box = svg.getBoundingClientRect();
            return [svg.querySelectorAll("rect").length,
                Array.from(svg.querySelectorAll("rect, text")).every(
                    function (e) {
                        var inner = e.getBoundingClientRect();
                        return inner.width > 0 && inner.left >= box.left - 1 &&
                            box.right + 1 >= inner.right;
                    }),
                parseFloat(getComputedStyle(svg.querySelector("text")).fontSize)
                    * box.width / svg.viewBox.baseVal.width >= 12,
                svg.getAttribute("aria-label").split(/ p50 | p90 | max /).length
            ];
        })'
    assert_output '[[5, true, true, 4], [5, true, true, 4]]'
}

# ROWS: rows, links and reasons that the fields show, though they be folded;
# the families whose fold is open; what is told.
ROWS='[".cases tr", ".links li", "details[data-case]",
    "details[data-group][open]"].map(function (what) {
        return Array.from(document.querySelectorAll(what)).filter(function (e) {
            return e.closest("[hidden]") === null; }).length;
    }).concat(document.querySelector("output").textContent)'

# matrix JQ: what it finds in the 60 reports, which are lists of cases by id.
matrix() {
    jq -s "[.[].cases[]] | group_by(.id) | $1" "$PAGES"/60/*.json
}

@test "a matrix of 60 targets has a row for each case, and is not too large" {
    local rows differ
    rows=$(matrix length)
    differ=$(matrix 'map(select(any(.verdict | IN("fail", "warn", "error"))
        and (length < 60 or (map(.verdict) | unique | length > 1)))) | length')
    [ "$differ" -gt 3 ]
    shows "$WIDE" "$PAGES/matrix-60.html" \
        'document.querySelector("h1").textContent' \
        'document.querySelector(".sums").textContent.trim().split(/\s+/)' \
        "$ROWS" 'document.querySelector(".matrix tbody").rows.length' \
        'document.querySelectorAll(".matrix thead")[0].rows[0].cells.length'
    assert_line --index 0 '"60 targets"'
    assert_line --index 1 \
        "[\"fail\", \"$differ\", \"of\", \"$rows\", \"cases\", \"differ\"]"
    assert_line --index 2 --regexp "^\\[$rows, $differ, [0-9]+, 0, \"\"\]\$"
    assert_line --index 3 "$differ"
    assert_line --index 4 61
    [ "$(stat -c %s "$PAGES/matrix-60.html")" -le $((400 * 1024)) ]
}

@test "60 columns stand in a window of 1280 pixels, names and letters legible" {
    shows "$WIDE" "$PAGES/matrix-60.html" "$OPEN" "$BEYOND" \
        'Array.from(document.querySelectorAll(".box")).filter(function (e) {
            return e.scrollWidth > e.clientWidth; }).length' '
        Array.from(document.querySelectorAll(".many td .badge")).every(
            function (e) {
                var text = document.createRange(), box, first;
                text.setStart(e.firstChild, 0);
                text.setEnd(e.firstChild, 1);
                box = e.getBoundingClientRect();
                text = text.getClientRects()[0];
                first = parseFloat(getComputedStyle(e).fontSize);
                return first >= 11 && text.left >= box.left &&
                    box.right >= text.left + first * 0.6;
            })'
    assert_line --index 1 '[]'
    assert_line --index 2 0
    assert_line --index 3 true
}

@test "a matrix scrolls in its own box at 390 pixels; its first column stays" {
    for n in 4 60; do
        shows "$NARROW" "$PAGES/matrix-$n.html" "$OPEN" "$WIDTH" "$BEYOND" '
            (function (box) {
                var head = box.querySelector("tbody th");
                var left = head.getBoundingClientRect().left;
                box.scrollLeft = 30;
                box.scrollTop = 60;
                return [box.scrollWidth > box.clientWidth,
                    box.scrollLeft === 30,
                    head.getBoundingClientRect().left === left,
                    box.clientWidth / 2 > head.offsetWidth,
                    Math.abs(box.querySelector("thead th").
                        getBoundingClientRect().top -
                        box.getBoundingClientRect().top) <= 1];
            })(document.querySelector(".box"))'
        assert_line --index 1 '[390, 390]'
        assert_line --index 2 '[]'
        assert_line --index 3 '[true, true, true, true, true]'
    done
}

@test "verdict, family and search find rows, and unfold what they find" {
    local all
    all=$(matrix length)
    shows "$WIDE" "$PAGES/matrix-60.html" \
        "$(choose verdict warn)" "$ROWS" 'Array.from(
            document.querySelectorAll(".cases tr:not([hidden])")).every(
            function (e) { return e.querySelector(".warn") !== null; })' \
        "$(choose verdict '')" "$(choose family load)" "$ROWS" \
        "$(choose family '')" "$(choose search 'no-such-word')" "$ROWS" \
        "$(choose search "$(jq -r '.cases[1].title' "$PAGES/failing.json")")" \
        'document.querySelector(".cases tr:not([hidden])").dataset.case' \
        'document.querySelector(".cases tr:not([hidden])").checkVisibility()' \
        "$(choose search 'made-up-error-1')" "$ROWS" \
        'document.querySelector("form button").click()' "$ROWS"
    local warned made
    warned=$(matrix 'map(select(any(.verdict == "warn"))) | length')
    made=$(matrix 'map(select(any(.reason == "made-up-error-1"))) | length')
    [ "$warned" -gt 0 ] && [ "$made" -gt 0 ]
    assert_line --index 1 --regexp \
        "^\\[$warned, [0-9]+, $warned, [0-9]+, \"$warned of $all cases\"\]"
    assert_line --index 2 true
    assert_line --index 5 --regexp ", \"1 of $all cases\"\]"
    assert_line --index 8 "[0, 0, 0, 0, \"0 of $all cases\"]"
    assert_line --index 10 "$(jq '.cases[1].id' "$PAGES/failing.json")"
    assert_line --index 11 true
    assert_line --index 13 --regexp "^\\[$made, .*, \"$made of $all cases\"\]"
    assert_line --index 15 --regexp "^\\[$all, .*, 0, \"\"\]"
}

@test "a link of a matrix leads to the reasons, and unfolds them" {
    shows "$NARROW" "$PAGES/matrix-60.html" "$(choose search no-such-word)" '
        new Promise(function (done) {
            addEventListener("hashchange", function () { setTimeout(done, 0) });
            location.hash = document.querySelector(".links a").hash;
        })' "$ROWS" '(function (list) {
            var box = list.getBoundingClientRect();
            return [list.checkVisibility(), box.top >= 0,
                innerHeight > box.top, list.querySelectorAll("li").length > 0,
                /made-up/.test(list.textContent)];
        })(document.getElementById(
            document.querySelector(".links li").dataset.case))'
    assert_line --index 2 --regexp ', ""\]$'
    assert_line --index 3 '[true, true, true, true, true]'
}

@test "a matrix without scripts is whole, and on paper it is unfolded" {
    shows --no-script "$NARROW" "$PAGES/matrix-60.html" "$WIDTH" \
        'document.querySelector("form").getClientRects().length' \
        'document.querySelectorAll("[data-case][hidden]").length'
    assert_output $'[390, 390]\n0\n0'
    for n in 4:794x1123 60:980x740; do # a sheet for many lies on its side
        shows --no-script --print "${n#*:}" "$PAGES/matrix-${n%:*}.html" '
            Array.from(document.querySelectorAll("details dl, details table")).
                every(function (e) {
                    return e.checkVisibility({ contentVisibilityAuto: true });
                })' 'Array.from(document.querySelectorAll("table")).every(
                function (e) {
                    return innerWidth >= e.getBoundingClientRect().right; })' \
            'getComputedStyle(document.querySelector(".box")).overflow' \
            "$BEYOND"
        assert_output $'true\ntrue\n"visible"\n[]'
    done
}

# axe [OPTION]... SIZE PAGE: axe-core finds nothing.
axe() {
    local file
    for file in {/usr,/usr/local}/lib/node_modules/axe-core/axe.min.js; do
        [ -e "$file" ] || continue
        shows "$@" "$OPEN" "axe:$file"
        assert_output "$(printf '%s' "${lines[0]}")"
        return
    done
    skip "needs axe-core (ci/deps browser)"
}

@test "axe-core finds nothing that bars anybody from reading" {
    axe "$WIDE" "$PAGES/failing.html"
    axe --dark "$NARROW" "$PAGES/failing.html"
    axe "$NARROW" "$PAGES/stress.html"
    axe --dark "$WIDE" "$PAGES/stress.html"
    axe "$NARROW" "$PAGES/matrix-4.html"
    axe --dark "$WIDE" "$PAGES/matrix-4.html"
    axe "$WIDE" "$PAGES/matrix-60.html"
    axe --dark "$NARROW" "$PAGES/matrix-60.html"
}

@test "axe-core finds what is wrong with a page that is" {
    echo '<html><title>t</title><p style="color: #ccc">pale</p>' >pale.html
    local file=
    for file in {/usr,/usr/local}/lib/node_modules/axe-core/axe.min.js; do
        [ -e "$file" ] || continue
        shows "$WIDE" pale.html "axe:$file"
        assert_output --partial color-contrast
        assert_output --partial html-has-lang
        return
    done
    skip "needs axe-core (ci/deps browser)"
}
