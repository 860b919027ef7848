//! The end of a program: `exit`, `exitCode`, the events `beforeExit` and `exit`.

use boa_engine::{Context, JsResult, JsString, JsValue, js_string, value::JsVariant};

use super::{ProcessState, emit, ownership};
use crate::bindings::trace;
use crate::engine::{
    callbacks,
    errors::{Code, coded},
    natives::arg,
    standard, state, ticks, validate,
};
use crate::sys::stdio::Output;

/// `process.exit(code = process.exitCode)`.
pub(super) fn exit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let process = super::state(context);
    // An `undefined` that is given takes back what `exitCode` said.
    if let Some(code) = args.first() {
        set_exit_code(&process, code, context)?;
    }
    emit_exit(&process, context)?;
    let code = process.exit_code.get().unwrap_or(0);
    let really = process.object.get(js_string!("reallyExit"), context)?;
    let Some(really) = really.as_callable() else {
        return Err(state::of(context).stop(code));
    };
    really.call(&process.object.clone().into(), &[code.into()], context)
}

/// Emits `exit` unless that is under way already.
fn emit_exit(process: &ProcessState, context: &mut Context) -> JsResult<()> {
    if process.exiting.replace(true) {
        return Ok(());
    }
    let code = process.exit_code.get().unwrap_or(0);
    emit(&process.object, "exit", &[code.into()], context).map(drop)
}

/// `process.reallyExit(code)`: without events.
pub(super) fn really_exit(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let code = arg(args, 0).to_i32(context)?;
    Err(state::of(context).stop(code))
}

/// `process.abort()`: the signal that leaves a core dump.
pub(super) fn abort(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ownership::require("abort", context)?;
    trace::end_by_signal(libc::SIGABRT, context);
    std::process::abort()
}

/// `get process.exitCode`.
pub(super) fn get_exit_code(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(super::state(context).exit_code.get().map_or(JsValue::undefined(), JsValue::from))
}

/// `set process.exitCode`.
pub(super) fn set_exit_code_property(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let process = super::state(context);
    set_exit_code(&process, &arg(args, 0), context)?;
    Ok(JsValue::undefined())
}

fn set_exit_code(process: &ProcessState, value: &JsValue, context: &mut Context) -> JsResult<()> {
    let number = match value.variant() {
        JsVariant::Null | JsVariant::Undefined => {
            process.exit_code.set(None);
            return Ok(());
        }
        // A string that is a number stands for it.
        JsVariant::String(text) if !text.is_empty() => {
            let number = text.to_number();
            if number.is_nan() { value.clone() } else { number.into() }
        }
        _ => value.clone(),
    };
    let code = validate::number(&number, "code", context)?;
    if code.fract() != 0.0 || !code.is_finite() {
        return Err(validate::out_of_range(context, "code", "an integer", &number));
    }
    process.exit_code.set(Some(number.to_i32(context)?));
    Ok(())
}

/// Emits `beforeExit`: nothing is left to do, listeners may change that.
pub(crate) fn emit_before_exit(context: &mut Context) {
    let process = super::state(context);
    let code = process.exit_code.get().unwrap_or(0);
    callbacks::enter(context, |context| {
        emit(&process.object, "beforeExit", &[code.into()], context)
    });
}

/// The exit code of a program whose main module waits for what never comes. Node's documentation,
/// "Process", section "Exit codes".
const UNSETTLED: i32 = 13;

/// Nothing is left to do, and the main module still waits: prints the warnings that say where, and
/// sets the exit code unless the program did.
pub(crate) fn finish_unsettled(warnings: &str, context: &mut Context) {
    let process = super::state(context);
    if process.exit_code.get().is_none() {
        process.exit_code.set(Some(UNSETTLED));
        if process.launch.reports.no_warnings {
            return;
        }
        // Nobody is left to be told that standard error is closed.
        let _ = standard::write(Output::Stderr, warnings.as_bytes(), context);
    }
}

/// The natural end: emits `exit` and returns the exit code.
pub(crate) fn finish(context: &mut Context) -> i32 {
    let process = super::state(context);
    let engine = state::of(context);
    if engine.exit_code().is_none() {
        if let Err(error) = emit_exit(&process, context) {
            state::uncaught(error, context);
        }
        // Ticks are refused by now; the microtasks of the listeners still run, and what they reject is
        // nobody's to catch any more.
        ticks::drain(context);
    }
    engine.exit_code().unwrap_or_else(|| process.exit_code.get().unwrap_or(0))
}

/// `process._exiting`.
pub(super) fn get_exiting(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(super::state(context).exiting.get().into())
}

/// `set process._exiting`.
pub(super) fn set_exiting(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    super::state(context).exiting.set(arg(args, 0).to_boolean());
    Ok(JsValue::undefined())
}

/// `process.dlopen(…)`: native addons are made for V8.
pub(super) fn dlopen(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if args.len() < 2 {
        let message = "process.dlopen needs at least 2 arguments";
        return Err(coded(context, Code::ERR_MISSING_ARGS, message));
    }
    let file: JsString = arg(args, 1).to_string(context)?;
    let message = format!("rjs cannot load native addons: {}", file.to_std_string_lossy());
    Err(coded(context, Code::ERR_DLOPEN_FAILED, message))
}
