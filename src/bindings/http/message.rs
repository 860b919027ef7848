//! What a message consists of where natives made it: a request that comes in, the response to it. Its properties are
//! slots of native data, which programs see through accessors of the prototypes: to look one of a dozen up along four
//! prototypes costs more than all else that a message takes.
//!
//! A message that was made otherwise has properties of its own; [`get`] and [`set`] know both.

use std::cell::Cell;

use boa_engine::{Context, JsData, JsObject, JsResult, JsValue, property::PropertyKey};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    fields::Fields,
    incoming,
    realm::{self, Kind},
};
use crate::{
    bindings::events::Table,
    engine::{
        natives::{arg, closure, define_accessor, define_value},
        proxies::{self, Behind},
    },
};

/// The properties of a response that natives look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Request,
    Header,
    HeaderSent,
    Finished,
    Destroyed,
    Closed,
    ContentLength,
    StrictLength,
    HasBody,
    IsChunked,
    MayBeChunked,
    KeepsAlive,
    IsAtLimit,
    SaysDate,
    SaysRest,
    RestTimeout,
    MostRequests,
    IsLast,
    WithoutConnection,
    WithoutLength,
    WithoutEncoding,
    Trailer,
    StatusCode,
    StatusMessage,
    Sent100,
    ExpectsContinue,
    Fields,
    Unique,
    Corked,
    Waiting,
    Socket,
    Served,
}

/// How many they are.
pub(super) const FIELDS: usize = 32;

/// The properties of a request that natives look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Socket,
    Method,
    Url,
    Version,
    Minor,
    Upgrade,
    JoinsAll,
    Complete,
    Reader,
    Trailers,
}

/// How many they are.
pub(super) const PARTS: usize = 10;

/// The native data of a message.
#[derive(Trace, Finalize, JsData)]
pub(crate) struct Message {
    #[unsafe_ignore_trace]
    kind: Kind,
    slots: GcRefCell<Vec<JsValue>>,
    table: Table,
    /// `_readableState` of a request, once somebody has looked at it.
    pub(super) state: GcRefCell<Option<JsValue>>,
    /// The fields of a request's head.
    #[unsafe_ignore_trace]
    pub(super) fields: Option<Fields>,
    /// Nobody is to hear of a request's body, not even of its end.
    #[unsafe_ignore_trace]
    pub(super) is_over: Cell<bool>,
}

impl Message {
    pub(super) fn new(kind: Kind, slots: Vec<JsValue>, fields: Option<Fields>) -> Self {
        Self {
            kind,
            slots: GcRefCell::new(slots),
            table: Table::default(),
            state: GcRefCell::default(),
            fields,
            is_over: Cell::new(false),
        }
    }

    pub(super) fn part(&self, part: Part) -> JsValue {
        self.slots.borrow()[part as usize].clone()
    }

    pub(super) fn set_part(&self, part: Part, value: JsValue) {
        self.slots.borrow_mut()[part as usize] = value;
    }

    pub(super) fn is_unheard(&self) -> bool {
        self.table.count() == 0.0
    }
}

/// Looks at a message that natives made. Nothing of JavaScript's may run meanwhile.
pub(super) fn with<T>(
    message: &JsObject,
    kind: Kind,
    look: impl FnOnce(&Message) -> T,
) -> Option<T> {
    let data = message.downcast_ref::<Message>()?;
    (data.kind == kind).then(|| look(&data))
}

/// Whether natives made a message.
pub(crate) fn is_native(message: &JsObject) -> bool {
    message.is::<Message>()
}

/// The kind of a message that natives made.
pub(super) fn kind_of(message: &JsObject) -> Option<Kind> {
    message.downcast_ref::<Message>().map(|data| data.kind)
}

/// The listeners of a message that natives made.
pub(crate) fn table<T>(message: &JsObject, look: impl FnOnce(&Table) -> T) -> Option<T> {
    message.downcast_ref::<Message>().map(|data| look(&data.table))
}

/// A property of a message that goes out, whatever it is made of.
pub(super) fn get(message: &JsObject, field: Field, context: &mut Context) -> JsResult<JsValue> {
    let slot =
        |data: &Message| data.slots.borrow().get(field as usize).cloned().unwrap_or_default();
    match with(message, Kind::Outgoing, slot) {
        Some(value) => Ok(value),
        None => {
            let key = realm::of(context)?.outgoing.key(field as usize);
            message.get(key, context)
        }
    }
}

/// As [`get`], as a truth.
pub(super) fn is(message: &JsObject, field: Field, context: &mut Context) -> JsResult<bool> {
    Ok(get(message, field, context)?.to_boolean())
}

/// Sets a property of a message that goes out, whatever it is made of.
pub(super) fn set(
    message: &JsObject,
    field: Field,
    value: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    let value = value.into();
    let change = |data: &Message| data.slots.borrow_mut()[field as usize] = value.clone();
    if with(message, Kind::Outgoing, change).is_some() {
        return Ok(());
    }
    let key = realm::of(context)?.outgoing.key(field as usize);
    message.set(key, value, false, context).map(drop)
}

