//! `fs`: one table of functions, three products: with a callback, synchronous, with a promise.

mod answer;
mod arguments;
mod calls;
mod constants;
mod dirent;
mod operation;
mod stats;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsPromise,
};

use self::{answer::Shape, calls::Call};
use crate::engine::{
    callbacks,
    errors::value_of,
    natives::{arg, closure, define_value},
    state, validate,
};

/// One function of `fs`: its name, the `length` of its synchronous form, what its callback gets
/// after the error.
struct Function {
    name: &'static str,
    length: usize,
    decode: fn(&[JsValue], &mut Context) -> Call,
    callback: Callback,
    /// `fs.promises` has it too.
    promised: bool,
}

/// What a callback is called with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callback {
    /// The error alone, or the error and the answer.
    Plain,
    /// The error, a number, and the buffer that was given.
    Buffer,
    /// The answer alone.
    Exists,
}

const fn row(
    name: &'static str,
    length: usize,
    decode: fn(&[JsValue], &mut Context) -> Call,
) -> Function {
    Function { name, length, decode, callback: Callback::Plain, promised: true }
}

/// A function of descriptors, which `fs.promises` has as methods of `FileHandle`.
const fn of_fd(
    name: &'static str,
    length: usize,
    decode: fn(&[JsValue], &mut Context) -> Call,
) -> Function {
    Function { name, length, decode, callback: Callback::Plain, promised: false }
}

/// Every function.
static FUNCTIONS: &[Function] = &[
    row("access", 2, calls::access),
    row("appendFile", 3, calls::append_file),
    row("chmod", 2, calls::chmod),
    row("chown", 3, calls::chown),
    of_fd("close", 1, calls::close),
    row("copyFile", 3, calls::copy_file),
    Function {
        name: "exists",
        length: 1,
        decode: calls::exists,
        callback: Callback::Exists,
        promised: false,
    },
    of_fd("fchmod", 2, calls::fchmod),
    of_fd("fdatasync", 1, calls::fdatasync),
    of_fd("fstat", 2, calls::fstat),
    of_fd("fsync", 1, calls::fsync),
    of_fd("ftruncate", 2, calls::ftruncate),
    row("lchown", 3, calls::lchown),
    row("link", 2, calls::link),
    row("lstat", 2, calls::lstat),
    row("lutimes", 3, calls::lutimes),
    row("mkdir", 2, calls::mkdir),
    row("mkdtemp", 2, calls::mkdtemp),
    of_fd("open", 3, calls::open),
    Function {
        name: "read",
        length: 5,
        decode: calls::read,
        callback: Callback::Buffer,
        promised: false,
    },
    row("readFile", 2, calls::read_file),
    row("readdir", 2, calls::readdir),
    row("readlink", 2, calls::readlink),
    row("realpath", 2, calls::realpath),
    row("rename", 2, calls::rename),
    row("rm", 2, calls::rm),
    row("rmdir", 2, calls::rmdir),
    row("stat", 2, calls::stat),
    row("symlink", 3, calls::symlink),
    row("truncate", 2, calls::truncate),
    row("unlink", 1, calls::unlink),
    row("utimes", 3, calls::utimes),
    Function {
        name: "write",
        length: 5,
        decode: calls::write,
        callback: Callback::Buffer,
        promised: false,
    },
    row("writeFile", 3, calls::write_file),
];

/// `fs.realpath.native` has rows of its own: it asks the system.
static NATIVE_REALPATH: Function = row("native", 2, calls::realpath_native);

/// What the closures remember: a row of the table.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Row(&'static Function);

