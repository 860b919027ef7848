//! The arguments of `fs`: paths, descriptors, modes, flags, encodings, buffers.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf, time::Duration};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, value::JsVariant};

use super::operation::Target;
use crate::{
    bindings::{
        buffer::View,
        encoding::{self, Encoding},
    },
    engine::{
        errors::{Code, coded},
        validate,
    },
};

const MAX_FD: f64 = 2_147_483_647.0;
const MAX_MODE: f64 = 4_294_967_295.0;

/// A path: text, bytes or a `file:` URL.
pub(super) fn path(value: &JsValue, name: &str, context: &mut Context) -> JsResult<PathBuf> {
    if let Some(text) = value.as_string() {
        return checked(text.to_std_string_lossy().into_bytes(), value, name, context);
    }
    if let Some(view) = View::of_uint8_array(value, context) {
        return checked(view.to_vec(), value, name, context);
    }
    if let Some(href) = url_href(value, context)? {
        let url = url::Url::parse(&href).ok();
        let file = url.filter(|url| url.scheme() == "file").and_then(|url| url.to_file_path().ok());
        return file.ok_or_else(|| {
            coded(context, Code::ERR_INVALID_URL_SCHEME, "The URL must be of scheme file")
        });
    }
    let expected = "of type string or an instance of Buffer or URL";
    Err(validate::invalid_arg_type(context, name, expected, value))
}

/// The address of what looks like a `URL`.
fn url_href(value: &JsValue, context: &mut Context) -> JsResult<Option<String>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    let protocol = object.get(js_string!("protocol"), context)?;
    let href = object.get(js_string!("href"), context)?;
    match (protocol.as_string(), href.as_string()) {
        (Some(_), Some(href)) => Ok(Some(href.to_std_string_lossy())),
        _ => Ok(None),
    }
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

/// A path or a descriptor.
pub(super) fn target(value: &JsValue, context: &mut Context) -> JsResult<Target> {
    if value.is_number() {
        return fd(value, context).map(Target::Fd);
    }
    path(value, "path", context).map(Target::Path)
}

