//! The global object of a context: a proxy that shows a sandbox before the realm's own globals.
//!
//! What a script reads is looked for in the sandbox, then among the language's globals, which are the
//! proxy's target; what it writes and declares goes into the sandbox. A proxy may not claim anything
//! to be permanent that its target does not have, so the target also gets what scripts declare with `var`.

use std::cell::Cell;

use boa_engine::{
    Context, JsData, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    object::builtins::JsArray,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, Trace};

use crate::engine::{
    natives::{Method, arg, define_methods, define_value},
    reflect,
};

const TRAPS: &[Method] = &[
    ("get", 3, get),
    ("set", 4, set),
    ("has", 2, has),
    ("deleteProperty", 2, delete),
    ("defineProperty", 3, define),
    ("getOwnPropertyDescriptor", 2, own_property),
    ("ownKeys", 1, own_keys),
];

/// What the traps know.
#[derive(Trace, Finalize, JsData)]
struct Handler {
    sandbox: JsObject,
    /// The realm is being made: what is defined is the language's.
    is_new: Cell<bool>,
}

/// A global object in the making.
pub(super) struct Global {
    handler: JsObject,
    /// What scripts see.
    pub(super) proxy: JsObject,
    /// What holds the language's globals.
    pub(super) target: JsObject,
}

/// Makes the global object of a sandbox.
pub(super) fn global(sandbox: &JsObject, context: &mut Context) -> JsResult<Global> {
    let target = JsObject::with_null_proto();
    let handler = Handler { sandbox: sandbox.clone(), is_new: Cell::new(true) };
    let handler = JsObject::from_proto_and_data(None, handler);
    define_methods(&handler, TRAPS, false, context);
    let class = context.intrinsics().constructors().proxy().constructor();
    let args = [target.clone().into(), handler.clone().into()];
    let proxy = class.construct(&args, Some(&class), context)?;
    Ok(Global { handler, proxy, target })
}

/// From now on what is defined is the program's.
pub(super) fn finish(global: &Global) {
    if let Some(handler) = global.handler.downcast_ref::<Handler>() {
        handler.is_new.set(false);
    }
}

/// What a trap is called for.
struct Access {
    target: JsObject,
    sandbox: JsObject,
    key: PropertyKey,
    is_new: bool,
}

impl Access {
    fn of(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        let key = arg(args, 1).to_property_key(context)?;
        let target = arg(args, 0).to_object(context)?;
        let handler = this.to_object(context)?;
        let (sandbox, is_new) = match handler.downcast_ref::<Handler>() {
            Some(handler) => (handler.sandbox.clone(), handler.is_new.get()),
            None => (target.clone(), true),
        };
        Ok(Self { target, sandbox, key, is_new })
    }

    /// Whether the sandbox or its prototypes have the property.
    fn is_in_sandbox(&self, context: &mut Context) -> JsResult<bool> {
        Ok(!self.is_new && self.sandbox.has_property(self.key.clone(), context)?)
    }

    /// What the target has for good.
    fn permanent(&self) -> Option<PropertyDescriptor> {
        let own = reflect::stored(&self.target, &self.key);
        own.filter(|own| own.configurable() == Some(false))
    }
}

fn get(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let access = Access::of(this, args, context)?;
    let is_fixed = access.permanent().is_some_and(|own| own.writable() == Some(false));
    if is_fixed || !access.is_in_sandbox(context)? {
        return access.target.get(access.key, context);
    }
    let value = access.sandbox.get(access.key, context)?;
    // The sandbox as seen from within is the global object.
    match value.as_object() {
        Some(object) if JsObject::equals(&object, &access.sandbox) => Ok(arg(args, 2)),
        _ => Ok(value),
    }
}

fn set(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let access = Access::of(this, args, context)?;
    let value = arg(args, 2);
    if access.is_new {
        return access.target.set(access.key, value, false, context).map(Into::into);
    }
    // What the language defined as read-only stays so.
    if access.permanent().is_some_and(|own| own.writable() == Some(false)) {
        return Ok(false.into());
    }
    let own = reflect::own_property(&access.sandbox, &access.key, context)?;
    let is_fixed = own.is_some_and(|own| own.writable() == Some(false));
    access.sandbox.set(access.key, value, false, context)?;
    Ok((!is_fixed).into())
}

