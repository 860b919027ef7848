//! `querystring`.

mod pairs;
mod percent;

use std::collections::HashMap;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
    property::PropertyKey,
};
use pairs::{Field, Syntax};

use super::{buffer, encoding};
use crate::engine::{
    builtins,
    errors::{Code, coded},
    natives::{Method, arg, define_methods, define_value},
    validate,
};

/// How many pairs `parse` reads where no option says otherwise.
const DEFAULT_MAX_KEYS: f64 = 1000.0;

const METHODS: &[Method] = &[
    ("unescapeBuffer", 2, unescape_buffer),
    ("unescape", 2, unescape),
    ("escape", 1, escape),
    ("stringify", 4, stringify),
    ("parse", 4, parse),
];

/// The functions that a script may replace; what stands here is what they were.
#[derive(Clone)]
struct Originals {
    escape: JsValue,
    unescape: JsValue,
}

/// The exports of `querystring`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_methods(&exports, METHODS, true, context);
    for (alias, name) in [("encode", "stringify"), ("decode", "parse")] {
        let original = exports.get(JsString::from(name), context)?;
        define_value(&exports, JsString::from(alias), original, true);
    }
    let escape = exports.get(js_string!("escape"), context)?;
    let unescape = exports.get(js_string!("unescape"), context)?;
    context.insert_data(Originals { escape, unescape });
    Ok(exports.into())
}

/// A function of the exports as it is now, unless it is still the original.
fn replaced(
    name: JsString,
    original: fn(&Originals) -> &JsValue,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    let present = builtins::load_object("querystring", context)?.get(name, context)?;
    let is_original = context
        .get_data::<Originals>()
        .is_some_and(|originals| original(originals).strict_equals(&present));
    Ok(if is_original { None } else { present.as_callable() })
}

fn unescape_buffer(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let Some(text) = value.as_string() else {
        let size = match value.as_object() {
            Some(object) => object.get(js_string!("length"), context)?,
            None => JsValue::undefined(),
        };
        return Err(validate::invalid_arg_type(context, "size", "of type number", &size));
    };
    let bytes = percent::unescape_bytes(&text.to_vec(), arg(args, 1).to_boolean());
    Ok(buffer::from_slice(&bytes, context)?.into())
}

fn unescape(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = arg(args, 0).to_string(context)?;
    Ok(percent::unescape(&text, arg(args, 1).to_boolean()).into())
}

fn escape(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = arg(args, 0).to_string(context)?;
    Ok(escaped(&text, context)?.into())
}

fn escaped(text: &JsString, context: &mut Context) -> JsResult<JsString> {
    percent::escape(text).map_err(|percent::LoneSurrogate| malformed(context))
}

fn malformed(context: &mut Context) -> JsError {
    coded(context, Code::ERR_INVALID_URI, "URI malformed")
}

/// A separator argument: what is falsy means the default.
fn separator(value: &JsValue, default: JsString, context: &mut Context) -> JsResult<JsString> {
    if value.to_boolean() { value.to_string(context) } else { Ok(default) }
}

/// A function among the options.
fn option(options: &JsValue, name: JsString, context: &mut Context) -> JsResult<Option<JsObject>> {
    match options.as_object() {
        Some(options) => Ok(options.get(name, context)?.as_callable()),
        None => Ok(None),
    }
}

fn stringify(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = arg(args, 0).as_object().filter(|object| !object.is_callable()) else {
        return Ok(JsString::default().into());
    };
    let between = separator(&arg(args, 1), js_string!("&"), context)?;
    let assignment = separator(&arg(args, 2), js_string!("="), context)?;
    let encode = match option(&arg(args, 3), js_string!("encodeURIComponent"), context)? {
        Some(encode) => Some(encode),
        None => replaced(js_string!("escape"), |originals| &originals.escape, context)?,
    };
    let mut fields: Vec<JsString> = Vec::new();
    let mut field = |key: &JsString, value: &JsValue, context: &mut Context| {
        let value = encoded(value, encode.as_ref(), context)?;
        fields.push(js_string!(key, &assignment, &value));
        JsResult::Ok(())
    };
    for key in enumerable_keys(&object, context)? {
        let value = object.get(key.clone(), context)?;
        let key = encoded(&key.into(), encode.as_ref(), context)?;
        match value.as_object().filter(JsObject::is_array) {
            Some(values) => {
                let length = values.get(js_string!("length"), context)?.to_length(context)?;
                for index in 0..length {
                    let value = values.get(index, context)?;
                    field(&key, &value, context)?;
                }
            }
            None => field(&key, &value, context)?,
        }
    }
    Ok(joined(&fields, &between).into())
}

