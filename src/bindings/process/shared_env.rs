//! An environment that several threads share (`SHARE_ENV`): each keeps a copy, and brings that up to date
//! before it looks.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, property::PropertyKey};

use super::env::{self, Environment};
use crate::{
    engine::{
        natives::{Method, arg, define_methods, define_value},
        reflect,
    },
    sys::lock::lock,
};

/// The variables that threads share, in their order.
#[derive(Default)]
pub(crate) struct SharedEnv {
    variables: Mutex<Vec<(String, String)>>,
    /// Counts changes.
    version: AtomicU64,
}

impl SharedEnv {
    fn lock(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        // Nothing panics while it holds the lock.
        lock(&self.variables)
    }

    /// All variables.
    pub(crate) fn list(&self) -> Vec<(String, String)> {
        self.lock().clone()
    }

    /// Gives a variable its value, or takes it away; the version before and after.
    fn change(&self, name: &str, value: Option<&str>) -> (u64, u64) {
        let mut variables = self.lock();
        let at = variables.iter().position(|(known, _)| known == name);
        match (at, value) {
            (Some(at), Some(value)) => value.clone_into(&mut variables[at].1),
            (None, Some(value)) => variables.push((name.to_owned(), value.to_owned())),
            (Some(at), None) => drop(variables.remove(at)),
            (None, None) => {}
        }
        let before = self.version.fetch_add(1, Ordering::Release);
        (before, before + 1)
    }
}

/// A realm's part in a shared environment.
struct Sharing {
    store: Arc<SharedEnv>,
    /// The version that the realm's copy is of.
    seen: Cell<u64>,
}

/// What a proxy of a shared environment does before it looks at its copy.
const TRAPS: &[Method] = &[
    ("get", 3, get),
    ("has", 2, has),
    ("ownKeys", 1, own_keys),
    ("getOwnPropertyDescriptor", 2, own_property_descriptor),
];

/// Shares this realm's environment; once it is, it stays so.
pub(crate) fn share(context: &mut Context) -> JsResult<Arc<SharedEnv>> {
    if let Some(sharing) = context.get_data::<Rc<Sharing>>() {
        return Ok(sharing.store.clone());
    }
    let store = Arc::<SharedEnv>::default();
    *store.lock() = env::pairs(None, context)?;
    join(store.clone(), context);
    Ok(store)
}

/// Has this realm's environment be one that is shared. It must have the same variables.
pub(crate) fn join(store: Arc<SharedEnv>, context: &mut Context) {
    let Some(handler) = context.get_data::<Environment>().map(|env| env.handler.clone()) else {
        return;
    };
    define_methods(&handler, TRAPS, true, context);
    // What changed between then and now is seen at the first look.
    context.insert_data(Rc::new(Sharing { store, seen: Cell::new(u64::MAX) }));
}

/// Notes a change of this realm's copy, which is brought up to date first if need be.
pub(super) fn changed(name: &str, value: Option<&str>, context: &mut Context) -> JsResult<()> {
    let Some(sharing) = context.get_data::<Rc<Sharing>>().cloned() else { return Ok(()) };
    let (before, after) = sharing.store.change(name, value);
    if sharing.seen.get() == before {
        sharing.seen.set(after);
        return Ok(());
    }
    update(context)
}

/// Brings this realm's copy up to date.
pub(super) fn update(context: &mut Context) -> JsResult<()> {
    let Some(sharing) = context.get_data::<Rc<Sharing>>().cloned() else { return Ok(()) };
    let version = sharing.store.version.load(Ordering::Acquire);
    let target = context.get_data::<Environment>().map(|env| env.target.clone());
    let Some(target) = target.filter(|_| sharing.seen.get() != version) else { return Ok(()) };
    let variables = sharing.store.list();
    for key in reflect::own_keys(&target, context)? {
        let name = key.to_string();
        if !variables.iter().any(|(known, _)| *known == name) {
            target.delete_property_or_throw(key, context)?;
        }
    }
    for (name, value) in variables {
        let value = JsString::from(value.as_str());
        define_value(&target, JsString::from(name.as_str()), value, true);
    }
    sharing.seen.set(version);
    env::note_time_zone(&target, context)
}

/// The copy, up to date, and the key.
fn current(args: &[JsValue], context: &mut Context) -> JsResult<(JsObject, PropertyKey)> {
    update(context)?;
    Ok((arg(args, 0).to_object(context)?, arg(args, 1).to_property_key(context)?))
}

fn get(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (target, key) = current(args, context)?;
    target.get(key, context)
}

fn has(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (target, key) = current(args, context)?;
    Ok(target.has_property(key, context)?.into())
}

fn own_keys(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    update(context)?;
    let target = arg(args, 0).to_object(context)?;
    let keys = reflect::own_keys(&target, context)?;
    let keys: Vec<JsValue> = keys.iter().map(JsValue::from).collect();
    Ok(boa_engine::object::builtins::JsArray::from_iter(keys, context).into())
}

fn own_property_descriptor(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (target, key) = current(args, context)?;
    let Some(property) = reflect::stored(&target, &key) else { return Ok(JsValue::undefined()) };
    let descriptor = JsObject::with_object_proto(context.intrinsics());
    let value = property.value().cloned().unwrap_or_default();
    define_value(&descriptor, boa_engine::js_string!("value"), value, true);
    for name in ["writable", "enumerable", "configurable"] {
        define_value(&descriptor, JsString::from(name), true, true);
    }
    Ok(descriptor.into())
}
