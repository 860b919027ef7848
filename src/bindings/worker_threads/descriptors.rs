//! `trackUnmanagedFds`: the descriptors that a worker has opened by `fs.open` end with it.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc, sync::Arc};

use boa_engine::{Context, JsResult};

use super::{
    inside::inside,
    relations::{self, Relations},
};
use crate::{bindings::warning, sys::files};

/// The descriptors of a worker that nobody else will close.
#[derive(Default)]
struct Unmanaged(RefCell<BTreeSet<i32>>);

fn of(context: &Context) -> Option<Rc<Unmanaged>> {
    context.get_data::<Rc<Unmanaged>>().cloned()
}

/// Begins to note what is opened.
pub(super) fn track(context: &mut Context) {
    context.insert_data(Rc::<Unmanaged>::default());
}

/// Notes a descriptor that `fs.open` has opened.
pub(crate) fn opened(fd: i32, context: &mut Context) -> JsResult<()> {
    let Some(unmanaged) = of(context) else { return Ok(()) };
    let id = inside(context).map_or(0, |inside| inside.id);
    relations::of(context).own(fd, id);
    if unmanaged.0.borrow_mut().insert(fd) {
        return Ok(());
    }
    let message = format!("File descriptor {fd} opened in unmanaged mode twice");
    warning::emit_named(&message, "Warning", context)
}

/// Notes a descriptor that `fs.close` has closed.
pub(crate) fn closed(fd: i32, context: &mut Context) -> JsResult<()> {
    if let Some(relations) = context.get_data::<Arc<Relations>>() {
        relations.disown(fd);
    }
    let Some(unmanaged) = of(context) else { return Ok(()) };
    if unmanaged.0.borrow_mut().remove(&fd) {
        return Ok(());
    }
    let message = format!("File descriptor {fd} closed but not opened in unmanaged mode");
    warning::emit_named(&message, "Warning", context)
}

/// Closes what a worker that ends has left open.
pub(super) fn close_all(context: &mut Context) {
    let Some(unmanaged) = of(context) else { return };
    let id = inside(context).map(|inside| inside.id);
    let relations = relations::of(context);
    for fd in unmanaged.0.take() {
        if relations.disown(fd) == id {
            // Nobody is left to be told.
            let _ = files::close(fd);
        }
    }
}
