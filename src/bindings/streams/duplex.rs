//! Both sides of a stream at once, for sockets that natives make.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use super::{
    default_mark, of,
    state::{
        ALL_BUFFERS, ALL_NOOP, AUTO_DESTROY, CONSTRUCTED, END_EMITTED, ENDED, ENDING, FINISHED,
        SYNC, Side, State,
    },
};
use crate::engine::natives::define_value;

/// What the options of a socket say of its two sides.
pub(crate) struct SocketSides {
    pub(crate) is_readable: bool,
    pub(crate) is_writable: bool,
    /// High water marks in bytes; none for the default.
    pub(crate) read_mark: Option<f64>,
    pub(crate) write_mark: Option<f64>,
    pub(crate) stays_half_open: bool,
}

/// The states of a socket's two sides.
#[derive(Trace, Finalize)]
pub(crate) struct SocketStates {
    pub(super) readable: State,
    pub(super) writable: State,
}

impl SocketStates {
    /// `_readableState`.
    pub(crate) fn readable(&self) -> JsObject {
        self.readable.object()
    }

    /// `_writableState`.
    pub(crate) fn writable(&self) -> JsObject {
        self.writable.object()
    }

    /// Says which socket the states are of.
    pub(crate) fn belong_to(&self, socket: &JsObject) {
        self.writable.with(|side| side.slots.borrow_mut().stream = Some(socket.clone()));
    }
}

/// What `Duplex` makes for a socket: the event comes when the handle is closed, texts are written as they
/// are. [`SocketStates::belong_to`] completes it.
pub(crate) fn socket_states(sides: &SocketSides, context: &mut Context) -> JsResult<SocketStates> {
    let streams = of(context)?;
    let flags = CONSTRUCTED | SYNC | AUTO_DESTROY;
    let utf8 = JsValue::from(js_string!("utf8"));
    let mark = default_mark(false, context)?;
    let side = |mark: f64, flags: u32| Side::new(flags, mark, utf8.clone());
    let closed = if sides.is_readable { 0 } else { ENDED | END_EMITTED };
    let readable = side(sides.read_mark.unwrap_or(mark), flags | closed);
    let readable = State::new(&streams.readable, readable, context);
    let closed = if sides.is_writable { 0 } else { ENDED | ENDING | FINISHED };
    let writable = side(sides.write_mark.unwrap_or(mark), flags | ALL_BUFFERS | ALL_NOOP | closed);
    let writable = State::new(&streams.writable, writable, context);
    if !sides.is_readable {
        define_value(&readable.object(), js_string!("readable"), false, true);
    }
    if !sides.is_writable {
        define_value(&writable.object(), js_string!("writable"), false, true);
    }
    Ok(SocketStates { readable, writable })
}
