//! What `emit('error')` throws when nobody listens.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use crate::{
    bindings::inspect::{self, Options, Text},
    engine::{
        errors::{Code, coded_object},
        natives::{arg, closure, define_value},
        stack, stack_context,
    },
};

/// The exception for an `error` event without listener: the error itself, or
/// `ERR_UNHANDLED_ERROR` around what is no error.
pub(super) fn error(
    emitter: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsError> {
    let value = arg(args, 0);
    if let Some(error) = value.as_object().filter(|_| is_error(&value, context)) {
        // Whatever goes wrong here: the error itself is what is to be thrown.
        let _ = note_emission(emitter, &error, context);
        return Ok(JsError::from_opaque(value));
    }
    let message = format!("Unhandled error. ({})", shown(&value, context)?);
    let error = coded_object(context, Code::ERR_UNHANDLED_ERROR, message);
    define_value(&error, js_string!("context"), value, true);
    Ok(JsError::from_opaque(error.into()))
}

fn is_error(value: &JsValue, context: &mut Context) -> bool {
    let class = stack::error_class(context);
    value.instance_of(&class.into(), context).unwrap_or(false)
}

/// `util.inspect(value)`, or the value as a string where that throws.
fn shown(value: &JsValue, context: &mut Context) -> JsResult<String> {
    match inspect::inspect(value, &Options::default(), context) {
        Ok(text) => Ok(Text::into_string(text)),
        Err(_) => Ok(value.to_string(context)?.to_std_string_lossy()),
    }
}

/// An emission that nobody handled.
#[derive(Trace, Finalize)]
struct Emission {
    emitter: JsObject,
    error: JsObject,
    /// Its stack says where the event was emitted.
    place: JsObject,
}

/// Lets the report of the error, if it remains uncaught, say where it was emitted.
fn note_emission(emitter: &JsObject, error: &JsObject, context: &mut Context) -> JsResult<()> {
    let place = JsObject::with_object_proto(context.intrinsics());
    let emit = super::of(context)?.natives.emit.clone();
    stack::capture_below(&place, &emit, context)?;
    let emission = Emission { emitter: emitter.clone(), error: error.clone(), place };
    let enhance = closure("bound enhanceStackTrace", 0, emission, enhanced_stack, context);
    stack_context::attach(error, enhance, context)
}

fn enhanced_stack(
    _: &JsValue,
    _: &[JsValue],
    emission: &Emission,
    context: &mut Context,
) -> JsResult<JsValue> {
    let stack = text_of(&emission.error, context)?;
    let place = text_of(&emission.place, context)?;
    let class = class_of(&emission.emitter, context).unwrap_or_default();
    let mut text = format!("{stack}\nEmitted 'error' event{class} at:\n");
    text.push_str(&shortened(&place, &stack).join("\n"));
    Ok(boa_engine::JsString::from(text).into())
}

fn text_of(object: &JsObject, context: &mut Context) -> JsResult<String> {
    let stack = object.get(js_string!("stack"), context)?;
    Ok(stack.to_string(context)?.to_std_string_lossy())
}

/// ` on Class instance`, unless it is an EventEmitter itself.
fn class_of(emitter: &JsObject, context: &mut Context) -> JsResult<String> {
    let class = emitter.get(js_string!("constructor"), context)?.to_object(context)?;
    let name = class.get(js_string!("name"), context)?.to_string(context)?;
    if name == js_string!("EventEmitter") {
        return Ok(String::new());
    }
    Ok(format!(" on {} instance", name.to_std_string_lossy()))
}

/// The frames of `place`, without most of those that `stack` ends with as well.
fn shortened<'a>(place: &'a str, stack: &str) -> Vec<&'a str> {
    let mut frames: Vec<&str> = place.lines().skip(1).collect();
    let others: Vec<&str> = stack.lines().skip(1).collect();
    if let Some((offset, length)) = common_run(&frames, &others) {
        let replacement = "    [... lines matching original stack trace ...]";
        frames.splice(offset + 1..offset + length - 1, [replacement]);
    }
    frames
}

/// The first run of more than three lines that stands in both: offset in `lines`, length.
fn common_run(lines: &[&str], others: &[&str]) -> Option<(usize, usize)> {
    for offset in 0..lines.len().saturating_sub(3) {
        let Some(position) = others.iter().position(|other| *other == lines[offset]) else {
            continue;
        };
        let pairs = lines[offset..].iter().zip(&others[position..]);
        let length = pairs.take_while(|(line, other)| line == other).count();
        if length > 3 {
            return Some((offset, length));
        }
    }
    None
}
