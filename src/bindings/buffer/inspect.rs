//! How a buffer shows itself: `<Buffer 68 69>`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{realm, view::View};
use crate::{
    bindings::inspect::custom,
    engine::natives::{Method, arg, define_value},
};

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[("inspect", 2, inspect)];

fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let max = realm::of(context)?.inspect_max_bytes.get();
    let bytes = View::of_view(this, context).map(|view| view.to_vec()).unwrap_or_default();
    let mut text = shown_bytes(&bytes, max);
    if let (Some(object), Some(options)) = (this.as_object(), arg(args, 1).as_object())
        && let Some(extras) = shown_extras(&object, &options, context)?
    {
        if !bytes.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&extras);
    }
    let constructor = this.to_object(context)?.get(js_string!("constructor"), context)?;
    let name = constructor.to_object(context)?.get(js_string!("name"), context)?;
    let name = name.to_string(context)?.to_std_string_lossy();
    Ok(JsString::from(format!("<{name} {text}>")).into())
}

fn shown_bytes(bytes: &[u8], max: f64) -> String {
    let shown = (max as usize).min(bytes.len());
    let mut text = String::with_capacity(shown * 3);
    for (index, byte) in bytes[..shown].iter().enumerate() {
        let space = if index == 0 { "" } else { " " };
        text.push_str(&format!("{space}{byte:02x}"));
    }
    let remaining = bytes.len() - shown;
    if remaining > 0 {
        let plural = if remaining == 1 { "" } else { "s" };
        text.push_str(&format!(" ... {remaining} more byte{plural}"));
    }
    text
}

/// The properties beside the bytes, as `util.inspect` shows those of an object.
fn shown_extras(
    object: &JsObject,
    options: &JsObject,
    context: &mut Context,
) -> JsResult<Option<String>> {
    let hidden = options.get(js_string!("showHidden"), context)?.to_boolean();
    let extras = JsObject::with_null_proto();
    let mut found = false;
    // The indices are no extras, and there may be millions of them.
    let keys = object.borrow().shape().keys();
    for key in keys {
        let enumerable = object
            .borrow()
            .properties()
            .get(&key)
            .is_some_and(|descriptor| descriptor.enumerable() == Some(true));
        if hidden || enumerable {
            let value = object.get(key.clone(), context)?;
            define_value(&extras, key, value, true);
            found = true;
        }
    }
    if !found {
        return Ok(None);
    }
    let text = inspected(&extras, options, context)?;
    // What is between the braces of `[Object: null prototype] { … }`.
    let inner = text
        .split_once("{ ")
        .and_then(|(_, rest)| rest.strip_suffix(" }"))
        .unwrap_or(&text)
        .to_owned();
    Ok(Some(inner))
}

fn inspected(value: &JsObject, options: &JsObject, context: &mut Context) -> JsResult<String> {
    let one_line = custom::copied(options, context)?;
    define_value(&one_line, js_string!("breakLength"), f64::INFINITY, true);
    define_value(&one_line, js_string!("compact"), true, true);
    custom::shown(value, one_line, context)
}
