//! The arguments of `fs`: paths, descriptors, modes, flags, lengths, positions, times, data.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf};

use boa_engine::{
    Context, JsError, JsResult, JsValue, builtins::date::Date, js_string, value::JsVariant,
};
use nix::sys::time::TimeSpec;

use super::operation::Target;
use crate::{
    bindings::{
        buffer::View,
        encoding::{self, Encoding},
        url,
    },
    engine::{
        errors::{Code, coded},
        kinds, validate,
    },
    sys::files,
};

const MAX_FD: f64 = 2_147_483_647.0;
const MAX_MODE: f64 = 4_294_967_295.0;
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// A path: text, bytes or a `file:` URL.
pub(super) fn path(value: &JsValue, name: &str, context: &mut Context) -> JsResult<PathBuf> {
    if let Some(text) = value.as_string() {
        return checked(text.to_std_string_lossy().into_bytes(), value, name, context);
    }
    if let Some(view) = View::of_uint8_array(value, context) {
        return checked(view.to_vec(), value, name, context);
    }
    if let Some(path) = url::path_if_url(value, context)? {
        let bytes = path.to_std_string_lossy().into_bytes();
        return checked(bytes, &path.into(), name, context);
    }
    let expected = "of type string or an instance of Buffer or URL";
    Err(validate::invalid_arg_type(context, name, expected, value))
}

fn checked(
    bytes: Vec<u8>,
    value: &JsValue,
    name: &str,
    context: &mut Context,
) -> JsResult<PathBuf> {
    if bytes.contains(&0) {
        let reason = "must be a string, Uint8Array, or URL without null bytes";
        return Err(validate::invalid_arg_value(context, name, value, reason));
    }
    Ok(OsString::from_vec(bytes).into())
}

/// A descriptor's number.
pub(super) fn fd(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    Ok(validate::integer(value, "fd", 0.0, MAX_FD, context)? as i32)
}

/// A path or a descriptor: what is a whole number is one.
pub(super) fn target(value: &JsValue, context: &mut Context) -> JsResult<Target> {
    match value.as_number() {
        Some(number) if number.fract() == 0.0 && (0.0..=MAX_FD).contains(&number) => {
            Ok(Target::Fd(number as i32))
        }
        _ => path(value, "path", context).map(Target::Path),
    }
}

/// A mode: a number, or a string of octal digits; `default` where it is not given.
pub(super) fn mode(
    value: &JsValue,
    name: &str,
    default: Option<u32>,
    context: &mut Context,
) -> JsResult<u32> {
    if value.is_null_or_undefined() {
        return match default {
            Some(default) => Ok(default),
            None => {
                validate::integer(&JsValue::undefined(), name, 0.0, MAX_MODE, context).map(|_| 0)
            }
        };
    }
    if let Some(text) = value.as_string() {
        let text = text.to_std_string_lossy();
        let is_octal = !text.is_empty() && text.bytes().all(|c| (b'0'..=b'7').contains(&c));
        return u32::from_str_radix(&text, 8).ok().filter(|_| is_octal).ok_or_else(|| {
            let reason = "must be a 32-bit unsigned integer or an octal string";
            validate::invalid_arg_value(context, name, value, reason)
        });
    }
    Ok(validate::integer(value, name, 0.0, MAX_MODE, context)? as u32)
}

/// The bits of `access` and `copyFile`, 0 to 7.
pub(super) fn bits(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    if value.is_null_or_undefined() {
        return Ok(0);
    }
    let Some(number) = value.as_number() else {
        let message = "mode must be int32 or null/undefined";
        return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message));
    };
    if !number.is_finite() {
        return Err(coded(context, Code::ERR_OUT_OF_RANGE, "mode is out of range"));
    }
    let number = number.trunc();
    if !(0.0..=7.0).contains(&number) {
        let message = "mode is out of range: >= 0 && <= 7";
        return Err(coded(context, Code::ERR_OUT_OF_RANGE, message));
    }
    Ok(number as i32)
}

