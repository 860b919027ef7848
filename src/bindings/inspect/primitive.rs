//! How primitives are shown: quoted strings, numbers with their separators.

use boa_engine::{
    Context, JsResult, JsString, JsValue,
    string::{JsStr, JsStrVariant},
    value::JsVariant,
};

use super::{Inspector, options::Compact, style::Stylize, text::Text};

/// A string up to this length never goes over several lines.
const MIN_LINE_LENGTH: usize = 16;

impl Inspector {
    /// Shows a primitive.
    pub(super) fn primitive(&mut self, value: &JsValue, context: &mut Context) -> JsResult<Text> {
        let stylize = self.options.stylize.clone();
        self.primitive_in(value, &stylize, context)
    }

    /// As [`Self::primitive`], in other colours than those of the options.
    pub(super) fn primitive_in(
        &mut self,
        value: &JsValue,
        stylize: &Stylize,
        context: &mut Context,
    ) -> JsResult<Text> {
        let grouped = self.options.numeric_separator;
        let (text, style) = match value.variant() {
            JsVariant::String(text) => return self.string(&text, stylize, context),
            JsVariant::Undefined => (Text::from("undefined"), "undefined"),
            JsVariant::Null => (Text::from("null"), "null"),
            JsVariant::Boolean(b) => (Text::from(if b { "true" } else { "false" }), "boolean"),
            JsVariant::Integer32(n) => (integer(n, grouped), "number"),
            JsVariant::Float64(n) => (number(n, grouped), "number"),
            JsVariant::BigInt(n) => (big_int(&n.to_string(), grouped), "bigint"),
            JsVariant::Symbol(symbol) => (Text::from(&symbol.descriptive_string()), "symbol"),
            JsVariant::Object(_) => (Text::new(), "special"),
        };
        stylize.apply(text, style, context)
    }

    /// A string in quotes, cut where it is too long, over several lines where it has them.
    fn string(
        &mut self,
        text: &JsString,
        stylize: &Stylize,
        context: &mut Context,
    ) -> JsResult<Text> {
        let max = self.options.max_string_length;
        let mut shown = text.clone();
        let mut trailer = String::new();
        if text.len() as f64 > max {
            let remaining = text.len() as f64 - max;
            let plural = if remaining > 1.0 { "s" } else { "" };
            trailer = format!("... {} more character{plural}", JsValue::from(remaining).display());
            shown = text.slice(0, slice_end(max, text.len()));
        }
        let width = self.options.break_length - self.indentation as f64 - 4.0;
        let mut out = if self.options.compact != Compact::On
            && shown.len() > MIN_LINE_LENGTH
            && shown.len() as f64 > width
        {
            self.lines(&shown, stylize, context)?
        } else {
            stylize.apply(quoted(shown.as_str()), "string", context)?
        };
        out.push_str(&trailer);
        Ok(out)
    }

    /// Each line in quotes of its own, joined by `+`.
    fn lines(
        &mut self,
        text: &JsString,
        stylize: &Stylize,
        context: &mut Context,
    ) -> JsResult<Text> {
        let mut out = Text::new();
        let mut start = 0;
        while start < text.len() {
            let line_break = text.as_str().index_of_unit(b'\n', start);
            let end = line_break.map_or(text.len(), |at| at + 1);
            if start > 0 {
                out.push_str(" +\n");
                out.push_spaces(self.indentation + 2);
            }
            let line = quoted(text.slice(start, end).as_str());
            out.push(&stylize.apply(line, "string", context)?);
            start = end;
        }
        Ok(out)
    }
}

/// Where `slice(0, max)` ends in a string of this length.
fn slice_end(max: f64, length: usize) -> usize {
    let max = max.trunc();
    if max < 0.0 { (length as f64 + max).max(0.0) as usize } else { max as usize }
}

trait IndexOfUnit {
    /// Where a character comes next, in code units.
    fn index_of_unit(&self, character: u8, from: usize) -> Option<usize>;
}

impl IndexOfUnit for JsStr<'_> {
    fn index_of_unit(&self, character: u8, from: usize) -> Option<usize> {
        let found = match self.variant() {
            JsStrVariant::Latin1(bytes) => memchr::memchr(character, &bytes[from..]),
            JsStrVariant::Utf16(units) => {
                units[from..].iter().position(|&unit| unit == u16::from(character))
            }
        };
        found.map(|at| at + from)
    }
}

