//! Timers: `setTimeout`, `setInterval`, `setImmediate` and their objects.
//!
//! The loop keeps the time. The objects carry their state in ordinary properties as in Node
//! (`_onTimeout`, `_repeat`, …): what a program writes there counts when the timer is due.

mod delay;
mod immediate;
mod internal;
mod module;
mod timeout;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue};

use crate::engine::{builtins, classes::Class};

pub(crate) use internal::exports as internal_exports;
pub(crate) use module::{exports, list_values};

/// What the natives of timers share in a realm.
pub(crate) struct Timers {
    timeout: Class,
    immediate: Class,
    symbols: Symbols,
    /// What `_idlePrev` and `_idleNext` of a running timer show.
    list: JsObject,
    /// The timers that were turned into a number, by which they can be cleared.
    by_id: RefCell<HashMap<u64, JsObject>>,
    warned_negative: Cell<bool>,
    warned_nan: Cell<bool>,
}

/// The symbols of the objects' properties.
struct Symbols {
    refed: JsSymbol,
    has_primitive: JsSymbol,
    async_id: JsSymbol,
    trigger_id: JsSymbol,
    context_frame: JsSymbol,
}

/// The state in this realm; the module is loaded if it was not.
pub(crate) fn of(context: &mut Context) -> JsResult<Rc<Timers>> {
    if let Some(timers) = context.get_data::<Rc<Timers>>() {
        return Ok(timers.clone());
    }
    builtins::load("timers", context)?;
    let timers = context.get_data::<Rc<Timers>>();
    Ok(timers.expect("loading `timers` inserts its state").clone())
}

/// Calls the callback of a timer or an immediate. The names: of its property with the arguments, and
/// of the callback where it is no function.
fn call(
    object: &JsObject,
    callback: &JsValue,
    (args, name): (JsString, &str),
    context: &mut Context,
) -> JsResult<()> {
    let args = match object.get(args, context)?.as_object() {
        Some(list) => list_values(&list, context)?,
        None => Vec::new(),
    };
    let Some(function) = callback.as_callable() else {
        let message = format!("{name} is not a function");
        return Err(JsNativeError::typ().with_message(message).into());
    };
    function.call(&object.clone().into(), &args, context).map(drop)
}
