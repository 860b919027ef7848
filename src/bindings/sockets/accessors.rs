//! The accessors of `Socket.prototype`, through which programs see the fields of a socket that natives made.
//!
//! In Node the fields are properties of the socket. Whoever inherits from it or is a proxy of it comes to them, so
//! the accessors do: they look for the socket that their receiver stands for.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, property::PropertyKey};
use boa_gc::{Finalize, Trace};

use super::{
    core::{self, Core},
    of,
};
use crate::engine::{
    natives::{arg, closure, define_accessor, define_value},
    proxies::{self, Behind},
};

/// How many objects are looked at for a socket.
const FARTHEST: usize = 10_000;

/// What an accessor leads to.
#[derive(Clone, Copy)]
enum Seen {
    Field(usize),
    Readable,
    Writable,
    Events,
    EventsCount,
}

/// What an accessor knows: its own key, and what it leads to.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Accessed(PropertyKey, Seen);

/// Lets programs see the fields on `Socket.prototype`. An object that is no socket of ours gets a property
/// of its own when it is given one.
pub(super) fn show(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    let fields = of(context)?.keys.clone().into_iter().enumerate();
    let fields = fields.map(|(index, key)| Accessed(key, Seen::Field(index)));
    let others = [
        ("_readableState", Seen::Readable),
        ("_writableState", Seen::Writable),
        ("_events", Seen::Events),
        ("_eventsCount", Seen::EventsCount),
    ];
    let others = others.map(|(name, seen)| Accessed(JsString::from(name).into(), seen));
    for accessed in fields.chain(others) {
        let key = accessed.0.clone();
        let get = closure("get", 0, accessed.clone(), look, context);
        let set = closure("set", 1, accessed, change, context);
        define_accessor(prototype, key, Some(get), Some(set), false);
    }
    Ok(())
}

fn look(
    this: &JsValue,
    _: &[JsValue],
    Accessed(_, seen): &Accessed,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    if let Some(value) = seen.of(&object, context) {
        return Ok(value);
    }
    let socket = inherited_from(object, context);
    Ok(socket.and_then(|socket| seen.of(&socket, context)).unwrap_or_default())
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
    if seen.change(&object, &value, context) {
        return Ok(JsValue::undefined());
    }
    let Some(object) = behind_proxies(object, context) else { return Ok(JsValue::undefined()) };
    if !seen.change(&object, &value, context) {
        define_value(&object, key.clone(), value, true);
    }
    Ok(JsValue::undefined())
}

impl Seen {
    /// What it is of a socket that natives made; `None` for other objects.
    fn of(self, socket: &JsObject, context: &Context) -> Option<JsValue> {
        let look = |core: &Core| match self {
            Self::Field(index) => core.at(index),
            Self::Readable => core.states().readable(),
            Self::Writable => core.states().writable(),
            Self::Events => core.table().show(context),
            Self::EventsCount => core.table().count().into(),
        };
        core::with(socket, look)
    }

    /// Changes it of a socket that natives made; false for other objects.
    fn change(self, socket: &JsObject, value: &JsValue, context: &Context) -> bool {
        let change = |core: &Core| match self {
            Self::Field(index) => core.put(index, value.clone()),
            Self::Readable => core.states().replace_readable(value),
            Self::Writable => core.states().replace_writable(value),
            Self::Events => core.table().replace(value.clone()),
            Self::EventsCount => {
                core.table().set_count(value.as_number().unwrap_or_default(), context);
            }
        };
        core::with(socket, change).is_some()
    }
}

/// The nearest socket that natives made among an object's prototypes and what stands behind proxies; runs no
/// JavaScript.
fn inherited_from(object: JsObject, context: &mut Context) -> Option<JsObject> {
    proxies::nearest(object, FARTHEST, super::is_native, context)
}

/// The object itself, or what stands behind it; `None` behind a proxy that was revoked.
fn behind_proxies(mut object: JsObject, context: &mut Context) -> Option<JsObject> {
    loop {
        object = match proxies::behind(&object, context) {
            Behind::Proxy(details) => details.target.clone(),
            Behind::NoProxy => return Some(object),
            Behind::Revoked => return None,
        };
    }
}
