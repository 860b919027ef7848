//! Splits a query into keys and values, as Node's scanner does. Knows no JavaScript objects.
//!
//! The scanner also notes what holds an escape, so that the rest need not be decoded. It misses
//! some and sees some that are none; whether a text is decoded shows in the result, so the same
//! is done here.

const PLUS: u16 = b'+' as u16;
const PERCENT: u16 = b'%' as u16;

/// How a query is written.
pub(super) struct Syntax {
    /// Between two pairs; an empty one is never found.
    pub(super) separator: Vec<u16>,
    /// Between a key and its value; where it is empty all is value.
    pub(super) assignment: Vec<u16>,
    /// What `+` stands for.
    pub(super) plus: Vec<u16>,
    /// How many pairs are read; `None` for all of them.
    pub(super) limit: Option<usize>,
}

/// A key or a value, with `+` replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) text: Vec<u16>,
    /// True where the scanner saw an escape.
    pub(super) has_escape: bool,
}

/// A key and its value, still encoded.
pub(super) type Pair = (Field, Field);

/// The scanner's state within a pair.
#[derive(Default)]
struct Scan {
    key: Field,
    value: Field,
    /// What was read before is in `key` or `value` already.
    taken: usize,
    /// How many units of the separator matched; a mismatch starts over behind it.
    separator: usize,
    /// Likewise of the assignment.
    assignment: usize,
    /// How many units of an escape matched.
    escape: u8,
}

impl Scan {
    fn starting_at(position: usize) -> Self {
        Self { taken: position, ..Self::default() }
    }

    /// Moves what was read up to `end` where it belongs.
    fn take(&mut self, text: &[u16], end: usize, is_key: bool) {
        let part = text.get(self.taken..end).unwrap_or_default();
        let field = if is_key { &mut self.key } else { &mut self.value };
        field.text.extend_from_slice(part);
    }

    /// Takes what was read, then what `+` stands for.
    fn take_plus(&mut self, text: &[u16], at: usize, is_key: bool, syntax: &Syntax) {
        self.take(text, at, is_key);
        let field = if is_key { &mut self.key } else { &mut self.value };
        field.text.extend_from_slice(&syntax.plus);
        self.taken = at + 1;
    }

    fn pair(self) -> Pair {
        (self.key, self.value)
    }
}

/// Follows an escape; true where the unit belongs to one.
fn watch(escape: &mut u8, field: &mut Field, unit: u16) -> bool {
    let is_digit = char::from_u32(u32::from(unit)).is_some_and(|c| c.is_ascii_hexdigit());
    *escape = match unit {
        PERCENT => 1,
        _ if *escape > 0 && is_digit => escape.saturating_add(1),
        _ => 0,
    };
    field.has_escape |= *escape == 3;
    *escape > 0
}

/// The pairs of a query, in order.
pub(super) fn split(text: &[u16], syntax: &Syntax) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut left = syntax.limit;
    let mut scan = Scan::default();
    for (at, unit) in text.iter().copied().enumerate() {
        let in_key = scan.assignment < syntax.assignment.len();
        if syntax.separator.get(scan.separator) != Some(&unit) {
            scan.separator = 0;
            scan_within_pair(&mut scan, text, at, syntax, in_key);
            continue;
        }
        scan.separator += 1;
        if scan.separator < syntax.separator.len() {
            continue;
        }
        scan.take(text, at + 1 - scan.separator, in_key);
        let done = std::mem::replace(&mut scan, Scan::starting_at(at + 1));
        // Nothing between two separators makes no pair, but counts.
        if !(in_key && done.key.text.is_empty()) {
            pairs.push(done.pair());
        }
        left = left.map(|left| left - 1);
        if left == Some(0) {
            return pairs;
        }
    }
    finish(scan, text, syntax, &mut pairs);
    pairs
}

fn scan_within_pair(scan: &mut Scan, text: &[u16], at: usize, syntax: &Syntax, in_key: bool) {
    let unit = text[at];
    if in_key {
        if unit == syntax.assignment[scan.assignment] {
            scan.assignment += 1;
            if scan.assignment == syntax.assignment.len() {
                scan.take(text, at + 1 - scan.assignment, true);
                scan.taken = at + 1;
                scan.escape = 0;
            }
            return;
        }
        scan.assignment = 0;
        if !scan.key.has_escape && watch(&mut scan.escape, &mut scan.key, unit) {
            return;
        }
    }
    if unit == PLUS {
        scan.take_plus(text, at, in_key, syntax);
    } else if !scan.value.has_escape {
        // In a key, too, once that is known to hold an escape.
        watch(&mut scan.escape, &mut scan.value, unit);
    }
}

fn finish(mut scan: Scan, text: &[u16], syntax: &Syntax, pairs: &mut Vec<Pair>) {
    let in_key = scan.assignment < syntax.assignment.len();
    if scan.taken < text.len() {
        // Without a separator nothing ends a value.
        if in_key || !syntax.separator.is_empty() {
            scan.take(text, text.len(), in_key);
        }
    } else if scan.assignment == 0 && scan.key.text.is_empty() {
        return;
    }
    pairs.push(scan.pair());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str, separator: &str, assignment: &str, limit: Option<usize>) -> String {
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let syntax = Syntax {
            separator: units(separator),
            assignment: units(assignment),
            plus: units(" "),
            limit,
        };
        let shown = |field: &Field| {
            let mark = if field.has_escape { "!" } else { "" };
            format!("{}{mark}", String::from_utf16_lossy(&field.text))
        };
        let all = split(&units(text), &syntax);
        all.iter().map(|(k, v)| format!("{}:{}", shown(k), shown(v))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn splits_pairs_and_skips_nothing() {
        assert_eq!(pairs("a=1&&b&=c&", "&", "=", None), "a:1 b: :c");
        assert_eq!(pairs("a=b=c", "&", "=", None), "a:b=c");
        assert_eq!(pairs("a==1&&b==2", "&&", "==", None), "a:1 b:2");
    }

    #[test]
    fn empty_separators_are_never_found() {
        assert_eq!(pairs("a=1&b", "", "=", None), "a:");
        assert_eq!(pairs("a=1&b", "&", "", None), ":a=1 :b");
    }

    #[test]
    fn counts_empty_pairs_against_the_limit() {
        assert_eq!(pairs("&&a&b", "&", "=", Some(3)), "a:");
    }

    #[test]
    fn notes_escapes() {
        assert_eq!(pairs("%41=%4+1&b=%zz", "&", "=", None), "%41!:%4 1! b:%zz");
        assert_eq!(pairs("%41%42=c", "&", "=", None), "%41%42!:c!");
    }
}
