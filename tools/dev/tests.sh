# Builds a preset and runs its tests, leaving out those whose inputs have not
# changed since they last passed. Sourced by ./dev.
#
# CMake writes build/<preset>/tests.txt: for each test its name and the files
# and folders that its outcome depends on, the program among them. The hash of
# their contents is kept beside the number of tests that passed.

passed=0
failed=0
skipped=0

# test_preset PRESET all|changed|units PATH; units are the tests in C.
test_preset() {
    local preset=$1 which=$2 path
    path=$(test_name_of "$3")
    if ! build_counted "$preset"; then
        print_total
        exit 1
    fi

    local name inputs key stamp run=() unchanged=0
    declare -A keys=()
    while IFS=$'\t' read -r name inputs; do
        [[ -z $path || $name == "$path" || $name == "$path"[/_]* ]] || continue
        [ "$which" != units ] || is_unit "$name" || continue
        key=$(hash_of "$inputs")
        stamp="build/$preset/passed/$name"
        if [ "$which" = changed ] && [ -z "$path" ] &&
            [ "$(head -n 1 "$stamp" 2>/dev/null)" = "$key" ]; then
            unchanged=$((unchanged + 1))
            skipped=$((skipped + $(tail -n 1 "$stamp")))
        else
            run+=("$name")
            keys[$name]=$key
            rm -f "$stamp"
        fi
    done <"build/$preset/tests.txt"

    [ ${#run[@]} -gt 0 ] || [ $unchanged -gt 0 ] ||
        die "no test is called '$path'; see build/$preset/tests.txt"
    [ ${#run[@]} -eq 0 ] || run_ctest "$preset" "${run[@]}"
    [ $unchanged -eq 0 ] ||
        say "$unchanged of $((unchanged + ${#run[@]})) test programs are" \
            "unchanged since they passed and were not run; --all runs them"
}

# src/io/http1.c, test/io/http1_test.c and io/http1 are the test io/http1.
test_name_of() {
    sed -E 's:^\./::; s:^(src|test)/::; s:_test\.(c|js)$::; s:\.[ch]$::; s:/$::' <<<"$1"
}

is_unit() {
    [ -f "test/$1_test.c" ] || [ -f "$1_fuzz.c" ]
}

# A build that fails counts as one failed test, so that the last line tells.
build_counted() {
    say "== $1"
    if ! build "$@"; then
        failed=$((failed + 1))
        return 1
    fi
}

hash_of() {
    local paths
    read -ra paths <<<"$1"
    find "${paths[@]}" -name node_modules -prune -o -type f -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# Does any of these tests run on PostgreSQL by its name, include a helper that
# makes databases there, or list its tests for both engines?
needs_postgres() {
    local name
    for name in "$@"; do
        [[ "$name" != *_postgresql ]] || return 0
        grep -qsE '/(postgres|statement)_world\.[hj]|WORLD_TESTS' "test/${name}_test".[cj]* && return
    done
    return 1
}

# run_ctest PRESET NAME...; reads the caller's keys. Tests on PostgreSQL share
# one private server.
run_ctest() {
    local preset=$1 report="build/$1/ctest.xml" pattern server=()
    shift
    pattern=$(printf '%s|' "$@")
    rm -f "$report"
    ! needs_postgres "$@" || server=(tools/postgres run --)
    "${server[@]}" ctest --test-dir "build/$preset" -j "$(nproc)" --output-on-failure \
        --output-junit ctest.xml --test-output-size-passed 1000000 \
        -R "^(${pattern%|})\$" || true
    [ -f "$report" ] || die "ctest left no report"

    local name good bad left stamp
    while read -r name good bad left; do
        passed=$((passed + good))
        failed=$((failed + bad))
        skipped=$((skipped + left))
        [ "$bad" -eq 0 ] && [ "$good" -gt 0 ] && [ "$left" -eq 0 ] || continue
        stamp="build/$preset/passed/$name"
        mkdir -p "${stamp%/*}"
        printf '%s\n' "${keys[$name]}" "$good" >"$stamp"
    done < <(awk -f tools/dev/count.awk "$report")
}

# The last line that a test run prints.
print_total() {
    local tail=""
    [ "$skipped" -eq 0 ] || tail=", $skipped skipped"
    echo "$passed passed, $failed failed$tail"
    [ "$failed" -eq 0 ]
}
