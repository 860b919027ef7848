//! Both sides of a stream at once, for sockets that natives make.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    default_mark, of,
    state::{
        ALL_BUFFERS, ALL_NOOP, AUTO_DESTROY, CONSTRUCTED, DESTROYED, END_EMITTED, ENDED, ENDING,
        ERRORED, FINISHED, FLOWING, NEED_DRAIN, PAUSED, SYNC, Side, State, WRITING,
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
    readable: GcRefCell<Assigned>,
    writable: GcRefCell<Assigned>,
}

/// What a program may put in the place of a state.
#[derive(Trace, Finalize)]
enum Assigned {
    State(State),
    /// No state at all: the stream fails as every stream without one does.
    Other(JsValue),
}

impl Assigned {
    fn of(value: &JsValue) -> Self {
        State::of(value).map_or_else(|| Self::Other(value.clone()), Self::State)
    }

    fn state(&self) -> Option<State> {
        match self {
            Self::State(state) => Some(state.clone()),
            Self::Other(_) => None,
        }
    }

    fn value(&self) -> JsValue {
        match self {
            Self::State(state) => state.object().into(),
            Self::Other(value) => value.clone(),
        }
    }
}

impl SocketStates {
    /// `_readableState`.
    pub(crate) fn readable(&self) -> JsValue {
        self.readable.borrow().value()
    }

    /// `_writableState`.
    pub(crate) fn writable(&self) -> JsValue {
        self.writable.borrow().value()
    }

    /// `_readableState = value`.
    pub(crate) fn replace_readable(&self, value: &JsValue) {
        *self.readable.borrow_mut() = Assigned::of(value);
    }

    /// `_writableState = value`.
    pub(crate) fn replace_writable(&self, value: &JsValue) {
        *self.writable.borrow_mut() = Assigned::of(value);
    }

    pub(super) fn readable_state(&self) -> Option<State> {
        self.readable.borrow().state()
    }

    pub(super) fn writable_state(&self) -> Option<State> {
        self.writable.borrow().state()
    }

    /// Whether data that comes in goes to listeners at once.
    pub(crate) fn flows(&self) -> bool {
        self.readable_state().is_some_and(|state| state.is(FLOWING | PAUSED, FLOWING))
    }

    /// Whether nothing waits to be written, and nothing has to.
    pub(crate) fn takes_at_once(&self) -> bool {
        const ALL: u32 = CONSTRUCTED | WRITING | ERRORED | ENDING | ENDED | DESTROYED | NEED_DRAIN;
        let is_free = |side: &Side| {
            side.is(ALL, CONSTRUCTED) && side.corked.get() == 0 && side.length.get() == 0.0
        };
        self.writable_state().is_some_and(|state| state.with(is_free))
    }

    /// Says which socket the states are of.
    pub(crate) fn belong_to(&self, socket: &JsObject) {
        if let Assigned::State(state) = &*self.writable.borrow() {
            state.with(|side| side.slots.borrow_mut().stream = Some(socket.clone()));
        }
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
    let held = |state| GcRefCell::new(Assigned::State(state));
    Ok(SocketStates { readable: held(readable), writable: held(writable) })
}
