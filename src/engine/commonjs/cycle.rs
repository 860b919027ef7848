//! What a module in a cycle sees of another that is still loading: its exports so far, and a
//! warning for what they do not have yet.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsProxyBuilder,
    property::PropertyKey,
};

use crate::engine::{builtins, natives::arg};

/// The prototype that watches what is read; made on first use.
#[derive(Clone)]
struct Watcher(JsObject);

fn watcher(context: &mut Context) -> JsResult<JsObject> {
    if let Some(Watcher(known)) = context.get_data::<Watcher>() {
        return Ok(known.clone());
    }
    let base = context.intrinsics().constructors().object().prototype();
    let proxy: JsObject = JsProxyBuilder::new(base).get(read).build(context)?.into();
    context.insert_data(Watcher(proxy.clone()));
    Ok(proxy)
}

/// The exports of a module that is still loading.
pub(super) fn exports_so_far(module: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let exports = module.get(js_string!("exports"), context)?;
    let Some(object) = exports.as_object() else { return Ok(exports) };
    let base = context.intrinsics().constructors().object().prototype();
    let is_plain = object.is_ordinary()
        && object.prototype().is_some_and(|prototype| JsObject::equals(&prototype, &base));
    if is_plain && !object.has_own_property(js_string!("__esModule"), context)? {
        let watcher = watcher(context)?;
        object.set_prototype(Some(watcher));
    }
    Ok(exports)
}

/// The module has loaded: its exports are plain again.
pub(super) fn loaded(module: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(Watcher(watcher)) = context.get_data::<Watcher>().cloned() else { return Ok(()) };
    let exports = module.get(js_string!("exports"), context)?;
    let Some(object) = exports.as_object().filter(JsObject::is_ordinary) else { return Ok(()) };
    if object.prototype().is_some_and(|prototype| JsObject::equals(&prototype, &watcher)) {
        let base = context.intrinsics().constructors().object().prototype();
        object.set_prototype(Some(base));
    }
    Ok(())
}

/// A property that neither the exports nor `Object.prototype` have.
fn read(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let base = arg(args, 0).to_object(context)?;
    let key = arg(args, 1).to_property_key(context)?;
    if base.has_property(key.clone(), context)?
        || key == PropertyKey::from(js_string!("__esModule"))
    {
        return base.get(key, context);
    }
    let message = format!(
        "Accessing non-existent property '{key}' of module exports inside circular dependency"
    );
    builtins::emit_warning(&[JsString::from(message).into()], context)?;
    Ok(JsValue::undefined())
}
