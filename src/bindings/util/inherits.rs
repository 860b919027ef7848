//! `util.inherits`.

use boa_engine::{
    Context, JsResult, JsValue, js_string, object::JsObject, property::PropertyDescriptor,
};

use crate::engine::{natives::arg, validate::invalid_arg_type};

/// `util.inherits(constructor, superConstructor)`.
pub(super) fn inherits(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (class, parent) = (arg(args, 0), arg(args, 1));
    for (value, name) in [(&class, "ctor"), (&parent, "superCtor")] {
        if value.is_null_or_undefined() {
            return Err(invalid_arg_type(context, name, "of type function", value));
        }
    }
    let parent_prototype = parent.to_object(context)?.get(js_string!("prototype"), context)?;
    if parent_prototype.is_undefined() {
        let (name, expected) = ("superCtor.prototype", "of type object");
        return Err(invalid_arg_type(context, name, expected, &parent_prototype));
    }
    let class = class.to_object(context)?;
    let property = PropertyDescriptor::builder()
        .value(parent)
        .writable(true)
        .enumerable(false)
        .configurable(true);
    class.define_property_or_throw(js_string!("super_"), property, context)?;
    let prototype = class.get(js_string!("prototype"), context)?;
    set_prototype(&prototype, &parent_prototype, context)?;
    Ok(JsValue::undefined())
}

/// `Object.setPrototypeOf(object, prototype)`.
fn set_prototype(object: &JsValue, prototype: &JsValue, context: &mut Context) -> JsResult<()> {
    let constructor = context.intrinsics().constructors().object().constructor();
    let set: JsObject =
        constructor.get(js_string!("setPrototypeOf"), context)?.to_object(context)?;
    let args = [object.clone(), prototype.clone()];
    set.call(&JsValue::undefined(), &args, context).map(drop)
}
