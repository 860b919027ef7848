//! Classes made by natives: constructor, prototype, inheritance.
//!
//! In Boa a native constructor gets `new.target` as `this`, or undefined when it was called
//! without `new`. [`new_target`] tells the two apart, [`instance`] makes the object.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    js_string,
    object::{FunctionObjectBuilder, NativeObject},
    property::PropertyDescriptor,
};

use super::natives::{Method, Native, define_accessor, define_methods, define_value, function};

/// An accessor of a class: name, getter, setter.
pub(crate) type Accessor = (&'static str, Native, Option<Native>);

/// What a native class is made of.
pub(crate) struct ClassSpec {
    /// The class's name.
    pub(crate) name: &'static str,
    /// Its `length`.
    pub(crate) length: usize,
    /// Runs for `new`, with `new.target` as `this`.
    pub(crate) construct: Native,
    /// Methods of the prototype.
    pub(crate) methods: &'static [Method],
    /// Accessors of the prototype.
    pub(crate) accessors: &'static [Accessor],
    /// Methods of the class itself.
    pub(crate) statics: &'static [Method],
    /// `Symbol.toStringTag` of the prototype.
    pub(crate) tag: Option<&'static str>,
    /// True where JavaScript sees methods when it enumerates (Web IDL says so, `class` does not).
    pub(crate) enumerable: bool,
}

impl ClassSpec {
    /// A class without members, as `class Name {}` makes it.
    pub(crate) const fn new(name: &'static str, length: usize, construct: Native) -> Self {
        Self {
            name,
            length,
            construct,
            methods: &[],
            accessors: &[],
            statics: &[],
            tag: None,
            enumerable: false,
        }
    }
}

/// A class as JavaScript has it.
#[derive(Clone)]
pub(crate) struct Class {
    pub(crate) constructor: JsObject,
    pub(crate) prototype: JsObject,
}

/// Makes a class that extends `parent`, or none.
pub(crate) fn class(spec: &ClassSpec, parent: Option<&Class>, context: &Context) -> Class {
    let native = NativeFunction::from_fn_ptr(spec.construct);
    let constructor: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .name(JsString::from(spec.name))
        .length(spec.length)
        .constructor(true)
        .build()
        .into();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    if let Some(parent) = parent {
        constructor.set_prototype(Some(parent.constructor.clone()));
        prototype.set_prototype(Some(parent.prototype.clone()));
    }
    define_value(&prototype, js_string!("constructor"), constructor.clone(), false);
    define_methods(&prototype, spec.methods, spec.enumerable, context);
    define_accessors(&prototype, spec.accessors, spec.enumerable, context);
    if let Some(tag) = spec.tag {
        define_tag(&prototype, tag);
    }
    define_methods(&constructor, spec.statics, spec.enumerable, context);
    let fixed = PropertyDescriptor::builder()
        .value(prototype.clone())
        .writable(false)
        .enumerable(false)
        .configurable(false);
    constructor.insert_property(js_string!("prototype"), fixed.build());
    Class { constructor, prototype }
}

/// Defines each accessor of the table on a prototype.
pub(crate) fn define_accessors(
    prototype: &JsObject,
    accessors: &[Accessor],
    enumerable: bool,
    context: &Context,
) {
    for &(name, get, set) in accessors {
        let get = function(&format!("get {name}"), 0, get, context);
        let set = set.map(|set| function(&format!("set {name}"), 1, set, context));
        define_accessor(prototype, JsString::from(name), Some(get), set, enumerable);
    }
}

/// Defines `Symbol.toStringTag`.
fn define_tag(prototype: &JsObject, tag: &'static str) {
    let descriptor = PropertyDescriptor::builder()
        .value(JsString::from(tag))
        .writable(false)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(JsSymbol::to_string_tag(), descriptor.build());
}

/// `new.target` of a construct call; the TypeError of classes when there was no `new`.
pub(crate) fn new_target(this: &JsValue, name: &str) -> JsResult<JsObject> {
    this.as_object().ok_or_else(|| {
        let message = format!("Class constructor {name} cannot be invoked without 'new'");
        JsNativeError::typ().with_message(message).into()
    })
}

/// The prototype that `new_target` gives its instances, if it has one.
pub(crate) fn prototype_from(
    new_target: &JsObject,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    Ok(new_target.get(js_string!("prototype"), context)?.as_object())
}

/// A new object with native data, its prototype taken from `new_target`.
pub(crate) fn instance<T: NativeObject>(
    new_target: &JsObject,
    class: &Class,
    data: T,
    context: &mut Context,
) -> JsResult<JsObject> {
    // The class itself, the usual target: no look-up.
    if JsObject::equals(new_target, &class.constructor) {
        return Ok(object(class, data, context));
    }
    let prototype = prototype_from(new_target, context)?;
    let prototype = prototype.unwrap_or_else(|| class.prototype.clone());
    Ok(JsObject::new(context.root_shape(), prototype, data).upcast())
}

/// A new instance of exactly this class, made by native code.
pub(crate) fn object<T: NativeObject>(class: &Class, data: T, context: &Context) -> JsObject {
    JsObject::new(context.root_shape(), class.prototype.clone(), data).upcast()
}
