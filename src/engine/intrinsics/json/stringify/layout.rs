//! The letters between the values: keys, separators, line breaks; and the primitives themselves.

use boa_engine::{JsResult, JsString, property::PropertyKey, string::JsStrVariant};

use super::{
    super::{
        super::string_buffer::{MAX_STRING_LENGTH, too_long},
        output::Output,
        quote::quote,
        shapes::Name,
    },
    Level, Names,
    values::Item,
};

/// Writes what precedes the member of the level at `index`: comma, line break and key.
pub(super) fn write_lead(
    out: &mut impl Output,
    level: &mut Level,
    index: usize,
    gap: &JsString,
    depth: usize,
) {
    separate(out, &mut level.is_filled, gap, depth);
    match &level.names {
        Names::Indices(_) => {}
        Names::Shape(shape) => write_name(out, &shape.names[index], gap),
        Names::Keys(keys) => {
            write_key(out, &keys[index]);
            write_space(out, gap);
        }
    }
}

/// Writes what parts a member from the one before it, if there is one, or from the bracket.
#[inline]
pub(super) fn separate(out: &mut impl Output, is_filled: &mut bool, gap: &JsString, depth: usize) {
    if *is_filled {
        out.ascii(b",");
    }
    *is_filled = true;
    break_line(out, gap, depth);
}

/// Begins a line at this depth, if the text has lines.
pub(super) fn break_line(out: &mut impl Output, gap: &JsString, depth: usize) {
    if gap.is_empty() {
        return;
    }
    out.ascii(b"\n");
    for _ in 0..depth {
        write_raw(out, gap);
    }
}

/// Writes the name of a property, with its colon.
#[inline]
pub(super) fn write_name(out: &mut impl Output, name: &Name, gap: &JsString) {
    match &name.quoted {
        Some(quoted) => out.ascii(quoted),
        None => write_key(out, &name.key),
    }
    write_space(out, gap);
}

fn write_space(out: &mut impl Output, gap: &JsString) {
    if !gap.is_empty() {
        out.ascii(b" ");
    }
}

fn write_key(out: &mut impl Output, key: &PropertyKey) {
    match key {
        PropertyKey::String(name) => quote(name.as_str(), out),
        PropertyKey::Index(index) => {
            out.ascii(b"\"");
            out.ascii(itoa::Buffer::new().format(index.get()).as_bytes());
            out.ascii(b"\"");
        }
        PropertyKey::Symbol(_) => unreachable!("symbols are no keys of JSON"),
    }
    out.ascii(b":");
}

/// Writes anything but an array or object; what has no JSON is `null`, as in an array.
///
/// # Errors
/// When the text has become too long to be a string.
pub(super) fn write_primitive(out: &mut impl Output, item: &Item) -> JsResult<()> {
    match item {
        Item::Boolean(true) => out.ascii(b"true"),
        Item::Boolean(false) => out.ascii(b"false"),
        Item::Integer(value) => out.ascii(itoa::Buffer::new().format(*value).as_bytes()),
        Item::Number(value) if value.is_finite() => write_number(out, *value),
        Item::String(value) if out.len() + value.len() <= MAX_STRING_LENGTH => {
            quote(value.as_str(), out);
        }
        Item::String(_) => return Err(too_long()),
        Item::Raw(text) => write_raw(out, text),
        _ => out.ascii(b"null"),
    }
    if out.len() > MAX_STRING_LENGTH { Err(too_long()) } else { Ok(()) }
}

fn write_number(out: &mut impl Output, value: f64) {
    /// Decimals of up to fifteen digits are all different numbers.
    const LIMIT: f64 = 1e15;
    let thousandths = (value * 1000.0).round();
    // If such a decimal is this number, then no other is, and no shorter one.
    if thousandths.abs() < LIMIT && thousandths / 1000.0 == value && value != 0.0 {
        write_thousandths(out, thousandths as i64);
    } else {
        out.ascii(ryu_js::Buffer::new().format_finite(value).as_bytes());
    }
}

fn write_thousandths(out: &mut impl Output, thousandths: i64) {
    if thousandths < 0 {
        out.ascii(b"-");
    }
    let magnitude = thousandths.unsigned_abs();
    out.ascii(itoa::Buffer::new().format(magnitude / 1000).as_bytes());
    let rest = (magnitude % 1000) as u32;
    let digits = [rest / 100, rest / 10 % 10, rest % 10].map(|digit| b'0' + digit as u8);
    let length = digits.iter().rposition(|&digit| digit != b'0').map_or(0, |last| last + 1);
    if length > 0 {
        out.ascii(b".");
        out.ascii(&digits[..length]);
    }
}

fn write_raw(out: &mut impl Output, text: &JsString) {
    match text.variant() {
        JsStrVariant::Latin1(units) => out.latin1(units),
        JsStrVariant::Utf16(units) => out.utf16(units),
    }
}
