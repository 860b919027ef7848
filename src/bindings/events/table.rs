//! The listeners of an emitter that natives made: a short list, until a program looks at `_events`.
//!
//! What the list cannot hold (two listeners of one name, symbols, `newListener` and `removeListener`)
//! turns it into the object that every other emitter has.

use std::cell::Cell;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::object::OrdinaryObject, js_string,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use crate::{
    bindings::{http, sockets},
    engine::natives::define_value,
};

/// The listeners of one emitter.
#[derive(Default, Trace, Finalize)]
pub(crate) struct Table {
    listed: GcRefCell<Vec<Entry>>,
    /// What `_events` is, once a program has looked at it.
    shown: GcRefCell<Option<JsValue>>,
    /// `_eventsCount` from then on.
    #[unsafe_ignore_trace]
    count: Cell<f64>,
}

/// A name, and its listener; none where it was removed.
#[derive(Trace, Finalize)]
struct Entry {
    #[unsafe_ignore_trace]
    name: JsString,
    listener: Option<JsObject>,
}

/// What a look into the list came to.
pub(super) enum Found {
    /// The emitter has no list: its `_events` have to be looked at.
    Elsewhere,
    Nothing,
    One(JsObject),
}

impl Table {
    fn is_list(&self) -> bool {
        self.shown.borrow().is_none()
    }

    fn find(&self, name: &JsString) -> Found {
        if !self.is_list() {
            return Found::Elsewhere;
        }
        let listed = self.listed.borrow();
        let entry = listed.iter().find(|entry| entry.name == *name);
        match entry.and_then(|entry| entry.listener.clone()) {
            Some(listener) => Found::One(listener),
            None => Found::Nothing,
        }
    }

    fn add(&self, name: &JsString, listener: &JsObject) -> bool {
        if !self.is_list() || is_about_listeners(name) {
            return false;
        }
        let mut listed = self.listed.borrow_mut();
        match listed.iter_mut().find(|entry| entry.name == *name) {
            Some(entry) if entry.listener.is_some() => return false,
            Some(entry) => entry.listener = Some(listener.clone()),
            None => listed.push(Entry { name: name.clone(), listener: Some(listener.clone()) }),
        }
        true
    }

    fn forget(&self, name: &JsString) {
        for entry in self.listed.borrow_mut().iter_mut().filter(|entry| entry.name == *name) {
            entry.listener = None;
        }
    }

    /// `_eventsCount`.
    pub(crate) fn count(&self) -> f64 {
        if !self.is_list() {
            return self.count.get();
        }
        self.listed.borrow().iter().filter(|entry| entry.listener.is_some()).count() as f64
    }

    /// `_eventsCount = count`.
    pub(crate) fn set_count(&self, count: f64, context: &Context) {
        self.show(context);
        self.count.set(count);
    }

    /// `_events`: from now on an object. A stream's has its own events in the front.
    pub(crate) fn show(&self, context: &Context) -> JsValue {
        if let Some(shown) = self.shown.borrow().clone() {
            return shown;
        }
        self.count.set(self.count());
        let object = JsObject::new(context.root_shape(), None, OrdinaryObject).upcast();
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
            define_value(&object, name, JsValue::undefined(), true);
        }
        let listed = std::mem::take(&mut *self.listed.borrow_mut());
        for entry in listed {
            let listener = entry.listener.clone().map_or(JsValue::undefined(), Into::into);
            define_value(&object, entry.name.clone(), listener, true);
        }
        let object = JsValue::from(object);
        *self.shown.borrow_mut() = Some(object.clone());
        object
    }

    /// `_events = value`.
    pub(crate) fn replace(&self, value: JsValue) {
        self.count.set(self.count());
        self.listed.borrow_mut().clear();
        *self.shown.borrow_mut() = Some(value);
    }
}

/// Events of an emitter that tell of its listeners themselves.
fn is_about_listeners(name: &JsString) -> bool {
    *name == js_string!("newListener") || *name == js_string!("removeListener")
}

/// The listeners of an emitter that natives made: a socket, a message of `http`.
fn of<T>(emitter: &JsObject, look: impl FnOnce(&Table) -> T) -> Option<T> {
    if http::is_message(emitter) {
        return http::message_table(emitter, look);
    }
    sockets::table(emitter, look)
}

/// The listener of this name, where the emitter has a list.
pub(super) fn find(emitter: &JsObject, name: &JsValue) -> Found {
    let found =
        of(emitter, |table| name.as_string().map_or(Found::Elsewhere, |name| table.find(&name)));
    found.unwrap_or(Found::Elsewhere)
}

/// Adds the only listener of a name to the emitter's list; false if it has to be added elsewhere.
pub(super) fn add(emitter: &JsObject, name: &JsValue, listener: &JsObject) -> bool {
    let added =
        of(emitter, |table| name.as_string().is_some_and(|name| table.add(&name, listener)));
    added.unwrap_or(false)
}

/// Removes a listener, or the `once` wrapper around it, from the emitter's list; false if that has to be
/// done elsewhere.
pub(super) fn remove(
    emitter: &JsObject,
    name: &JsValue,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<bool> {
    let only = match find(emitter, name) {
        Found::Elsewhere => return Ok(false),
        Found::Nothing => return Ok(true),
        Found::One(only) => only,
    };
    if super::is_same(&only.into(), listener, context)?
        && let Some(name) = name.as_string()
    {
        of(emitter, |table| table.forget(&name));
    }
    Ok(true)
}

/// The object of an emitter that had a list.
pub(super) fn shown(emitter: &JsObject, context: &Context) -> Option<JsValue> {
    of(emitter, |table| table.show(context))
}
