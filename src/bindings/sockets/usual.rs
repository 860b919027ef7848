//! Methods that nobody has changed: a socket that natives made, of no class but ours, without a method of its own,
//! is asked once in a turn of the loop whether its prototypes still have ours. To look a method up costs more than
//! most of them do.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, object::shape::Shape};

use super::{core, of};
use crate::engine::state;

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
    if !super::is_native(socket) {
        return Ok(false);
    }
    let sockets = of(context)?;
    let usual = sockets.usual.borrow();
    let name = NAMES[method as usize];
    let is_plain = {
        let object = socket.borrow();
        let shape = usual.shape.as_ref().map(Shape::to_addr_usize);
        Some(object.shape().to_addr_usize()) == shape
    };
    if !is_plain && !core::inherits(socket, &name().into(), context) {
        return Ok(false);
    }
    let seen = &usual.seen[method as usize];
    let turn = Some(state::of(context).event_loop.turns());
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
