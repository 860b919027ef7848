//! How native functions become properties of JavaScript objects.
//!
//! A binding lists its functions in a table of [`Method`]s and hands it to [`define_methods`];
//! the table is the one place that knows a function's JavaScript name and `length`.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    js_string,
    object::{FunctionObjectBuilder, builtins::JsFunction},
    property::{PropertyDescriptor, PropertyKey},
};

/// The signature that every native function shares.
pub(crate) type Native = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

/// One row of a binding's table: JavaScript name, `length`, implementation.
pub(crate) type Method = (&'static str, usize, Native);

/// Makes a JavaScript function from a native one.
pub(crate) fn function(name: &str, length: usize, call: Native, context: &Context) -> JsFunction {
    FunctionObjectBuilder::new(context.realm(), NativeFunction::from_fn_ptr(call))
        .name(JsString::from(name))
        .length(length)
        .constructor(false)
        .build()
}

/// Makes a JavaScript function from a closure over traceable captures.
pub(crate) fn closure<T: boa_gc::Trace + 'static>(
    name: &str,
    length: usize,
    captures: T,
    call: fn(&JsValue, &[JsValue], &T, &mut Context) -> JsResult<JsValue>,
    context: &Context,
) -> JsFunction {
    let native = NativeFunction::from_copy_closure_with_captures(call, captures);
    FunctionObjectBuilder::new(context.realm(), native)
        .name(JsString::from(name))
        .length(length)
        .constructor(false)
        .build()
}

/// Defines each method of the table on `object`: writable, configurable, enumerable as asked
/// (Node's module exports are enumerable, methods of prototypes made by `class` are not).
pub(crate) fn define_methods(
    object: &JsObject,
    methods: &[Method],
    enumerable: bool,
    context: &Context,
) {
    for &(name, length, call) in methods {
        let value = function(name, length, call, context);
        define_value(object, JsString::from(name), value, enumerable);
    }
}

/// Defines one writable, configurable data property without running any JavaScript.
pub(crate) fn define_value(
    object: &JsObject,
    key: impl Into<PropertyKey>,
    value: impl Into<JsValue>,
    enumerable: bool,
) {
    let descriptor = PropertyDescriptor::builder()
        .value(value.into())
        .writable(true)
        .enumerable(enumerable)
        .configurable(true);
    object.insert_property(key, descriptor.build());
}

/// Defines one configurable accessor without running any JavaScript.
pub(crate) fn define_accessor(
    object: &JsObject,
    key: impl Into<PropertyKey>,
    get: Option<JsFunction>,
    set: Option<JsFunction>,
    enumerable: bool,
) {
    let mut descriptor = PropertyDescriptor::builder().enumerable(enumerable).configurable(true);
    if let Some(get) = get {
        descriptor = descriptor.get(get);
    }
    if let Some(set) = set {
        descriptor = descriptor.set(set);
    }
    object.insert_property(key, descriptor.build());
}

/// Makes an ordinary object that holds the table's functions: what a builtin exports.
pub(crate) fn exports_of(methods: &[Method], context: &mut Context) -> JsObject {
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_methods(&exports, methods, true, context);
    exports
}

/// The `index`-th argument, `undefined` where the caller gave fewer.
pub(crate) fn arg(args: &[JsValue], index: usize) -> JsValue {
    args.get(index).cloned().unwrap_or_default()
}

/// `Symbol.for(key)`.
pub(crate) fn registered_symbol(key: &str, context: &mut Context) -> JsResult<JsSymbol> {
    let class = context.intrinsics().constructors().symbol().constructor();
    let lookup = class.get(js_string!("for"), context)?;
    let symbol = match lookup.as_callable() {
        Some(lookup) => lookup.call(&class.into(), &[JsString::from(key).into()], context)?,
        None => JsValue::undefined(),
    };
    symbol
        .as_symbol()
        .ok_or_else(|| JsNativeError::typ().with_message("Symbol.for was replaced").into())
}
