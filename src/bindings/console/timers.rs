//! `console.time`, `timeEnd` and `timeLog`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsMap,
};

use super::{call_own, label};
use crate::{bindings::warning, engine::builtins};

/// `console.time(label)`.
pub(super) fn time(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let label = label(args, context)?;
    let times = times(console, context)?;
    if times.has(label.clone(), context)?.to_boolean() {
        let label = label.to_std_string_lossy();
        let message = format!("Label '{label}' already exists for console.time()");
        warning::emit_named(&message, "Warning", context)?;
        return Ok(JsValue::undefined());
    }
    let now = hrtime(&[], context)?;
    times.set(label, now, context)?;
    Ok(JsValue::undefined())
}

/// `console.timeEnd(label)`.
pub(super) fn time_end(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let label = label(args, context)?;
    report(console, &label, "console.timeEnd()", &[], context)?;
    times(console, context)?.delete(label, context)?;
    Ok(JsValue::undefined())
}

/// `console.timeLog(label, ...data)`.
pub(super) fn time_log(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let label = label(args, context)?;
    let data = args.get(1..).unwrap_or_default();
    report(console, &label, "console.timeLog()", data, context)?;
    Ok(JsValue::undefined())
}

/// The console's `_times`.
fn times(console: &JsObject, context: &mut Context) -> JsResult<JsMap> {
    let times = console.get(js_string!("_times"), context)?.to_object(context)?;
    JsMap::from_object(times)
}

/// `process.hrtime(...)`: seconds and nanoseconds.
fn hrtime(args: &[JsValue], context: &mut Context) -> JsResult<JsObject> {
    let process = builtins::load_object("process", context)?;
    let hrtime = process.get(js_string!("hrtime"), context)?.to_object(context)?;
    hrtime.call(&process.into(), args, context)?.to_object(context)
}

fn report(
    console: &JsObject,
    label: &JsString,
    method: &str,
    data: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let start = times(console, context)?.get(label.clone(), context)?;
    if start.is_undefined() {
        let label = label.to_std_string_lossy();
        let message = format!("No such label '{label}' for {method}");
        return warning::emit_named(&message, "Warning", context);
    }
    let elapsed = hrtime(&[start], context)?;
    let seconds = elapsed.get(0, context)?.to_number(context)?;
    let nanoseconds = elapsed.get(1, context)?.to_number(context)?;
    let elapsed = seconds * 1e3 + nanoseconds / 1e6;
    let shown = JsString::from(duration(elapsed).as_str());
    let mut args = vec![js_string!("%s: %s").into(), label.clone().into(), shown.into()];
    args.extend_from_slice(data);
    call_own(console, "log", &args, context)
}

/// A duration of milliseconds in the unit that suits it.
fn duration(milliseconds: f64) -> String {
    const SECOND: f64 = 1e3;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 60.0 * MINUTE;
    if milliseconds < SECOND {
        return format!("{}ms", JsValue::from(rounded(milliseconds)).display());
    }
    if milliseconds < MINUTE {
        return format!("{:.3}s", rounded(milliseconds / SECOND));
    }
    let hours = (milliseconds / HOUR).floor();
    let minutes = (milliseconds % HOUR / MINUTE).floor();
    let seconds = rounded(milliseconds % MINUTE / SECOND);
    if hours > 0.0 {
        format!("{hours}:{minutes:02}:{seconds:06.3} (h:mm:ss.mmm)")
    } else {
        format!("{minutes}:{seconds:06.3} (m:ss.mmm)")
    }
}

/// To three decimals, halves away from zero.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_the_unit_that_suits_them() {
        let cases = [
            (0.0, "0ms"),
            (100.0096, "100.01ms"),
            (999.9, "999.9ms"),
            (1000.0, "1.000s"),
            (59_876.0, "59.876s"),
            (60_000.0, "1:00.000 (m:ss.mmm)"),
            (100_000.7, "1:40.001 (m:ss.mmm)"),
            (3_600_000.0, "1:00:00.000 (h:mm:ss.mmm)"),
            (7_265_432.1, "2:01:05.432 (h:mm:ss.mmm)"),
        ];
        for (milliseconds, shown) in cases {
            assert_eq!(duration(milliseconds), shown);
        }
    }
}
