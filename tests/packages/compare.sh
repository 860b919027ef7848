#!/usr/bin/env bash
# Runs the programs of this folder, which use real npm packages, under two runtimes and compares standard output and exit code.
#
#   compare.sh /path/to/node /path/to/rjs [part of a name …]
#
# The packages are installed into a temporary folder (npm and a registry are needed), or once into the folder that
# PACKAGES_FOLDER names, which is kept.
set -uo pipefail
[ $# -ge 2 ] || { sed -n '2,7s/^# \?//p' "$0"; exit 2; }
reference=$(realpath "$1"); tested=$(realpath "$2"); shift 2
here=$(cd "$(dirname "$0")" && pwd)
if [ -n "${PACKAGES_FOLDER:-}" ]; then
    folder=$PACKAGES_FOLDER; mkdir -p "$folder"
else
    folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
fi
folder=$(cd "$folder" && pwd -P)
if ! cmp -s "$here/package.json" "$folder/package.json"; then
    cp "$here/package.json" "$folder/"
    (cd "$folder" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error) || exit 2
fi

unset NO_COLOR FORCE_COLOR NODE_DISABLE_COLORS NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_CHANNEL_FD NODE_UNIQUE_ID LC_ALL DEBUG CI
export TZ=UTC LANG=C.UTF-8 TERM=dumb COLUMNS=80

# Each runtime works in a folder of its own, under the same name, so that what is printed is the same.
answer() {
    local program=$1 place=$folder/run
    rm -rf "$place"; mkdir "$place"; ln -s ../node_modules "$place/node_modules"
    cp "$here/programs/$program" "$place/"
    (cd "$place" && PATH="$folder/bin:$PATH" timeout 120 "$folder/bin/node" "$program" </dev/null 2>"$folder/$2.err"; echo "[exit code $?]") >"$folder/$2.out"
}
# Each runtime runs as the command "node": its children find it by that name, and yargs calls a program that
# is run by anything else by the runtime's name.
as_node() { mkdir -p "$folder/bin"; rm -f "$folder/bin/node"; ln "$1" "$folder/bin/node" 2>/dev/null || cp "$1" "$folder/bin/node"; }

failed=0 passed=0
for file in "$here"/programs/*; do
    program=$(basename "$file")
    if [ $# -gt 0 ]; then
        wanted=; for part in "$@"; do [[ $program == *$part* ]] && wanted=1; done
        [ -n "$wanted" ] || continue
    fi
    as_node "$reference"; answer "$program" reference
    as_node "$tested"; answer "$program" tested
    if cmp -s "$folder/reference.out" "$folder/tested.out"; then
        echo "same      $program ($(wc -l <"$folder/tested.out") lines)"; passed=$((passed + 1))
    else
        echo "DIFFERENT $program"; diff "$folder/reference.out" "$folder/tested.out" | head -40
        head -5 "$folder/tested.err" | cut -c1-400; failed=$((failed + 1))
    fi
done
echo "$passed the same, $failed different"
[ "$failed" = 0 ]
