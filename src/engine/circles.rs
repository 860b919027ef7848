//! Prototypes that lead back to themselves through a proxy.
//!
//! The language allows them, and V8 ends each look for a property there with a `RangeError`. The engine would look until its
//! native stack ends; so the circle is refused where it would be closed, as one without a proxy is.

use std::collections::HashSet;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsValue,
    builtins::proxy::Proxy,
    js_string,
    object::builtins::JsFunction,
    property::{PropertyDescriptor, PropertyKey},
};

use super::{
    natives::{arg, closure, define_value},
    proxies::{self, Behind},
};

/// How many objects are looked at: who has more behind a proxy has no use for one more prototype.
const MOST: usize = 100_000;

/// Puts what sets prototypes in the place of the engine's functions, in the current realm.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let object = context.intrinsics().constructors().object().clone();
    let reflect = context.intrinsics().objects().reflect();
    replace(&object.constructor(), of_object, context)?;
    replace(&reflect, of_reflect, context)?;
    replace_accessor(&object.prototype(), context)
}

type Guard = fn(&JsValue, &[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;

fn replace(holder: &JsObject, guard: Guard, context: &mut Context) -> JsResult<()> {
    let key = js_string!("setPrototypeOf");
    let original = holder.get(key.clone(), context)?.to_object(context)?;
    let method = closure("setPrototypeOf", 2, original, guard, context);
    define_value(holder, key, method, false);
    Ok(())
}

/// That of `Object.prototype.__proto__`.
fn replace_accessor(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    let key = PropertyKey::from(js_string!("__proto__"));
    let Some(found) = prototype.borrow().properties().get(&key) else { return Ok(()) };
    let (Some(get), Some(original)) = (found.get(), found.set().and_then(JsValue::as_object))
    else {
        return Ok(());
    };
    let set: JsFunction = closure("set __proto__", 1, original, of_accessor, context);
    let accessor = PropertyDescriptor::builder()
        .get(get.clone())
        .set(set)
        .enumerable(false)
        .configurable(true);
    prototype.define_property_or_throw(key, accessor, context).map(drop)
}

fn of_object(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    refuse(&arg(args, 0), &arg(args, 1), context)?;
    original.call(this, args, context)
}

fn of_reflect(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    if is_circle(&arg(args, 0), &arg(args, 1), context)? {
        return Ok(false.into());
    }
    original.call(this, args, context)
}

fn of_accessor(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    refuse(this, &arg(args, 0), context)?;
    original.call(this, args, context)
}

fn refuse(object: &JsValue, prototype: &JsValue, context: &mut Context) -> JsResult<()> {
    if is_circle(object, prototype, context)? {
        return Err(JsNativeError::typ().with_message("Cyclic __proto__ value").into());
    }
    Ok(())
}

/// Whether this prototype would lead back to the object, through a proxy.
///
/// # Errors
/// Too much is behind a proxy to tell.
fn is_circle(object: &JsValue, prototype: &JsValue, context: &mut Context) -> JsResult<bool> {
    let (Some(object), Some(prototype)) = (object.as_object(), prototype.as_object()) else {
        return Ok(false);
    };
    if !object.is::<Proxy>() && !has_proxy(&prototype) {
        return Ok(false);
    }
    let changed = changed_by(object, context);
    leads_to(&changed, prototype, context)
}

/// Whether there is a proxy among an object and its prototypes.
fn has_proxy(object: &JsObject) -> bool {
    let mut holder = Some(object.clone());
    while let Some(object) = holder {
        if object.is::<Proxy>() {
            return true;
        }
        holder = object.prototype();
    }
    false
}

/// What gets another prototype: the object, and what is behind it where that is a proxy.
fn changed_by(object: JsObject, context: &mut Context) -> HashSet<JsObject> {
    let mut changed = HashSet::from([object.clone()]);
    let mut next = object;
    while let Behind::Proxy(details) = proxies::behind(&next, context) {
        next = details.target.clone();
        if !changed.insert(next.clone()) {
            break;
        }
    }
    changed
}

/// Whether one of these is met on the ways that a look for a property goes from here.
fn leads_to(
    sought: &HashSet<JsObject>,
    start: JsObject,
    context: &mut Context,
) -> Result<bool, JsError> {
    let mut seen = HashSet::new();
    let mut ahead = vec![start];
    while let Some(object) = ahead.pop() {
        if sought.contains(&object) {
            return Ok(true);
        }
        if !seen.insert(object.clone()) {
            continue;
        }
        if seen.len() > MOST {
            let message = "Maximum call stack size exceeded";
            return Err(JsNativeError::range().with_message(message).into());
        }
        match proxies::behind(&object, context) {
            Behind::NoProxy => ahead.extend(object.prototype()),
            Behind::Proxy(details) => {
                ahead.extend([details.target.clone(), details.handler.clone()]);
            }
            Behind::Revoked => {}
        }
    }
    Ok(false)
}
