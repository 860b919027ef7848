//! Both sides of a stream at once, for sockets that natives make.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::object::OrdinaryObject, js_string,
};

use super::{
    default_mark, of,
    state::{
        ALL_BUFFERS, ALL_NOOP, AUTO_DESTROY, CONSTRUCTED, END_EMITTED, ENDED, ENDING, FINISHED,
        SYNC, Side,
    },
};
use crate::{
    bindings::events,
    engine::{classes::object, natives::define_value},
};

/// What the options of a socket say of its two sides.
pub(crate) struct SocketSides {
    pub(crate) is_readable: bool,
    pub(crate) is_writable: bool,
    /// High water marks in bytes; none for the default.
    pub(crate) read_mark: Option<f64>,
    pub(crate) write_mark: Option<f64>,
    pub(crate) stays_half_open: bool,
}

/// What `Duplex` does for an object that is to be a socket: the event comes when the handle is closed,
/// texts are written as they are.
pub(crate) fn begin_socket(
    stream: &JsObject,
    sides: &SocketSides,
    context: &mut Context,
) -> JsResult<()> {
    let table = JsObject::new(context.root_shape(), None, OrdinaryObject).upcast();
    for name in [
        js_string!("close"),
        js_string!("error"),
        js_string!("prefinish"),
        js_string!("finish"),
        js_string!("drain"),
        js_string!("data"),
        js_string!("end"),
        js_string!("readable"),
    ] {
        define_value(&table, name, JsValue::undefined(), true);
    }
    define_value(stream, js_string!("_events"), table, true);
    let streams = of(context)?;
    let flags = CONSTRUCTED | SYNC | AUTO_DESTROY;
    let utf8 = JsValue::from(js_string!("utf8"));
    let mark = default_mark(false, context)?;
    let side = |mark: f64, flags: u32| Side::new(flags, mark, utf8.clone());
    let closed = if sides.is_readable { 0 } else { ENDED | END_EMITTED };
    let readable = side(sides.read_mark.unwrap_or(mark), flags | closed);
    let readable = object(&streams.readable, readable, context);
    let closed = if sides.is_writable { 0 } else { ENDED | ENDING | FINISHED };
    let writable = side(sides.write_mark.unwrap_or(mark), flags | ALL_BUFFERS | ALL_NOOP | closed);
    writable.slots.borrow_mut().stream = Some(stream.clone());
    let writable = object(&streams.writable, writable, context);
    if !sides.is_readable {
        define_value(&readable, js_string!("readable"), false, true);
    }
    if !sides.is_writable {
        define_value(&writable, js_string!("writable"), false, true);
    }
    define_value(stream, js_string!("_readableState"), readable, true);
    define_value(stream, js_string!("_writableState"), writable, true);
    define_value(stream, js_string!("allowHalfOpen"), sides.stays_half_open, true);
    events::initialize(stream, &JsValue::undefined(), context)
}
