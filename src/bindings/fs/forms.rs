//! The three forms of a function of `fs`: with a callback, synchronous, with a promise.

use std::os::fd::AsRawFd;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, builtins::promise::ResolvingFunctions,
    object::builtins::JsPromise,
};

use super::{
    answer::{self, Shape},
    calls::{Call, Request},
    operation::{Answer, Failure, Operation, Outcome},
    permission::{Guard, denial_at_once},
    placement,
};
use crate::{
    bindings::{
        abort::{self, AbortListener},
        worker_threads,
    },
    engine::{
        builtins, callbacks,
        errors::value_of,
        natives::{arg, closure, define_value},
        state, validate,
    },
    sys::content::StopSign,
};

/// One function of `fs`.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// Decodes the arguments without the callback.
    pub(super) decode: Decode,
    /// As `decode`, for the synchronous form where that takes less.
    pub(super) decode_sync: Decode,
    /// How many arguments it has, the callback not counted; the callback may stand in the place of
    /// those from `required` on.
    pub(super) arguments: usize,
    pub(super) required: usize,
    /// `length` of the synchronous form, of the one with a callback, of the one with a promise.
    pub(super) lengths: [usize; 3],
    pub(super) kind: Kind,
    /// Tells the calls that JavaScript has to serve: with a promise, otherwise.
    pub(super) by_script: [Option<ByScript>; 2],
}

/// Arguments to a request.
pub(super) type Decode = fn(&[JsValue], &mut Context) -> Call;

/// True where the module `internal/fs/whole_files` serves a call.
pub(super) type ByScript = fn(&[JsValue], &mut Context) -> JsResult<bool>;

