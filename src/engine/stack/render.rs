//! The value of `stack`: the text, or what `Error.prepareStackTrace` makes of the frames.

use std::fmt::Write;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{call_site, frame::Frame, of};
use crate::engine::{errors, natives::arg};

/// The value that `stack` of this error has.
pub(super) fn stack(
    error: &JsObject,
    frames: Vec<Frame>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let stacks = of(context);
    let prepare = stacks.error.get(js_string!("prepareStackTrace"), context)?;
    if let Some(prepare) = prepare.as_callable()
        && !JsObject::equals(&prepare, &stacks.default_prepare)
    {
        let sites = call_site::array(frames, context);
        let args = [error.clone().into(), sites.into()];
        return prepare.call(&stacks.error.clone().into(), &args, context);
    }
    let header = header(error, context)?;
    let mut lines = String::new();
    for frame in frames {
        write!(lines, "\n    at {frame}").expect("writing to a string cannot fail");
    }
    Ok(JsString::concat(header.as_str(), JsString::from(lines).as_str()).into())
}

/// `Name: message`, or `Name [CODE]: message` of the errors that have one of Node's codes.
pub(super) fn header(error: &JsObject, context: &mut Context) -> JsResult<JsString> {
    let name = text(error, js_string!("name"), js_string!("Error"), context)?;
    let message = text(error, js_string!("message"), js_string!(), context)?;
    let name = if let Some(code) = errors::code_of(error, context) {
        JsString::concat_array(&[
            name.as_str(),
            js_string!(" [").as_str(),
            JsString::from(code).as_str(),
            js_string!("]").as_str(),
        ])
    } else {
        name
    };
    if name.is_empty() || message.is_empty() {
        return Ok(if name.is_empty() { message } else { name });
    }
    Ok(JsString::concat_array(&[name.as_str(), js_string!(": ").as_str(), message.as_str()]))
}

fn text(
    object: &JsObject,
    key: JsString,
    missing: JsString,
    context: &mut Context,
) -> JsResult<JsString> {
    let value = object.get(key, context)?;
    if value.is_undefined() { Ok(missing) } else { value.to_string(context) }
}

/// What `Error.prepareStackTrace` is at first: a function of an error and an array of call sites.
pub(super) fn default_prepare(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let header = match arg(args, 0).as_object() {
        Some(error) => header(&error, context)?,
        None => arg(args, 0).to_string(context)?,
    };
    let sites = JsArray::from_object(arg(args, 1).to_object(context)?)?;
    let mut text = header;
    for index in 0..sites.length(context)? {
        let site = sites.get(index, context)?.to_string(context)?;
        let line = js_string!("\n    at ");
        text = JsString::concat_array(&[text.as_str(), line.as_str(), site.as_str()]);
    }
    Ok(text.into())
}
