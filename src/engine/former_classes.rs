//! The classes of objects that lost their prototype: V8 still knows them, and `util.inspect` shows them.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsWeakMap,
    property::PropertyKey,
};

use super::{
    natives::{arg, closure, define_value},
    reflect,
};

/// Object without a prototype -> the name of the class that it was made by.
#[derive(Clone)]
struct Names(JsWeakMap);

/// Has `Object.setPrototypeOf` and `Reflect.setPrototypeOf` note what they take away.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let names = Names(JsWeakMap::new(context));
    context.insert_data(names);
    let object = context.intrinsics().constructors().object().constructor();
    let reflect = context.intrinsics().objects().reflect();
    for holder in [object, reflect] {
        let key = js_string!("setPrototypeOf");
        let original = holder.get(key.clone(), context)?.to_object(context)?;
        let method = closure("setPrototypeOf", 2, original, set_prototype, context);
        define_value(&holder, key, method, false);
    }
    Ok(())
}

fn set_prototype(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    if arg(args, 1).is_null()
        && let Some(object) = arg(args, 0).as_object()
    {
        note(&object, context)?;
    }
    original.call(this, args, context)
}

/// Notes the class of an object whose prototype is about to go.
fn note(object: &JsObject, context: &mut Context) -> JsResult<()> {
    let constructor = PropertyKey::from(js_string!("constructor"));
    let class = reflect::data_value(object, &constructor).and_then(|class| class.as_object());
    let name = class.and_then(|class| reflect::data_value(&class, &js_string!("name").into()));
    let Some(name) = name.and_then(|name| name.as_string()) else { return Ok(()) };
    let Some(Names(names)) = context.get_data::<Names>().cloned() else { return Ok(()) };
    names.set(object, name.into(), context).map(drop)
}

/// The name of the class that an object without a prototype was made by, where it is known.
pub(crate) fn name_of(object: &JsObject, context: &mut Context) -> Option<JsString> {
    let Names(names) = context.get_data::<Names>().cloned()?;
    names.get(object, context).ok()?.as_string().filter(|name| !name.is_empty())
}
