//! The open handles of a realm, for `process.getActiveResourcesInfo()` and its relatives.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use boa_engine::{Context, JsResult, JsValue};

use super::{Handle, Handles};

/// The handles in the order of their making.
#[derive(Default)]
pub(super) struct Listing {
    handles: RefCell<BTreeMap<u64, Weak<Handle>>>,
    made: Cell<u64>,
}

impl Listing {
    pub(super) fn next_id(&self) -> u64 {
        self.made.replace(self.made.get() + 1)
    }
}

/// Lists a handle that was opened.
pub(super) fn enlist(handle: &Rc<Handle>, context: &mut Context) {
    let handles = super::of(context);
    handles.list.handles.borrow_mut().insert(handle.id(), Rc::downgrade(handle));
}

/// Lists a handle that was closed no longer.
pub(super) fn delist(handle: &Handle, context: &mut Context) {
    let handles = super::of(context);
    handles.list.handles.borrow_mut().remove(&handle.id());
}

/// Whether an open handle has the descriptor of this number.
pub(crate) fn has_descriptor(number: i32, context: &Context) -> bool {
    // No handle was made where the classes were not.
    let Some(handles) = context.get_data::<Rc<Handles>>() else { return false };
    let handles = handles.list.handles.borrow();
    handles.values().filter_map(Weak::upgrade).any(|handle| handle.descriptor() == number)
}

/// Closes what a program that is gone has left open.
pub(crate) fn abandon(context: &Context) {
    let Some(handles) = context.get_data::<Rc<Handles>>() else { return };
    if handles.is_raw.get() {
        super::restore_terminal();
    }
    let left = std::mem::take(&mut *handles.list.handles.borrow_mut());
    for handle in left.values().filter_map(Weak::upgrade) {
        handle.abandon();
    }
}

fn active(context: &Context) -> Vec<Rc<Handle>> {
    // No handle was made where the classes were not.
    let Some(handles) = context.get_data::<Rc<Handles>>() else { return Vec::new() };
    let handles = handles.list.handles.borrow();
    handles.values().filter_map(Weak::upgrade).filter(|handle| handle.is_active()).collect()
}

/// The kinds of the open handles that have a reference.
pub(crate) fn active_kinds(context: &Context) -> Vec<&'static str> {
    active(context).iter().map(|handle| handle.kind.resource()).collect()
}

/// Their owners: a `Socket`, a `Server`; the handle itself where it names none.
pub(crate) fn active_owners(context: &mut Context) -> JsResult<Vec<JsValue>> {
    let mut owners = Vec::new();
    for handle in active(context) {
        let Some(object) = handle.object() else { continue };
        let owner = object.get(super::of(context).owner.clone(), context)?;
        owners.push(if owner.is_object() { owner } else { object.into() });
    }
    Ok(owners)
}
