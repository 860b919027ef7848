//! The core of the stream classes: the states of both sides, reading, writing, the end, destruction.
//!
//! `js/internal/streams` has what programs see around it, and whatever few streams do. What a program
//! may override (`read`, `_write`, `destroy`, `emit`, …) is called by its name; a method that is still
//! ours is called directly.

mod duplex;
mod inspection;
mod life;
mod opening;
mod piping;
mod readable;
mod state;
mod state_classes;
mod writable;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

pub(crate) use self::duplex::{SocketSides, SocketStates, socket_states};
use self::state::State;
use super::sockets::{self, Known, is_usual};
use crate::engine::{
    async_ids, builtins,
    classes::{Class, class, define_accessors},
    natives::{Method, arg, define_value, exports_of},
    state as engine_state, validate,
};

/// What the natives of streams share in a realm.
struct Streams {
    readable: Class,
    writable: Class,
    /// The high water marks of streams that name none.
    bytes_mark: Cell<f64>,
    objects_mark: Cell<f64>,
    /// Methods as they are made here: one that a program has put in its place is called instead.
    read: JsObject,
    push: JsObject,
    write: JsObject,
    nop: RefCell<Option<JsObject>>,
}

const METHODS: &[Method] =
    &[("getDefaultHighWaterMark", 1, get_mark), ("setDefaultHighWaterMark", 2, set_mark)];

/// The native builtin `internal/streams/core`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let all =
        [readable::METHODS, writable::METHODS, life::METHODS, piping::METHODS, opening::METHODS];
    for methods in all {
        crate::engine::natives::define_methods(&exports, methods, true, context);
    }
    let readable = class(&state_classes::READABLE, None, context);
    define_accessors(&readable.prototype, &state_classes::accessors(true), false, context);
    let writable = class(&state_classes::WRITABLE, None, context);
    define_accessors(&writable.prototype, &state_classes::accessors(false), false, context);
    inspection::define(&readable.prototype, context)?;
    inspection::define(&writable.prototype, context)?;
    define_value(&exports, js_string!("ReadableState"), readable.constructor.clone(), true);
    define_value(&exports, js_string!("WritableState"), writable.constructor.clone(), true);
    let read = exports.get(js_string!("read"), context)?.to_object(context)?;
    let push = exports.get(js_string!("push"), context)?.to_object(context)?;
    let write = exports.get(js_string!("write"), context)?.to_object(context)?;
    context.insert_data(Rc::new(Streams {
        readable,
        writable,
        bytes_mark: Cell::new(64.0 * 1024.0),
        objects_mark: Cell::new(16.0),
        read,
        push,
        write,
        nop: RefCell::default(),
    }));
    Ok(exports.into())
}

fn of(context: &mut Context) -> JsResult<Rc<Streams>> {
    if let Some(streams) = context.get_data::<Rc<Streams>>() {
        return Ok(streams.clone());
    }
    builtins::load("internal/streams/core", context)?;
    let streams = context.get_data::<Rc<Streams>>().cloned();
    Ok(streams.expect("loading the builtin inserts its state"))
}

/// `push` and `write` as they are made here.
pub(crate) fn methods(context: &mut Context) -> JsResult<[JsValue; 2]> {
    let streams = of(context)?;
    Ok([streams.push.clone().into(), streams.write.clone().into()])
}

/// Calls a function of one of the JavaScript halves.
pub(crate) fn rare(
    module: &str,
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let module = builtins::load_object(module, context)?;
    let function = module.get(name, context)?;
    let function = function.as_callable().expect("the JavaScript halves export functions");
    function.call(&JsValue::undefined(), args, context)
}

/// `object[name](...args)`.
pub(crate) fn call_method(
    object: &JsObject,
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let method = object.get(name.clone(), context)?;
    let Some(method) = method.as_callable() else {
        let message = format!("stream.{} is not a function", name.to_std_string_lossy());
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    };
    method.call(&object.clone().into(), args, context)
}

fn side(stream: &JsObject, name: JsString, context: &mut Context) -> JsResult<State> {
    let value = stream.get(name.clone(), context)?;
    State::of(&value).ok_or_else(|| {
        let name = name.to_std_string_lossy();
        let message = format!("Cannot read properties of undefined (the stream has no {name})");
        boa_engine::JsNativeError::typ().with_message(message).into()
    })
}

fn readable_of(stream: &JsObject, context: &mut Context) -> JsResult<State> {
    match sockets::states(stream, SocketStates::readable_state).flatten() {
        Some(state) => Ok(state),
        None => side(stream, js_string!("_readableState"), context),
    }
}

fn writable_of(stream: &JsObject, context: &mut Context) -> JsResult<State> {
    match sockets::states(stream, SocketStates::writable_state).flatten() {
        Some(state) => Ok(state),
        None => side(stream, js_string!("_writableState"), context),
    }
}

