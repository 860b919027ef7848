#!/usr/bin/env bash
# Records link/first-functions.txt: what the linker is to put together, because programs start with it.
#
#     link/record.sh
#
# Needs valgrind and nm. Builds the release binary with its symbols in a folder of its own, runs the workloads below
# under callgrind and writes a pattern of section names for every function that ran, the first workload's first. To be
# run again when another compiler, another engine or much new code makes the list miss what it is for:
# benches/README.md, "Where functions lie".
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."

cargo rustc --release --bin rjs --target-dir target/recorded -- -C strip=none
rjs=$PWD/target/recorded/release/rjs
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# record NUMBER ARGS...: the functions that run, children's too. Workloads that end their children by a signal
# fail at that: valgrind does not know pidfd_send_signal(2).
record() {
  valgrind --tool=callgrind --demangle=no --trace-children=yes --callgrind-out-file="$folder/$1.%p" \
    "$rjs" "${@:2}" >/dev/null 2>"$folder/$1.log" || grep -q 'kill ENOSYS' "$folder/$1.log"
}

workloads=benches/workloads
language="import fs from 'node:fs';
class Shape { #name = null; constructor(name) { this.#name = name ?? 'none'; } get name() { return this.#name; } }
class Square extends Shape { area(side = 2, ...rest) { return [side ** 2, ...rest]; } }
for await (const each of [new Square('a'), new Shape()]) {
  const { name, missing = [1, 2].map((n) => n + 1), ...others } = { name: each.name, third: 3 };
  try { console.log(name.replace('a', 'b').split('e'), missing?.length, JSON.stringify(others), each.area(1, 2)); }
  catch (error) { console.log(error instanceof TypeError, typeof error.stack, fs.existsSync('/')); }
}"
record 1 "$workloads/empty.js"
record 2 --no-warm-fork "$workloads/ping-pong.js" small 20
record 3 "$workloads/fork.js" sequence 2
record 4 "$workloads/spawn.js" 3 1 0
record 5 "$workloads/run.js" exec 3
record 6 "$workloads/run.js" spawnSync 3
record 7 "$workloads/tcp-echo.js" 100
record 8 "$workloads/passed-sockets.js" 10
record 9 --input-type=module -e "$language"

for number in 1 2 3 4 5 6 7 8 9; do
  cat "$folder/$number".[0-9]* | sed -nE "s/^c?fn=\([0-9]+\) ([^']+)('[0-9]+)?$/\1/p" | sort -u
done >"$folder/names"

archive=$(cc -print-file-name=libc.a)
{ nm "$archive" 2>/dev/null || true; } >"$folder/archive"
nm -S "$rjs" >"$folder/symbols"
{
  # What a zygote and its copies do: valgrind cannot follow them.
  printf '%s\n' '_ZN3rjs3sys4warm*' '_ZN3rjs7runtime4seed*'
  awk -f link/patterns.awk "$folder/symbols" "$folder/archive" "$folder/names"
} >link/first-functions.txt
wc -l link/first-functions.txt
