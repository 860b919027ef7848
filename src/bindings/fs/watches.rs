//! Watched files and folders: one inotify instance a realm, one source of the loop.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    path::PathBuf,
    rc::Rc,
};

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};

use super::{answer, arguments, options::Options};
use crate::{
    bindings::encoding::Encoding,
    engine::{
        callbacks,
        errors::{Wording, from_sys},
        folder,
        natives::arg,
        permission, state, validate,
    },
    event_loop::{Interest, SourceId},
    sys::{
        errno::Errno,
        error::SysError,
        inotify::{Change, Watched, Watcher},
    },
};

/// One call of `watchStart` that was not stopped.
struct Watch {
    watched: Watched,
    /// What changes of the file itself are told with.
    base: PathBuf,
    encoding: Option<Encoding>,
    callback: JsObject,
    refed: bool,
}

/// The watches of a realm.
#[derive(Default)]
struct Watches {
    /// The instance and its source; there while something is watched.
    open: RefCell<Option<(Rc<Watcher>, SourceId)>>,
    by_id: RefCell<BTreeMap<u32, Watch>>,
    last: Cell<u32>,
}

fn of(context: &mut Context) -> Rc<Watches> {
    if let Some(watches) = context.get_data::<Rc<Watches>>() {
        return watches.clone();
    }
    let watches = Rc::new(Watches::default());
    context.insert_data(watches.clone());
    watches
}

/// `watchStart(path, encoding, persistent, callback)`: calls back with the kind of each change, the
/// name it is about and whether that is the watched file itself; answers a number for the other
/// two. With a failure it calls back with the error alone.
pub(super) fn start(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = arguments::path(&arg(args, 0), "path", context)?;
    permission::check_read(&path, context)?;
    let encoding = Options::decode(&arg(args, 1), context)?.name_encoding(context)?;
    let refed = arg(args, 2).to_boolean();
    let callback = validate::function(&arg(args, 3), "callback", context)?;
    let watches = of(context);
    let failed = |error: SysError, context: &mut Context| {
        JsError::from_opaque(from_sys(context, &error.about_path(&path), Wording::Described).into())
    };
    let watcher = watches.watcher(context).map_err(|error| failed(error, context))?;
    let watched = match watcher.add(&folder::placed(&path, context)) {
        Ok(watched) => watched,
        Err(error) => {
            watches.close_if_unused(context);
            return Err(failed(error, context));
        }
    };
    let base = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
    let id = watches.last.get().wrapping_add(1);
    watches.last.set(id);
    let watch = Watch { watched, base, encoding, callback, refed };
    watches.by_id.borrow_mut().insert(id, watch);
    watches.update_ref(context);
    Ok(id.into())
}

/// `watchRef(id, refed)`: whether a watch keeps the loop alive.
pub(super) fn set_ref(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (id, refed) = (arg(args, 0).to_u32(context)?, arg(args, 1).to_boolean());
    let watches = of(context);
    if let Some(watch) = watches.by_id.borrow_mut().get_mut(&id) {
        watch.refed = refed;
    }
    watches.update_ref(context);
    Ok(JsValue::undefined())
}

/// `watchStop(id)`.
pub(super) fn stop(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = arg(args, 0).to_u32(context)?;
    let watches = of(context);
    let removed = watches.by_id.borrow_mut().remove(&id);
    if let (Some(watch), Some((watcher, _))) = (removed, &*watches.open.borrow()) {
        watcher.remove(watch.watched);
    }
    watches.close_if_unused(context);
    watches.update_ref(context);
    Ok(JsValue::undefined())
}

impl Watches {
    /// The instance, opened if it was not.
    fn watcher(self: &Rc<Self>, context: &mut Context) -> Result<Rc<Watcher>, SysError> {
        if let Some((watcher, _)) = &*self.open.borrow() {
            return Ok(watcher.clone());
        }
        let watcher = Rc::new(Watcher::new()?);
        let (reader, watches) = (watcher.clone(), self.clone());
        let callback = Rc::new(move |context: &mut Context, _| watches.tell(&reader, context));
        let event_loop = state::of(context).event_loop.clone();
        let id = event_loop
            .add_source(watcher.clone(), Interest::READABLE, callback)
            .map_err(|error| SysError::new(Errno::of(&error), "watch"))?;
        event_loop.set_source_kind(id, "FSEventWrap");
        *self.open.borrow_mut() = Some((watcher.clone(), id));
        Ok(watcher)
    }

    fn close_if_unused(&self, context: &mut Context) {
        if !self.by_id.borrow().is_empty() {
            return;
        }
        let closed = self.open.borrow_mut().take();
        if let Some((_, source)) = closed {
            state::of(context).event_loop.remove_source(source);
        }
    }

    fn update_ref(&self, context: &mut Context) {
        let refed = self.by_id.borrow().values().any(|watch| watch.refed);
        if let Some((_, source)) = &*self.open.borrow() {
            state::of(context).event_loop.set_source_ref(*source, refed);
        }
    }

    fn tell(&self, watcher: &Watcher, context: &mut Context) {
        match watcher.read() {
            Ok(changes) => changes.iter().for_each(|change| self.tell_change(change, context)),
            Err(error) => self.tell_failure(&error, context),
        }
    }

    /// Calls everybody who watches the file, as far as he still does when it is his turn.
    fn tell_change(&self, change: &Change, context: &mut Context) {
        let concerned: Vec<u32> = self
            .by_id
            .borrow()
            .iter()
            .filter(|(_, watch)| watch.watched == change.watched)
            .map(|(id, _)| *id)
            .collect();
        for id in concerned {
            let found = self.by_id.borrow().get(&id).map(|watch| {
                let name = change.name.as_ref().unwrap_or(&watch.base).clone();
                (watch.callback.clone(), name, watch.encoding)
            });
            let is_self = change.name.is_none();
            let Some((callback, name, encoding)) = found else { continue };
            callbacks::enter(context, |context| {
                let kind =
                    if change.is_content { js_string!("change") } else { js_string!("rename") };
                let name = answer::name(&name, encoding, context)?;
                let args = [kind.into(), name, is_self.into()];
                callback.call(&JsValue::undefined(), &args, context)
            });
        }
    }

    fn tell_failure(&self, error: &SysError, context: &mut Context) {
        let callbacks: Vec<JsObject> =
            self.by_id.borrow().values().map(|watch| watch.callback.clone()).collect();
        for callback in callbacks {
            callbacks::enter(context, |context| {
                let error = from_sys(context, error, Wording::Described);
                callback.call(&JsValue::undefined(), &[error.into()], context)
            });
        }
    }
}
