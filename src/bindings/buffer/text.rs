//! Text in and out: `toString`, `write`, the methods of each encoding, `Buffer.byteLength`.

use boa_engine::{Context, JsError, JsResult, JsString, JsValue};

use super::{
    construct::{out_of_bounds, unknown_encoding},
    view::View,
};
use crate::{
    bindings::encoding::{self, Encoding, MAX_STRING_LENGTH},
    engine::{
        errors::{Code, coded},
        natives::{Method, arg},
        validate,
    },
};

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    ("asciiSlice", 2, slice::<ASCII>),
    ("base64Slice", 2, slice::<BASE64>),
    ("base64urlSlice", 2, slice::<BASE64URL>),
    ("latin1Slice", 2, slice::<LATIN1>),
    ("hexSlice", 2, slice::<HEX>),
    ("ucs2Slice", 2, slice::<UTF16LE>),
    ("utf8Slice", 2, slice::<UTF8>),
    ("asciiWrite", 3, write_as::<ASCII>),
    ("base64Write", 3, write_as::<BASE64>),
    ("base64urlWrite", 3, write_as::<BASE64URL>),
    ("latin1Write", 3, write_as::<LATIN1>),
    ("hexWrite", 3, write_as::<HEX>),
    ("ucs2Write", 3, write_as::<UTF16LE>),
    ("utf8Write", 3, write_as::<UTF8>),
    ("toString", 3, to_string),
    ("write", 4, write),
];

/// Second names of methods: the very same functions.
pub(super) const ALIASES: &[(&str, &str)] = &[("toLocaleString", "toString")];

/// The functions of `Buffer` in this file.
pub(super) const STATICS: &[Method] =
    &[("isEncoding", 1, is_encoding), ("byteLength", 2, byte_length)];

// The encodings as const parameters: one native for each, without a closure.
const ENCODINGS: [Encoding; 7] = [
    Encoding::Utf8,
    Encoding::Utf16le,
    Encoding::Latin1,
    Encoding::Ascii,
    Encoding::Base64,
    Encoding::Base64url,
    Encoding::Hex,
];
const UTF8: usize = 0;
const UTF16LE: usize = 1;
const LATIN1: usize = 2;
const ASCII: usize = 3;
const BASE64: usize = 4;
const BASE64URL: usize = 5;
const HEX: usize = 6;

fn receiver(this: &JsValue, context: &mut Context) -> JsResult<View> {
    match View::of_view(this, context).or_else(|| View::of_array_buffer(this)) {
        Some(view) => Ok(view),
        None => Err(wrong_type("argument must be a buffer", context)),
    }
}

fn wrong_type(message: &str, context: &mut Context) -> JsError {
    coded(context, Code::ERR_INVALID_ARG_TYPE, message)
}

/// The text of a view's bytes, or `ERR_STRING_TOO_LONG`.
pub(super) fn decode(view: &View, encoding: Encoding, context: &mut Context) -> JsResult<JsString> {
    check_length(view.len(), encoding, context)?;
    Ok(view.read(|bytes| encoding::decode(bytes, encoding)))
}

/// The text of bytes that are no view, or `ERR_STRING_TOO_LONG`.
pub(crate) fn decoded(
    bytes: &[u8],
    encoding: Encoding,
    context: &mut Context,
) -> JsResult<JsString> {
    check_length(bytes.len(), encoding, context)?;
    Ok(encoding::decode(bytes, encoding))
}

/// `ERR_STRING_TOO_LONG` if so many bytes decode to more than a string may have.
pub(crate) fn check_length(
    bytes: usize,
    encoding: Encoding,
    context: &mut Context,
) -> JsResult<()> {
    if encoding::decoded_length(bytes, encoding) <= MAX_STRING_LENGTH {
        return Ok(());
    }
    let message = format!("Cannot create a string longer than {MAX_STRING_LENGTH:#x} characters");
    Err(coded(context, Code::ERR_STRING_TOO_LONG, message))
}

fn to_string(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    if args.is_empty() {
        return Ok(decode(&view, Encoding::Utf8, context)?.into());
    }
    let length = view.len() as f64;
    let start = position(&arg(args, 1), context)?.clamp(0.0, length);
    let end = match arg(args, 2) {
        end if end.is_undefined() => length,
        end => position(&end, context)?.min(length),
    };
    if end <= start {
        return Ok(JsString::default().into());
    }
    let encoding = match arg(args, 0) {
        name if name.is_undefined() => Encoding::Utf8,
        name => named(&name, context)?,
    };
    Ok(decode(&view.part(start as usize, end as usize), encoding, context)?.into())
}

fn position(value: &JsValue, context: &mut Context) -> JsResult<f64> {
    Ok(position_of(value.to_number(context)?))
}

/// Without its fraction; 0 for what is no number.
fn position_of(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() }
}

/// The encoding whose name this value is, or converts to.
fn named(value: &JsValue, context: &mut Context) -> JsResult<Encoding> {
    let name = value.to_string(context)?;
    Encoding::parse(&name).ok_or_else(|| unknown_encoding(&name, context))
}