/// Names of flags and what they mean for `open(2)`.
const FLAGS: &[(&str, i32)] = &[
    ("r", libc::O_RDONLY),
    ("rs", libc::O_RDONLY | libc::O_SYNC),
    ("r+", libc::O_RDWR),
    ("rs+", libc::O_RDWR | libc::O_SYNC),
    ("w", libc::O_TRUNC | libc::O_CREAT | libc::O_WRONLY),
    ("wx", libc::O_TRUNC | libc::O_CREAT | libc::O_WRONLY | libc::O_EXCL),
    ("w+", libc::O_TRUNC | libc::O_CREAT | libc::O_RDWR),
    ("wx+", libc::O_TRUNC | libc::O_CREAT | libc::O_RDWR | libc::O_EXCL),
    ("a", libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY),
    ("ax", libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY | libc::O_EXCL),
    ("as", libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY | libc::O_SYNC),
    ("a+", libc::O_APPEND | libc::O_CREAT | libc::O_RDWR),
    ("ax+", libc::O_APPEND | libc::O_CREAT | libc::O_RDWR | libc::O_EXCL),
    ("as+", libc::O_APPEND | libc::O_CREAT | libc::O_RDWR | libc::O_SYNC),
];

/// Flags: a name with its letters in any order that Node takes, or the system's number.
pub(super) fn flags(
    value: &JsValue,
    name: &str,
    default: i32,
    context: &mut Context,
) -> JsResult<i32> {
    if value.is_null_or_undefined() {
        return Ok(default);
    }
    if value.is_number() {
        return Ok(validate::integer(value, name, -2_147_483_648.0, MAX_FD, context)? as i32);
    }
    let text = value.as_string().map(|text| text.to_std_string_lossy()).unwrap_or_default();
    let swapped = match text.as_str() {
        "sr" => "rs",
        "sr+" => "rs+",
        "xw" => "wx",
        "xw+" => "wx+",
        "xa" => "ax",
        "sa" => "as",
        "xa+" => "ax+",
        "sa+" => "as+",
        other => other,
    };
    let found = FLAGS.iter().find(|row| row.0 == swapped).map(|row| row.1);
    found.ok_or_else(|| validate::invalid_arg_value(context, name, value, "is invalid"))
}

/// The bytes to be written: of a view, or of a text in its encoding.
pub(super) fn data(
    value: &JsValue,
    encoding: Option<Encoding>,
    name: &str,
    context: &mut Context,
) -> JsResult<Vec<u8>> {
    if let Some(text) = value.as_string() {
        return Ok(encoding::encode(&text, encoding.unwrap_or(Encoding::Utf8)));
    }
    match View::of_view(value, context) {
        Some(view) => Ok(view.to_vec()),
        None => {
            let expected = "of type string or an instance of Buffer, TypedArray, or DataView";
            Err(validate::invalid_arg_type(context, name, expected, value))
        }
    }
}

/// A view that is read into or written from.
pub(super) fn view(value: &JsValue, context: &mut Context) -> JsResult<View> {
    View::of_view(value, context).ok_or_else(|| {
        let expected = "an instance of Buffer, TypedArray, or DataView";
        validate::invalid_arg_type(context, "buffer", expected, value)
    })
}

/// An array of views.
pub(super) fn views(value: &JsValue, context: &mut Context) -> JsResult<Vec<View>> {
    let array = value.as_object().filter(|object| kinds::is_array(object, context));
    let mut views = Vec::new();
    if let Some(array) = &array {
        for index in 0..array.get(js_string!("length"), context)?.to_length(context)? {
            let item = array.get(index, context)?;
            match View::of_view(&item, context) {
                Some(view) => views.push(view),
                None => return Err(not_views(value, context)),
            }
        }
        return Ok(views);
    }
    Err(not_views(value, context))
}

fn not_views(value: &JsValue, context: &mut Context) -> JsError {
    validate::invalid_arg_type(context, "buffers", "an ArrayBufferView[]", value)
}

