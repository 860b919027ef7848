//! `dgram`: the native half, UDP handles and the sending of datagrams.
//!
//! A [`handle`] is the object behind a socket; its methods take and answer what Node's do, failures
//! as negative error numbers. `js/dgram.js` decides what a socket does; what happens with each
//! datagram happens here.

mod handle;
mod methods;
mod options;
mod receive;
mod request;
mod send;
mod transmit;

use std::rc::Rc;

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
};

pub(crate) use handle::{descriptor, from_fd, is_handle};

use crate::engine::{
    builtins,
    classes::{self, Class},
    natives::{Method, define_value, exports_of},
};

/// What the natives of `dgram` share in a realm.
struct Dgram {
    udp: Class,
    /// `Symbol(owner_symbol)`: the socket of a handle.
    owner: JsSymbol,
    /// `Symbol(state symbol)`: the state of a socket.
    state: JsSymbol,
}

const METHODS: &[Method] = &[
    ("inheritLookup", 2, methods::inherit_lookup),
    ("ipVersion", 1, options::ip_version),
    ("kindOf", 1, options::kind_of),
    ("makeSend", 1, send::make),
    ("queueFirst", 1, methods::queue_first),
    ("transmit", 6, send::transmit),
    ("useDefaultLookup", 1, methods::use_default_lookup),
];

/// What `js/dgram.js` is given.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let udp = classes::class(&methods::UDP, None, context);
    let owner = new_symbol(js_string!("owner_symbol"))?;
    let state = new_symbol(js_string!("state symbol"))?;
    let exports = exports_of(METHODS, context);
    define_value(&exports, js_string!("UDP"), udp.constructor.clone(), true);
    define_value(&exports, js_string!("kOwner"), owner.clone(), true);
    define_value(&exports, js_string!("kState"), state.clone(), true);
    context.insert_data(Rc::new(Dgram { udp, owner, state }));
    Ok(exports.into())
}

fn new_symbol(description: JsString) -> JsResult<JsSymbol> {
    JsSymbol::new(Some(description))
        .ok_or_else(|| JsNativeError::range().with_message("there are too many symbols").into())
}

/// The state in this realm; the module is loaded if it was not.
fn of(context: &mut Context) -> JsResult<Rc<Dgram>> {
    if let Some(dgram) = context.get_data::<Rc<Dgram>>() {
        return Ok(dgram.clone());
    }
    builtins::load("internal/dgram", context)?;
    let dgram = context.get_data::<Rc<Dgram>>();
    Ok(dgram.expect("loading `internal/dgram` inserts its state").clone())
}

/// The handle of a `dgram.Socket`; null once it is closed, undefined of anything else.
pub(crate) fn handle_of_socket(socket: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let state = of(context)?.state.clone();
    let Some(socket) = socket.as_object() else { return Ok(JsValue::undefined()) };
    match socket.get(state, context)?.as_object() {
        Some(state) => state.get(js_string!("handle"), context),
        None => Ok(JsValue::undefined()),
    }
}

/// The socket of a handle, if it has one.
fn owner_of(handle: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    let owner = of(context)?.owner.clone();
    Ok(handle.get(owner, context)?.as_object())
}
