# Patterns of section names for functions: patterns.awk SYMBOLS ARCHIVE NAMES.
#
# SYMBOLS is the binary's, by `nm -S`; ARCHIVE the C library's, by `nm`; NAMES are those wanted, in order. What a compiler
# appends to a name to tell instances of a generic function apart is left open, unless that took in much that is not wanted.

# The most that a pattern may take in beside what is wanted, bytes.
BEGIN { spare = 4096 }

function open_name(name) {
  gsub(/17h[0-9a-f]+E/, "17h*E", name)
  if (name ~ /^_R/) gsub(/Cs[0-9A-Za-z]+_/, "Cs*_", name)
  sub(/\.llvm\.[0-9]+/, "*", name)
  sub(/\.[0-9]+$/, "*", name)
  return name
}

function bytes(hex,    i, sum) {
  for (i = 1; i <= length(hex); i++) sum = sum * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
  return sum
}

FNR == 1 { file++ }

file == 1 && NF == 4 && $4 ~ /^(_ZN|_R)/ {
  size[$4] = bytes($2)
  all[open_name($4)] += size[$4]
}

file == 2 && /\.o:$/ { member = substr($0, 1, length($0) - 1) }
file == 2 && NF == 3 && $2 ~ /^[tTwWi]$/ && !($3 in members) { members[$3] = member }

file == 3 && !($1 in known) {
  known[$1]
  names[++count] = $1
  if ($1 in size) wanted[open_name($1)] += size[$1]
}

END {
  for (i = 1; i <= count; i++) {
    name = names[i]
    if (name in size) {
      pattern = open_name(name)
      if (all[pattern] - wanted[pattern] > spare) pattern = name
    } else if (name in members) {
      pattern = "libc.a:" members[name]
    } else {
      continue
    }
    if (!(pattern in printed)) print pattern
    printed[pattern]
  }
}
