//! `Array.prototype.join`.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string};

use super::super::{
    conversions::{to_object, to_string},
    string_buffer::{MAX_STRING_LENGTH, StringBuffer, too_long},
};
use crate::engine::natives::arg;

/// How many joins may be under way inside each other: each one takes native stack.
const MAX_DEPTH: usize = 3_000;

/// The objects whose elements are being joined, outermost first.
///
/// An array inside itself joins to nothing (the standard does not say so, all engines do it).
#[derive(Default)]
pub(super) struct Joins(RefCell<Vec<JsObject>>);

/// `Array.prototype.join(separator)`.
pub(super) fn join(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = to_object(this, context)?;
    let joins =
        context.get_data::<Rc<Joins>>().expect("arrays::install put it into the context").clone();
    if joins.0.borrow().contains(&object) {
        return Ok(js_string!("").into());
    }
    if joins.0.borrow().len() == MAX_DEPTH {
        let message = "Maximum call stack size exceeded";
        return Err(JsNativeError::range().with_message(message).into());
    }
    joins.0.borrow_mut().push(object.clone());
    let joined = joined(&object, &arg(args, 0), context);
    joins.0.borrow_mut().pop();
    joined.map(JsValue::from)
}

fn joined(object: &JsObject, separator: &JsValue, context: &mut Context) -> JsResult<JsString> {
    let length = object.get(js_string!("length"), context)?.to_length(context)?;
    let separator =
        if separator.is_undefined() { js_string!(",") } else { to_string(separator, context)? };
    let separators = length.saturating_sub(1).saturating_mul(separator.len() as u64);
    if separators > MAX_STRING_LENGTH as u64 {
        return Err(too_long());
    }
    let mut out = StringBuffer::default();
    for index in 0..length {
        if index > 0 {
            out.push(separator.as_str());
        }
        let element = object.get(index, context)?;
        if !element.is_null_or_undefined() {
            out.push(to_string(&element, context)?.as_str());
        }
        if out.len() > MAX_STRING_LENGTH {
            return Err(too_long());
        }
    }
    Ok(out.string())
}