/// A mode: a number, or a string of octal digits; `default` where it is not given.
pub(super) fn mode(value: &JsValue, default: Option<u32>, context: &mut Context) -> JsResult<u32> {
    if value.is_null_or_undefined()
        && let Some(default) = default
    {
        return Ok(default);
    }
    if let Some(text) = value.as_string() {
        let text = text.to_std_string_lossy();
        return u32::from_str_radix(&text, 8).map_err(|_| {
            let reason = "must be a 32-bit unsigned integer or an octal string";
            validate::invalid_arg_value(context, "mode", value, reason)
        });
    }
    Ok(validate::integer(value, "mode", 0.0, MAX_MODE, context)? as u32)
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
pub(super) fn flags(value: &JsValue, default: i32, context: &mut Context) -> JsResult<i32> {
    if value.is_null_or_undefined() {
        return Ok(default);
    }
    if value.is_number() {
        return Ok(validate::integer(value, "flags", -2_147_483_648.0, MAX_FD, context)? as i32);
    }
    let name = value.as_string().map(|text| text.to_std_string_lossy()).unwrap_or_default();
    let swapped = match name.as_str() {
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
    found.ok_or_else(|| validate::invalid_arg_value(context, "flags", value, "is invalid"))
}

/// Options that may be given as the name of an encoding.
pub(super) struct Options(Option<JsObject>, JsValue);

impl Options {
    /// Decodes an options argument: an object, an encoding's name, or nothing.
    pub(super) fn decode(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        match value.variant() {
            JsVariant::Undefined | JsVariant::Null => Ok(Self(None, JsValue::undefined())),
            JsVariant::String(_) => Ok(Self(None, value.clone())),
            JsVariant::Object(object) if object.is_callable() => {
                Ok(Self(None, JsValue::undefined()))
            }
            JsVariant::Object(object) => Ok(Self(Some(object), JsValue::undefined())),
            _ => {
                let expected = "one of type string or object";
                Err(validate::invalid_arg_type(context, "options", expected, value))
            }
        }
    }

    /// One option; `undefined` where there is none.
    pub(super) fn get(&self, name: &str, context: &mut Context) -> JsResult<JsValue> {
        match &self.0 {
            Some(object) => object.get(JsString::from(name), context),
            None => Ok(JsValue::undefined()),
        }
    }

    /// A boolean option, false by default.
    pub(super) fn flag(&self, name: &str, context: &mut Context) -> JsResult<bool> {
        let value = self.get(name, context)?;
        if value.is_undefined() {
            return Ok(false);
        }
        validate::boolean(&value, &format!("options.{name}"), context)
    }

    /// `encoding`: `None` stands for bytes.
    pub(super) fn encoding(&self, context: &mut Context) -> JsResult<Option<Encoding>> {
        let value = match &self.0 {
            Some(object) => object.get(js_string!("encoding"), context)?,
            None => self.1.clone(),
        };
        let Some(name) = value.as_string() else {
            return Ok(None);
        };
        if name == js_string!("buffer") {
            return Ok(None);
        }
        match Encoding::parse(&name) {
            Some(encoding) => Ok(Some(encoding)),
            None => {
                Err(validate::invalid_arg_value(context, "encoding", &value, "is invalid encoding"))
            }
        }
    }

    /// The encoding of names: UTF-8 unless said otherwise.
    pub(super) fn name_encoding(&self, context: &mut Context) -> JsResult<Option<Encoding>> {
        let given = match &self.0 {
            Some(object) => object.get(js_string!("encoding"), context)?,
            None => self.1.clone(),
        };
        if given.is_null_or_undefined() {
            return Ok(Some(Encoding::Utf8));
        }
        self.encoding(context)
    }
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

/// `offset` and `length` within a view, each with its default.
pub(super) fn range(
    view: &View,
    offset: &JsValue,
    length: &JsValue,
    context: &mut Context,
) -> JsResult<(usize, usize)> {
    let size = view.len() as f64;
    let offset =
        if offset.is_null_or_undefined() { 0.0 } else { at_most(offset, "offset", size, context)? };
    let rest = size - offset;
    let length = if length.is_null_or_undefined() {
        rest
    } else {
        at_most(length, "length", rest, context)?
    };
    Ok((offset as usize, length as usize))
}

fn at_most(value: &JsValue, name: &str, max: f64, context: &mut Context) -> JsResult<f64> {
    let number =
        validate::integer(value, name, -9_007_199_254_740_991.0, 9_007_199_254_740_991.0, context)?;
    if number < 0.0 {
        return Err(validate::out_of_range(context, name, ">= 0", value));
    }
    if number > max {
        let range = format!("<= {max}");
        return Err(validate::out_of_range(context, name, &range, value));
    }
    Ok(number)
}

/// A position in a file; `None` is where the descriptor stands.
pub(super) fn position(value: &JsValue, context: &mut Context) -> JsResult<Option<u64>> {
    match value.variant() {
        JsVariant::Undefined | JsVariant::Null => Ok(None),
        JsVariant::BigInt(number) => {
            let number = number.to_f64();
            Ok((number >= 0.0).then_some(number as u64))
        }
        _ if value.is_number() => {
            let max = 9_007_199_254_740_991.0;
            let number = validate::integer(value, "position", -1.0, max, context)?;
            Ok((number >= 0.0).then_some(number as u64))
        }
        _ => {
            let expected = "of type bigint or integer";
            Err(validate::invalid_arg_type(context, "position", expected, value))
        }
    }
}

/// A time: seconds since the epoch, or a `Date`.
pub(super) fn time(value: &JsValue, name: &str, context: &mut Context) -> JsResult<Duration> {
    let seconds = if let Some(object) = value.as_object() {
        if !object.is::<boa_engine::builtins::date::Date>() {
            let expected = "an instance of Date";
            return Err(validate::invalid_arg_type(context, name, expected, value));
        }
        value.to_number(context)? / 1000.0
    } else {
        value.to_number(context)?
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        validate::invalid_arg_type(context, name, "one of type Date or Time in seconds", value)
    })
}
