//! `util.styleText`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use crate::{
    bindings::{
        console::shows_colors,
        inspect::{Text, inspect_function},
    },
    engine::{builtins, natives::arg, reflect, validate},
};

/// The escape codes of a format.
struct Codes {
    open: Text,
    close: Text,
    /// Bold and dim are closed by the same code: that in the text closes the other one.
    keeps_close: bool,
}

/// `util.styleText(format, text, options)`.
pub(super) fn style_text(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = validate::string(&arg(args, 1), "text", context)?;
    let is_plain = !shows_style(&arg(args, 2), context)?;
    let mut open = Text::new();
    let mut close = Text::new();
    let mut styled = Text::from(&text);
    for format in formats(&arg(args, 0), context)? {
        if format.as_string() == Some(js_string!("none")) {
            continue;
        }
        let codes = codes(&format, context)?;
        styled = reopened(&styled, &codes);
        open.push(&codes.open);
        let mut outer = codes.close;
        outer.push(&close);
        close = outer;
    }
    if is_plain {
        return Ok(text.into());
    }
    open.push(&styled);
    open.push(&close);
    Ok(open.to_js().into())
}

/// True if the stream that the text is for shows colours, or nobody is to ask.
fn shows_style(options: &JsValue, context: &mut Context) -> JsResult<bool> {
    if options.is_undefined() {
        let stdout =
            builtins::load_object("process", context)?.get(js_string!("stdout"), context)?;
        return shows_colors(&stdout, context);
    }
    let options = validate::object(options, "options", context)?;
    let validates = options.get(js_string!("validateStream"), context)?;
    if !validates.is_undefined()
        && !validate::boolean(&validates, "options.validateStream", context)?
    {
        return Ok(true);
    }
    let mut stream = options.get(js_string!("stream"), context)?;
    if stream.is_null_or_undefined() {
        stream = builtins::load_object("process", context)?.get(js_string!("stdout"), context)?;
    }
    if !is_stream(&stream, context)? {
        let expected = "an instance of ReadableStream, WritableStream, or Stream";
        return Err(validate::invalid_arg_type(context, "stream", expected, &stream));
    }
    shows_colors(&stream, context)
}

/// Anything that reads, writes or pipes as streams do.
fn is_stream(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    for state in ["_readableState", "_writableState"] {
        if object.get(JsString::from(state), context)?.to_boolean() {
            return Ok(true);
        }
    }
    let has = |name: &str, context: &mut Context| -> JsResult<bool> {
        Ok(object.get(JsString::from(name), context)?.is_callable())
    };
    Ok((has("write", context)? && has("on", context)?)
        || (has("pipe", context)? && has("on", context)?)
        || has("getReader", context)?
        || has("getWriter", context)?)
}

fn formats(format: &JsValue, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let Some(list) = format.as_object().filter(JsObject::is_array) else {
        return Ok(vec![format.clone()]);
    };
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    (0..length).map(|index| list.get(index, context)).collect()
}

/// The codes of a format in `util.inspect.colors`.
fn codes(format: &JsValue, context: &mut Context) -> JsResult<Codes> {
    let colors = inspect_function(context).get(js_string!("colors"), context)?;
    let colors = colors.to_object(context)?;
    let pair = match format.as_string() {
        Some(name) if is_own_color(&colors, &name, context)? => colors.get(name, context)?,
        _ => JsValue::undefined(),
    };
    let Some(pair) = pair.as_object() else {
        return Err(unknown_format(format, &colors, context)?);
    };
    let open = pair.get(0, context)?;
    let close = pair.get(1, context)?;
    let keeps_close = matches!(open.as_number(), Some(1.0 | 2.0));
    Ok(Codes { open: escape(&open, context)?, close: escape(&close, context)?, keeps_close })
}

/// Aliases are not enumerable, and no formats.
fn is_own_color(colors: &JsObject, name: &JsString, context: &mut Context) -> JsResult<bool> {
    reflect::is_enumerable(colors, &PropertyKey::from(name.clone()), context)
}

fn escape(code: &JsValue, context: &mut Context) -> JsResult<Text> {
    let mut text = Text::from("\u{1b}[");
    text.push_js(code.to_string(context)?.as_str());
    text.push_str("m");
    Ok(text)
}

fn unknown_format(
    format: &JsValue,
    colors: &JsObject,
    context: &mut Context,
) -> JsResult<boa_engine::JsError> {
    let keys = reflect::own_keys(colors, context)?;
    let names: Vec<String> = reflect::only_enumerable(colors, keys, context)?
        .iter()
        .filter_map(|key| match key {
            PropertyKey::String(name) => Some(format!("'{}'", name.to_std_string_lossy())),
            _ => None,
        })
        .collect();
    let reason = format!("must be one of: {}", names.join(", "));
    Ok(validate::invalid_arg_value(context, "format", format, &reason))
}

/// The text with the style opened again wherever something in it closes it, save at its very end.
fn reopened(text: &Text, codes: &Codes) -> Text {
    let close = codes.close.as_bytes();
    let mut out = Text::new();
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memmem::find(rest, close) {
        let after = at + close.len();
        if after >= rest.len() {
            break;
        }
        out.push_bytes(&rest[..at]);
        if codes.keeps_close {
            out.push(&codes.close);
        }
        out.push(&codes.open);
        rest = &rest[after..];
    }
    out.push_bytes(rest);
    out
}