/// What makes a function special.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// Takes a descriptor: with a promise it is a method of `FileHandle`.
    Descriptor,
    /// As before; its callback gets a number and a buffer, its promise an object of both.
    Buffer([&'static str; 2]),
    /// The callback gets the answer alone.
    Exists,
    /// The callback may be missing: then an error is nobody's.
    Close,
}

/// What the closures remember: a row of the table.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Row(&'static Function);

/// The form that returns the answer.
pub(super) fn synchronous(function: &'static Function, name: &str, context: &Context) -> JsObject {
    closure(name, function.lengths[0], Row(function), call_sync, context).into()
}

/// The form that hands it to a callback.
pub(super) fn with_callback(
    function: &'static Function,
    name: &str,
    context: &Context,
) -> JsObject {
    closure(name, function.lengths[1], Row(function), call_back, context).into()
}

/// The form that returns a promise.
pub(super) fn promised(function: &'static Function, name: &str, context: &Context) -> JsObject {
    closure(name, function.lengths[2], Row(function), call_promised, context).into()
}

fn call_sync(_: &JsValue, args: &[JsValue], row: &Row, context: &mut Context) -> JsResult<JsValue> {
    let function = row.0;
    if let Some(by_script) = function.by_script[1]
        && by_script(args, context)?
    {
        return run_script(&format!("{}Sync", function.name), args, context);
    }
    let Request { mut operation, shape, .. } = (function.decode_sync)(args, context)?;
    let closes = closed_by(&operation);
    let placement = placement::place(&mut operation, context);
    let answer = placement.restore(Guard::of(context).run(operation));
    note(closes, &answer, context)?;
    if let (Kind::Exists, Err(failure @ Failure::Denied { .. })) = (function.kind, &answer) {
        return Err(JsError::from_opaque(answer::failure(failure, context).into()));
    }
    shape.answer(answer, context)
}

/// The descriptor that is closed.
fn closed_by(operation: &Operation) -> Option<i32> {
    match operation {
        Operation::Close { fd } => Some(*fd),
        _ => None,
    }
}

/// Notes what was opened or closed, for a worker that has to close the rest.
fn note(closes: Option<i32>, answer: &Answer, context: &mut Context) -> JsResult<()> {
    match (closes, answer) {
        (None, Ok(Outcome::Fd(fd))) => worker_threads::opened(fd.as_raw_fd(), context),
        (Some(fd), Ok(_)) => worker_threads::closed(fd, context),
        _ => Ok(()),
    }
}

/// Lets JavaScript serve a call.
fn run_script(name: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = builtins::load_object("internal/fs/whole_files", context)?;
    let function = module.get(JsString::from(name), context)?.to_object(context)?;
    function.call(&module.into(), args, context)
}

/// The place of the callback among the arguments: the last, or that of one that is left out.
fn callback_at(function: &Function, args: &[JsValue]) -> Option<usize> {
    let last = function.arguments;
    if args.get(last).is_some_and(JsValue::is_callable) {
        return Some(last);
    }
    (function.required..last).find(|&index| args.get(index).is_some_and(JsValue::is_callable))
}

fn call_back(_: &JsValue, args: &[JsValue], row: &Row, context: &mut Context) -> JsResult<JsValue> {
    let function = row.0;
    if let Some(by_script) = function.by_script[1]
        && by_script(args, context)?
    {
        return run_script(function.name, args, context);
    }
    let at = callback_at(function, args);
    let given = args.get(..at.unwrap_or(args.len()).min(function.arguments)).unwrap_or(args);
    let mut request = (function.decode)(given, context)?;
    let callback = match at {
        Some(at) => args[at].as_callable(),
        None if function.kind == Kind::Close && args.len() <= 1 => None,
        None => Some(validate::function(&arg(args, function.arguments), "cb", context)?),
    };
    if let Some((signal, _)) = &request.signal
        && abort::is_aborted(signal, context)?
    {
        let error = aborted(signal, context)?;
        return match callback {
            Some(callback) => callback.call(&JsValue::undefined(), &[error], context),
            None => Ok(JsValue::undefined()),
        };
    }
    let kind = function.kind;
    if let Some(failure) = denial_at_once(&mut request.operation, context) {
        return Err(JsError::from_opaque(answer::failure(&failure, context).into()));
    }
    start("FSReqCallback", request, context, move |shape, answer, context| {
        let Some(callback) = &callback else { return answer.map(drop) };
        let args = callback_args(kind, shape, answer, context);
        callback.call(&JsValue::undefined(), &args, context).map(drop)
    })?;
    Ok(JsValue::undefined())
}

fn callback_args(
    kind: Kind,
    shape: &Shape,
    answer: JsResult<JsValue>,
    context: &mut Context,
) -> Vec<JsValue> {
    let value = match answer {
        Ok(value) => value,
        Err(error) => return vec![value_of(error, context)],
    };
    match kind {
        Kind::Exists => vec![value],
        Kind::Buffer(_) => vec![JsValue::null(), value, shape.buffer().unwrap_or_default()],
        _ if value.is_undefined() && !matches!(shape, Shape::Stats { .. }) => {
            vec![JsValue::null()]
        }
        _ => vec![JsValue::null(), value],
    }
}

fn call_promised(
    _: &JsValue,
    args: &[JsValue],
    row: &Row,
    context: &mut Context,
) -> JsResult<JsValue> {
    match promise(args, row.0, context) {
        Ok(promise) => Ok(promise),
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(error) => Ok(JsPromise::reject(error, context)?.into()),
    }
}

fn promise(
    args: &[JsValue],
    function: &'static Function,
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(by_script) = function.by_script[0]
        && by_script(args, context)?
    {
        return run_script(&format!("{}Promised", function.name), args, context);
    }
    let request = (function.decode)(args, context)?;
    if let Some((signal, _)) = &request.signal
        && abort::is_aborted(signal, context)?
    {
        return Err(JsError::from_opaque(aborted(signal, context)?));
    }
    let (promise, resolvers) = JsPromise::new_pending(context);
    start("FSReqPromise", request, context, move |shape, answer, context| {
        settle(&resolvers, function.kind, shape, answer, context)
    })?;
    Ok(promise.into())
}

fn settle(
    resolvers: &ResolvingFunctions,
    kind: Kind,
    shape: &Shape,
    answer: JsResult<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    let (settle, value) = match answer {
        Ok(value) => match kind {
            Kind::Buffer([count, buffer]) => {
                let object = JsObject::with_null_proto();
                define_value(&object, JsString::from(count), value, true);
                let of = shape.buffer().unwrap_or_default();
                define_value(&object, JsString::from(buffer), of, true);
                (&resolvers.resolve, object.into())
            }
            _ => (&resolvers.resolve, value),
        },
        Err(error) => (&resolvers.reject, value_of(error, context)),
    };
    settle.call(&JsValue::undefined(), &[value], context).map(drop)
}

/// Runs a request in the pool, then `done` in JavaScript's thread.
fn start(
    resource: &'static str,
    request: Request,
    context: &mut Context,
    done: impl FnOnce(&Shape, JsResult<JsValue>, &mut Context) -> JsResult<()> + 'static,
) -> JsResult<()> {
    let Request { mut operation, shape, signal } = request;
    let listener = match signal {
        Some((signal, stop)) => Some((listen(&signal, stop, context)?, signal)),
        None => None,
    };
    // What a promise opens is a `FileHandle`, which closes itself.
    let is_unmanaged = resource == "FSReqCallback";
    let closes = closed_by(&operation);
    let placement = placement::place(&mut operation, context);
    let guard = Guard::of(context);
    state::of(context).event_loop.spawn_blocking_as(
        resource,
        move || guard.run(operation),
        move |context, result| {
            callbacks::enter(context, |context| {
                let result = placement.restore(result);
                if is_unmanaged {
                    note(closes, &result, context)?;
                }
                let answer = finish(&shape, result, listener.as_ref(), context);
                done(&shape, answer, context)
            });
        },
    );
    Ok(())
}

fn finish(
    shape: &Shape,
    result: Answer,
    listener: Option<&(AbortListener, JsObject)>,
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some((listener, signal)) = listener {
        listener.remove(context)?;
        if abort::is_aborted(signal, context)? {
            return Err(JsError::from_opaque(aborted(signal, context)?));
        }
    }
    shape.answer(result, context)
}

/// What an abort listener remembers.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Stop(StopSign);

fn listen(signal: &JsObject, stop: StopSign, context: &mut Context) -> JsResult<AbortListener> {
    let raise = |_: &JsValue, _: &[JsValue], stop: &Stop, _: &mut Context| {
        stop.0.raise();
        Ok(JsValue::undefined())
    };
    let listener = closure("", 0, Stop(stop), raise, context);
    abort::add_listener(signal, listener, context)
}

fn aborted(signal: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let reason = abort::reason(signal, context)?;
    let error = abort::abort_error(Some(reason), context)?;
    Ok(value_of(error, context))
}
