//! Exceptions that nobody caught, and promises that were rejected and not handled.
//!
//! Source: Node's documentation, "Process", events `uncaughtException`, `uncaughtExceptionMonitor`,
//! `unhandledRejection`, `rejectionHandled`, and section "Exit codes".

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string};

use super::{ProcessState, emit, launch::UnhandledRejections, warning};
use crate::{
    bindings::{domain, trace, worker_threads},
    engine::{
        errors::{Code, coded, coded_object, value_of},
        natives::arg,
        observer::{self, HostEvent},
        permission,
        rejections::RejectionHandlers,
        report,
        script_error::ScriptError,
        standard,
        state::{self, Origin},
        validate,
    },
    sys::stdio::Output,
};

/// The exit code of an exception that nobody caught.
const UNCAUGHT: i32 = 1;
/// The exit code of an exception where `process._fatalException` is no function.
const HANDLER_GONE: i32 = 6;
/// The exit code of an exception in the handler of another.
const HANDLER_THREW: i32 = 7;

/// Registers this module with the engine.
pub(super) fn install(context: &mut Context) {
    let engine = state::of(context);
    engine.set_uncaught_handler(uncaught);
    engine.rejections.set_handlers(RejectionHandlers { unhandled, handled });
}

/// Asks the program's handlers; ends the program if there are none.
fn uncaught(value: JsValue, origin: Origin, context: &mut Context) {
    if !has_fatal_exception(context) {
        print(&value, context);
        drop(state::of(context).stop(HANDLER_GONE));
        return;
    }
    match offer(&value, origin, context) {
        Ok(true) => {}
        Ok(false) => die(&value, context),
        Err(error) => {
            if state::of(context).exit_code().is_some() {
                return;
            }
            let error = value_of(error, context);
            print_report(&error, context);
            // A worker's parent is told of the second exception, and of nothing else.
            let is_worker = worker_threads::inside(context).is_some();
            drop(state::of(context).stop(if is_worker { UNCAUGHT } else { HANDLER_THREW }));
        }
    }
}

/// Whether the program has left `process._fatalException` a function.
fn has_fatal_exception(context: &mut Context) -> bool {
    let process = super::state(context).object.clone();
    process.get(js_string!("_fatalException"), context).is_ok_and(|handler| handler.is_callable())
}

/// True if the program handled the exception.
fn offer(value: &JsValue, origin: Origin, context: &mut Context) -> JsResult<bool> {
    let process = super::state(context);
    let origin = js_string!(match origin {
        Origin::Exception => "uncaughtException",
        Origin::Rejection => "unhandledRejection",
    });
    let args = [value.clone(), origin.into()];
    emit(&process.object, "uncaughtExceptionMonitor", &args, context)?;
    if domain::takes(value, context)? {
        return Ok(true);
    }
    let capture = process.capture.borrow().clone();
    if let Some(capture) = capture {
        capture.call(&JsValue::undefined(), &args[..1], context)?;
        return Ok(true);
    }
    emit(&process.object, "uncaughtException", &args, context)
}

/// Emits `exit`, prints the report, ends with the code that was set meanwhile, else 1.
fn die(value: &JsValue, context: &mut Context) {
    let process = super::state(context);
    if !process.exiting.replace(true) {
        process.exit_code.set(Some(UNCAUGHT));
        // As in Node: an exception of an exit listener does not hide the first one.
        let emitted = emit(&process.object, "exit", &[UNCAUGHT.into()], context);
        if emitted.is_err() && state::of(context).exit_code().is_some() {
            return;
        }
    }
    print_report(value, context);
    if process.launch.reports.abort_on_uncaught && worker_threads::inside(context).is_none() {
        trace::end_by_signal(libc::SIGABRT, context);
        std::process::abort();
    }
    let code = process.exit_code.get().unwrap_or(UNCAUGHT);
    drop(state::of(context).stop(code));
}

