//! Where messages go: through a stream object where there is one, else straight to the process's
//! standard streams.
//!
//! The global console does not make `process.stdout` only to write a line: until a program has seen
//! or replaced that object nobody can tell the difference.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction,
};

use super::data::{self, Stream};
use crate::{
    bindings::{inspect::Text, process},
    engine::{
        builtins,
        natives::{arg, closure, function},
        reflect, standard,
    },
    sys::stdio::Output,
};

impl Stream {
    /// The console's property that holds the stream.
    pub(super) const fn property(self) -> &'static str {
        match self {
            Self::Stdout => "_stdout",
            Self::Stderr => "_stderr",
        }
    }

    /// The property of `process`.
    pub(super) const fn of_process(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }

    const fn output(self) -> Output {
        match self {
            Self::Stdout => Output::Stdout,
            Self::Stderr => Output::Stderr,
        }
    }

    const fn error_handler(self) -> &'static str {
        match self {
            Self::Stdout => "_stdoutErrorHandler",
            Self::Stderr => "_stderrErrorHandler",
        }
    }
}

/// Writes a message and a line break, indented as the groups it is in.
pub(super) fn write(
    console: &JsObject,
    stream: Stream,
    message: Text,
    context: &mut Context,
) -> JsResult<()> {
    let indentation = data::of(console)?.indentation.get();
    let mut line = Text::new();
    line.push_spaces(indentation);
    line.push(&message.indented(indentation));
    line.push_str("\n");
    if is_untouched(console, stream, context)? {
        // A console that cannot write stays silent.
        let _ = standard::write(stream.output(), line.to_utf8().as_bytes(), context);
        return Ok(());
    }
    write_to_stream(console, stream, &line, context)
}

/// True if the console writes to a standard stream whose object no program has seen.
pub(super) fn is_untouched(
    console: &JsObject,
    stream: Stream,
    context: &mut Context,
) -> JsResult<bool> {
    {
        let data = data::of(console)?;
        if !data.is_global || data.replaced.borrow()[stream as usize].is_some() {
            return Ok(false);
        }
    }
    let key = JsString::from(stream.property()).into();
    if reflect::stored(console, &key).is_none_or(|p| !p.is_accessor_descriptor()) {
        return Ok(false);
    }
    Ok(!process::stdio::is_touched(stream.of_process(), context))
}

/// Writes through the stream's `write`, keeping its errors from becoming uncaught.
fn write_to_stream(
    console: &JsObject,
    stream: Stream,
    line: &Text,
    context: &mut Context,
) -> JsResult<()> {
    let target = console.get(JsString::from(stream.property()), context)?.to_object(context)?;
    let line: JsValue = line.to_js().into();
    let ignores = console.get(js_string!("_ignoreErrors"), context)?;
    if ignores.as_boolean() == Some(false) {
        return invoke(&target, js_string!("write"), &[line], context).map(drop);
    }
    let silent: JsValue = function("", 0, |_, _, _| Ok(JsValue::undefined()), context).into();
    let handler = console.get(JsString::from(stream.error_handler()), context)?;
    let error: JsValue = js_string!("error").into();
    let attempt = || -> JsResult<()> {
        let count =
            invoke(&target, js_string!("listenerCount"), std::slice::from_ref(&error), context)?;
        if count.as_number() == Some(0.0) {
            invoke(&target, js_string!("once"), &[error.clone(), silent.clone()], context)?;
        }
        invoke(&target, js_string!("write"), &[line, handler], context).map(drop)
    };
    let outcome = attempt();
    let removal = invoke(&target, js_string!("removeListener"), &[error, silent], context);
    match outcome {
        // What scripts cannot catch goes on; all else is swallowed: messages must not break programs.
        Err(failure) if failure.as_engine().is_some() => Err(failure),
        _ => removal.map(drop),
    }
}

fn invoke(
    object: &JsObject,
    method: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let function = object.get(method.clone(), context)?;
    let Some(function) = function.as_callable() else {
        let message = format!("stream.{} is not a function", method.to_std_string_lossy());
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    };
    function.call(&object.clone().into(), args, context)
}

/// The callback of `stream.write`: an error that the stream will emit must find a listener.
pub(super) fn error_handler(
    console: &JsObject,
    stream: &'static str,
    context: &Context,
) -> JsFunction {
    let run = if stream == "_stdout" { stdout_failed } else { stderr_failed };
    closure("", 1, console.clone(), run, context)
}

fn stdout_failed(
    _: &JsValue,
    args: &[JsValue],
    console: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    failed(&arg(args, 0), console, Stream::Stdout, context)
}

fn stderr_failed(
    _: &JsValue,
    args: &[JsValue],
    console: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    failed(&arg(args, 0), console, Stream::Stderr, context)
}

fn failed(
    error: &JsValue,
    console: &JsObject,
    stream: Stream,
    context: &mut Context,
) -> JsResult<JsValue> {
    if error.is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    let target = console.get(JsString::from(stream.property()), context)?.to_object(context)?;
    let state = target.get(js_string!("_writableState"), context)?;
    if let Some(state) = state.as_object()
        && state.get(js_string!("errorEmitted"), context)?.to_boolean()
    {
        return Ok(JsValue::undefined());
    }
    let error: JsValue = js_string!("error").into();
    let count =
        invoke(&target, js_string!("listenerCount"), std::slice::from_ref(&error), context)?;
    if count.as_number() == Some(0.0) {
        let silent = function("", 0, |_, _, _| Ok(JsValue::undefined()), context);
        invoke(&target, js_string!("once"), &[error, silent.into()], context)?;
    }
    Ok(JsValue::undefined())
}

/// A closure over the console.
type OfConsole = fn(&JsValue, &[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;

/// The getter of the global console's `_stdout` or `_stderr`.
pub(super) fn get_stream(name: &str) -> OfConsole {
    if name == "_stdout" {
        |_, _, console, context| current(console, Stream::Stdout, context)
    } else {
        |_, _, console, context| current(console, Stream::Stderr, context)
    }
}

/// Its setter.
pub(super) fn set_stream(name: &str) -> OfConsole {
    if name == "_stdout" {
        |_, args, console, _| replace(console, Stream::Stdout, arg(args, 0))
    } else {
        |_, args, console, _| replace(console, Stream::Stderr, arg(args, 0))
    }
}

fn current(console: &JsObject, stream: Stream, context: &mut Context) -> JsResult<JsValue> {
    let replaced = data::of(console)?.replaced.borrow()[stream as usize].clone();
    if let Some(replaced) = replaced.filter(JsValue::to_boolean) {
        return Ok(replaced);
    }
    let process = builtins::load_object("process", context)?;
    let found = process.get(JsString::from(stream.of_process()), context)?;
    replace(console, stream, found.clone())?;
    Ok(found)
}

fn replace(console: &JsObject, stream: Stream, value: JsValue) -> JsResult<JsValue> {
    data::of(console)?.replaced.borrow_mut()[stream as usize] = Some(value);
    Ok(JsValue::undefined())
}
