//! Requests that natives make: the fields of their heads stay bytes, and the state of the stream that a request is
//! is made when somebody looks at it. Most are answered before anybody does.

use std::cell::Cell;

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    fields::Fields,
    parser,
    realm::{self, Messages},
    wire::{Head, Start},
};
use crate::{
    bindings::streams,
    engine::{
        natives::{arg, closure, define_accessor, define_value},
        proxies::{self, Behind},
    },
};

/// Who reads a body.
pub(super) const UNCLAIMED: i32 = 0;
pub(super) const PROGRAM: i32 = 1;
pub(super) const DISCARDED: i32 = 2;

/// The native data of a request.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Incoming {
    #[unsafe_ignore_trace]
    pub(super) fields: Fields,
    /// `_readableState`, once somebody has looked at it.
    state: GcRefCell<Option<JsValue>>,
    #[unsafe_ignore_trace]
    reader: Cell<i32>,
    #[unsafe_ignore_trace]
    is_complete: Cell<bool>,
    /// Nobody is to hear of the body, not even of its end.
    #[unsafe_ignore_trace]
    is_over: Cell<bool>,
}

/// Makes the request that a head is.
pub(super) fn make(
    messages: &Messages,
    socket: &JsObject,
    head: Head,
    most: Option<usize>,
    context: &mut Context,
) -> JsObject {
    let Head { bytes, start, minor, fields } = head;
    let target = match &start {
        Start::Request { method, target } => Some((*method, target.clone())),
        Start::Response { .. } => None,
    };
    let url = target.as_ref().map(|(_, target)| super::fields::latin1(&bytes[target.clone()]));
    let incoming = Incoming {
        fields: Fields::new(bytes, fields, most),
        state: GcRefCell::default(),
        reader: Cell::new(UNCLAIMED),
        is_complete: Cell::new(false),
        is_over: Cell::new(false),
    };
    let prototype = messages.prototype.clone();
    let message = JsObject::new(context.root_shape(), prototype, incoming).upcast();
    define_value(&message, js_string!("socket"), socket.clone(), true);
    if let (Some((method, _)), Some(url)) = (target, url) {
        define_value(&message, js_string!("method"), JsString::from(method), true);
        define_value(&message, js_string!("url"), url, true);
    }
    parser::set_version(&message, minor);
    message
}

/// Looks at the native data of a request, if it has such. Nothing of JavaScript's may run meanwhile.
pub(super) fn with<T>(message: &JsObject, look: impl FnOnce(&Incoming) -> T) -> Option<T> {
    message.downcast_ref::<Incoming>().map(|incoming| look(&incoming))
}

/// Whether a request was made natively and nobody has looked at it as at a stream.
pub(super) fn is_untouched(message: &JsObject) -> bool {
    with(message, |incoming| incoming.state.borrow().is_none()).unwrap_or(false)
}

/// The body of an untouched request has ended.
pub(super) fn complete(message: &JsObject) {
    with(message, |incoming| incoming.is_complete.set(true));
}

/// Who reads the body of a request that was made natively.
pub(super) fn reader(message: &JsObject) -> Option<i32> {
    with(message, |incoming| incoming.reader.get())
}

/// Lets an untouched request be over if it can; false if it is another, or its body is still to come.
pub(super) fn end_untouched(message: &JsObject) -> bool {
    let is_heard = message.borrow().properties().contains_key(&js_string!("_events").into());
    let ended = with(message, |incoming| {
        let is_ending = incoming.state.borrow().is_none()
            && incoming.is_complete.get()
            && incoming.reader.get() == UNCLAIMED
            && !is_heard;
        if is_ending {
            incoming.reader.set(DISCARDED);
            incoming.is_over.set(true);
        }
        is_ending
    });
    ended.unwrap_or(false)
}

/// What an accessor of the prototype leads to.
#[derive(Clone, Copy)]
enum Seen {
    State,
    Complete,
    Reader,
    Fields,
}

