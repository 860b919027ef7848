//! How many columns of a terminal a text takes.

use boa_engine::{Context, JsValue, js_string};

use super::{
    text::{self, Text},
    width_table::{DOUBLE, ZERO},
};

/// The width in columns; escape sequences count only if they are not `stripped` first.
pub(crate) fn string_width(text: &Text, stripped: bool, context: &mut Context) -> usize {
    let bytes = text.as_bytes();
    if stripped && has_escape(bytes) {
        let stripped = strip_control_sequences(text);
        return width_of(stripped.as_bytes(), context);
    }
    width_of(bytes, context)
}

fn width_of(bytes: &[u8], context: &mut Context) -> usize {
    let ascii = bytes.iter().take_while(|b| b.is_ascii() && **b != 0x7F).count();
    let printable = |b: &&u8| **b >= 0x20;
    let width = bytes[..ascii].iter().filter(printable).count();
    if ascii == bytes.len() {
        return width;
    }
    let rest = &bytes[ascii..];
    // Below U+0300 nothing combines.
    if text::points(rest).all(|point| point < 0x300) {
        return width + sum(rest);
    }
    width + sum(normalized(rest, context).as_bytes())
}

fn sum(bytes: &[u8]) -> usize {
    text::points(bytes).map(width_of_point).sum()
}

/// Normalization form C: composed characters are as wide as they look.
fn normalized(bytes: &[u8], context: &mut Context) -> Text {
    let text = Text::from(bytes);
    let prototype = context.intrinsics().constructors().string().prototype();
    let normalize = prototype.get(js_string!("normalize"), context).ok();
    let result = normalize.as_ref().and_then(JsValue::as_callable).and_then(|normalize| {
        normalize.call(&text.to_js().into(), &[js_string!("NFC").into()], context).ok()
    });
    result.and_then(|result| result.as_string()).map_or(text, |text| Text::from(&text))
}

fn width_of_point(point: u32) -> usize {
    if (0x20..0x7F).contains(&point) {
        1
    } else if is_in(&ZERO, point) || point < 0x20 || point == 0x7F {
        0
    } else if is_in(&DOUBLE, point) {
        2
    } else {
        1
    }
}

fn is_in(ranges: &[(u32, u32)], point: u32) -> bool {
    let next = ranges.partition_point(|&(first, _)| first <= point);
    next > 0 && point <= ranges[next - 1].1
}

/// True if escape sequences may be in the text: each begins with ESC or the C1 control CSI.
fn has_escape(bytes: &[u8]) -> bool {
    memchr::memchr2(0x1B, 0xC2, bytes).is_some()
}

/// The text without ANSI escape sequences (ECMA-48). Node: `util.stripVTControlCharacters`.
pub(crate) fn strip_control_sequences(text: &Text) -> Text {
    let bytes = text.as_bytes();
    if !has_escape(bytes) {
        return text.clone();
    }
    let mut out = Text::new();
    let mut at = 0;
    while at < bytes.len() {
        match sequence_length(&bytes[at..]) {
            Some(length) => at += length,
            None => {
                let end = at + 1;
                out.push_bytes(&bytes[at..end]);
                at = end;
            }
        }
    }
    out
}

/// The length of the escape sequence that these bytes begin with.
fn sequence_length(bytes: &[u8]) -> Option<usize> {
    let introducer = match bytes {
        [0x1B, ..] => 1,
        [0xC2, 0x9B, ..] => 2,
        _ => return None,
    };
    let rest = &bytes[introducer..];
    let intermediates = rest.iter().take_while(|b| b"[]()#;?".contains(b)).count();
    // The more intermediates a sequence takes the better, but parameters may need some of them.
    (0..=intermediates).rev().find_map(|taken| {
        let rest = &rest[taken..];
        let body = command_string(rest).or_else(|| control_function(rest))?;
        Some(introducer + taken + body)
    })
}

/// An operating system command: parameters, ended by BEL or ST.
fn command_string(bytes: &[u8]) -> Option<usize> {
    let is_parameter = |b: &u8| b.is_ascii_alphanumeric() || b"-/#&.:=?%@~_".contains(b);
    let words = bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let parameters = |from: usize| {
        let mut end = from;
        while bytes.get(end) == Some(&b';') {
            end += 1 + bytes[end + 1..].iter().take_while(|b| is_parameter(b)).count();
        }
        end
    };
    [parameters(0), parameters(words), words, 0].into_iter().find_map(|end| {
        let terminator = match &bytes[end..] {
            [0x07, ..] => 1,
            [0x1B, 0x5C, ..] | [0xC2, 0x9C, ..] => 2,
            _ => return None,
        };
        Some(end + terminator)
    })
}

/// A control function: numbers, then the byte that says which.
fn control_function(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize, most: usize| {
        bytes[from.min(bytes.len())..].iter().take(most).take_while(|b| b.is_ascii_digit()).count()
    };
    let is_final = |b: &u8| matches!(b, b'0'..=b'9' | b'A'..=b'P' | b'R'..=b'T' | b'Z' | b'c' | b'f'..=b'n' | b'q'..=b'u' | b'y' | b'=' | b'>' | b'<' | b'~');
    let mut ends = vec![0];
    let first = digits(0, 4);
    if first > 0 {
        let mut end = first;
        ends.extend(1..=first);
        while bytes.get(end) == Some(&b';') {
            end += 1;
            ends.push(end);
            for _ in 0..digits(end, 4) {
                end += 1;
                ends.push(end);
            }
        }
    }
    ends.into_iter().rev().find(|&end| bytes.get(end).is_some_and(is_final)).map(|end| end + 1)
}

/// The bytes without colour codes of one or two digits: those alone make a line no longer.
pub(super) fn without_colors(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        rest = match rest {
            [0x1B, b'[', b'0'..=b'9', b'm', after @ ..]
            | [0x1B, b'[', b'0'..=b'9', b'0'..=b'9', b'm', after @ ..] => after,
            _ => {
                out.push(first);
                after
            }
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_are_stripped_whole() {
        let strip = |text: &str| strip_control_sequences(&Text::from(text)).into_string();
        assert_eq!(strip("\u{1b}[31mred\u{1b}[39m"), "red");
        assert_eq!(strip("\u{1b}]8;;http://x.y/\u{7}link\u{1b}]8;;\u{7}"), "link");
        assert_eq!(strip("\u{9b}0;1mé"), "é");
        assert_eq!(strip("a\u{1b}"), "a\u{1b}");
    }

    #[test]
    fn ranges_ascend() {
        for ranges in [&ZERO[..], &DOUBLE[..]] {
            assert!(ranges.iter().all(|&(first, last)| first <= last));
            assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }

    #[test]
    fn widths() {
        let cases = [(0x41, 1), (0x0, 0), (0x301, 0), (0x4E2D, 2), (0x1F600, 2), (0xAD, 1)];
        for (point, width) in cases {
            assert_eq!(width_of_point(point), width, "{point:x}");
        }
    }
}
