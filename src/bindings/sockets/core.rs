//! What a socket consists of where natives made it: its fields are native data, which programs see through
//! accessors of `Socket.prototype` (a room of their own). Reading a property costs the engine ten times as much.
//!
//! A socket that was made otherwise (`net.Socket.call(object)`) has the fields as properties of its own;
//! [`get`] and [`set`] know both.

use std::{
    cell::Cell,
    rc::{Rc, Weak},
};

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    property::PropertyKey,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{Sockets, of, streams::SocketStates};
use crate::bindings::events::Table;

/// The fields that are values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(dead_code, reason = "a row of the table that only scripts name")]
pub(super) enum Field {
    Connecting,
    HadError,
    Handle,
    Parent,
    Host,
    CloseAfterHandlingError,
    AllowHalfOpen,
    SockName,
    PendingData,
    PendingEncoding,
    Server,
    OwnServer,
    QueueSize,
    Timeout,
    Buffer,
    BufferCallback,
    BufferMaker,
    NoDelay,
    KeepAlive,
    KeepAliveDelay,
    BytesRead,
    BytesWritten,
    Reset,
    TypeOfService,
}

/// How many fields there are.
const FIELDS: usize = 24;

/// Their keys, in the order of [`Field`]: symbols where programs are not to see them.
const NAMES: [(&str, bool); FIELDS] = [
    ("connecting", false),
    ("_hadError", false),
    ("_handle", false),
    ("_parent", false),
    ("_host", false),
    ("_closeAfterHandlingError", false),
    ("allowHalfOpen", false),
    ("_sockname", false),
    ("_pendingData", false),
    ("_pendingEncoding", false),
    ("server", false),
    ("_server", false),
    ("kLastWriteQueueSize", true),
    ("kTimeout", true),
    ("kBuffer", true),
    ("kBufferCb", true),
    ("kBufferGen", true),
    ("kSetNoDelay", true),
    ("kSetKeepAlive", true),
    ("kSetKeepAliveInitialDelay", true),
    ("kBytesRead", true),
    ("kBytesWritten", true),
    ("resetAndClosing", false),
    ("kSetTOS", true),
];

/// What the fields are at first, in their order.
fn beginning() -> [JsValue; FIELDS] {
    let (no, null, zero) = (JsValue::from(false), JsValue::null(), JsValue::from(0));
    [
        no.clone(),
        no.clone(),
        null.clone(),
        null.clone(),
        null.clone(),
        no.clone(),
        no.clone(),
        JsValue::undefined(),
        null.clone(),
        js_string!("").into(),
        null.clone(),
        null.clone(),
        zero.clone(),
        null.clone(),
        null.clone(),
        null.clone(),
        null,
        no.clone(),
        no,
        zero.clone(),
        zero.clone(),
        zero,
        JsValue::undefined(),
        JsValue::undefined(),
    ]
}

/// The native data of a socket.
#[derive(Trace, Finalize, JsData)]
pub(crate) struct Core {
    fields: GcRefCell<[JsValue; FIELDS]>,
    /// What all sockets of the realm share: a look at it is cheaper than a look for it. The realm has it;
    /// a socket that held it would hold the realm.
    #[unsafe_ignore_trace]
    shared: Weak<Sockets>,
    states: SocketStates,
    table: Table,
    /// It is to read as soon as it is connected.
    #[unsafe_ignore_trace]
    wants_to_read: Cell<bool>,
}

impl Core {
    pub(super) fn want_to_read(&self) {
        self.wants_to_read.set(true);
    }

    /// Whether [`Self::want_to_read`] was called; asks once.
    pub(super) fn wanted_to_read(&self) -> bool {
        self.wants_to_read.take()
    }

    /// Whether it has a handle, is connected, and nothing waits for that.
    pub(super) fn is_plain(&self) -> bool {
        let fields = self.fields.borrow();
        let is = |field: Field| fields[field as usize].to_boolean();
        is(Field::Handle) && !is(Field::Connecting) && !is(Field::PendingData)
    }

    pub(super) fn new(states: SocketStates, shared: Rc<Sockets>) -> Self {
        Self {
            fields: GcRefCell::new(beginning()),
            shared: Rc::downgrade(&shared),
            states,
            table: Table::default(),
            wants_to_read: Cell::new(false),
        }
    }

    pub(super) fn get(&self, field: Field) -> JsValue {
        self.fields.borrow()[field as usize].clone()
    }

    pub(super) fn set(&self, field: Field, value: JsValue) {
        self.fields.borrow_mut()[field as usize] = value;
    }

    /// The value of the field at this place in [`Field`].
    pub(super) fn at(&self, index: usize) -> JsValue {
        self.fields.borrow()[index].clone()
    }

    pub(super) fn put(&self, index: usize, value: JsValue) {
        self.fields.borrow_mut()[index] = value;
    }

