//! Async ids: which asynchronous operation a callback belongs to, and what caused that one.
//!
//! Timers, immediates, ticks, microtasks of `queueMicrotask` and the program's own resources have ids. Promises and
//! descriptors have none: the engine does not say when a promise is made.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use super::state;

/// The id of the main program.
const ROOT: u64 = 1;

/// An asynchronous operation and the one that it was begun in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsyncId {
    pub(crate) id: u64,
    pub(crate) trigger: u64,
}

/// The counter, and what runs at present.
pub(crate) struct AsyncIds {
    last: Cell<u64>,
    running: Cell<AsyncId>,
    resource: RefCell<Option<JsObject>>,
    /// Told of the life of every operation while a hook is enabled.
    watcher: RefCell<Option<JsObject>>,
}

impl Default for AsyncIds {
    fn default() -> Self {
        Self {
            last: Cell::new(ROOT),
            running: Cell::new(AsyncId { id: ROOT, trigger: 0 }),
            resource: RefCell::new(None),
            watcher: RefCell::new(None),
        }
    }
}

impl AsyncIds {
    /// The id of a new operation, begun by what runs at present.
    pub(crate) fn create(&self) -> AsyncId {
        self.last.set(self.last.get() + 1);
        AsyncId { id: self.last.get(), trigger: self.running.get().id }
    }

    /// What runs at present; zero where the loop runs itself.
    pub(crate) fn running(&self) -> AsyncId {
        self.running.get()
    }

    /// The object of what runs at present.
    pub(crate) fn resource(&self) -> Option<JsObject> {
        self.resource.borrow().clone()
    }

    /// Sets who is told; `None` ends it.
    pub(crate) fn watch(&self, watcher: Option<JsObject>) {
        *self.watcher.borrow_mut() = watcher;
    }

    /// True while somebody is told.
    pub(crate) fn is_watched(&self) -> bool {
        self.watcher.borrow().is_some()
    }

    /// The main program begins.
    pub(crate) fn enter_root(&self) {
        self.enter(AsyncId { id: ROOT, trigger: 0 });
    }

    /// An operation without an object runs, until another does or [`Self::leave`].
    pub(super) fn enter(&self, operation: AsyncId) {
        self.running.set(operation);
    }

    /// The main program is over, or a callback: nothing runs.
    pub(super) fn leave(&self) {
        self.running.set(AsyncId::default());
        self.resource.replace(None);
    }
}

/// Tells that an operation begins.
pub(crate) fn init(
    operation: AsyncId,
    kind: &str,
    resource: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    if !state::of(context).async_ids.is_watched() {
        return Ok(());
    }
    let details = [JsString::from(kind).into(), operation.trigger.into(), resource.clone().into()];
    tell("init", operation.id, &details, context)
}

/// As [`init`], for operations that have no object.
pub(crate) fn init_unnamed(operation: AsyncId, kind: &str, context: &mut Context) -> JsResult<()> {
    if !state::of(context).async_ids.is_watched() {
        return Ok(());
    }
    let resource = JsObject::with_object_proto(context.intrinsics());
    init(operation, kind, &resource, context)
}

/// Tells that an operation is over.
pub(crate) fn destroy(operation: AsyncId, context: &mut Context) -> JsResult<()> {
    tell("destroy", operation.id, &[], context)
}

/// Runs a callback of an operation.
pub(crate) fn within<T>(
    operation: AsyncId,
    resource: Option<&JsObject>,
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<T>,
) -> JsResult<T> {
    let engine = state::of(context);
    let ids = &engine.async_ids;
    let before = (ids.running.replace(operation), ids.resource.replace(resource.cloned()));
    let result = if ids.is_watched() { watched(operation, context, work) } else { work(context) };
    ids.running.set(before.0);
    ids.resource.replace(before.1);
    result
}

fn watched<T>(
    operation: AsyncId,
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<T>,
) -> JsResult<T> {
    tell("before", operation.id, &[], context)?;
    let result = work(context)?;
    tell("after", operation.id, &[], context)?;
    Ok(result)
}

fn tell(event: &str, id: u64, details: &[JsValue], context: &mut Context) -> JsResult<()> {
    let watcher = state::of(context).async_ids.watcher.borrow().clone();
    let Some(watcher) = watcher else { return Ok(()) };
    let mut args = vec![JsString::from(event).into(), id.into()];
    args.extend_from_slice(details);
    watcher.call(&JsValue::undefined(), &args, context).map(drop)
}
