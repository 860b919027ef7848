//! What a pipe does for every chunk.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{call_method, is_ending, writable};
use crate::{
    bindings::sockets::{Known, is_usual},
    engine::{
        errors::value_of,
        natives::{Method, arg, closure},
    },
};

pub(super) const METHODS: &[Method] = &[("passTo", 2, pass_to)];

/// `passTo(destination, whenFull)`: a listener that writes what it is told.
fn pass_to(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let captured = (arg(args, 0).to_object(context)?, arg(args, 1).to_object(context)?);
    Ok(closure("ondata", 1, captured, pass, context).into())
}

fn pass(
    _: &JsValue,
    args: &[JsValue],
    (destination, when_full): &(JsObject, JsObject),
    context: &mut Context,
) -> JsResult<JsValue> {
    let outcome = if is_usual(destination, Known::Write, context) {
        let (nothing, chunk) = (JsValue::undefined(), arg(args, 0));
        writable::write(destination, chunk, nothing.clone(), nothing, context)
            .map(|outcome| matches!(outcome, writable::Outcome::Room(true)).into())
    } else {
        call_method(destination, js_string!("write"), &[arg(args, 0)], context)
    };
    match outcome {
        Ok(has_room) if has_room.as_boolean() == Some(false) => {
            when_full.call(&JsValue::undefined(), &[], context)?;
        }
        Ok(_) => {}
        Err(error) if is_ending(context) => return Err(error),
        Err(error) => {
            let error = value_of(error, context);
            call_method(destination, js_string!("destroy"), &[error], context)?;
        }
    }
    Ok(JsValue::undefined())
}