/// Tells of an exception that ends the program: in a worker whoever started it, else standard error.
fn print_report(value: &JsValue, context: &mut Context) {
    if let Some(inside) = worker_threads::inside(context) {
        inside.fail(value, context);
        return;
    }
    if state::of(context).observer.is_there() {
        let error = ScriptError::of_value(value, context);
        observer::tell(context, || HostEvent::Uncaught(error));
    }
    print(value, context);
}

fn print(value: &JsValue, context: &mut Context) {
    let text = report::uncaught(value, context);
    // Nobody is left to be told that standard error is closed.
    let _ = standard::write(Output::Stderr, text.as_bytes(), context);
}

/// `process._fatalException(error, fromPromise)`.
pub(super) fn fatal_exception(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let origin = if arg(args, 1).to_boolean() { Origin::Rejection } else { Origin::Exception };
    offer(&arg(args, 0), origin, context).map(JsValue::from)
}

fn unhandled(promise: JsObject, reason: JsValue, context: &mut Context) {
    if let Err(error) = report_unhandled(&promise, &reason, context) {
        state::uncaught(error, context);
    }
}

fn report_unhandled(promise: &JsObject, reason: &JsValue, context: &mut Context) -> JsResult<()> {
    let process = super::state(context);
    let args = [reason.clone(), promise.clone().into()];
    let mode = process.launch.reports.rejections;
    if mode == UnhandledRejections::Strict {
        let error = report::rejection(reason, context);
        state::uncaught_value(error, Origin::Rejection, context);
        if state::of(context).exit_code().is_some() {
            return Ok(());
        }
    }
    let heard = emit(&process.object, "unhandledRejection", &args, context)?;
    match mode {
        UnhandledRejections::None => {}
        UnhandledRejections::Throw
        | UnhandledRejections::WarnWithErrorCode
        | UnhandledRejections::Strict
            if heard => {}
        UnhandledRejections::Throw => {
            let error = report::rejection(reason, context);
            state::uncaught_value(error, Origin::Rejection, context);
        }
        UnhandledRejections::Strict | UnhandledRejections::Warn => {
            warning::unhandled_rejection(reason, context)?;
        }
        UnhandledRejections::WarnWithErrorCode => {
            warning::unhandled_rejection(reason, context)?;
            process.exit_code.set(Some(UNCAUGHT));
        }
    }
    Ok(())
}

fn handled(promise: JsObject, context: &mut Context) {
    let process = super::state(context);
    match emit(&process.object, "rejectionHandled", &[promise.into()], context) {
        Ok(true) => {}
        Ok(false) => {
            if let Err(error) = warning::handled_late(context) {
                state::uncaught(error, context);
            }
        }
        Err(error) => state::uncaught(error, context),
    }
}

/// `process.setUncaughtExceptionCaptureCallback(fn)`.
pub(super) fn set_capture(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let given = arg(args, 0);
    let process: std::rc::Rc<ProcessState> = super::state(context);
    if given.is_null() {
        *process.capture.borrow_mut() = None;
        return Ok(JsValue::undefined());
    }
    let Some(callback) = given.as_callable() else {
        return Err(validate::invalid_arg_type(context, "fn", "of type function or null", &given));
    };
    if process.capture.borrow().is_some() {
        let message = "`process.setupUncaughtExceptionCapture()` was called while a capture callback \
                       was already active";
        let error =
            coded_object(context, Code::ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET, message);
        return Err(boa_engine::JsError::from_opaque(error.into()));
    }
    *process.capture.borrow_mut() = Some(callback);
    Ok(JsValue::undefined())
}

/// `process.hasUncaughtExceptionCaptureCallback()`.
pub(super) fn has_capture(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(super::state(context).capture.borrow().is_some().into())
}

/// `process.binding(name)`: Node's internals, of which rjs has none.
pub(super) fn binding(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name: JsString = arg(args, 0).to_string(context)?;
    if permission::is_limited(context) {
        let message =
            "Access to this API has been restricted. Use --permission to manage permissions.";
        return Err(coded(context, Code::ERR_ACCESS_DENIED, message));
    }
    let message = format!("No such module: {}", name.to_std_string_lossy());
    Err(JsNativeError::error().with_message(message).into())
}
