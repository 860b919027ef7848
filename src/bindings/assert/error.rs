//! The class `AssertionError`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::error::ErrorKind, js_string,
};

use super::{
    Failure, expression,
    message::{self, Subject},
};
use crate::{
    bindings::inspect::{self, custom},
    engine::{
        builtins,
        classes::{self, Class, ClassSpec, new_target, prototype_from},
        natives::{arg, define_value, function},
        stack, validate,
    },
};

const CLASS: ClassSpec = ClassSpec {
    methods: &[("toString", 0, to_string)],
    ..ClassSpec::new("AssertionError", 1, construct)
};

/// The class in this realm.
struct AssertionErrorClass(Class);

/// `internal/assert/assertion_error`: the class.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let prototype = context.intrinsics().constructors().error().prototype();
    let parent = Class { constructor: stack::error_class(context), prototype };
    let made = classes::class(&CLASS, Some(&parent), context);
    let inspect = function("[nodejs.util.inspect.custom]", 2, inspect_method, context);
    define_value(&made.prototype, custom::symbol(context)?, inspect, false);
    context.insert_data(AssertionErrorClass(made.clone()));
    Ok(made.constructor.into())
}

/// The class as JavaScript has it.
pub(super) fn class(context: &mut Context) -> JsResult<JsObject> {
    builtins::load_object("internal/assert/assertion_error", context)
}

fn prototype(context: &mut Context) -> JsResult<JsObject> {
    class(context)?;
    let known = context.get_data::<AssertionErrorClass>();
    Ok(known.expect("loading the class inserts its state").0.prototype.clone())
}

/// True for errors of every kind, also in a caller's message.
pub(super) fn is_error(value: &JsValue, context: &mut Context) -> bool {
    message::is_error(value, context).unwrap_or(false)
}

/// What an `AssertionError` is made of.
struct Parts {
    actual: JsValue,
    expected: JsValue,
    operator: JsValue,
    /// Undefined or null: to be generated.
    message: JsValue,
    /// The function whose caller the stack begins at.
    start: Option<JsObject>,
    diff: JsValue,
}

/// The error for an assertion that does not hold.
pub(super) fn create(failure: Failure<'_>, context: &mut Context) -> JsResult<JsObject> {
    let start = super::of(context)?.function(failure.function);
    let parts = Parts {
        actual: failure.actual,
        expected: failure.expected,
        operator: JsString::from(failure.operator).into(),
        message: failure.message,
        start,
        diff: JsString::from(failure.options.diff()).into(),
    };
    let prototype = prototype(context)?;
    make(parts, &prototype, context)
}

/// `new AssertionError(options)`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "AssertionError")?;
    let options = validate::object(&arg(args, 0), "options", context)?;
    let mut option = |name: JsString| options.get(name, context);
    let start = match option(js_string!("stackStartFn"))? {
        start if start.is_callable() => start,
        _ => option(js_string!("stackStartFunction"))?,
    };
    let diff = match option(js_string!("diff"))? {
        diff if diff.is_undefined() => js_string!("simple").into(),
        diff => diff,
    };
    let parts = Parts {
        actual: option(js_string!("actual"))?,
        expected: option(js_string!("expected"))?,
        operator: option(js_string!("operator"))?,
        message: option(js_string!("message"))?,
        start: start.as_callable(),
        diff,
    };
    let prototype = match prototype_from(&new_target, context)? {
        Some(prototype) => prototype,
        None => prototype(context)?,
    };
    make(parts, &prototype, context).map(Into::into)
}

fn make(mut parts: Parts, prototype: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let generated = !parts.message.to_boolean();
    let text = text(&mut parts, context)?;
    let error = stack::new_error(ErrorKind::Error, Some(prototype), &text, context);
    define_value(&error, js_string!("generatedMessage"), generated, true);
    // The stack's first line has the code, the error's name has not.
    let name = js_string!("AssertionError [ERR_ASSERTION]");
    define_value(&error, js_string!("name"), name, false);
    define_value(&error, js_string!("code"), js_string!("ERR_ASSERTION"), true);
    define_value(&error, js_string!("actual"), parts.actual, true);
    define_value(&error, js_string!("expected"), parts.expected, true);
    define_value(&error, js_string!("operator"), parts.operator, true);
    if let Some(start) = parts.start {
        stack::capture_below(&error, &start, context)?;
    }
    error.get(js_string!("stack"), context)?;
    define_value(&error, js_string!("name"), js_string!("AssertionError"), false);
    define_value(&error, js_string!("diff"), parts.diff, true);
    Ok(error)
}