    pub(super) fn states(&self) -> &SocketStates {
        &self.states
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }
}

/// What all sockets share, by a socket that natives made.
pub(super) fn shared(socket: &JsObject) -> Option<Rc<Sockets>> {
    with(socket, |core| core.shared.upgrade())?
}

/// Looks at the native data of a socket, if it has such. Nothing of JavaScript's may run meanwhile.
pub(super) fn with<T>(socket: &JsObject, look: impl FnOnce(&Core) -> T) -> Option<T> {
    socket.downcast_ref::<Core>().map(|core| look(&core))
}

/// The listeners of a socket that natives made.
pub(crate) fn table<T>(socket: &JsObject, look: impl FnOnce(&Table) -> T) -> Option<T> {
    with(socket, |core| look(&core.table))
}

/// Whether an object is a socket that natives made, of no class but ours, without a property of this name.
pub(super) fn inherits(socket: &JsObject, key: &PropertyKey, sockets: &Sockets) -> bool {
    if !socket.is::<Core>() {
        return false;
    }
    let object = socket.borrow();
    object.prototype() == *sockets.prototype.borrow() && !object.properties().contains_key(key)
}

/// A property of a socket that natives made: its own, or the prototype where it has to be looked for. `None`
/// where a getter has to be asked, and for other objects.
pub(crate) fn own_or_prototype(
    socket: &JsObject,
    key: &PropertyKey,
) -> Option<Result<JsValue, JsObject>> {
    if !socket.is::<Core>() {
        return None;
    }
    let object = socket.borrow();
    match object.properties().get(key) {
        Some(property) => property.value().cloned().map(Ok),
        None => object.prototype().map(Err),
    }
}

/// Both sides of a socket that natives made.
pub(crate) fn states<T>(socket: &JsObject, look: impl FnOnce(&SocketStates) -> T) -> Option<T> {
    with(socket, |core| look(&core.states))
}

/// A field, whatever the socket is made of.
pub(super) fn get(socket: &JsObject, field: Field, context: &mut Context) -> JsResult<JsValue> {
    match with(socket, |core| core.get(field)) {
        Some(value) => Ok(value),
        None => {
            let key = of(context)?.keys[field as usize].clone();
            socket.get(key, context)
        }
    }
}

/// Sets a field, whatever the socket is made of.
pub(super) fn set(
    socket: &JsObject,
    field: Field,
    value: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    let value = value.into();
    if with(socket, |core| core.set(field, value.clone())).is_some() {
        return Ok(());
    }
    let key = of(context)?.keys[field as usize].clone();
    socket.set(key, value, false, context).map(drop)
}

/// The keys of the fields, made once.
pub(super) fn keys() -> Vec<PropertyKey> {
    let key = |(name, is_hidden): (&'static str, bool)| {
        if !is_hidden {
            return PropertyKey::from(JsString::from(name));
        }
        let shown = match name {
            "kLastWriteQueueSize" => "lastWriteQueueSize",
            "kTimeout" => "timeout",
            name => name,
        };
        // The engine has run out of symbols: the name stands in.
        JsSymbol::new(Some(JsString::from(shown)))
            .map_or_else(|| PropertyKey::from(JsString::from(name)), PropertyKey::from)
    };
    NAMES.into_iter().map(key).collect()
}

/// The fields that hidden keys lead to, with the names under which JavaScript of ours knows the keys.
pub(super) fn hidden(keys: &[PropertyKey]) -> impl Iterator<Item = (&'static str, JsValue)> {
    let named = NAMES.into_iter().zip(keys);
    named.filter(|((_, is_hidden), _)| *is_hidden).map(|((name, _), key)| (name, key.into()))
}

/// The fields of a socket that natives made as `util.inspect` shows them, as other objects have them.
pub(crate) fn shown(socket: &JsObject, context: &mut Context) -> Vec<(PropertyKey, JsValue)> {
    if !socket.is::<Core>() {
        return Vec::new();
    }
    let Ok(sockets) = of(context) else { return Vec::new() };
    let fields = |core: &Core| {
        let named = |name: JsString, value: JsValue| (PropertyKey::from(name), value);
        let stored = core.fields.borrow();
        let mut all: Vec<_> = sockets.keys.iter().cloned().zip(stored.iter().cloned()).collect();
        all.truncate(Field::Reset as usize);
        let rest = all.split_off(Field::AllowHalfOpen as usize + 1);
        let half_open = all.pop();
        // The handle goes by another name in Node, and is long.
        all.remove(Field::Handle as usize);
        all.push(named(js_string!("_events"), core.table.show(context)));
        all.push(named(js_string!("_readableState"), core.states.readable()));
        all.push(named(js_string!("_writableState"), core.states.writable()));
        all.extend(half_open);
        all.push(named(js_string!("_eventsCount"), core.table.count().into()));
        all.extend(rest);
        all
    };
    with(socket, fields).unwrap_or_default()
}