/// The builtin `fs`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    for function in FUNCTIONS {
        let name = function.name;
        let with_callback = closure(name, function.length, Row(function), call_back, context);
        let sync_name = format!("{name}Sync");
        let synchronous = closure(&sync_name, function.length, Row(function), call_sync, context);
        if name == "realpath" {
            let native = closure("native", 2, Row(&NATIVE_REALPATH), call_back, context);
            define_value(&with_callback, js_string!("native"), native, true);
            let native = closure("native", 2, Row(&NATIVE_REALPATH), call_sync, context);
            define_value(&synchronous, js_string!("native"), native, true);
        }
        define_value(&exports, JsString::from(name), with_callback, true);
        define_value(&exports, JsString::from(sync_name), synchronous, true);
    }
    let stats = stats::class(context);
    define_value(&exports, js_string!("Stats"), stats, true);
    let dirent = dirent::class(context);
    define_value(&exports, js_string!("Dirent"), dirent, true);
    let constants = constants::create(context);
    define_value(&exports, js_string!("constants"), constants, true);
    let promises = promises(context);
    define_value(&exports, js_string!("promises"), promises, true);
    Ok(exports.into())
}

/// The builtin `fs/promises`.
pub(crate) fn promises_exports(context: &mut Context) -> JsResult<JsValue> {
    crate::engine::builtins::load_object("fs", context)?.get(js_string!("promises"), context)
}

fn promises(context: &mut Context) -> JsObject {
    let promises = JsObject::with_object_proto(context.intrinsics());
    for function in FUNCTIONS.iter().filter(|function| function.promised) {
        let promised =
            closure(function.name, function.length, Row(function), call_promised, context);
        define_value(&promises, JsString::from(function.name), promised, true);
    }
    let constants = constants::create(context);
    define_value(&promises, js_string!("constants"), constants, true);
    promises
}

fn call_sync(_: &JsValue, args: &[JsValue], row: &Row, context: &mut Context) -> JsResult<JsValue> {
    let (operation, shape) = (row.0.decode)(args, context)?;
    shape.answer(operation.run(), context)
}

fn call_back(_: &JsValue, args: &[JsValue], row: &Row, context: &mut Context) -> JsResult<JsValue> {
    let function = row.0;
    let given = args.last().cloned().unwrap_or_default();
    let callback = validate::function(&given, "cb", context)?;
    let (operation, shape) = (function.decode)(&args[..args.len() - 1], context)?;
    let buffer = arg(args, 1);
    state::of(context).event_loop.spawn_blocking_as(
        "FSReqCallback",
        move || operation.run(),
        move |context, result| {
            callbacks::enter(context, |context| {
                let answer = shape.answer(result, context);
                let args = callback_args(function.callback, answer, &buffer, context);
                callback.call(&JsValue::undefined(), &args, context)
            });
        },
    );
    Ok(JsValue::undefined())
}

fn callback_args(
    kind: Callback,
    answer: JsResult<JsValue>,
    buffer: &JsValue,
    context: &mut Context,
) -> Vec<JsValue> {
    match answer {
        Err(error) => vec![value_of(error, context)],
        Ok(value) => match kind {
            Callback::Exists => vec![value],
            Callback::Buffer => vec![JsValue::null(), value, buffer.clone()],
            Callback::Plain if value.is_undefined() => vec![JsValue::null()],
            Callback::Plain => vec![JsValue::null(), value],
        },
    }
}

fn call_promised(
    _: &JsValue,
    args: &[JsValue],
    row: &Row,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (operation, shape) = match (row.0.decode)(args, context) {
        Ok(call) => call,
        Err(error) => return Ok(JsPromise::reject(error, context)?.into()),
    };
    let (promise, resolvers) = JsPromise::new_pending(context);
    state::of(context).event_loop.spawn_blocking_as(
        "FSReqPromise",
        move || operation.run(),
        move |context, result| {
            callbacks::enter(context, |context| settle(&resolvers, shape, result, context));
        },
    );
    Ok(promise.into())
}

fn settle(
    resolvers: &boa_engine::builtins::promise::ResolvingFunctions,
    shape: Shape,
    result: Result<operation::Outcome, crate::sys::error::SysError>,
    context: &mut Context,
) -> JsResult<JsValue> {
    match shape.answer(result, context) {
        Ok(value) => resolvers.resolve.call(&JsValue::undefined(), &[value], context),
        Err(error) => {
            let error = value_of(error, context);
            resolvers.reject.call(&JsValue::undefined(), &[error], context)
        }
    }
}