/// Sets a property of a message that comes in, whatever it is made of.
pub(super) fn set_part(
    message: &JsObject,
    part: Part,
    value: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    let value = value.into();
    if with(message, Kind::Incoming, |data| data.set_part(part, value.clone())).is_some() {
        return Ok(());
    }
    let key = realm::of(context)?.incoming.key(part as usize);
    message.set(key, value, false, context).map(drop)
}

// ---- What programs see.

/// What an accessor leads to.
#[derive(Clone, Copy)]
enum Seen {
    Slot(usize),
    Events,
    EventsCount,
    /// Of requests only.
    State,
    Fields,
}

/// What an accessor knows: its own key, what it leads to, and what is so of a message that says nothing else.
#[derive(Clone, Trace, Finalize)]
struct Accessed {
    #[unsafe_ignore_trace]
    kind: Kind,
    #[unsafe_ignore_trace]
    key: PropertyKey,
    #[unsafe_ignore_trace]
    seen: Seen,
    otherwise: JsValue,
}

/// Lets programs see a slot on a prototype. An object that natives did not make gets a property of its own when it is
/// given one.
pub(super) fn show_slot(
    prototype: &JsObject,
    kind: Kind,
    (key, index): (PropertyKey, usize),
    otherwise: JsValue,
    context: &Context,
) {
    let is_enumerable = matches!(key, PropertyKey::String(_));
    let accessed = Accessed { kind, key, seen: Seen::Slot(index), otherwise };
    show(prototype, accessed, is_enumerable, context);
}

/// Lets programs see what all messages of a kind have.
pub(super) fn show_common(prototype: &JsObject, kind: Kind, context: &mut Context) -> JsResult<()> {
    let mut all = vec![
        (boa_engine::js_string!("_events").into(), Seen::Events),
        (boa_engine::js_string!("_eventsCount").into(), Seen::EventsCount),
    ];
    if kind == Kind::Incoming {
        all.push((boa_engine::js_string!("_readableState").into(), Seen::State));
        all.push((realm::of(context)?.keys.fields.clone(), Seen::Fields));
    }
    for (key, seen) in all {
        let accessed = Accessed { kind, key, seen, otherwise: JsValue::undefined() };
        show(prototype, accessed, false, context);
    }
    Ok(())
}

fn show(prototype: &JsObject, accessed: Accessed, is_enumerable: bool, context: &Context) {
    let key = accessed.key.clone();
    let get = closure("get", 0, accessed.clone(), look, context);
    let set = closure("set", 1, accessed, change, context);
    define_accessor(prototype, key, Some(get), Some(set), is_enumerable);
}

/// How many objects are looked at for a message.
const FARTHEST: usize = 1000;

/// The message of a kind that an object is, inherits from or stands for.
fn message_of(this: &JsValue, kind: Kind, context: &mut Context) -> Option<JsObject> {
    proxies::nearest(this.as_object()?, FARTHEST, |object| kind_of(object) == Some(kind), context)
}

fn look(
    this: &JsValue,
    _: &[JsValue],
    accessed: &Accessed,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(message) = message_of(this, accessed.kind, context) else {
        return Ok(accessed.otherwise.clone());
    };
    if matches!(accessed.seen, Seen::State) {
        return incoming::state(&message, context);
    }
    let value = with(&message, accessed.kind, |data| match accessed.seen {
        Seen::Slot(index) => data.slots.borrow().get(index).cloned().unwrap_or_default(),
        Seen::Events => data.table.show(context),
        Seen::EventsCount => data.table.count().into(),
        Seen::State | Seen::Fields => message.clone().into(),
    });
    Ok(value.unwrap_or_default())
}

fn change(
    this: &JsValue,
    args: &[JsValue],
    accessed: &Accessed,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (Some(object), value) = (this.as_object(), arg(args, 0)) else {
        return Ok(JsValue::undefined());
    };
    let changed = with(&object, accessed.kind, |data| match accessed.seen {
        Seen::Slot(index) => {
            if let Some(slot) = data.slots.borrow_mut().get_mut(index) {
                *slot = value.clone();
            }
        }
        Seen::Events => data.table.replace(value.clone()),
        Seen::EventsCount => data.table.set_count(value.as_number().unwrap_or_default(), context),
        Seen::State => *data.state.borrow_mut() = Some(value.clone()),
        // The fields are what the head said.
        Seen::Fields => {}
    });
    if changed.is_none() {
        match proxies::behind(&object, context) {
            Behind::NoProxy => define_value(&object, accessed.key.clone(), value, true),
            Behind::Proxy(details) => {
                details.target.set(accessed.key.clone(), value, false, context)?;
            }
            Behind::Revoked => {}
        }
    }
    Ok(JsValue::undefined())
}