fn has(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let access = Access::of(this, args, context)?;
    if access.is_in_sandbox(context)? {
        return Ok(true.into());
    }
    access.target.has_property(access.key, context).map(Into::into)
}

fn delete(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let access = Access::of(this, args, context)?;
    if access.permanent().is_some() {
        return Ok(false.into());
    }
    let deleted = access.sandbox.delete_property_or_throw(access.key.clone(), context);
    if !allowed(deleted)? {
        return Ok(false.into());
    }
    allowed(access.target.delete_property_or_throw(access.key, context)).map(Into::into)
}

fn define(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let access = Access::of(this, args, context)?;
    let given = arg(args, 2).to_property_descriptor(context)?;
    if access.is_new {
        return allowed(access.target.define_property_or_throw(access.key, given, context))
            .map(Into::into);
    }
    // A declaration: to the language it is permanent, to the sandbox a property like others.
    let is_declared = given.configurable() == Some(false) && given.writable() == Some(true);
    let placed = if is_declared { configurable(&given) } else { given.clone() };
    let key = access.key;
    if !allowed(access.sandbox.define_property_or_throw(key.clone(), placed, context))? {
        return Ok(false.into());
    }
    if given.configurable() != Some(false) {
        return Ok(true.into());
    }
    allowed(access.target.define_property_or_throw(key, given, context)).map(Into::into)
}

/// The engine's answer to a change, where a TypeError of its own means no.
fn allowed(outcome: JsResult<bool>) -> JsResult<bool> {
    let is_refusal = |error: &JsError| error.as_native().is_some_and(JsNativeError::is_type);
    match outcome {
        Err(error) if is_refusal(&error) => Ok(false),
        outcome => outcome,
    }
}

fn configurable(given: &PropertyDescriptor) -> PropertyDescriptor {
    PropertyDescriptor::builder()
        .maybe_value(given.value().cloned())
        .maybe_writable(given.writable())
        .maybe_enumerable(given.enumerable())
        .configurable(true)
        .build()
}

fn own_property(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let access = Access::of(this, args, context)?;
    let own = if access.is_new {
        None
    } else {
        reflect::own_property(&access.sandbox, &access.key, context)?
    };
    let Some(own) = own else {
        let own = reflect::stored(&access.target, &access.key);
        return Ok(own.map_or_else(JsValue::undefined, |own| describe(&own, None, context)));
    };
    let is_permanent = access.permanent().is_some();
    if own.configurable() == Some(false) && !is_permanent {
        // The host made it so, behind the target's back.
        let shown =
            allowed(access.target.define_property_or_throw(access.key, own.clone(), context))?;
        return Ok(describe(&own, (!shown).then_some(true), context));
    }
    Ok(describe(&own, is_permanent.then_some(false), context))
}

/// A descriptor as an object; `configurable` as said, if it is.
fn describe(own: &PropertyDescriptor, permanent: Option<bool>, context: &Context) -> JsValue {
    let object = JsObject::with_object_proto(context.intrinsics());
    let put = |name: &str, value: JsValue| define_value(&object, JsString::from(name), value, true);
    if own.is_accessor_descriptor() {
        put("get", own.get().cloned().unwrap_or_default());
        put("set", own.set().cloned().unwrap_or_default());
    } else {
        put("value", own.value().cloned().unwrap_or_default());
        put("writable", own.writable().unwrap_or(false).into());
    }
    put("enumerable", own.enumerable().unwrap_or(false).into());
    put("configurable", permanent.or(own.configurable()).unwrap_or(false).into());
    object.into()
}

fn own_keys(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let access = Access::of(this, args, context)?;
    let mut keys = access.sandbox.own_property_keys(context)?;
    for key in access.target.own_property_keys(context)? {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(JsArray::from_iter(keys.into_iter().map(Into::into), context).into())
}
