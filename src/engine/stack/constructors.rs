//! `Error` and its seven relatives, in the place of the engine's own.
//!
//! Source: ECMAScript, "Error Objects"; V8 adds
//! `captureStackTrace`, `stackTraceLimit` and `prepareStackTrace`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, NativeFunction, builtins::error::ErrorKind,
    context::intrinsics::StandardConstructor, js_string, object::FunctionObjectBuilder,
    property::PropertyDescriptor,
};

use super::{
    capture::{self, Skip},
    of,
};
use crate::engine::natives::{arg, define_value};

/// The kinds of error, `Error` first: name and number of parameters.
pub(super) const KINDS: [(ErrorKind, &str, usize); 8] = [
    (ErrorKind::Error, "Error", 1),
    (ErrorKind::Type, "TypeError", 1),
    (ErrorKind::Range, "RangeError", 1),
    (ErrorKind::Syntax, "SyntaxError", 1),
    (ErrorKind::Reference, "ReferenceError", 1),
    (ErrorKind::Eval, "EvalError", 1),
    (ErrorKind::Uri, "URIError", 1),
    (ErrorKind::Aggregate, "AggregateError", 2),
];

/// The engine's own constructor of a kind.
pub(super) fn original(kind: ErrorKind, context: &Context) -> StandardConstructor {
    let all = context.intrinsics().constructors();
    match kind {
        ErrorKind::Type => all.type_error(),
        ErrorKind::Range => all.range_error(),
        ErrorKind::Syntax => all.syntax_error(),
        ErrorKind::Reference => all.reference_error(),
        ErrorKind::Eval => all.eval_error(),
        ErrorKind::Uri => all.uri_error(),
        ErrorKind::Aggregate => all.aggregate_error(),
        _ => all.error(),
    }
    .clone()
}

/// Makes the constructors and puts them into the global object; returns `Error`.
pub(super) fn install(context: &mut Context) -> JsResult<Vec<JsObject>> {
    let mut made: Vec<JsObject> = Vec::with_capacity(KINDS.len());
    for (index, (kind, name, length)) in KINDS.into_iter().enumerate() {
        let constructor = constructor(index, name, length, context);
        let prototype = original(kind, context).prototype();
        let descriptor = PropertyDescriptor::builder()
            .value(prototype.clone())
            .writable(false)
            .enumerable(false)
            .configurable(false);
        constructor.insert_property(js_string!("prototype"), descriptor.build());
        define_value(&prototype, js_string!("constructor"), constructor.clone(), false);
        if let Some(error) = made.first() {
            constructor.set_prototype(Some(error.clone()));
        }
        let descriptor = PropertyDescriptor::builder()
            .value(constructor.clone())
            .writable(true)
            .enumerable(false)
            .configurable(true);
        // The global object of a further realm may be a proxy.
        let global = context.global_object();
        global.define_property_or_throw(JsString::from(name), descriptor, context)?;
        made.push(constructor);
    }
    Ok(made)
}

fn constructor(index: usize, name: &str, length: usize, context: &Context) -> JsObject {
    let native = NativeFunction::from_copy_closure(move |new_target, args, context| {
        construct(index, new_target, args, context).map(JsValue::from)
    });
    FunctionObjectBuilder::new(context.realm(), native)
        .name(JsString::from(name))
        .length(length)
        .constructor(true)
        .build()
        .into()
}

/// `new Error(message, options)`, `Error(message, options)`, `super(message, options)`.
fn construct(
    index: usize,
    new_target: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsObject> {
    let (kind, ..) = KINDS[index];
    let new_target = new_target.as_object();
    let skip = skip(index, new_target.as_ref(), context);
    // `AggregateError` has one parameter more, which the engine's constructor sees to.
    let of_its_own = usize::from(kind == ErrorKind::Aggregate);
    let errors = [arg(args, 0)];
    let error =
        capture::make(kind, &errors[..of_its_own], new_target.as_ref(), skip, None, context)?;
    let rest = args.get(of_its_own..).unwrap_or_default();
    let message = arg(rest, 0);
    if !message.is_undefined() {
        let message = message.to_string(context)?;
        define_value(&error, js_string!("message"), message, false);
    }
    if let Some(options) = arg(rest, 1).as_object()
        && options.has_property(js_string!("cause"), context)?
    {
        let cause = options.get(js_string!("cause"), context)?;
        define_value(&error, js_string!("cause"), cause, false);
    }
    Ok(error)
}

/// The frames of an error start below the constructor that the program called.
fn skip(index: usize, new_target: Option<&JsObject>, context: &mut Context) -> Skip {
    let Some(new_target) = new_target else { return Skip::Frames(1) };
    if JsObject::equals(new_target, &of(context).constructors[index]) {
        return Skip::Frames(1);
    }
    match capture::below(new_target, context) {
        Skip::Scripts(count) => Skip::Scripts(count),
        // A class without a constructor of its own, or `Reflect.construct`: no frame to go below.
        _ => Skip::Frames(1),
    }
}
