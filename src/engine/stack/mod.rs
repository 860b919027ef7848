//! Error stacks: what `Error` and `stack` are to programs written for V8.
//!
//! The engine records frames and shows them as text; here they become what V8 shows. `capture`
//! takes them when an error is made, `trace` reads the engine's text back, `derive` makes V8's
//! frames of it with the help of the source text (`call_text`), `render` writes them down or hands
//! them to `Error.prepareStackTrace` as `call_site`s. `constructors` replaces the globals.
//!
//! What the engine does not tell: who awaits (`at async f`), the receiver and the function object of
//! a frame. What it throws itself gets its own `stack` when that is first asked for.

mod call_site;
mod call_text;
mod capture;
mod constructors;
mod derive;
mod frame;
mod native_names;
mod render;
mod site;
mod trace;

use std::{collections::HashSet, rc::Rc};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue,
    builtins::error::{Error, ErrorKind},
    js_string,
    object::builtins::JsFunction,
    property::{PropertyDescriptor, PropertyKey},
};

use self::{
    call_text::CallText,
    capture::{Captured, Skip},
    frame::Location,
};
pub(crate) use self::{
    capture::{complete, current},
    frame::Frame,
    site::{Site, remember_throw, thrown_at},
    trace::SYNTHETIC,
};
use super::{
    natives::{define_accessor, define_value, function},
    sources::SourceText,
};

/// How many frames an error shows where the program does not say.
const DEFAULT_LIMIT: u32 = 10;

/// No error shows more frames than this, whatever `Error.stackTraceLimit` says.
const MAX_LIMIT: f64 = 1000.0;

/// What a realm keeps for its stacks.
struct Stacks {
    /// `Error`, which holds `stackTraceLimit` and `prepareStackTrace`.
    error: JsObject,
    /// All of `constructors::KINDS`.
    constructors: Vec<JsObject>,
    /// The engine's getter of its own `stack`: the way to its frames.
    engine_getter: JsObject,
    /// The setter that every `stack` shares, which is how one of ours is known.
    setter: JsFunction,
    /// The prototype of `CallSite` objects.
    call_site: JsObject,
    default_prepare: JsObject,
    last_thrown: site::LastThrown,
}

/// The stacks of this realm.
///
/// # Panics
/// Before [`install`].
fn of(context: &Context) -> Rc<Stacks> {
    context
        .get_data::<Rc<Stacks>>()
        .expect("realm::create installs the stacks before any JavaScript runs")
        .clone()
}

/// Replaces `Error` and its relatives in a further realm; the limit of stacks stays the first's.
pub(super) fn install_further(context: &mut Context) -> JsResult<()> {
    let first = of(context);
    install(context)?;
    context.insert_data(first);
    Ok(())
}

/// Replaces `Error` and its relatives.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    let original = constructors::original(ErrorKind::Error, context);
    let engine_getter = engine_getter(&original.prototype())?;
    let constructors = constructors::install(context)?;
    let error = constructors[0].clone();
    let capture = function("captureStackTrace", 2, capture::capture_stack_trace, context);
    define_value(&error, js_string!("captureStackTrace"), capture, false);
    let prepare = function("prepareStackTrace", 2, render::default_prepare, context);
    define_value(&error, js_string!("prepareStackTrace"), prepare.clone(), false);
    let is_error = original.constructor().get(js_string!("isError"), context)?;
    define_value(&error, js_string!("isError"), is_error, false);
    define_value(&error, js_string!("stackTraceLimit"), DEFAULT_LIMIT, true);
    let get = function("", 0, capture::get_inherited, context);
    let set = function("", 1, capture::set_inherited, context);
    define_accessor(&original.prototype(), js_string!("stack"), Some(get), Some(set), false);
    let stacks = Stacks {
        error,
        constructors,
        engine_getter,
        setter: function("", 1, capture::set, context),
        call_site: call_site::prototype(context),
        default_prepare: prepare.into(),
        last_thrown: site::LastThrown::default(),
    };
    context.insert_data(Rc::new(stacks));
    Ok(())
}

fn engine_getter(prototype: &JsObject) -> JsResult<JsObject> {
    let key = PropertyKey::from(js_string!("stack"));
    let descriptor: Option<PropertyDescriptor> = prototype.borrow().properties().get(&key);
    descriptor.as_ref().and_then(PropertyDescriptor::get).and_then(JsValue::as_object).ok_or_else(
        || boa_engine::JsNativeError::error().with_message("the engine has no stacks").into(),
    )
}