/// Both sides, as far as there are such.
fn sides(stream: &JsObject, context: &mut Context) -> JsResult<(Option<State>, Option<State>)> {
    let both = |states: &SocketStates| (states.readable_state(), states.writable_state());
    if let Some(both) = sockets::states(stream, both) {
        return Ok(both);
    }
    let readable = stream.get(js_string!("_readableState"), context)?;
    let writable = stream.get(js_string!("_writableState"), context)?;
    Ok((State::of(&readable), State::of(&writable)))
}

/// Whether a stream was destroyed.
pub(crate) fn is_destroyed(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    let state = sides(stream, context)?.0;
    Ok(state.is_some_and(|state| state.has(state::DESTROYED)))
}

/// Whether a stream has told its end.
pub(crate) fn has_ended(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(readable_of(stream, context)?.has(state::END_EMITTED))
}

/// Whether a stream has told that it is closed.
pub(crate) fn has_closed(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(readable_of(stream, context)?.has(state::CLOSE_EMITTED))
}

/// The readable state of a message that comes in: until somebody reads, nothing is asked for. `has_ended`: all of it
/// has come; `is_over`: and nobody is to hear of that.
pub(crate) fn state_of_message(
    mark: Option<f64>,
    has_ended: bool,
    is_over: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    use state::{
        AUTO_DESTROY, CLOSE_EMITTED, CLOSED, CONSTRUCTED, DESTROYED, EMIT_CLOSE, END_EMITTED,
        ENDED, READING_MORE, SYNC,
    };
    let mut flags = CONSTRUCTED | SYNC | EMIT_CLOSE | AUTO_DESTROY | READING_MORE;
    if has_ended {
        flags |= ENDED;
    }
    if is_over {
        flags |= ENDED | END_EMITTED | DESTROYED | CLOSED | CLOSE_EMITTED;
    }
    let mark = match mark {
        Some(mark) => mark,
        None => default_mark(false, context)?,
    };
    let side = state::Side::new(flags, mark, js_string!("utf8").into());
    let class = of(context)?.readable.clone();
    Ok(State::new(&class, side, context).object().into())
}

/// `stream.isPaused()`.
pub(crate) fn is_paused(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    use state::{FLOWING, HAS_FLOWING, PAUSED};
    let state = readable_of(stream, context)?;
    Ok(state.has(PAUSED) || state.is(HAS_FLOWING | FLOWING, HAS_FLOWING))
}

/// `stream.writable`.
fn is_writable(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    use state::{DESTROYED, ENDED, ENDING, ERRORED};
    match sockets::states(stream, SocketStates::writable_state).flatten() {
        Some(state) => Ok(!state.has(DESTROYED | ERRORED | ENDING | ENDED)
            && !state.is_turned_off(js_string!("writable"))),
        None => Ok(stream.get(js_string!("writable"), context)?.to_boolean()),
    }
}

/// Says that nothing flows, as a program does that sets `readableFlowing`.
pub(crate) fn hold(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    readable_of(stream, context)?.with(|side| side.set_flowing(false));
    Ok(())
}

/// `stream.push(chunk)`, overridden or not.
pub(crate) fn push(
    stream: &JsObject,
    chunk: JsValue,
    source: Source,
    context: &mut Context,
) -> JsResult<bool> {
    if is_usual(stream, Known::Push, context) {
        return readable::push_chunk(stream, chunk, JsValue::undefined(), source, context);
    }
    let push = stream.get(js_string!("push"), context)?;
    if push.as_object().is_some_and(|push| is_ours(&push, Ours::Push, context)) {
        return readable::push_chunk(stream, chunk, JsValue::undefined(), source, context);
    }
    Ok(call_method(stream, js_string!("push"), &[chunk], context)?.to_boolean())
}

/// `Readable.prototype.read`, `pause` and `resume`.
pub(crate) use readable::{pause as pause_method, read_method, resume_method};

/// `stream.read(0)`, overridden or not.
pub(crate) use readable::read_nothing;

pub(crate) use readable::Source;

/// Methods that programs may put their own in the place of.
#[derive(Clone, Copy)]
enum Ours {
    Push,
    Read,
}

fn is_ours(method: &JsObject, which: Ours, context: &Context) -> bool {
    let Some(streams) = context.get_data::<Rc<Streams>>() else { return false };
    let ours = match which {
        Ours::Push => &streams.push,
        Ours::Read => &streams.read,
    };
    JsObject::equals(method, ours)
}

/// Does something in a tick of its own, of which `async_hooks` are told as of any other.
pub(crate) fn next_tick(
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<()> + 'static,
) {
    let engine = engine_state::of(context);
    if !engine.async_ids.is_watched() {
        return engine.ticks.push_native(work);
    }
    let operation = engine.async_ids.create();
    if let Err(error) = async_ids::init_unnamed(operation, "TickObject", context) {
        engine_state::uncaught(error, context);
    }
    engine.ticks.push_native(move |context| {
        async_ids::within(operation, None, context, work)?;
        async_ids::destroy(operation, context)
    });
}