/// The message; as a side effect, errors to be compared lose their stacks.
fn text(parts: &mut Parts, context: &mut Context) -> JsResult<String> {
    let operator = match parts.operator.as_string() {
        Some(operator) => operator.to_std_string_lossy(),
        None => parts.operator.to_string(context)?.to_std_string_lossy(),
    };
    let custom = match &parts.message {
        message if message.is_null_or_undefined() => None,
        message => Some(message_text(message, context)?),
    };
    if let Some(custom) = &custom
        && !message::shows_difference(&operator)
    {
        return Ok(custom.clone());
    }
    if custom.is_none()
        && has_stack(&parts.actual, context)?
        && has_stack(&parts.expected, context)?
    {
        parts.actual = message::without_stack(&parts.actual, context)?;
        parts.expected = message::without_stack(&parts.expected, context)?;
    }
    let full = parts.diff.as_string().is_some_and(|diff| diff == js_string!("full"));
    let (actual, expected) = (&parts.actual, &parts.expected);
    let subject = Subject { actual, expected, operator: &operator, custom, full };
    message::generated(&subject, context)
}

/// `String(message)`: symbols, too, can be written out.
fn message_text(message: &JsValue, context: &mut Context) -> JsResult<String> {
    let text = match message.as_symbol() {
        Some(symbol) => symbol.descriptive_string(),
        None => message.to_string(context)?,
    };
    Ok(text.to_std_string_lossy())
}

fn has_stack(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object().filter(|object| !object.is_callable()) else {
        return Ok(false);
    };
    Ok(object.has_property(js_string!("stack"), context)?
        && value.instance_of(&stack::error_class(context).into(), context)?)
}

fn to_string(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let error = this.to_object(context)?;
    let mut part = |name: JsString| -> JsResult<String> {
        let value = error.get(name, context)?;
        Ok(value.to_string(context)?.to_std_string_lossy())
    };
    let (name, code) = (part(js_string!("name"))?, part(js_string!("code"))?);
    let message = part(js_string!("message"))?;
    Ok(JsString::from(format!("{name} [{code}]: {message}")).into())
}

/// `error[util.inspect.custom](depth, options, inspect)`: the message says it all, so the values
/// themselves are kept short.
fn inspect_method(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(error) = this.as_object() else { return Ok(this.clone()) };
    let mut kept = Vec::new();
    for name in [js_string!("actual"), js_string!("expected")] {
        let value = error.get(name.clone(), context)?;
        if let Some(text) = value.as_string() {
            error.set(name.clone(), abridged(&text.to_std_string_lossy()), true, context)?;
        }
        kept.push((name, value));
    }
    let options = JsObject::with_object_proto(context.intrinsics());
    options.copy_data_properties::<boa_engine::property::PropertyKey>(
        &arg(args, 1),
        Vec::new(),
        context,
    )?;
    define_value(&options, js_string!("customInspect"), false, true);
    define_value(&options, js_string!("depth"), 0, true);
    let options = inspect::Options::from_js(&options.into(), context)?;
    let shown = inspect::inspect(this, &options, context);
    for (name, value) in kept {
        error.set(name, value, true, context)?;
    }
    Ok(shown?.to_js().into())
}

/// The first ten lines, or what follows the first 512 characters: that is what Node shows.
fn abridged(text: &str) -> JsString {
    let lines: Vec<&str> = text.split('\n').collect();
    if lines.len() > 10 {
        return JsString::from(format!("{}\n...", lines[..10].join("\n")));
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    if units.len() > 512 {
        return JsString::from(format!("{}...", String::from_utf16_lossy(&units[512..])));
    }
    JsString::from(text)
}

/// The message of `assert.ok`: the expression that was false, read from the source.
pub(super) fn falsy_message(function: &str, context: &mut Context) -> JsResult<JsValue> {
    let Some(start) = super::of(context)?.function(function) else {
        return Ok(JsValue::undefined());
    };
    let Some((line, column)) = stack::calling_line(&start, context) else {
        return Ok(JsValue::undefined());
    };
    Ok(match expression::call_at(&line, column as usize - 1) {
        Some(call) => {
            let text = format!("The expression evaluated to a falsy value:\n\n  {call}\n");
            JsString::from(text).into()
        }
        None => JsValue::undefined(),
    })
}
