//! The arguments of `new Blob(sources, options)`, sorted out.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    string::JsStrVariant,
};

use super::data::BlobData;
use crate::{
    bindings::{
        buffer::View,
        encoding::{self, Encoding},
    },
    engine::validate,
};

/// What becomes of line ends in strings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Endings {
    Transparent,
    /// `\n`, as this system writes them.
    Native,
}

/// The decoded arguments.
pub(super) struct BlobArguments {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: JsString,
}

pub(super) fn decode(
    sources: &JsValue,
    options: &JsValue,
    context: &mut Context,
) -> JsResult<BlobArguments> {
    let items = sequence(sources, context)?;
    let options = dictionary(options, context)?;
    let (mut media_type, mut endings) = (JsValue::undefined(), JsValue::undefined());
    if let Some(options) = &options {
        media_type = options.get(js_string!("type"), context)?;
        endings = options.get(js_string!("endings"), context)?;
    }
    let endings = decode_endings(&endings, context)?;
    let mut bytes = Vec::new();
    for item in items {
        append(&mut bytes, &item, endings, context)?;
    }
    let media_type = match media_type {
        absent if absent.is_undefined() => JsString::default(),
        given => normalized_type(&given.to_string(context)?),
    };
    Ok(BlobArguments { bytes, media_type })
}

/// `options` as an object; `None` where it was left out.
pub(super) fn dictionary(options: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
    if options.is_null_or_undefined() {
        return Ok(None);
    }
    match options.as_object() {
        Some(options) => Ok(Some(options)),
        None => Err(validate::invalid_arg_type(context, "options", "a dictionary", options)),
    }
}

/// The media type in lower case, empty if it holds what a media type cannot.
pub(super) fn normalized_type(given: &JsString) -> JsString {
    match given.as_str().variant() {
        JsStrVariant::Latin1(units) if units.iter().all(|unit| matches!(unit, 0x20..=0x7e)) => {
            encoding::latin1_string(&units.to_ascii_lowercase())
        }
        _ => JsString::default(),
    }
}

fn decode_endings(value: &JsValue, context: &mut Context) -> JsResult<Endings> {
    if value.is_undefined() {
        return Ok(Endings::Transparent);
    }
    let name = value.to_string(context)?;
    if name == "transparent" {
        return Ok(Endings::Transparent);
    }
    if name == "native" {
        return Ok(Endings::Native);
    }
    Err(validate::invalid_arg_value(context, "options.endings", &name.into(), "is invalid"))
}

/// The elements of an iterable object.
fn sequence(sources: &JsValue, context: &mut Context) -> JsResult<Vec<JsValue>> {
    if sources.is_undefined() {
        return Ok(Vec::new());
    }
    let method = match sources.as_object() {
        Some(object) => object.get(JsSymbol::iterator(), context)?.as_callable(),
        None => None,
    };
    let Some(method) = method else {
        return Err(validate::invalid_arg_type(context, "sources", "a sequence", sources));
    };
    let not_an_object = || JsNativeError::typ().with_message("The iterator is not an object");
    let iterator = method.call(sources, &[], context)?.as_object().ok_or_else(not_an_object)?;
    let next = iterator
        .get(js_string!("next"), context)?
        .as_callable()
        .ok_or_else(|| JsNativeError::typ().with_message("iterator.next is not a function"))?;
    let mut items = Vec::new();
    loop {
        let step = next.call(&iterator.clone().into(), &[], context)?;
        let step = step.as_object().ok_or_else(not_an_object)?;
        if step.get(js_string!("done"), context)?.to_boolean() {
            return Ok(items);
        }
        items.push(step.get(js_string!("value"), context)?);
    }
}

fn append(
    bytes: &mut Vec<u8>,
    item: &JsValue,
    endings: Endings,
    context: &mut Context,
) -> JsResult<()> {
    let view = View::of_view(item, context).or_else(|| View::of_array_buffer(item));
    if let Some(view) = view {
        view.read(|part| bytes.extend_from_slice(part));
        return Ok(());
    }
    if let Some(object) = item.as_object()
        && let Some(blob) = object.downcast_ref::<BlobData>()
    {
        bytes.extend_from_slice(blob.bytes());
        return Ok(());
    }
    let text = encoding::encode(&item.to_string(context)?, Encoding::Utf8);
    match endings {
        Endings::Transparent => bytes.extend_from_slice(&text),
        Endings::Native => append_with_native_line_ends(bytes, &text),
    }
    Ok(())
}

fn append_with_native_line_ends(bytes: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\r' || rest.peek() != Some(&b'\n') {
            bytes.push(byte);
        }
    }
}
