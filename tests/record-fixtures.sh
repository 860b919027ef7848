#!/usr/bin/env bash
# Records fixtures/**/*.out from Node, or checks a runtime against them.
#
#   tests/record-fixtures.sh NODE [FILTER…]           record with Node v25.8.1
#   tests/record-fixtures.sh --check BINARY [FILTER…] compare only; any runtime
#
# A FILTER is part of a fixture's path below fixtures/ ("order/", "util/inspect").
# fixtures/README.md says what is compared, and under which circumstances.
set -u -o pipefail

readonly ORACLE=v25.8.1
readonly LIMIT_SECONDS=60

mode=record
if [ "${1-}" = --check ]; then
    mode=check
    shift
fi
if [ $# -lt 1 ]; then
    echo "usage: $0 NODE [FILTER…] | $0 --check BINARY [FILTER…]" >&2
    exit 9
fi
runtime=$(realpath "$1") || exit 9
shift
version=$("$runtime" -p process.version 2>/dev/null)
if [ "$mode" = record ] && [ "$version" != "$ORACLE" ]; then
    echo "$0: outputs are recorded from Node $ORACLE, and $runtime is ${version:-not Node}" >&2
    exit 9
fi

root=$(cd "$(dirname "$0")/../fixtures" && pwd) || exit 9
scratch=$(mktemp -d) || exit 9
trap 'rm -rf "$scratch"' EXIT

# start FILE: the runtime on one fixture, as fixtures/README.md says.
start() {
    cd "$(dirname "$1")" || exit 9
    env -u NO_COLOR -u FORCE_COLOR -u NODE_DISABLE_COLORS -u NODE_OPTIONS -u NODE_PATH \
        -u NODE_DEBUG -u NODE_CHANNEL_FD -u NODE_UNIQUE_ID -u LC_ALL \
        TZ=UTC TERM=dumb LANG=C.UTF-8 \
        timeout -k 5 "$LIMIT_SECONDS" "$runtime" "$1" </dev/null 2>"$scratch/stderr"
}

# run FILE RESULT file|pipe: what FILE prints into a file, or into a pipe; then its
# exit code where that is not 0.
run() {
    local file=$1 result=$2 code
    if [ "$3" = pipe ]; then
        (start "$file") | cat >"$result"
        code=${PIPESTATUS[0]}
    else
        (start "$file") >"$result"
        code=$?
    fi
    if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
        echo "killed after $LIMIT_SECONDS s" >>"$scratch/stderr"
    fi
    [ "$code" -eq 0 ] && return
    if [ -s "$result" ] && [ -n "$(tail -c 1 "$result")" ]; then
        echo >>"$result"
    fi
    echo "[exit code $code]" >>"$result"
}

wanted() {
    local name=$1 filter
    shift
    [ $# -eq 0 ] && return 0
    for filter in "$@"; do
        case $name in *"$filter"*) return 0 ;; esac
    done
    return 1
}

count=0
bad=0
complain() {
    bad=$((bad + 1))
    echo "$1" >&2
    head -n 20 "$2" >&2
}

while IFS= read -r file; do
    name=${file#"$root"/}
    wanted "$name" "$@" || continue
    count=$((count + 1))
    recorded=${file%.*}.out
    run "$file" "$scratch/first" file
    if [ "$mode" = check ]; then
        if ! diff -u --label "recorded" --label "$name" "$recorded" "$scratch/first" >"$scratch/diff"; then
            complain "DIFFERS: $name" "$scratch/diff"
            head -n 5 "$scratch/stderr" >&2
        fi
        continue
    fi
    run "$file" "$scratch/second" pipe
    if ! diff -u "$scratch/first" "$scratch/second" >"$scratch/diff"; then
        complain "NOT DETERMINISTIC: $name" "$scratch/diff"
    elif [ ! -s "$scratch/first" ]; then
        complain "PRINTS NOTHING: $name" "$scratch/stderr"
    else
        cmp -s "$scratch/first" "$recorded" || cp "$scratch/first" "$recorded"
    fi
done < <(find "$root" '(' -name '*.js' -o -name '*.mjs' ')' -not -name '_*' -not -path '*/_*/*' -not -path '*/lib/*' -not -path '*/node_modules/*' | LC_ALL=C sort)

echo "$count fixtures, $bad bad"
[ "$bad" -eq 0 ] && [ "$count" -gt 0 ]