/// `process.nextTick(callback, ...args)`.
fn next_tick_call(callback: &JsObject, args: Vec<JsValue>, context: &Context) {
    engine_state::of(context).ticks.push_call(callback.clone(), args);
}

/// Whether the program is being ended: what unwinds then is nobody's to catch.
fn is_ending(context: &Context) -> bool {
    engine_state::of(context).exit_code().is_some()
}

fn get_mark(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(default_mark(arg(args, 0).to_boolean(), context)?.into())
}

fn default_mark(object_mode: bool, context: &mut Context) -> JsResult<f64> {
    let streams = of(context)?;
    Ok(if object_mode { streams.objects_mark.get() } else { streams.bytes_mark.get() })
}

fn set_mark(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = validate::integer(&arg(args, 1), "value", 0.0, 9_007_199_254_740_991.0, context)?;
    let streams = of(context)?;
    if arg(args, 0).to_boolean() {
        streams.objects_mark.set(value);
    } else {
        streams.bytes_mark.set(value);
    }
    Ok(JsValue::undefined())
}

/// What the options of a stream say of one of its sides.
struct SideOptions {
    flags: u32,
    high_water_mark: f64,
    default_encoding: JsValue,
}

/// Reads the options that both sides have; `mode` and `mark` are their names where a stream has two
/// sides.
fn side_options(
    options: &JsValue,
    is_duplex: bool,
    (mode, mark): (JsString, JsString),
    context: &mut Context,
) -> JsResult<SideOptions> {
    use state::{AUTO_DESTROY, CONSTRUCTED, EMIT_CLOSE, OBJECT_MODE, SYNC};
    let mut flags = CONSTRUCTED | SYNC | EMIT_CLOSE | AUTO_DESTROY;
    let utf8 = JsValue::from(js_string!("utf8"));
    let Some(options) = options.as_object() else {
        let high_water_mark = default_mark(false, context)?;
        return Ok(SideOptions { flags, high_water_mark, default_encoding: utf8 });
    };
    let mut get = |name: JsString| options.get(name, context);
    let is_false = |value: JsValue| value.as_boolean() == Some(false);
    if get(js_string!("objectMode"))?.to_boolean() || (is_duplex && get(mode)?.to_boolean()) {
        flags |= OBJECT_MODE;
    }
    if is_false(get(js_string!("emitClose"))?) {
        flags &= !EMIT_CLOSE;
    }
    if is_false(get(js_string!("autoDestroy"))?) {
        flags &= !AUTO_DESTROY;
    }
    let mut given = get(js_string!("highWaterMark"))?;
    if given.is_null_or_undefined() && is_duplex {
        given = get(mark.clone())?;
    }
    let encoding = get(js_string!("defaultEncoding"))?;
    let high_water_mark = match given.as_number() {
        _ if given.is_null_or_undefined() => default_mark(flags & OBJECT_MODE != 0, context)?,
        Some(number) if number >= 0.0 && number.trunc() == number && number.is_finite() => number,
        _ => {
            let name = if is_duplex { mark.to_std_string_lossy() } else { "highWaterMark".into() };
            let name = format!("options.{name}");
            return Err(validate::invalid_arg_value(context, &name, &given, "is invalid"));
        }
    };
    let default_encoding = if encoding.is_null_or_undefined() { utf8 } else { encoding };
    if !is_encoding(&default_encoding) {
        return Err(unknown_encoding(&default_encoding, context));
    }
    Ok(SideOptions { flags, high_water_mark, default_encoding })
}

fn is_encoding(value: &JsValue) -> bool {
    let name = value.as_string();
    name.is_some_and(|name| super::encoding::Encoding::parse(&name).is_some())
}

fn unknown_encoding(encoding: &JsValue, context: &mut Context) -> boa_engine::JsError {
    let args = std::slice::from_ref(encoding);
    match rare("internal/streams/state", js_string!("unknownEncoding"), args, context) {
        Ok(error) => boa_engine::JsError::from_opaque(error),
        Err(error) => error,
    }
}

/// A function that does nothing; the callback of a write that has none, where scripts see it.
pub(crate) fn nop(context: &mut Context) -> JsResult<JsObject> {
    let streams = of(context)?;
    if let Some(nop) = streams.nop.borrow().clone() {
        return Ok(nop);
    }
    let nop: JsObject =
        crate::engine::natives::function("nop", 0, |_, _, _| Ok(JsValue::undefined()), context)
            .into();
    *streams.nop.borrow_mut() = Some(nop.clone());
    Ok(nop)
}
