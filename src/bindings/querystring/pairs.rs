//! Splits a query into keys and values, as Node's scanner does. Knows no JavaScript objects.

const PLUS: u16 = b'+' as u16;

/// How a query is written.
pub(super) struct Syntax {
    /// Between two pairs; not empty.
    pub(super) separator: Vec<u16>,
    /// Between a key and its value; not empty.
    pub(super) assignment: Vec<u16>,
    /// What `+` stands for.
    pub(super) plus: Vec<u16>,
    /// How many pairs are read; `None` for all of them.
    pub(super) limit: Option<usize>,
}

/// A key and its value, still encoded, with `+` replaced.
pub(super) type Pair = (Vec<u16>, Vec<u16>);

/// The scanner's position in a pair.
#[derive(Default)]
struct Scan {
    key: Vec<u16>,
    value: Vec<u16>,
    /// What was read before is in `key` or `value` already.
    taken: usize,
    /// How many units of the separator matched; a mismatch starts over behind it.
    separator: usize,
    /// Likewise of the assignment.
    assignment: usize,
}

impl Scan {
    fn starting_at(position: usize) -> Self {
        Self { taken: position, ..Self::default() }
    }

    /// Moves what was read up to `end` where it belongs.
    fn take(&mut self, text: &[u16], end: usize, is_key: bool) {
        let part = text.get(self.taken..end).unwrap_or_default();
        if is_key { self.key.extend_from_slice(part) } else { self.value.extend_from_slice(part) }
    }
}

/// The pairs of a query, in order.
pub(super) fn split(text: &[u16], syntax: &Syntax) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut left = syntax.limit;
    let mut scan = Scan::default();
    for (at, unit) in text.iter().copied().enumerate() {
        let in_key = scan.assignment < syntax.assignment.len();
        if unit == syntax.separator[scan.separator] {
            scan.separator += 1;
            if scan.separator < syntax.separator.len() {
                continue;
            }
            let end = at + 1 - scan.separator;
            scan.take(text, end, in_key);
            let done = std::mem::replace(&mut scan, Scan::starting_at(at + 1));
            // Nothing between two separators makes no pair, but counts.
            if !(in_key && done.key.is_empty()) {
                pairs.push((done.key, done.value));
            }
            left = left.map(|left| left - 1);
            if left == Some(0) {
                return pairs;
            }
            continue;
        }
        scan.separator = 0;
        scan_within_pair(&mut scan, text, at, syntax, in_key);
    }
    finish(scan, text, syntax, &mut pairs);
    pairs
}

fn scan_within_pair(scan: &mut Scan, text: &[u16], at: usize, syntax: &Syntax, in_key: bool) {
    if in_key {
        if text[at] == syntax.assignment[scan.assignment] {
            scan.assignment += 1;
            if scan.assignment == syntax.assignment.len() {
                scan.take(text, at + 1 - scan.assignment, true);
                scan.taken = at + 1;
            }
            return;
        }
        scan.assignment = 0;
    }
    if text[at] == PLUS {
        scan.take(text, at, in_key);
        let into = if in_key { &mut scan.key } else { &mut scan.value };
        into.extend_from_slice(&syntax.plus);
        scan.taken = at + 1;
    }
}

fn finish(mut scan: Scan, text: &[u16], syntax: &Syntax, pairs: &mut Vec<Pair>) {
    let in_key = scan.assignment < syntax.assignment.len();
    if scan.taken < text.len() {
        scan.take(text, text.len(), in_key);
    } else if scan.assignment == 0 && scan.key.is_empty() {
        return;
    }
    pairs.push((scan.key, scan.value));
}
