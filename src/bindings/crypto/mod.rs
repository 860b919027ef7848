//! `crypto`, as far as kept crates give it at once: random bytes, digests, HMAC. The classes are
//! JavaScript (`js/crypto.js`).

mod digests;

use std::cell::RefCell;

use boa_engine::{
    Context, JsData, JsError, JsObject, JsResult, JsString, JsValue, object::builtins::JsArray,
};
use boa_gc::{Finalize, Trace};

use self::digests::Running;
use super::{
    buffer::{self, View},
    encoding::{self, Encoding},
};
use crate::{
    engine::{
        errors::{Code, Wording, coded, throw_sys},
        natives::{Method, arg, exports_of},
    },
    sys::random,
};

const METHODS: &[Method] = &[
    ("copy", 1, copy),
    ("digest", 1, digest),
    ("equal", 2, equal),
    ("fill", 3, fill),
    ("names", 0, names),
    ("start", 2, start),
    ("update", 3, update),
];

/// The native half of `crypto`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// A digest under way, as JavaScript holds it; `None` once it was finished.
#[derive(Trace, Finalize, JsData)]
struct State(#[unsafe_ignore_trace] RefCell<Option<Box<dyn Running>>>);

fn state_object(running: Box<dyn Running>, context: &Context) -> JsValue {
    let state = State(RefCell::new(Some(running)));
    JsObject::new(context.root_shape(), None, state).upcast().into()
}

/// Lets `work` use the state that the first argument is; nothing where it is none, or finished.
fn with_state<T>(
    args: &[JsValue],
    work: impl FnOnce(&mut Option<Box<dyn Running>>) -> T,
) -> Option<T> {
    let object = arg(args, 0).as_object()?;
    let state = object.downcast_ref::<State>()?;
    let mut running = state.0.borrow_mut();
    Some(work(&mut running))
}

/// `start(algorithm, key)`: a state, or `undefined` for an algorithm that is not there.
fn start(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let running = match View::of_view(&arg(args, 1), context) {
        Some(key) => key.read(|key| digests::keyed(&name, key)),
        None => digests::digest(&name),
    };
    Ok(running.map_or(JsValue::undefined(), |running| state_object(running, context)))
}

/// `update(state, data, encoding)`.
fn update(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let data = arg(args, 1);
    if let Some(view) = View::of_view(&data, context) {
        view.read(|bytes| {
            with_state(args, |running| running.as_mut().map(|running| running.update(bytes)))
        });
        return Ok(JsValue::undefined());
    }
    let text = data.to_string(context)?;
    let encoding = arg(args, 2).as_string().and_then(|name| Encoding::parse(&name));
    let bytes = encoding::encode(&text, encoding.unwrap_or(Encoding::Utf8));
    with_state(args, |running| running.as_mut().map(|running| running.update(&bytes)));
    Ok(JsValue::undefined())
}

/// `digest(state)`: the bytes; the state is of no use afterwards.
fn digest(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match with_state(args, Option::take).flatten() {
        Some(running) => Ok(buffer::from_slice(&running.finish(), context)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

/// `copy(state)`.
fn copy(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let copied = with_state(args, |running| running.as_ref().map(|running| running.copy()));
    Ok(copied.flatten().map_or(JsValue::undefined(), |copy| state_object(copy, context)))
}

/// `names()`: of all algorithms.
fn names(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let names = digests::names().map(|name| JsValue::from(JsString::from(name)));
    Ok(JsArray::from_iter(names, context).into())
}

/// `fill(view, offset, size)`: random bytes.
fn fill(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let view = View::of_view(&value, context).or_else(|| View::of_array_buffer(&value));
    let Some(view) = view else { return Ok(value) };
    let offset = arg(args, 1).to_length(context)? as usize;
    let size = arg(args, 2).to_length(context)? as usize;
    let part = view.part(offset, offset.saturating_add(size));
    let outcome = part.write(context, random::fill)?;
    outcome.map_err(|error| throw_sys(context, &error, Wording::Described))?;
    Ok(value)
}

/// `equal(a, b)`: whether bytes are the same, in a time that does not depend on them.
fn equal(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut bytes = |index: usize| {
        let value = arg(args, index);
        View::of_view(&value, context).or_else(|| View::of_array_buffer(&value))
    };
    let (Some(a), Some(b)) = (bytes(0), bytes(1)) else {
        return Ok(false.into());
    };
    if a.len() != b.len() {
        return Err(unequal_length(context));
    }
    let (a, b) = (a.to_vec(), b.to_vec());
    let difference = a.iter().zip(&b).fold(0, |difference, (a, b)| difference | (a ^ b));
    Ok((std::hint::black_box(difference) == 0).into())
}

fn unequal_length(context: &mut Context) -> JsError {
    let message = "Input buffers must have the same byte length";
    coded(context, Code::ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH, message)
}
