//! String literals: `QuoteJSONString` of ECMA-262.

use boa_engine::string::{JsStr, JsStrVariant};

use super::{
    super::string_buffer::MAX_STRING_LENGTH,
    output::Output,
    runs::{Run, find, is_special_wide, plain_run},
};

/// For a string of more units room is made at once.
const LONG: usize = 1024;

/// Writes a string as a JSON literal. Lone surrogates are escaped, so the text is well formed.
///
/// It stops when the text has become too long to be a string.
pub(super) fn quote(string: JsStr<'_>, out: &mut impl Output) {
    out.ascii(b"\"");
    if string.len() > LONG {
        // The bounds of a message belong to it.
        out.reserve(string.len() + 16);
    }
    match string.variant() {
        JsStrVariant::Latin1(units) => quote_latin1(units, out),
        JsStrVariant::Utf16(units) => quote_utf16(units, out),
    }
    out.ascii(b"\"");
}

fn quote_latin1(units: &[u8], out: &mut impl Output) {
    let mut at = 0;
    loop {
        let Run { end, is_ascii } = plain_run(units, at);
        let run = &units[at..end];
        if is_ascii {
            out.ascii(run);
        } else {
            out.latin1(run);
        }
        let Some(&unit) = units.get(end) else { return };
        escape(u16::from(unit), out);
        if out.len() > MAX_STRING_LENGTH {
            return;
        }
        at = end + 1;
    }
}

fn quote_utf16(units: &[u16], out: &mut impl Output) {
    let mut run = 0;
    let mut from = 0;
    loop {
        let at = find(units, from, |unit| is_special_wide(unit) || is_surrogate(unit));
        if let [0xD800..=0xDBFF, 0xDC00..=0xDFFF, ..] = units[at..] {
            from = at + 2;
            continue;
        }
        out.utf16(&units[run..at]);
        let Some(&unit) = units.get(at) else { return };
        escape(unit, out);
        if out.len() > MAX_STRING_LENGTH {
            return;
        }
        from = at + 1;
        run = from;
    }
}

const fn is_surrogate(unit: u16) -> bool {
    matches!(unit, 0xD800..=0xDFFF)
}

fn escape(unit: u16, out: &mut impl Output) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    match u8::try_from(unit) {
        Ok(b'"') => out.ascii(b"\\\""),
        Ok(b'\\') => out.ascii(b"\\\\"),
        Ok(0x08) => out.ascii(b"\\b"),
        Ok(0x09) => out.ascii(b"\\t"),
        Ok(0x0A) => out.ascii(b"\\n"),
        Ok(0x0C) => out.ascii(b"\\f"),
        Ok(0x0D) => out.ascii(b"\\r"),
        _ => {
            let digit = |shift: u16| DIGITS[usize::from(unit >> shift & 0xF)];
            out.ascii(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
        }
    }
}