/// An offset into a buffer; 0 where it is not given.
pub(super) fn offset(value: &JsValue, context: &mut Context) -> JsResult<f64> {
    if value.is_null_or_undefined() {
        return Ok(0.0);
    }
    validate::integer(value, "offset", 0.0, MAX_SAFE, context)
}

/// A number of bytes to read, which must fit into the buffer after `offset`.
pub(super) fn length_to_read(
    length: f64,
    offset: f64,
    size: f64,
    context: &mut Context,
) -> JsResult<usize> {
    if length < 0.0 {
        return Err(validate::out_of_range(context, "length", ">= 0", &length.into()));
    }
    if offset + length > size {
        let range = format!("<= {}", size - offset);
        return Err(validate::out_of_range(context, "length", &range, &length.into()));
    }
    Ok(length as usize)
}

/// `offset` and `length` of what is written from a buffer.
pub(super) fn range_to_write(
    view: &View,
    offset: f64,
    length: &JsValue,
    context: &mut Context,
) -> JsResult<(usize, usize)> {
    let size = view.len() as f64;
    let given = length.as_number().unwrap_or(size - offset);
    if offset > size {
        let range = format!("<= {size}");
        return Err(validate::out_of_range(context, "offset", &range, &offset.into()));
    }
    if given > size - offset {
        let range = format!("<= {}", size - offset);
        return Err(validate::out_of_range(context, "length", &range, &given.into()));
    }
    if given < 0.0 {
        return Err(validate::out_of_range(context, "length", ">= 0", &given.into()));
    }
    let length = validate::integer(&given.into(), "length", 0.0, MAX_FD, context)?;
    Ok((offset as usize, length as usize))
}

/// A position to read at; `None` is where the descriptor stands.
pub(super) fn position(
    value: &JsValue,
    length: usize,
    context: &mut Context,
) -> JsResult<Option<u64>> {
    match value.variant() {
        JsVariant::Undefined | JsVariant::Null => Ok(None),
        JsVariant::BigInt(number) => {
            let max = i64::MAX - length as i64;
            let number = number.to_string().parse::<i64>().ok();
            match number.filter(|number| (-1..=max).contains(number)) {
                Some(number) => Ok(u64::try_from(number).ok()),
                None => {
                    let range = format!(">= -1 && <= {max}");
                    Err(validate::out_of_range(context, "position", &range, value))
                }
            }
        }
        _ if value.is_number() => {
            let number = validate::integer(value, "position", -1.0, MAX_SAFE, context)?;
            Ok((number >= 0.0).then_some(number as u64))
        }
        _ => {
            let expected = "of type bigint or integer";
            Err(validate::invalid_arg_type(context, "position", expected, value))
        }
    }
}

/// A position to write at: whatever is no number is where the descriptor stands.
pub(super) fn position_to_write(value: &JsValue) -> Option<u64> {
    value.as_number().filter(|number| *number >= 0.0).map(|number| number as u64)
}

/// A length to cut to, at least 0.
pub(super) fn length(value: &JsValue, context: &mut Context) -> JsResult<u64> {
    if value.is_undefined() {
        return Ok(0);
    }
    Ok(validate::integer(value, "len", -MAX_SAFE, MAX_SAFE, context)?.max(0.0) as u64)
}

/// A time: seconds since the epoch, a text of them, or a `Date`.
pub(super) fn time(value: &JsValue, name: &str, context: &mut Context) -> JsResult<TimeSpec> {
    let is_date = value.as_object().is_some_and(|object| object.is::<Date>());
    let seconds = match value.variant() {
        _ if is_date => value.to_number(context)? / 1000.0,
        JsVariant::String(_) => value.to_number(context)?,
        _ => value.as_number().unwrap_or(f64::NAN),
    };
    if seconds.is_finite() {
        return Ok(files::time_spec(seconds));
    }
    if is_date {
        return Ok(files::time_spec(0.0));
    }
    let expected = "an instance of Date or an Time in seconds";
    Err(validate::invalid_arg_type(context, name, expected, value))
}