/// What an accessor knows: its own key, and what it leads to.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Accessed(PropertyKey, Seen);

/// Lets programs see the data on `IncomingMessage.prototype`. A message that was made otherwise gets a property of its
/// own when it is given one.
pub(super) fn show(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    let keys = &realm::of(context)?.keys;
    let all = [
        Accessed(js_string!("_readableState").into(), Seen::State),
        Accessed(js_string!("complete").into(), Seen::Complete),
        Accessed(keys.reader.clone(), Seen::Reader),
        Accessed(keys.fields.clone(), Seen::Fields),
    ];
    for accessed in all {
        let key = accessed.0.clone();
        let get = closure("get", 0, accessed.clone(), look, context);
        let set = closure("set", 1, accessed, change, context);
        define_accessor(prototype, key, Some(get), Some(set), false);
    }
    Ok(())
}

/// How many objects are looked at for a request: the prototype of what stands behind a proxy may be the proxy.
const FARTHEST: usize = 1000;

/// The request that an object is, inherits from or stands for.
fn request_of(this: &JsValue, context: &mut Context) -> Option<JsObject> {
    let mut object = this.as_object()?;
    for _ in 0..FARTHEST {
        if object.is::<Incoming>() {
            return Some(object);
        }
        object = match proxies::behind(&object, context) {
            Behind::Proxy(details) => details.target.clone(),
            Behind::NoProxy => object.prototype()?,
            Behind::Revoked => return None,
        };
    }
    None
}

fn look(
    this: &JsValue,
    _: &[JsValue],
    Accessed(_, seen): &Accessed,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(message) = request_of(this, context) else {
        // What a message is that nobody has told otherwise.
        return Ok(match seen {
            Seen::State | Seen::Fields => JsValue::undefined(),
            Seen::Complete => false.into(),
            Seen::Reader => UNCLAIMED.into(),
        });
    };
    match seen {
        Seen::State => state(&message, context),
        Seen::Fields => Ok(message.into()),
        Seen::Complete => Ok(with(&message, |it| it.is_complete.get()).unwrap_or_default().into()),
        Seen::Reader => Ok(reader(&message).unwrap_or(UNCLAIMED).into()),
    }
}

fn change(
    this: &JsValue,
    args: &[JsValue],
    Accessed(key, seen): &Accessed,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (Some(object), value) = (this.as_object(), arg(args, 0)) else {
        return Ok(JsValue::undefined());
    };
    let is_changed = with(&object, |incoming| match seen {
        Seen::State => *incoming.state.borrow_mut() = Some(value.clone()),
        Seen::Complete => incoming.is_complete.set(value.to_boolean()),
        Seen::Reader => incoming.reader.set(value.as_i32().unwrap_or(UNCLAIMED)),
        // The fields are what the head said.
        Seen::Fields => {}
    });
    if is_changed.is_none() {
        match proxies::behind(&object, context) {
            Behind::NoProxy => define_value(&object, key.clone(), value, true),
            _ => drop(object.set(key.clone(), value, false, context)?),
        }
    }
    Ok(JsValue::undefined())
}

/// `_readableState`, made now if it was not.
fn state(message: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let known = with(message, |incoming| incoming.state.borrow().clone());
    if let Some(state) = known.flatten() {
        return Ok(state);
    }
    let socket = message.get(js_string!("socket"), context)?;
    let mark = match socket.as_object() {
        Some(socket) => socket.get(js_string!("readableHighWaterMark"), context)?.as_number(),
        None => None,
    };
    let flags = with(message, |incoming| (incoming.is_complete.get(), incoming.is_over.get()));
    let (has_ended, is_over) = flags.unwrap_or_default();
    let state = streams::state_of_message(mark, has_ended, is_over, context)?;
    with(message, |incoming| *incoming.state.borrow_mut() = Some(state.clone()));
    Ok(state)
}
