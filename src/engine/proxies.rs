//! What stands behind a proxy.
//!
//! The engine hides a proxy's target and handler, and Node shows them (`util.inspect`) or looks
//! through them (`util.types`, `assert`). So `Proxy` is replaced by a constructor that makes the
//! engine's proxies and remembers, weakly, what they were made of.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsValue, NativeFunction,
    builtins::proxy::Proxy,
    js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsFunction, JsWeakMap},
    },
};

use super::natives::{arg, closure, define_value, function};

/// The two objects a proxy was made of.
#[derive(Clone, boa_gc::Trace, boa_gc::Finalize, boa_engine::JsData)]
pub(crate) struct Details {
    pub(crate) target: JsObject,
    pub(crate) handler: JsObject,
}

/// What [`behind`] finds.
pub(crate) enum Behind {
    /// The object is no proxy.
    NoProxy,
    /// A proxy that still works.
    Proxy(Details),
    /// A proxy after `revoke()`.
    Revoked,
}

/// The engine's `Proxy` and the memory of the proxies made with it.
#[derive(Clone)]
struct Registry {
    original: JsObject,
    revocable: JsObject,
    details: JsWeakMap,
}

/// Replaces the global `Proxy`.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    let original = context.intrinsics().constructors().proxy().constructor();
    let Some(revocable) = original.get(js_string!("revocable"), context)?.as_callable() else {
        return Ok(());
    };
    let details = JsWeakMap::new(context);
    context.insert_data(Registry { original, revocable, details });
    let constructor = constructor(context);
    define_value(&context.global_object(), js_string!("Proxy"), constructor, false);
    Ok(())
}

/// As [`install`] in a further realm, whose globals are found on `globals`.
pub(super) fn install_further(globals: &JsObject, context: &mut Context) {
    if registry(context).is_some() {
        let constructor = constructor(context);
        define_value(globals, js_string!("Proxy"), constructor, false);
    }
}

fn constructor(context: &mut Context) -> JsFunction {
    let native = NativeFunction::from_fn_ptr(construct);
    let constructor = FunctionObjectBuilder::new(context.realm(), native)
        .name(js_string!("Proxy"))
        .length(2)
        .constructor(true)
        .build();
    let revocable = function("revocable", 2, make_revocable, context);
    define_value(&constructor, js_string!("revocable"), revocable, false);
    constructor
}

/// What the object is as a proxy; runs no JavaScript.
pub(crate) fn behind(object: &JsObject, context: &mut Context) -> Behind {
    if !object.is::<Proxy>() {
        return Behind::NoProxy;
    }
    let found = registry(context).and_then(|registry| registry.details.get(object, context).ok());
    let details = found.as_ref().and_then(JsValue::as_object);
    match details.as_ref().and_then(JsObject::downcast_ref::<Details>) {
        Some(details) => Behind::Proxy(details.clone()),
        None => Behind::Revoked,
    }
}

/// The first that is sought of an object, its prototypes and what stands behind proxies; runs no JavaScript. So many are
/// looked at, no more: the prototype of what stands behind a proxy may be the proxy.
pub(crate) fn nearest(
    mut object: JsObject,
    most: usize,
    is_sought: impl Fn(&JsObject) -> bool,
    context: &mut Context,
) -> Option<JsObject> {
    for _ in 0..most {
        if is_sought(&object) {
            return Some(object);
        }
        object = match behind(&object, context) {
            Behind::Proxy(details) => details.target.clone(),
            Behind::NoProxy => object.prototype()?,
            Behind::Revoked => return None,
        };
    }
    None
}

/// Remembers a proxy that Rust code made.
pub(crate) fn remember(
    proxy: &JsObject,
    target: JsObject,
    handler: JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let Some(registry) = registry(context) else { return Ok(()) };
    let details = JsObject::new(context.root_shape(), None, Details { target, handler });
    registry.details.set(proxy, details.upcast().into(), context)?;
    Ok(())
}

fn registry(context: &Context) -> Option<Registry> {
    context.get_data::<Registry>().cloned()
}

fn missing() -> boa_engine::JsError {
    JsNativeError::typ().with_message("Proxy is not available").into()
}

/// `new Proxy(target, handler)`.
fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if new_target.is_undefined() {
        return Err(JsNativeError::typ().with_message("Constructor Proxy requires 'new'").into());
    }
    let (Some(target), Some(handler)) = (arg(args, 0).as_object(), arg(args, 1).as_object()) else {
        return Err(not_objects());
    };
    let registry = registry(context).ok_or_else(missing)?;
    let proxy = registry.original.construct(args, Some(&registry.original), context)?;
    remember(&proxy, target, handler, context)?;
    Ok(proxy.into())
}

/// V8's wording.
fn not_objects() -> boa_engine::JsError {
    let message = "Cannot create proxy with a non-object as target or handler";
    JsNativeError::typ().with_message(message).into()
}

/// `Proxy.revocable(target, handler)`.
fn make_revocable(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (Some(target), Some(handler)) = (arg(args, 0).as_object(), arg(args, 1).as_object()) else {
        return Err(not_objects());
    };
    let registry = registry(context).ok_or_else(missing)?;
    let original: JsValue = registry.original.clone().into();
    let result = registry.revocable.call(&original, args, context)?;
    let Some(pair) = result.as_object() else { return Err(missing()) };
    let proxy = pair.get(js_string!("proxy"), context)?;
    let revoke = pair.get(js_string!("revoke"), context)?;
    let (Some(proxy), Some(revoke)) = (proxy.as_object(), revoke.as_object()) else {
        return Err(missing());
    };
    remember(&proxy, target, handler, context)?;
    let revoke = closure("", 0, Revoker { proxy, revoke }, run_revoke, context);
    define_value(&pair, js_string!("revoke"), revoke, true);
    Ok(pair.into())
}

#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Revoker {
    proxy: JsObject,
    revoke: JsObject,
}

fn run_revoke(
    _: &JsValue,
    _: &[JsValue],
    revoker: &Revoker,
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(registry) = registry(context) {
        registry.details.delete(&revoker.proxy, context)?;
    }
    revoker.revoke.call(&JsValue::undefined(), &[], context)
}
