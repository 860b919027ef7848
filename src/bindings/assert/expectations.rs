//! `throws`, `rejects` and their opposites, and `ifError`.
//!
//! What is usual is decided here; what an error is compared with, and promises, is the business of
//! the JavaScript half, which is loaded when needed.

use boa_engine::{Context, JsResult, JsString, JsValue, js_string};

use super::class::AssertOptions;
use crate::engine::{
    builtins,
    errors::value_of,
    natives::{Native, arg},
    validate,
};

/// The functions, in Node's order.
pub(super) const EXPECTATIONS: &[(&str, usize, Native)] = &[
    ("throws", 1, throws),
    ("rejects", 1, rejects),
    ("doesNotThrow", 1, does_not_throw),
    ("doesNotReject", 1, does_not_reject),
    ("ifError", 1, if_error),
];

/// What a function did.
enum Outcome {
    Returned,
    Threw(JsValue),
}

fn outcome_of(args: &[JsValue], context: &mut Context) -> JsResult<Outcome> {
    let function = validate::function(&arg(args, 0), "fn", context)?;
    match function.call(&JsValue::undefined(), &[], context) {
        Ok(_) => Ok(Outcome::Returned),
        // The end of the program is no exception.
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(error) => Ok(Outcome::Threw(value_of(error, context))),
    }
}

fn throws(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let outcome = outcome_of(args, context)?;
    if args.len() < 2 && matches!(outcome, Outcome::Threw(_)) {
        return Ok(JsValue::undefined());
    }
    judge("expectsError", "throws", this, outcome, args, context)
}

fn does_not_throw(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match outcome_of(args, context)? {
        Outcome::Returned => Ok(JsValue::undefined()),
        outcome @ Outcome::Threw(_) => {
            judge("expectsNoError", "doesNotThrow", this, outcome, args, context)
        }
    }
}

fn rejects(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    half("rejects", "rejects", this, args, context)
}

fn does_not_reject(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    half("doesNotReject", "doesNotReject", this, args, context)
}

fn if_error(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if arg(args, 0).is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    half("ifError", "ifError", this, args, context)
}

/// Has the JavaScript half compare what was thrown with what was expected.
fn judge(
    judge: &'static str,
    function: &'static str,
    this: &JsValue,
    outcome: Outcome,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (threw, actual) = match outcome {
        Outcome::Returned => (false, JsValue::undefined()),
        Outcome::Threw(value) => (true, value),
    };
    let mut rest = vec![threw.into(), actual];
    rest.extend_from_slice(args.get(1..).unwrap_or_default());
    half(judge, function, this, &rest, context)
}

/// Calls a function of the JavaScript half: the function whose caller the stack begins at, the
/// value of the error's `diff`, then `args`.
fn half(
    name: &'static str,
    function: &'static str,
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let module = builtins::load_object("internal/assert/expectations", context)?;
    let start = super::of(context)?.function(function);
    let start = start.map_or(JsValue::undefined(), Into::into);
    let diff: JsString = js_string!(AssertOptions::of(this).diff());
    let mut all = vec![start, diff.into()];
    all.extend_from_slice(args);
    let function = module.get(JsString::from(name), context)?.to_object(context)?;
    function.call(&module.into(), &all, context)
}