/// `buf.utf8Slice(start, end)` and its kin.
fn slice<const ENCODING: usize>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let length = view.len();
    if length == 0 {
        return Ok(JsString::default().into());
    }
    let start = index(&arg(args, 0), 0, context)?;
    let end = index(&arg(args, 1), length, context)?.max(start);
    if end > length {
        return Err(index_error(context));
    }
    Ok(decode(&view.part(start, end), ENCODINGS[ENCODING], context)?.into())
}

/// An index into a buffer, `default` where it was left out.
fn index(value: &JsValue, default: usize, context: &mut Context) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(default);
    }
    let number = position(value, context)?;
    if number < 0.0 {
        return Err(index_error(context));
    }
    Ok(number as usize)
}

fn index_error(context: &mut Context) -> JsError {
    coded(context, Code::ERR_OUT_OF_RANGE, "Index out of range")
}

/// `buf.utf8Write(text, offset, length)` and its kin.
fn write_as<const ENCODING: usize>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let encoding = ENCODINGS[ENCODING];
    let view = receiver(this, context)?;
    let Some(text) = arg(args, 0).as_string() else {
        return Err(wrong_type("argument must be a string", context));
    };
    let size = view.len() as f64;
    let given = match arg(args, 1) {
        offset if offset.is_undefined() => 0.0,
        offset => offset.to_number(context)?,
    };
    // The first three encodings are checked by code that computes with what was given, the others
    // by code that cuts off fractions first, and shortens what is too long.
    let is_checked = matches!(encoding, Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii);
    let start = if is_checked || given.is_nan() { given } else { given.trunc() };
    let length = match arg(args, 2) {
        length if !length.is_undefined() => length.to_number(context)?,
        _ if is_checked => size - start,
        _ => size - position_of(start),
    };
    if start > size || (is_checked && start < 0.0) {
        return Err(out_of_bounds("offset", context));
    }
    if start < 0.0 || (!is_checked && length < 0.0) {
        return Err(index_error(context));
    }
    if length < 0.0 || (is_checked && length > size - start) {
        return Err(out_of_bounds("length", context));
    }
    let (offset, length) = (position_of(start), position_of(length));
    let slots = view.part(offset as usize, (offset + length) as usize);
    Ok(slots.write(context, |bytes| encoding::encode_into(&text, encoding, bytes))?.into())
}

/// The arguments of `buf.write`, sorted out.
struct WriteRequest {
    start: usize,
    end: usize,
    encoding: Encoding,
}

fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let request = decode_write(args, view.len(), context)?;
    let Some(text) = arg(args, 0).as_string() else {
        return Err(wrong_type("argument must be a string", context));
    };
    let slots = view.part(request.start, request.end);
    let written =
        slots.write(context, |bytes| encoding::encode_into(&text, request.encoding, bytes))?;
    Ok(written.into())
}

/// `write(text[, offset[, length]][, encoding])`.
fn decode_write(args: &[JsValue], size: usize, context: &mut Context) -> JsResult<WriteRequest> {
    let (offset, length) = (arg(args, 1), arg(args, 2));
    if offset.is_undefined() {
        return Ok(WriteRequest { start: 0, end: size, encoding: Encoding::Utf8 });
    }
    if length.is_undefined() && offset.is_string() {
        return Ok(WriteRequest { start: 0, end: size, encoding: written(&offset, context)? });
    }
    let start = validate::integer(&offset, "offset", 0.0, size as f64, context)? as usize;
    let (length, encoding) = match length {
        name if name.is_string() => (size, name),
        length if length.is_undefined() => (size, arg(args, 3)),
        length => {
            let length = validate::integer(&length, "length", 0.0, size as f64, context)?;
            (length as usize, arg(args, 3))
        }
    };
    let end = start.saturating_add(length).min(size);
    Ok(WriteRequest { start, end, encoding: written(&encoding, context)? })
}

/// The encoding to write in: what is falsy means UTF-8.
fn written(name: &JsValue, context: &mut Context) -> JsResult<Encoding> {
    if name.to_boolean() { named(name, context) } else { Ok(Encoding::Utf8) }
}

fn is_encoding(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(arg(args, 0).as_string().is_some_and(|name| Encoding::parse(&name).is_some()).into())
}

fn byte_length(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0);
    if let Some(text) = value.as_string() {
        let name = arg(args, 1);
        // An unknown name means UTF-8 here.
        let encoding = if name.to_boolean() {
            Encoding::parse(&name.to_string(context)?).unwrap_or(Encoding::Utf8)
        } else {
            Encoding::Utf8
        };
        return Ok(encoding::byte_length(&text, encoding).into());
    }
    match View::of_view(&value, context).or_else(|| View::of_array_buffer(&value)) {
        Some(view) => Ok(view.len().into()),
        None => {
            let expected = "of type string or an instance of Buffer or ArrayBuffer";
            Err(validate::invalid_arg_type(context, "string", expected, &value))
        }
    }
}
