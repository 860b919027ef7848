//! Requests that natives make: the fields of their heads stay bytes, and the state of the stream that a request is
//! is made when somebody looks at it. Most are answered before anybody does.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    fields::{self, Fields},
    message::{self, Message, Part},
    realm::{Http, Kind, Messages},
    wire::{Head, Start},
};
use crate::bindings::streams;

/// Who reads a body.
pub(super) const UNCLAIMED: i32 = 0;
pub(super) const PROGRAM: i32 = 1;
pub(super) const DISCARDED: i32 = 2;

/// Makes the request that a head is.
pub(super) fn make(
    http: &Http,
    messages: Messages,
    (socket, head): (&JsObject, Head),
    most: Option<usize>,
    context: &Context,
) -> JsObject {
    let Head { bytes, start, minor, fields } = head;
    let mut slots = http.incoming.fresh();
    let mut put = |part: Part, value: JsValue| slots[part as usize] = value;
    put(Part::Socket, socket.clone().into());
    if let Start::Request { method, target } = start {
        put(Part::Method, JsString::from(method).into());
        put(Part::Url, fields::latin1(&bytes[target]).into());
    }
    if minor == 0 {
        put(Part::Minor, 0.into());
        put(Part::Version, js_string!("1.0").into());
    }
    let fields = Fields::new(bytes, fields, most);
    let message = Message::new(Kind::Incoming, slots, Some(fields));
    JsObject::new(context.root_shape(), messages.prototype, message).upcast()
}

/// Looks at a request that natives made.
fn with<T>(message: &JsObject, look: impl FnOnce(&Message) -> T) -> Option<T> {
    message::with(message, Kind::Incoming, look)
}

/// Looks at the fields of a request that natives made.
pub(super) fn with_fields<T>(message: &JsObject, look: impl FnOnce(&Fields) -> T) -> Option<T> {
    with(message, |message| message.fields.as_ref().map(look)).flatten()
}

/// Whether natives made a request and nobody has looked at it as at a stream.
pub(super) fn is_untouched(message: &JsObject) -> bool {
    with(message, |message| message.state.borrow().is_none()).unwrap_or(false)
}

/// The body of an untouched request has ended.
pub(super) fn complete(message: &JsObject) {
    with(message, |message| message.set_part(Part::Complete, true.into()));
}

/// Who reads the body of a request that natives made.
pub(super) fn reader(message: &JsObject) -> Option<i32> {
    with(message, |message| message.part(Part::Reader).as_i32().unwrap_or(UNCLAIMED))
}

/// The method of a request that natives made.
pub(super) fn method(message: &JsObject) -> Option<JsValue> {
    with(message, |message| message.part(Part::Method))
}

/// Lets an untouched request be over if it can; false if it is another, or its body is still to come.
pub(super) fn end_untouched(message: &JsObject) -> bool {
    let ended = with(message, |message| {
        let is_ending = message.state.borrow().is_none()
            && message.part(Part::Complete).to_boolean()
            && message.part(Part::Reader).as_i32() == Some(UNCLAIMED)
            && message.is_unheard();
        if is_ending {
            message.set_part(Part::Reader, DISCARDED.into());
            message.is_over.set(true);
        }
        is_ending
    });
    ended.unwrap_or(false)
}

/// `_readableState` of a request that natives made; made now if it was not.
pub(super) fn state(message: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let known = with(message, |message| message.state.borrow().clone());
    if let Some(state) = known.flatten() {
        return Ok(state);
    }
    let found = with(message, |message| {
        let has_ended = message.part(Part::Complete).to_boolean();
        (message.part(Part::Socket).as_object(), has_ended, message.is_over.get())
    });
    let (socket, has_ended, is_over) = found.unwrap_or_default();
    let mark = match socket {
        Some(socket) => socket.get(js_string!("readableHighWaterMark"), context)?.as_number(),
        None => None,
    };
    let state = streams::state_of_message(mark, has_ended, is_over, context)?;
    with(message, |message| *message.state.borrow_mut() = Some(state.clone()));
    Ok(state)
}
