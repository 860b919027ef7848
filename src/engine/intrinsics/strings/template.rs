//! `GetSubstitution`: what a replacement text with `$` in it comes to.

use std::ops::Range;

use boa_engine::{JsString, string::JsStr};

use super::super::string_buffer::{MAX_STRING_LENGTH, StringBuffer};

/// A group's name, and its range if it took part in the match.
pub(in super::super) type NamedGroup<'a> = (&'a str, Option<Range<usize>>);

/// A place in a string that is to be replaced, and what was found there.
pub(in super::super) struct Place<'a> {
    pub(in super::super) string: &'a JsString,
    pub(in super::super) at: usize,
    pub(in super::super) length: usize,
    /// The ranges of the groups of a regular expression, from the first on.
    pub(in super::super) groups: &'a [Option<Range<usize>>],
    /// The named ones among them, if the expression names any.
    pub(in super::super) named: Option<&'a [NamedGroup<'a>]>,
}

/// What a reference in a template stands for, and how many units spell it.
enum Reference {
    Dollar,
    Range(Option<Range<usize>>, usize),
}

/// Appends a template with its references resolved.
///
/// It stops when the buffer has become too long to be a string.
pub(in super::super) fn expand(out: &mut StringBuffer, template: JsStr<'_>, place: &Place<'_>) {
    let mut run = 0;
    let mut index = 0;
    while index < template.len() && out.len() <= MAX_STRING_LENGTH {
        let Some(reference) = reference(template, index, place) else {
            index += 1;
            continue;
        };
        out.push(template.get(run..index).unwrap_or(JsStr::EMPTY));
        match reference {
            Reference::Dollar => {
                out.push_latin1(b"$");
                index += 2;
            }
            Reference::Range(range, length) => {
                let range = range.unwrap_or_default();
                push_range(out, place.string, range.start, range.end);
                index += length;
            }
        }
        run = index;
    }
    out.push(template.get(run..).unwrap_or(JsStr::EMPTY));
}

/// Appends a part of a string.
pub(in super::super) fn push_range(
    out: &mut StringBuffer,
    string: &JsString,
    from: usize,
    to: usize,
) {
    out.push(string.as_str().get(from..to).unwrap_or(JsStr::EMPTY));
}

/// The reference that begins at a unit, if one does.
fn reference(template: JsStr<'_>, index: usize, place: &Place<'_>) -> Option<Reference> {
    if ascii(template, index) != Some(b'$') {
        return None;
    }
    let end = place.at + place.length;
    Some(match ascii(template, index + 1)? {
        b'$' => Reference::Dollar,
        b'&' => Reference::Range(Some(place.at..end), 2),
        b'`' => Reference::Range(Some(0..place.at), 2),
        b'\'' => Reference::Range(Some(end..place.string.len()), 2),
        b'0'..=b'9' => return numbered(template, index, place),
        b'<' => return named(template, index, place),
        _ => return None,
    })
}

/// `$n` or `$nn`: two digits if there is a group of that number, else one.
fn numbered(template: JsStr<'_>, index: usize, place: &Place<'_>) -> Option<Reference> {
    let digit =
        |at| ascii(template, at).filter(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'));
    let first = digit(index + 1)?;
    let group = |number: usize| number.checked_sub(1).and_then(|number| place.groups.get(number));
    let two = digit(index + 2).and_then(|second| group(first * 10 + second));
    match two {
        Some(range) => Some(Reference::Range(range.clone(), 3)),
        None => group(first).map(|range| Reference::Range(range.clone(), 2)),
    }
}

/// `$<name>`, if the expression has named groups; a name that none of them has is nothing.
fn named(template: JsStr<'_>, index: usize, place: &Place<'_>) -> Option<Reference> {
    let named = place.named?;
    let start = index + 2;
    let length =
        (start..template.len()).position(|at| template.get(at) == Some(u16::from(b'>')))?;
    let name = JsString::from(template.get(start..start + length)?);
    let group = named.iter().find(|(known, _)| name == **known);
    Some(Reference::Range(group.and_then(|(_, range)| range.clone()), length + 3))
}

fn ascii(template: JsStr<'_>, index: usize) -> Option<u8> {
    template.get(index).and_then(|unit: u16| u8::try_from(unit).ok())
}