impl Stacks {
    /// `Error.stackTraceLimit`, read without running a getter; `None` where it is no number.
    fn limit(&self) -> Option<usize> {
        let key = PropertyKey::from(js_string!("stackTraceLimit"));
        let descriptor = self.error.borrow().properties().get(&key)?;
        let limit = descriptor.value()?.as_number()?;
        Some(limit.clamp(0.0, MAX_LIMIT) as usize)
    }

    /// The engine's text of the frames in its error data.
    fn engine_text(&self, data: Error, context: &mut Context) -> JsResult<String> {
        let bearer = JsObject::new(context.root_shape(), None, data).upcast();
        let text = self.engine_getter.call(&bearer.into(), &[], context)?;
        Ok(text.as_string().map(|text| text.to_std_string_lossy()).unwrap_or_default())
    }
}

/// A `TypeError` of this module's own functions.
fn type_error(message: &str, context: &mut Context) -> JsError {
    JsError::from_opaque(new_error(ErrorKind::Type, None, message, context).into())
}

/// Makes an error in native code, with the stack that there is.
///
/// `kind` is any but `AggregateError`'s; `prototype` is the one of the kind if not given.
pub(crate) fn new_error(
    kind: ErrorKind,
    prototype: Option<&JsObject>,
    message: &str,
    context: &mut Context,
) -> JsObject {
    made(kind, prototype, message, None, context)
}

/// A `SyntaxError` whose stack begins with the place in the source, as Node shows it.
pub(crate) fn syntax_error(
    message: &str,
    place: Option<String>,
    context: &mut Context,
) -> JsObject {
    made(ErrorKind::Syntax, None, message, place, context)
}

fn made(
    kind: ErrorKind,
    prototype: Option<&JsObject>,
    message: &str,
    place: Option<String>,
    context: &mut Context,
) -> JsObject {
    // The engine's constructors run no JavaScript when they get neither message nor new target;
    // at the recursion limit they refuse, and then the error has no frames.
    let made = capture::make(kind, &[], None, Skip::Frames(0), place, context);
    let error = made.unwrap_or_else(|_| {
        let prototype = constructors::original(kind, context).prototype();
        JsObject::new(context.root_shape(), prototype, Error::new(kind)).upcast()
    });
    if let Some(prototype) = prototype {
        error.set_prototype(Some(prototype.clone()));
    }
    define_value(&error, js_string!("message"), JsString::from(message), false);
    error
}

/// `Error` as programs have it.
pub(crate) fn error_class(context: &Context) -> JsObject {
    of(context).error.clone()
}

/// `Error.captureStackTrace(object, below)`, whatever programs made of it.
pub(crate) fn capture_below(
    object: &JsObject,
    below: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let args = [object.clone().into(), below.clone().into()];
    capture::capture_stack_trace(&JsValue::undefined(), &args, context).map(drop)
}

/// `Name: message` of an error, as its stack begins; `Error` where its own accessors throw.
pub(crate) fn header(error: &JsObject, context: &mut Context) -> String {
    render::header(error, context)
        .map_or_else(|_| "Error".to_owned(), |header| header.to_std_string_lossy())
}

/// An error whose one frame is a place of ours: for what natives find outside of any JavaScript.
/// `place` reads `name (node:module)`.
pub(crate) fn error_from(place: &str, message: &str, context: &mut Context) -> JsObject {
    let trace = format!("\n    at {place} (native)");
    with_trace(ErrorKind::Error, message, trace, context)
}

/// The line of the source that `function`, one on the stack, was called in, and the column (from
/// 1, in characters) of the call.
pub(crate) fn calling_line(function: &JsObject, context: &mut Context) -> Option<(String, u32)> {
    let frame = capture::caller(function, context)?;
    let (line, column) = frame.position()?;
    let sources = super::sources::of(context);
    if let Location::Evaluated { origin, .. } = &frame.location {
        // V8 counts two lines before the body that `Function` is given.
        let line = if origin.is_empty() { line.checked_sub(2)? } else { line };
        return evaluated_line(&sources.evaluated(), line, column);
    }
    let source = sources.get(frame.file()?)?;
    source.line(line).map(|text| (text.to_owned(), column))
}