fn joined(fields: &[JsString], separator: &JsString) -> JsString {
    let mut parts = Vec::with_capacity(fields.len() * 2);
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            parts.push(separator.as_str());
        }
        parts.push(field.as_str());
    }
    JsString::concat_array(&parts)
}

/// `Object.keys(object)`.
fn enumerable_keys(object: &JsObject, context: &mut Context) -> JsResult<Vec<JsString>> {
    let constructor = context.intrinsics().constructors().object().constructor();
    let keys = constructor.get(js_string!("keys"), context)?;
    let Some(keys) = keys.as_callable() else { return Ok(Vec::new()) };
    let list = keys.call(&constructor.into(), &[object.clone().into()], context)?;
    let Some(list) = list.as_object() else { return Ok(Vec::new()) };
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    (0..length).map(|index| list.get(index, context)?.to_string(context)).collect()
}

/// A key or value, encoded; what is no text, number or truth value is empty.
fn encoded(
    value: &JsValue,
    encode: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<JsString> {
    let is_finite = value.as_number().is_some_and(f64::is_finite);
    let has_text = value.is_string() || value.is_boolean() || value.is_bigint() || is_finite;
    let text = if has_text { value.to_string(context)? } else { JsString::default() };
    match encode {
        None => escaped(&text, context),
        Some(encode) => {
            let encoded = encode.call(&JsValue::undefined(), &[text.into()], context)?;
            encoded.to_string(context)
        }
    }
}

fn parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_null_proto();
    let Some(text) = arg(args, 0).as_string().filter(|text| !text.is_empty()) else {
        return Ok(object.into());
    };
    let options = arg(args, 3);
    let between = separator(&arg(args, 1), js_string!("&"), context)?;
    let assignment = separator(&arg(args, 2), js_string!("="), context)?;
    let max_keys = match options.as_object() {
        Some(options) => options.get(js_string!("maxKeys"), context)?.as_number(),
        None => None,
    };
    let decode = match option(&options, js_string!("decodeURIComponent"), context)? {
        Some(decode) => Some(decode),
        None => replaced(js_string!("unescape"), |originals| &originals.unescape, context)?,
    };
    let plus = if decode.is_some() { "%20" } else { " " };
    let max_keys = max_keys.unwrap_or(DEFAULT_MAX_KEYS);
    let syntax = Syntax {
        separator: between.to_vec(),
        assignment: assignment.to_vec(),
        plus: plus.encode_utf16().collect(),
        // Counting down from a fraction never ends at zero.
        limit: (max_keys > 0.0 && max_keys.fract() == 0.0).then_some(max_keys as usize),
    };
    collect(&object, pairs::split(&text.to_vec(), &syntax), decode.as_ref(), context)?;
    Ok(object.into())
}

/// Defines the pairs as properties; a key that comes again gets an array of its values.
fn collect(
    object: &JsObject,
    pairs: Vec<pairs::Pair>,
    decode: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<()> {
    let mut order: Vec<(JsString, Vec<JsValue>)> = Vec::new();
    let mut places: HashMap<JsString, usize> = HashMap::new();
    for (key, value) in pairs {
        let key = decoded(&key, decode, context)?.to_string(context)?;
        let value = decoded(&value, decode, context)?;
        let place = *places.entry(key.clone()).or_insert_with(|| {
            order.push((key, Vec::new()));
            order.len() - 1
        });
        order[place].1.push(value);
    }
    for (key, mut values) in order {
        let value = match values.len() {
            1 => values.remove(0),
            _ => JsArray::from_iter(values, context).into(),
        };
        define_value(object, PropertyKey::from(key), value, true);
    }
    Ok(())
}

fn decoded(field: &Field, decode: Option<&JsObject>, context: &mut Context) -> JsResult<JsValue> {
    let encoded = encoding::narrow_string(&field.text);
    let Some(decode) = decode else {
        let has_escape = field.has_escape;
        return Ok(if has_escape { percent::unescape(&encoded, true) } else { encoded }.into());
    };
    if encoded.is_empty() {
        return Ok(encoded.into());
    }
    match decode.call(&JsValue::undefined(), &[encoded.clone().into()], context) {
        Ok(value) => Ok(value),
        // A decoder that gives up hands over to the lenient one.
        Err(error) if error.as_engine().is_none() => {
            match replaced(js_string!("unescape"), |originals| &originals.unescape, context)? {
                Some(unescape) => {
                    unescape.call(&JsValue::undefined(), &[encoded.into(), true.into()], context)
                }
                None => Ok(percent::unescape(&encoded, true).into()),
            }
        }
        Err(error) => Err(error),
    }
}
