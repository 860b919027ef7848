//! `BroadcastChannel`: what one member of a name posts, all others get, in whatever thread.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use boa_engine::{Context, JsError, JsResult, JsValue, js_string};

use super::{
    classes,
    message::encode,
    port::{self, End, Port, port_of},
    queue::{Inbox, Item},
    relations,
    transfer::Transfers,
};
use crate::{
    bindings::{dom_exception, inspect::custom},
    engine::{
        classes::{Accessor, ClassSpec, new_target},
        intrinsics::conversions,
        natives::Method,
        validate,
    },
    sys::lock::lock,
};

pub(super) const BROADCAST_CHANNEL: ClassSpec = ClassSpec {
    methods: METHODS,
    accessors: ACCESSORS,
    enumerable: true,
    ..ClassSpec::new("BroadcastChannel", 1, construct)
};

const METHODS: &[Method] = &[("close", 0, close), ("postMessage", 1, post_message)];

const ACCESSORS: &[Accessor] = &[("name", name, None)];

/// Those that JavaScript does not see when it enumerates.
pub(super) const HIDDEN_METHODS: &[Method] = &[("ref", 0, set_ref), ("unref", 0, unset_ref)];

/// The members of each name.
#[derive(Default)]
pub(super) struct Groups(Mutex<HashMap<String, Vec<Arc<Inbox>>>>);

impl Groups {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Arc<Inbox>>>> {
        // Nothing panics while it holds the lock.
        lock(&self.0)
    }
}

/// One member of a name, until it is dropped.
pub(super) struct Member {
    groups: Arc<Groups>,
    name: String,
    inbox: Arc<Inbox>,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.inbox.close();
        let mut groups = self.groups.lock();
        if let Some(members) = groups.get_mut(&self.name) {
            members.retain(|member| !Arc::ptr_eq(member, &self.inbox));
            if members.is_empty() {
                groups.remove(&self.name);
            }
        }
    }
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "BroadcastChannel")?;
    let Some(name) = args.first() else {
        return Err(validate::missing_args(context, &["name"]));
    };
    let name = conversions::to_string(name, context)?;
    let groups = relations::of(context).groups.clone();
    let (inbox, key) = (Arc::<Inbox>::default(), name.to_std_string_lossy());
    groups.lock().entry(key.clone()).or_default().push(inbox.clone());
    let member = Member { groups, name: key, inbox: inbox.clone() };
    let class = classes::of(context)?.broadcast.clone();
    let open = port::settle(End::Group(member), inbox, Some(name), &class, context)?;
    let prototype = new_target.get(js_string!("prototype"), context)?.as_object();
    if let Some(prototype) = prototype {
        open.object.set_prototype(Some(prototype));
    }
    open.port.set_ref(true, context);
    open.port.start();
    Ok(open.object.into())
}

/// The channel that `this` is.
fn receiver(this: &JsValue, context: &mut Context) -> JsResult<std::rc::Rc<Port>> {
    let port = port_of(this).filter(|port| port.name.is_some());
    port.ok_or_else(|| validate::invalid_this(context, "BroadcastChannel"))
}

fn name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = receiver(this, context)?.name.clone();
    Ok(name.map_or(JsValue::undefined(), JsValue::from))
}

fn close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    receiver(this, context)?.close(context);
    Ok(JsValue::undefined())
}

fn closed(context: &mut Context) -> JsError {
    let message = "BroadcastChannel is closed.";
    match dom_exception::create(message, "InvalidStateError", context) {
        Ok(error) => JsError::from_opaque(error.into()),
        Err(error) => error,
    }
}

fn post_message(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = receiver(this, context)?;
    let Some(value) = args.first() else {
        return Err(validate::missing_args(context, &["message"]));
    };
    if port.end.borrow().is_none() {
        return Err(closed(context));
    }
    let message = encode(value, &Transfers::default(), context)?;
    let end = port.end.borrow();
    if let Some(End::Group(member)) = &*end {
        let groups = member.groups.lock();
        let members = groups.get(&member.name).into_iter().flatten();
        for other in members.filter(|other| !Arc::ptr_eq(other, &member.inbox)) {
            drop(other.push(Item::Message(message.copy())));
        }
    }
    Ok(JsValue::undefined())
}

fn set_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    receiver(this, context)?.set_ref(true, context);
    Ok(this.clone())
}

fn unset_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    receiver(this, context)?.set_ref(false, context);
    Ok(this.clone())
}

/// `channel[util.inspect.custom](depth, options, inspect)`.
pub(super) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let port = receiver(this, context)?;
    let active = port.end.borrow().is_some().into();
    let name = name(this, &[], context)?;
    custom::fields(this, &[("name", name), ("active", active)], args, context)
}
