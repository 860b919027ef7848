//! Methods that nobody has changed: a socket that natives made, of no class but ours, without a method of its own,
//! is asked once in a turn of the loop whether its prototypes still have ours. To look a method up costs more than
//! most of them do.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, object::shape::Shape};

use super::{Sockets, core};

/// A method that natives call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Read,
    ReadMore,
    Sink,
    Push,
    Write,
}

const NAMES: [fn() -> JsString; 5] = [
    || js_string!("read"),
    || js_string!("_read"),
    || js_string!("_write"),
    || js_string!("push"),
    || js_string!("write"),
];

/// What is known of the methods.
#[derive(Default)]
pub(super) struct Usual {
    /// The methods, in the order of [`Known`].
    ours: Vec<JsValue>,
    /// The turns in which the prototypes were last seen to have them.
    seen: [Cell<Option<u64>>; NAMES.len()],
    /// The same of `emit`, which is every emitter's.
    emit: Cell<Option<u64>>,
    /// The shape of a socket without properties of its own.
    shape: Option<Shape>,
}

impl Usual {
    /// Takes note of our methods; none of another class, or patched before that, is ours.
    pub(super) fn of(ours: Vec<JsValue>, plain: &JsObject) -> Self {
        let shape = Some(plain.borrow().shape().clone());
        Self { ours, shape, ..Self::default() }
    }
}

/// Whether calling this method of a socket would call ours.
pub(crate) fn is_usual(socket: &JsObject, method: Known, context: &mut Context) -> bool {
    looked_up(socket, method, context).unwrap_or(false)
}

fn looked_up(socket: &JsObject, method: Known, context: &mut Context) -> JsResult<bool> {
    let Some(sockets) = core::shared(socket) else { return Ok(false) };
    let name = NAMES[method as usize];
    if !inherits(socket, &sockets, name) {
        return Ok(false);
    }
    let usual = sockets.usual.borrow();
    let seen = &usual.seen[method as usize];
    let turn = Some(sockets.event_loop.turns());
    if seen.get() == turn {
        return Ok(true);
    }
    let ours = usual.ours.get(method as usize).cloned();
    let found = super::prototype(context)?.get(name(), context)?;
    let is_ours = Some(found) == ours;
    if is_ours {
        seen.set(turn);
    }
    Ok(is_ours)
}

/// Whether a socket is of our class and has no property of this name.
fn inherits(socket: &JsObject, sockets: &Sockets, name: fn() -> JsString) -> bool {
    let shape = sockets.usual.borrow().shape.as_ref().map(Shape::to_addr_usize);
    let own = socket.borrow().shape().to_addr_usize();
    Some(own) == shape || core::inherits(socket, &name().into(), sockets)
}

/// Whether a socket was seen in this turn to have the `emit` of all emitters; `None` for what is no socket of our
/// class without an own one.
pub(crate) fn knows_emit(socket: &JsObject) -> Option<bool> {
    let sockets = core::shared(socket)?;
    if !inherits(socket, &sockets, || js_string!("emit")) {
        return None;
    }
    Some(sockets.usual.borrow().emit.get() == Some(sockets.event_loop.turns()))
}

/// Notes that a socket was seen to have it.
pub(crate) fn note_emit(socket: &JsObject) {
    if let Some(sockets) = core::shared(socket) {
        sockets.usual.borrow().emit.set(Some(sockets.event_loop.turns()));
    }
}
