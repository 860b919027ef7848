//! `buf.fill()`, and the filling of `Buffer.alloc()`.

use boa_engine::{Context, JsResult, JsValue};

use super::{
    construct::{MAX_LENGTH, unknown_encoding},
    view::View,
};
use crate::{
    bindings::encoding::{self, Encoding},
    engine::{
        errors::{Code, coded},
        natives::{Method, arg},
        validate,
    },
};

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[("fill", 4, fill)];

/// What is repeated over the range.
enum Pattern {
    Byte(u8),
    Bytes(Vec<u8>),
}

/// The arguments, sorted out.
struct Request {
    pattern: Pattern,
    start: usize,
    end: usize,
}

fn fill(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(view) = View::of_view(this, context) else {
        let message = "argument must be a buffer";
        return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message));
    };
    if let Some(request) = decode(&view, args, context)? {
        apply(&view, &request, context)?;
    }
    Ok(this.clone())
}

/// Fills a whole new buffer, as `Buffer.alloc(size, value, encoding)` does.
pub(super) fn whole(
    buffer: &JsValue,
    size: usize,
    value: &JsValue,
    encoding: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let args = [value.clone(), 0.into(), size.into(), encoding.clone()];
    fill(buffer, &args, context).map(drop)
}

fn apply(view: &View, request: &Request, context: &mut Context) -> JsResult<()> {
    view.part(request.start, request.end).write(context, |slots| match &request.pattern {
        Pattern::Byte(byte) => slots.fill(*byte),
        Pattern::Bytes(bytes) => repeat(bytes, slots),
    })
}

/// Doubles what is there already instead of copying the pattern again and again.
fn repeat(pattern: &[u8], slots: &mut [u8]) {
    let mut filled = pattern.len().min(slots.len());
    slots[..filled].copy_from_slice(&pattern[..filled]);
    while filled > 0 && filled < slots.len() {
        let count = filled.min(slots.len() - filled);
        slots.copy_within(..count, filled);
        filled += count;
    }
}

/// `None` where the range is empty and nothing remains to be checked.
fn decode(view: &View, args: &[JsValue], context: &mut Context) -> JsResult<Option<Request>> {
    let value = arg(args, 0);
    let (mut offset, mut end, mut encoding) = (arg(args, 1), arg(args, 2), arg(args, 3));
    if value.is_string() {
        // The encoding may stand in the place of either position.
        if offset.is_undefined() || offset.is_string() {
            encoding = offset;
            (offset, end) = (JsValue::undefined(), JsValue::undefined());
        } else if end.is_string() {
            encoding = end;
            end = JsValue::undefined();
        }
    }
    let encoding = if value.is_string() { decode_encoding(&encoding, context)? } else { None };
    let length = view.len();
    let (start, end) = if offset.is_undefined() {
        (0, length)
    } else {
        let start = validate::integer(&offset, "offset", 0.0, MAX_LENGTH, context)?;
        let end = if end.is_undefined() {
            length as f64
        } else {
            validate::integer(&end, "end", 0.0, length as f64, context)?
        };
        (start as usize, end as usize)
    };
    if start >= end && !offset.is_undefined() {
        return Ok(None);
    }
    let pattern = decode_pattern(&value, encoding.unwrap_or(Encoding::Utf8), context)?;
    Ok(Some(Request { pattern, start, end }))
}

fn decode_encoding(value: &JsValue, context: &mut Context) -> JsResult<Option<Encoding>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let name = validate::string(value, "encoding", context)?;
    if name.is_empty() {
        return Ok(None);
    }
    match Encoding::parse(&name) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(unknown_encoding(&name, context)),
    }
}

fn decode_pattern(value: &JsValue, encoding: Encoding, context: &mut Context) -> JsResult<Pattern> {
    let bytes = match value.as_string() {
        Some(text) if text.is_empty() => return Ok(Pattern::Byte(0)),
        Some(text) => encoding::encode(&text, encoding),
        None => match View::of_view(value, context) {
            Some(view) => view.to_vec(),
            None => return Ok(Pattern::Byte(value.to_uint8(context)?)),
        },
    };
    match *bytes {
        [] => Err(validate::invalid_arg_value(context, "value", value, "is invalid")),
        [byte] => Ok(Pattern::Byte(byte)),
        _ => Ok(Pattern::Bytes(bytes)),
    }
}
