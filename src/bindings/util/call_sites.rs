//! `util.getCallSites`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::engine::{
    natives::{arg, define_value},
    stack::{self, Frame},
    validate,
};

/// As many as V8 gives.
const MAX_FRAMES: f64 = 200.0;

/// `util.getCallSites(frameCount = 10, options)`.
pub(super) fn get_call_sites(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (mut count, mut options) = (arg(args, 0), arg(args, 1));
    if options.is_undefined() && (count.is_null() || count.is_object() && !count.is_callable()) {
        (count, options) = (JsValue::undefined(), count);
    }
    if !options.is_undefined() {
        let options = validate::object(&options, "options", context)?;
        let source_map = options.get(js_string!("sourceMap"), context)?;
        if !source_map.is_undefined() {
            validate::boolean(&source_map, "options.sourceMap", context)?;
        }
    }
    let count = if count.is_undefined() {
        10.0
    } else {
        validate::integer(&count, "frameCount", 1.0, MAX_FRAMES, context)?
    };
    let frames = stack::current(count as usize, context)?;
    let sites: Vec<JsValue> = frames.iter().map(|frame| call_site(frame).into()).collect();
    Ok(JsArray::from_iter(sites, context).into())
}

/// One frame, as plain data. There are no script numbers here: scripts go by their names.
fn call_site(frame: &Frame) -> JsObject {
    let site = JsObject::with_null_proto();
    let (line, column) = frame.position().unwrap_or_default();
    let text = |text: Option<&str>| JsString::from(text.unwrap_or_default());
    define_value(&site, js_string!("functionName"), text(frame.function.as_deref()), true);
    define_value(&site, js_string!("scriptId"), js_string!("0"), true);
    define_value(&site, js_string!("scriptName"), text(frame.file()), true);
    define_value(&site, js_string!("lineNumber"), line, true);
    define_value(&site, js_string!("columnNumber"), column, true);
    define_value(&site, js_string!("column"), column, true);
    site
}
