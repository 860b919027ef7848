//! `Date.prototype.toString` and `toTimeString`: with the name of the time zone, as V8 has it.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsDate,
};

use super::originals::{Wrapped, wrap_methods};
use crate::engine::state;

const METHODS: &[Wrapped] = &[("toString", 0, named), ("toTimeString", 0, named)];

/// Puts them in the place of the engine's.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let prototype = context.intrinsics().constructors().date().prototype();
    wrap_methods(&prototype, METHODS, context)
}

/// What the engine says, and the name behind it.
fn named(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = original.call(this, args, context)?;
    let (Some(date), Some(said)) = (this.as_object(), text.as_string()) else { return Ok(text) };
    let time = JsDate::from_object(date)?.get_time(context)?.to_number(context)?;
    if time.is_nan() {
        return Ok(text);
    }
    let zone = state::of(context).time_zone.long_name((time / 1000.0).floor() as i64);
    Ok(js_string!(&said, &JsString::from(format!(" ({zone})"))).into())
}