/// A string in the quotes that need the fewest escapes: single, double, backticks.
pub(super) fn quoted(text: JsStr<'_>) -> Text {
    let quote = quote_for(text);
    let mut out = Text::new();
    out.push_char(quote);
    match text.variant() {
        JsStrVariant::Latin1(bytes) => escape_latin1(&mut out, bytes, quote == '\''),
        JsStrVariant::Utf16(units) => escape_utf16(&mut out, units, quote == '\''),
    }
    out.push_char(quote);
    out
}

fn quote_for(text: JsStr<'_>) -> char {
    let has = |character: u8| text.index_of_unit(character, 0).is_some();
    if !has(b'\'') {
        '\''
    } else if !has(b'"') {
        '"'
    } else if !has(b'`') && !has_interpolation(text) {
        '`'
    } else {
        '\''
    }
}

fn has_interpolation(text: JsStr<'_>) -> bool {
    let mut from = 0;
    while let Some(at) = text.index_of_unit(b'$', from) {
        if text.get(at + 1) == Some(u16::from(b'{')) {
            return true;
        }
        from = at + 1;
    }
    false
}

fn escape_latin1(out: &mut Text, bytes: &[u8], escape_quote: bool) {
    if !bytes.iter().any(|&b| needs_escape(b.into(), escape_quote)) {
        out.push_js(JsStr::latin1(bytes));
        return;
    }
    let mut plain = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        if needs_escape(byte.into(), escape_quote) {
            out.push_js(JsStr::latin1(&bytes[plain..i]));
            push_escape(out, byte.into());
            plain = i + 1;
        }
    }
    out.push_js(JsStr::latin1(&bytes[plain..]));
}

fn escape_utf16(out: &mut Text, units: &[u16], escape_quote: bool) {
    for decoded in char::decode_utf16(units.iter().copied()) {
        match decoded {
            Ok(c) if u16::try_from(u32::from(c)).is_ok_and(|u| needs_escape(u, escape_quote)) => {
                push_escape(out, c as u16);
            }
            Ok(c) => out.push_char(c),
            Err(lone) => out.push_str(&format!("\\u{:x}", lone.unpaired_surrogate())),
        }
    }
}

fn needs_escape(unit: u16, escape_quote: bool) -> bool {
    matches!(unit, 0..0x20 | 0x5C | 0x7F..0xA0) || (escape_quote && unit == 0x27)
}

fn push_escape(out: &mut Text, unit: u16) {
    match unit {
        0x08 => out.push_str("\\b"),
        0x09 => out.push_str("\\t"),
        0x0A => out.push_str("\\n"),
        0x0C => out.push_str("\\f"),
        0x0D => out.push_str("\\r"),
        0x27 => out.push_str("\\'"),
        0x5C => out.push_str("\\\\"),
        _ => out.push_str(&format!("\\x{unit:02X}")),
    }
}

/// Text with the escapes of a quoted string, but without the quotes.
pub(super) fn escaped(text: JsStr<'_>) -> Text {
    let mut out = Text::new();
    match text.variant() {
        JsStrVariant::Latin1(bytes) => escape_latin1(&mut out, bytes, true),
        JsStrVariant::Utf16(units) => escape_utf16(&mut out, units, true),
    }
    out
}

fn integer(n: i32, grouped: bool) -> Text {
    let digits = n.to_string();
    if grouped { Text::from(group_integer(&digits)) } else { Text::from(digits) }
}

/// A number as `util.inspect` shows it.
pub(crate) fn number(n: f64, grouped: bool) -> Text {
    if n == 0.0 && n.is_sign_negative() {
        return Text::from(if grouped { "0" } else { "-0" });
    }
    let digits = JsValue::from(n).display().to_string();
    if !grouped || !n.is_finite() || digits.contains('e') {
        return Text::from(digits);
    }
    match digits.split_once('.') {
        None => Text::from(group_integer(&digits)),
        Some((whole, fraction)) => {
            Text::from(format!("{}.{}", group_integer(whole), group_fraction(fraction)))
        }
    }
}

/// A whole number of any size, of which the digits are given, as `util.inspect` shows it.
pub(crate) fn big_int(digits: &str, grouped: bool) -> Text {
    let mut out = Text::from(if grouped { group_integer(digits) } else { digits.to_owned() });
    out.push_str("n");
    out
}

/// Underscores between groups of three digits, counted from the end.
fn group_integer(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Underscores between groups of three characters, counted from the start.
fn group_fraction(digits: &str) -> String {
    let mut out = String::new();
    for (i, digit) in digits.char_indices() {
        if i > 0 && i % 3 == 0 {
            out.push('_');
        }
        out.push(digit);
    }
    out
}
