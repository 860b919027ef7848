//! How a delay is understood: Node's coercion and its warnings.

use boa_engine::{Context, JsResult, JsValue, js_string};

use crate::{bindings::warning, engine::validate};

/// The longest delay, in milliseconds: what fits into 31 bits.
const MAX: f64 = 2_147_483_647.0;

/// The delay of `setTimeout` in milliseconds: between 1 and [`MAX`], possibly with a fraction.
pub(super) fn coerce(value: &JsValue, context: &mut Context) -> JsResult<f64> {
    if value.is_undefined() {
        return Ok(1.0);
    }
    let delay = value.to_number(context)?;
    if (1.0..=MAX).contains(&delay) {
        return Ok(delay);
    }
    let timers = super::of(context)?;
    if delay > MAX {
        warn(
            delay,
            "does not fit into a 32-bit signed integer",
            "TimeoutOverflowWarning",
            context,
        )?;
    } else if delay < 0.0 && !timers.warned_negative.replace(true) {
        warn(delay, "is a negative number", "TimeoutNegativeWarning", context)?;
    } else if delay.is_nan() && !timers.warned_nan.replace(true) {
        warn(delay, "is not a number", "TimeoutNaNWarning", context)?;
    }
    Ok(1.0)
}

fn warn(delay: f64, fault: &str, name: &str, context: &mut Context) -> JsResult<()> {
    let delay = JsValue::from(delay).to_string(context)?.to_std_string_lossy();
    let message = format!("{delay} {fault}.\nTimeout duration was set to 1.");
    warning::emit_named(&message, name, context)
}

/// The delay of `socket.setTimeout` and its like: a number that is not negative, at most [`MAX`].
pub(super) fn duration(value: &JsValue, name: &str, context: &mut Context) -> JsResult<f64> {
    let delay = validate::number(value, name, context)?;
    if delay < 0.0 || !delay.is_finite() {
        let range = "a non-negative finite number";
        return Err(validate::out_of_range(context, name, range, value));
    }
    if delay > MAX {
        let shown = value.to_string(context)?;
        let text = js_string!(
            &shown,
            &js_string!(" does not fit into a 32-bit signed integer."),
            &js_string!("\nTimer duration was truncated to 2147483647.")
        );
        let text = text.to_std_string_lossy();
        warning::emit_named(&text, "TimeoutOverflowWarning", context)?;
        return Ok(MAX);
    }
    Ok(delay)
}