/// The line of the one text that has a call at this position; `None` where several do.
fn evaluated_line(texts: &[SourceText], line: u32, column: u32) -> Option<(String, u32)> {
    let found: HashSet<(String, u32)> = texts
        .iter()
        .filter_map(|text| {
            let site = call_text::at(text, line, column)?;
            let is_call = site.call != CallText::Other;
            is_call.then_some((text.line(line)?.to_owned(), site.position.1))
        })
        .collect();
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// The error that V8 throws where the engine's recursion limit was reached; its frames are those
/// that the engine's own error, which JavaScript cannot catch, has.
pub(crate) fn overflow(error: &JsError, context: &mut Context) -> JsObject {
    let message = "Maximum call stack size exceeded";
    with_trace(ErrorKind::Range, message, trace_of(error), context)
}

/// As [`overflow`], where the engine's own error is lost.
pub(crate) fn too_deep(context: &mut Context) -> JsObject {
    new_error(ErrorKind::Range, None, "Maximum call stack size exceeded", context)
}

/// An error whose frames the engine has already written down.
fn with_trace(kind: ErrorKind, message: &str, trace: String, context: &mut Context) -> JsObject {
    let prototype = constructors::original(kind, context).prototype();
    let object = JsObject::new(context.root_shape(), prototype, Error::new(kind)).upcast();
    let stacks = of(context);
    stacks.install(Captured::from_text(object.clone(), trace, stacks.limit(), context), context);
    define_value(&object, js_string!("message"), JsString::from(message), false);
    object
}

/// The engine's text of the frames that it recorded where an error was thrown.
fn trace_of(error: &JsError) -> String {
    let text = error.to_string();
    let own = match (error.as_engine(), error.as_native(), error.as_opaque()) {
        (Some(engine), ..) => engine.to_string(),
        (_, Some(native), _) => native.to_string(),
        (.., Some(value)) => value.display().to_string(),
        _ => String::new(),
    };
    text.strip_prefix(&own).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use boa_engine::{Context, JsValue};

    use crate::engine::{errors, realm, scripts};

    /// Runs a function body as a module and returns its value as text.
    fn run(body: &str) -> String {
        let body = body.to_owned();
        // The engine's parser, compiled without optimisation, wants more than a test's thread has.
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let run = thread.spawn(move || {
            let mut context = realm::create(Vec::new()).expect("a realm can be made");
            text(&body, &mut context)
        });
        run.expect("a thread can be started").join().expect("the test's thread ended well")
    }

    fn text(body: &str, context: &mut Context) -> String {
        let function = scripts::compile_wrapper(body, "/t.js", "exports", context)
            .expect("the test's source is right");
        let result = function.call(&JsValue::undefined(), &[], context);
        let value = result.unwrap_or_else(|error| errors::value_of(error, context));
        value.to_string(context).expect("the value has a text").to_std_string_lossy()
    }

    #[test]
    fn header_and_frames() {
        assert_eq!(
            run("function f() {\n  return new TypeError('x');\n}\nreturn f().stack;"),
            "TypeError: x\n    at f (/t.js:2:10)\n    at Object.<anonymous> (/t.js:4:8)"
        );
        assert_eq!(run("return Error().stack"), "Error\n    at Object.<anonymous> (/t.js:1:8)");
    }

    #[test]
    fn the_header_is_read_when_the_stack_is() {
        assert_eq!(
            run("const e = new Error('a'); e.message = 'b'; e.name = 'N';
                 const first = e.stack.split('\\n')[0]; e.message = 'c';
                 return [first, e.stack.split('\\n')[0]]"),
            "N: b,N: b"
        );
    }

    #[test]
    fn stack_is_an_own_accessor() {
        assert_eq!(
            run("const a = new Error, b = new RangeError('m');
                 const own = Object.getOwnPropertyDescriptor(a, 'stack');
                 return [Reflect.ownKeys(b), own.enumerable, own.configurable,
                     own.get.call(b).split('\\n')[0], String(own.get.call({})),
                     Object.create(b).stack === b.stack, Object.isFrozen(Object.freeze(b)), b.stack === b.stack]"),
            "stack,message,false,true,RangeError: m,undefined,true,true,true"
        );
    }

    #[test]
    fn a_moved_getter_knows_no_other_object() {
        assert_eq!(
            run("const other = {};
                 Object.defineProperty(other, 'stack',
                     Object.getOwnPropertyDescriptor(new Error, 'stack'));
                 return String(other.stack)"),
            "undefined"
        );
    }

    #[test]
    fn assigning_replaces_the_text_and_keeps_the_accessor() {
        assert_eq!(
            run("const e = new Error('x'); e.stack = 5;
                 const child = Object.create(e); child.stack = 6;
                 const old = Object.create(Error.prototype); old.stack = 7;
                 return [e.stack, 'value' in Object.getOwnPropertyDescriptor(e, 'stack'),
                     Object.keys(child).length, Object.keys(old)]"),
            "6,false,0,stack"
        );
    }

    #[test]
    fn classes_start_below_their_constructors() {
        let at = "\n    at Object.<anonymous> (/t.js:";
        assert_eq!(
            run(
                "class A extends Error { constructor(m) { super(m); this.name = 'A' } }\nreturn new A('q').stack"
            ),
            format!("A: q{at}2:8)")
        );
        assert_eq!(
            run("class B extends Error {}\nreturn new B('q').stack"),
            format!("Error: q{at}2:8)")
        );
        assert_eq!(
            run("function Old() { Error.captureStackTrace(this, Old) }\nreturn new Old().stack"),
            format!("Error{at}2:8)")
        );
    }

    #[test]
    fn capture_stack_trace_starts_below_the_function() {
        assert_eq!(
            run("const o = { name: 'O' };
(function a() { (function b() { (function c() { Error.captureStackTrace(o, b) })() })() })();
return o.stack"),
            "O\n    at a (/t.js:2:86)\n    at Object.<anonymous> (/t.js:2:91)"
        );
        assert_eq!(
            run("const o = {}; Error.captureStackTrace(o, function unused() {}); return o.stack"),
            "Error"
        );
        assert_eq!(
            run("const o = {};
[1].map(() => { Error.captureStackTrace(o, Array.prototype.map) });
return o.stack"),
            "Error\n    at Object.<anonymous> (/t.js:2:5)"
        );
    }

    #[test]
    fn capture_stack_trace_refuses_what_cannot_have_one() {
        let refused =
            |body: &str| run(&format!("try {{ {body} }} catch (e) {{ return String(e) }}"));
        assert_eq!(refused("Error.captureStackTrace(1)"), "TypeError: invalid_argument");
        assert_eq!(
            refused("Error.captureStackTrace(Object.freeze({}))"),
            "TypeError: Cannot define property stack, object is not extensible"
        );
    }

    #[test]
    fn the_limit_counts() {
        let lines = |limit: &str| {
            run(&format!(
                "Error.stackTraceLimit = {limit};
                 const f = n => n ? f(n - 1) : new Error('l').stack;
                 return String(f(20)).split('\\n').length"
            ))
        };
        assert_eq!(lines("3"), "4");
        assert_eq!(lines("0"), "1");
        assert_eq!(lines("-1"), "1");
        assert_eq!(lines("2.9"), "3");
        assert_eq!(lines("Infinity"), "23");
        assert_eq!(
            run(
                "Error.stackTraceLimit = '9'; return [String(new Error('x').stack), Object.hasOwn(new Error, 'stack')]"
            ),
            "undefined,true"
        );
        assert_eq!(
            run("delete Error.stackTraceLimit; return String(new Error('x').stack)"),
            "undefined"
        );
    }

    #[test]
    fn prepare_stack_trace_sees_call_sites() {
        assert_eq!(
            run("Error.prepareStackTrace = (e, sites) => sites;
                 function f() { return new Error('x').stack }
                 const [first, second] = f();
                 return [first.getFunctionName(), first.getFileName(), first.getLineNumber(),
                     first.isToplevel(), second.getTypeName(), second.isToplevel(), String(second)].join()"),
            "f,/t.js,2,true,Object,false,Object.<anonymous> (/t.js:3:42)"
        );
        assert_eq!(
            run("let calls = 0;
                 Error.prepareStackTrace = (e) => { calls++; return typeof e.stack };
                 const e = new Error('x'); return [e.stack, e.stack, calls]"),
            "undefined,undefined,1"
        );
        assert_eq!(
            run("Error.prepareStackTrace = () => { throw 'thrown' };
                 try { new Error('x').stack } catch (e) { return e }"),
            "thrown"
        );
    }

    #[test]
    fn what_the_engine_throws_has_a_stack_too() {
        assert_eq!(
            run(
                "try { undefined.x } catch (e) {\nreturn [e.stack.split('\\n')[1], Object.hasOwn(e, 'stack')] }"
            ),
            "    at Object.<anonymous> (/t.js:1:17),true"
        );
    }

    #[test]
    fn endless_recursion_becomes_a_range_error() {
        assert_eq!(run("(function f() { f() })()"), "RangeError: Maximum call stack size exceeded");
    }

    #[test]
    fn constructors_are_the_languages() {
        assert_eq!(
            run("return [Error.length, TypeError.length, AggregateError.length, TypeError.name,
                     Object.getPrototypeOf(TypeError) === Error, new URIError instanceof Error,
                     Error.prototype.constructor === Error, Error('x').message,
                     new Error(undefined).hasOwnProperty('message'),
                     new Error('x', { cause: 0 }).cause, 'cause' in new Error('x', {}),
                     new AggregateError([1, 2], 'm').errors.length,
                     Error.isError(new EvalError), Object.prototype.toString.call(new Error),
                     Object.keys(Error)]"),
            "1,1,2,TypeError,true,true,true,x,false,0,false,2,true,[object Error],stackTraceLimit"
        );
        assert_eq!(
            run("try { new Error(Symbol()) } catch (e) { return e instanceof TypeError }"),
            "true"
        );
    }
}
