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
    local runtime=$1 program=$2 place=$folder/run
    rm -rf "$place"; mkdir "$place"; ln -s ../node_modules "$place/node_modules"
    cp "$here/programs/$program" "$place/"
    (cd "$place" && PATH="$folder/bin:$PATH" timeout 120 "$runtime" "$program" </dev/null 2>"$folder/$3.err"; echo "[exit code $?]") >"$folder/$3.out"
}
# A command "node" is the runtime itself, for both.
as_node() { mkdir -p "$folder/bin"; printf '#!/bin/sh\nexec "%s" "$@"\n' "$1" >"$folder/bin/node"; chmod +x "$folder/bin/node"; }

failed=0 passed=0
for file in "$here"/programs/*; do
    program=$(basename "$file")
    if [ $# -gt 0 ]; then
        wanted=; for part in "$@"; do [[ $program == *$part* ]] && wanted=1; done
        [ -n "$wanted" ] || continue
    fi
    as_node "$reference"; answer "$reference" "$program" reference
    as_node "$tested"; answer "$tested" "$program" tested
    # The name of the executable is the one thing that may differ.
    sed -i "s|$reference|RUNTIME|g" "$folder/reference.out"; sed -i "s|$tested|RUNTIME|g" "$folder/tested.out"
    if cmp -s "$folder/reference.out" "$folder/tested.out"; then
        echo "same      $program ($(wc -l <"$folder/tested.out") lines)"; passed=$((passed + 1))
    else
        echo "DIFFERENT $program"; diff "$folder/reference.out" "$folder/tested.out" | head -40
        head -5 "$folder/tested.err" | cut -c1-400; failed=$((failed + 1))
    fi
done
echo "$passed the same, $failed different"
[ "$failed" = 0 ]
