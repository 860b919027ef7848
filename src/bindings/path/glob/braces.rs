//! `{a,b}` and `{1..3}`: one pattern becomes several.

/// A pattern becomes at most so many: more would only exhaust memory.
const LIMIT: usize = 100_000;

/// The patterns that a pattern with braces stands for; itself where it has none.
pub(super) fn expand(pattern: &str) -> Vec<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut expanded = expand_chars(&chars);
    expanded.truncate(LIMIT);
    expanded
}

fn expand_chars(pattern: &[char]) -> Vec<String> {
    let mut open = 0;
    while let Some(start) = next_open(pattern, open) {
        if let Some(alternatives) = closing(pattern, start)
            .and_then(|end| Some((end, alternatives(&pattern[start + 1..end])?)))
        {
            let (end, alternatives) = alternatives;
            return combine(&pattern[..start], alternatives, &pattern[end + 1..]);
        }
        open = start + 1;
    }
    vec![pattern.iter().collect()]
}

fn next_open(pattern: &[char], from: usize) -> Option<usize> {
    (from..pattern.len()).find(|at| pattern[*at] == '{' && (*at == 0 || pattern[*at - 1] != '$'))
}

/// Where the brace opened at `start` is closed.
fn closing(pattern: &[char], start: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in pattern.iter().enumerate().skip(start) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// What stands between the braces, if they are a list or a range.
fn alternatives(inside: &[char]) -> Option<Vec<String>> {
    let parts = split_at_commas(inside);
    if parts.len() > 1 {
        return Some(parts.into_iter().flat_map(expand_chars).collect());
    }
    range(&inside.iter().collect::<String>())
}

fn split_at_commas(inside: &[char]) -> Vec<&[char]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in inside.iter().enumerate() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts
}

/// `1..3`, `a..e`, `1..9..2`.
fn range(text: &str) -> Option<Vec<String>> {
    let fields: Vec<&str> = text.split("..").collect();
    let (first, last, step) = match *fields {
        [first, last] => (first, last, 1),
        [first, last, step] => (first, last, step.parse::<i64>().ok()?),
        _ => return None,
    };
    let step = step.unsigned_abs().max(1);
    if let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let is_padded = |field: &str| {
            field.trim_start_matches('-').starts_with('0')
                && field.trim_start_matches('-').len() > 1
        };
        let width =
            if is_padded(first) || is_padded(last) { first.len().max(last.len()) } else { 0 };
        return Some(steps(from, to, step).map(|n| format!("{n:0width$}")).collect());
    }
    let (from, to) = (single_char(first)?, single_char(last)?);
    Some(
        steps(i64::from(from as u32), i64::from(to as u32), step)
            .filter_map(|n| char::from_u32(n as u32))
            .map(String::from)
            .collect(),
    )
}

fn single_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let c = chars.next().filter(char::is_ascii_alphabetic)?;
    chars.next().is_none().then_some(c)
}

fn steps(from: i64, to: i64, step: u64) -> impl Iterator<Item = i64> {
    let count = (from.abs_diff(to) / step).min(LIMIT as u64);
    let direction = if from <= to { 1 } else { -1 };
    (0..=count).map(move |index| from + direction * (index * step) as i64)
}

fn combine(before: &[char], alternatives: Vec<String>, after: &[char]) -> Vec<String> {
    let before: String = before.iter().collect();
    let after = expand_chars(after);
    let mut all = Vec::new();
    for alternative in alternatives {
        for rest in &after {
            if all.len() >= LIMIT {
                return all;
            }
            all.push(format!("{before}{alternative}{rest}"));
        }
    }
    all
}
