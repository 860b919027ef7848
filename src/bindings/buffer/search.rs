//! `buf.indexOf()`, `buf.lastIndexOf()` and `buf.includes()`.

use boa_engine::{Context, JsResult, JsString, JsValue};
use memchr::memmem;

use super::{
    construct::unknown_encoding,
    view::{TypedArrayKind, View, kind_of},
};
use crate::{
    bindings::encoding::{self, Encoding},
    engine::{
        natives::{Method, arg},
        validate,
    },
};

/// The methods of this file.
pub(super) const METHODS: &[Method] =
    &[("indexOf", 3, index_of), ("lastIndexOf", 3, last_index_of), ("includes", 3, includes)];

/// Which match is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// The first one at or after the position.
    Forwards,
    /// The last one at or before the position.
    Backwards,
}

fn index_of(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(search(this, args, Direction::Forwards, context)?.map_or((-1).into(), JsValue::from))
}

fn last_index_of(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(search(this, args, Direction::Backwards, context)?.map_or((-1).into(), JsValue::from))
}

fn includes(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(search(this, args, Direction::Forwards, context)?.is_some().into())
}

/// What is searched for.
struct Needle {
    bytes: Vec<u8>,
    /// UTF-16 is found at even positions only.
    wide: bool,
}

fn search(
    this: &JsValue,
    args: &[JsValue],
    direction: Direction,
    context: &mut Context,
) -> JsResult<Option<usize>> {
    let Some(view) = View::of_view(this, context) else {
        let expected = "an instance of Buffer, TypedArray, or DataView";
        return Err(validate::invalid_arg_type(context, "buffer", expected, this));
    };
    let value = arg(args, 0);
    let (offset, encoding) = match arg(args, 1) {
        name if name.is_string() => (JsValue::undefined(), name),
        offset => (offset, arg(args, 2)),
    };
    let offset = decode_offset(&offset, view.len(), direction, context)?;
    let needle = decode_needle(&value, &encoding, context)?;
    // Half a code unit at the end is none.
    let length = if needle.wide && value.is_string() { view.len() & !1 } else { view.len() };
    let Some(start) = start_index(length, offset, needle.bytes.len(), direction) else {
        return Ok(None);
    };
    if needle.bytes.is_empty() {
        return Ok(Some(start));
    }
    Ok(view.read(|bytes| find(bytes, &needle, start, direction)))
}

/// The position as a whole number, clamped to 32 bits as in Node.
fn decode_offset(
    value: &JsValue,
    length: usize,
    direction: Direction,
    context: &mut Context,
) -> JsResult<i64> {
    let number = value.to_number(context)?;
    if number.is_nan() {
        return Ok(if direction == Direction::Forwards { 0 } else { length as i64 });
    }
    Ok(number.clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i64)
}

fn decode_needle(value: &JsValue, encoding: &JsValue, context: &mut Context) -> JsResult<Needle> {
    if value.is_number() {
        return Ok(Needle { bytes: vec![value.to_u32(context)? as u8], wide: false });
    }
    let name = if encoding.is_undefined() { None } else { Some(encoding.to_string(context)?) };
    let encoding = match &name {
        Some(name) => Encoding::parse(name),
        None => Some(Encoding::Utf8),
    };
    let wide = encoding == Some(Encoding::Utf16le);
    if let Some(text) = value.as_string() {
        let Some(encoding) = encoding else {
            return Err(unknown_encoding(&name.unwrap_or_else(JsString::default), context));
        };
        return Ok(Needle { bytes: encoding::encode(&text, encoding), wide });
    }
    let is_bytes =
        value.as_object().is_some_and(|object| kind_of(&object) == Some(TypedArrayKind::Uint8));
    if let (true, Some(view)) = (is_bytes, View::of_view(value, context)) {
        return Ok(Needle { bytes: view.to_vec(), wide });
    }
    let expected = "one of type number or string or an instance of Buffer or Uint8Array";
    Err(validate::invalid_arg_type(context, "value", expected, value))
}

/// Where the search begins; `None` where it cannot find anything.
fn start_index(length: usize, offset: i64, needle: usize, direction: Direction) -> Option<usize> {
    let end = length as i64;
    if offset < 0 {
        if offset + end >= 0 {
            return Some((end + offset) as usize);
        }
        return (direction == Direction::Forwards || needle == 0).then_some(0);
    }
    if offset + needle as i64 <= end {
        return Some(offset as usize);
    }
    if needle == 0 {
        return Some(length);
    }
    if direction == Direction::Forwards { None } else { length.checked_sub(1) }
}

fn find(bytes: &[u8], needle: &Needle, start: usize, direction: Direction) -> Option<usize> {
    if needle.wide {
        return find_wide(bytes, &needle.bytes, start, direction);
    }
    match direction {
        Direction::Forwards => {
            memmem::find(bytes.get(start..)?, &needle.bytes).map(|found| start + found)
        }
        Direction::Backwards => {
            let end = start.saturating_add(needle.bytes.len()).min(bytes.len());
            memmem::rfind(&bytes[..end], &needle.bytes)
        }
    }
}

/// As [`find`] for UTF-16 code units: half units at the end of either side do not count.
fn find_wide(bytes: &[u8], needle: &[u8], start: usize, direction: Direction) -> Option<usize> {
    let needle = needle.as_chunks::<2>().0.as_flattened();
    let units = bytes.as_chunks::<2>().0.as_flattened();
    if needle.is_empty() || needle.len() > units.len() {
        return None;
    }
    let mut start = start / 2 * 2;
    if direction == Direction::Backwards {
        let mut end = start.saturating_add(needle.len()).min(units.len());
        while let Some(found) = memmem::rfind(&units[..end], needle) {
            if found.is_multiple_of(2) {
                return Some(found);
            }
            end = found + needle.len() - 1;
        }
        return None;
    }
    while let Some(found) = memmem::find(units.get(start..)?, needle) {
        if found.is_multiple_of(2) {
            return Some(start + found);
        }
        start += found + 1;
    }
    None
}
