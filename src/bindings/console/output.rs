//! Messages: `log` and its relatives, `dir`, `trace`, `assert`, `clear`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::map::ordered_map::OrderedMap,
    js_string, object::builtins::JsArray,
};

use super::{
    call_own, colors,
    data::{self, ColorMode, Stream},
    sink,
};
use crate::{
    bindings::{
        diagnostics_channel,
        inspect::{self, Options, Text, format_with_options},
        timers,
    },
    engine::natives::{arg, define_value},
};

/// `console.log`.
pub(super) fn log(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    message(console, "console.log", Stream::Stdout, args, context)
}

/// `console.info`.
pub(super) fn info(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    message(console, "console.info", Stream::Stdout, args, context)
}

/// `console.debug`.
pub(super) fn debug(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    message(console, "console.debug", Stream::Stdout, args, context)
}

/// `console.warn`.
pub(super) fn warn(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    message(console, "console.warn", Stream::Stderr, args, context)
}

/// `console.error`.
pub(super) fn error(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    message(console, "console.error", Stream::Stderr, args, context)
}

/// Writes the arguments, after those who listen on the diagnostics channel have seen them.
fn message(
    console: &JsObject,
    channel: &str,
    stream: Stream,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let given = |context: &mut Context| JsArray::from_iter(args.iter().cloned(), context).into();
    let seen = diagnostics_channel::publish(channel, given, context)?;
    let text = match seen.and_then(|seen| seen.as_object()) {
        Some(seen) => {
            let args = timers::list_values(&seen, context)?;
            formatted(console, stream, &args, context)?
        }
        None => formatted(console, stream, args, context)?,
    };
    sink::write(console, stream, text, context)?;
    Ok(JsValue::undefined())
}

/// The arguments as `util.format` shows them on this stream.
fn formatted(
    console: &JsObject,
    stream: Stream,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<Text> {
    if let [only] = args
        && let Some(text) = only.as_string()
    {
        return Ok(Text::from(&text));
    }
    let options = options(console, stream, context)?;
    format_with_options(Some(&options), args, context)
}

/// How values are shown on this stream.
fn options(console: &JsObject, stream: Stream, context: &mut Context) -> JsResult<Options> {
    let mut options = Options::current(context)?;
    add_options(&mut options, console, stream, context)?;
    Ok(options)
}

/// Adds the options of the stream to others.
pub(super) fn add_options(
    options: &mut Options,
    console: &JsObject,
    stream: Stream,
    context: &mut Context,
) -> JsResult<()> {
    let (mode, given) = {
        let data = data::of(console)?;
        (data.color_mode, data.inspect_options.clone())
    };
    let given = match given {
        Some(given) => given_for(&given, console, stream, context)?,
        None => None,
    };
    let Some(given) = given else {
        options.colors = has_colors(mode, console, stream, context)?;
        return Ok(());
    };
    if given.get(js_string!("colors"), context)?.is_undefined() {
        let colors = has_colors(mode, console, stream, context)?;
        given.set(js_string!("colors"), colors, false, context)?;
    }
    options.read(&given, context)
}

/// The `inspectOptions` that hold for the stream.
fn given_for(
    given: &JsObject,
    console: &JsObject,
    stream: Stream,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    if !given.is::<OrderedMap<JsValue>>() {
        return Ok(Some(given.clone()));
    }
    let stream = console.get(JsString::from(stream.property()), context)?;
    let map = given.downcast_ref::<OrderedMap<JsValue>>();
    Ok(map.and_then(|map| map.get(&stream).and_then(JsValue::as_object)))
}

fn has_colors(
    mode: ColorMode,
    console: &JsObject,
    stream: Stream,
    context: &mut Context,
) -> JsResult<bool> {
    match mode {
        ColorMode::On => Ok(true),
        ColorMode::Off => Ok(false),
        ColorMode::Auto if sink::is_untouched(console, stream, context)? => {
            colors::standard_stream_shows_colors(stream, context)
        }
        ColorMode::Auto => {
            let stream = console.get(JsString::from(stream.property()), context)?;
            colors::shows_colors(&stream, context)
        }
    }
}

/// `console.dir(object, options)`.
pub(super) fn dir(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut options = Options::current(context)?;
    options.custom_inspect = false;
    add_options(&mut options, console, Stream::Stdout, context)?;
    if let Some(given) = arg(args, 1).as_object() {
        options.read(&given, context)?;
    }
    let text = inspect::inspect(&arg(args, 0), &options, context)?;
    sink::write(console, Stream::Stdout, text, context)?;
    Ok(JsValue::undefined())
}

/// `console.trace(...)`: the message with the stack of the caller.
pub(super) fn trace(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let message = formatted(console, Stream::Stderr, args, context)?;
    let error = JsObject::with_object_proto(context.intrinsics());
    define_value(&error, js_string!("name"), js_string!("Trace"), true);
    define_value(&error, js_string!("message"), message.to_js(), true);
    let prototype = context.intrinsics().constructors().error().prototype();
    let constructor = prototype.get(js_string!("constructor"), context)?.to_object(context)?;
    let capture = constructor.get(js_string!("captureStackTrace"), context)?;
    if let Some(capture) = capture.as_callable() {
        let this_method = console.get(js_string!("trace"), context)?;
        let args = [error.clone().into(), this_method];
        capture.call(&constructor.into(), &args, context)?;
    }
    let stack = error.get(js_string!("stack"), context)?;
    call_own(console, "error", &[stack], context)?;
    Ok(JsValue::undefined())
}

/// `console.assert(value, ...)`: a warning if the value is falsy.
pub(super) fn assert(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if arg(args, 0).to_boolean() {
        return Ok(JsValue::undefined());
    }
    let mut rest = args.get(1..).unwrap_or_default().to_vec();
    match rest.first().and_then(JsValue::as_string) {
        Some(first) => rest[0] = js_string!(&js_string!("Assertion failed: "), &first).into(),
        None => rest.insert(0, js_string!("Assertion failed").into()),
    }
    call_own(console, "warn", &rest, context)?;
    Ok(JsValue::undefined())
}

/// `console.clear()`: on a terminal, cursor home and everything below it erased.
pub(super) fn clear(console: &JsObject, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = console.get(js_string!("_stdout"), context)?.to_object(context)?;
    let is_dumb = colors::variable("TERM", context)?.is_some_and(|term| term == "dumb");
    if !stream.get(js_string!("isTTY"), context)?.to_boolean() || is_dumb {
        return Ok(JsValue::undefined());
    }
    if let Some(write) = stream.get(js_string!("write"), context)?.as_callable() {
        for sequence in ["\u{1b}[1;1H", "\u{1b}[0J"] {
            write.call(&stream.clone().into(), &[JsString::from(sequence).into()], context)?;
        }
    }
    Ok(JsValue::undefined())
}
