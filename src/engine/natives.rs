//! How native functions become properties of JavaScript objects.
//!
//! A binding lists its functions in a table of [`Method`]s and hands it to [`define_methods`];
//! the table is the one place that knows a function's JavaScript name and `length`.

use std::cell::Cell;

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    js_string,
    object::{FunctionObjectBuilder, builtins::JsFunction},
    property::{PropertyDescriptor, PropertyKey},
    string::JsStr,
};

/// The signature that every native function shares.
pub(crate) type Native = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

/// One row of a binding's table: JavaScript name, `length`, implementation.
pub(crate) type Method = (&'static str, usize, Native);

/// Makes a JavaScript function from a native one.
pub(crate) fn function(name: &str, length: usize, call: Native, context: &Context) -> JsFunction {
    build(NativeFunction::from_fn_ptr(call), &JsString::from(name), length, None, context)
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
    build(native, &JsString::from(name), length, None, context)
}

/// As [`closure`], and `new` calls it as well, with `new.target` as `this`.
pub(crate) fn constructible<T: boa_gc::Trace + 'static>(
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
        .constructor(true)
        .build()
}

/// Makes the function object of a native of ours.
///
/// The engine shows the name that a native was built with in stack traces, and reads `name` for
/// everything else. So natives of a module are built as `Owner.name (node:module)`, which
/// `engine::stack` reads back, and then named for programs.
fn build(
    native: NativeFunction,
    name: &JsString,
    length: usize,
    owner: Option<&str>,
    context: &Context,
) -> JsFunction {
    let builder = FunctionObjectBuilder::new(context.realm(), native).length(length);
    let Some(module) = making(context) else { return builder.name(name.clone()).build() };
    let function = builder.name(label(owner, name, module)).build();
    define_name(&function, name.clone());
    function
}

/// `Owner.name (node:module)`, in one allocation: start-up makes hundreds of them.
fn label(owner: Option<&str>, name: &JsString, module: &str) -> JsString {
    let (owner, dot) = owner.map_or(("", ""), |owner| (owner, "."));
    if !owner.is_ascii() {
        let name = name.to_std_string_lossy();
        return JsString::from(format!("{owner}{dot}{name} (node:{module})"));
    }
    let ascii = |text: &'static str| JsStr::latin1(text.as_bytes());
    JsString::concat_array(&[
        JsStr::latin1(owner.as_bytes()),
        ascii(dot),
        name.as_str(),
        ascii(" (node:"),
        // The names of our modules are ASCII.
        JsStr::latin1(module.as_bytes()),
        ascii(")"),
    ])
}

/// The module whose natives are being made.
struct Making(Cell<Option<&'static str>>);

fn making(context: &Context) -> Option<&'static str> {
    context.get_data::<Making>().and_then(|making| making.0.get())
}

/// Makes natives that stack traces show as this module's, which goes by its name without `node:`.
pub(crate) fn made_for<T>(
    module: &'static str,
    context: &mut Context,
    make: impl FnOnce(&mut Context) -> T,
) -> T {
    let before = making(context);
    set_making(Some(module), context);
    let made = make(context);
    set_making(before, context);
    made
}

fn set_making(module: Option<&'static str>, context: &mut Context) {
    match context.get_data::<Making>() {
        Some(making) => making.0.set(module),
        None => drop(context.insert_data(Making(Cell::new(module)))),
    }
}

/// Defines each method of the table on `object`: writable, configurable, enumerable as asked
/// (Node's module exports are enumerable, methods of prototypes made by `class` are not).
pub(crate) fn define_methods(
    object: &JsObject,
    methods: &[Method],
    enumerable: bool,
    context: &Context,
) {
    let owner = making(context).map(|_| owner_name(object));
    for &(name, length, call) in methods {
        let native = NativeFunction::from_fn_ptr(call);
        let name = JsString::from(name);
        let value = build(native, &name, length, owner.as_deref(), context);
        define_value(object, name, value, enumerable);
    }
}

/// The class that stack traces name before a method of this object: the object itself if it is a
/// class, the class that its `constructor` is, or `Object`.
fn owner_name(object: &JsObject) -> String {
    let own = |object: &JsObject, key: JsString| -> Option<JsValue> {
        object.borrow().properties().get(&key.into())?.value().cloned()
    };
    let class = if object.is_callable() {
        Some(object.clone())
    } else {
        own(object, js_string!("constructor")).and_then(|class| class.as_object())
    };
    class
        .and_then(|class| own(&class, js_string!("name"))?.as_string())
        .map_or_else(|| "Object".to_owned(), |name| name.to_std_string_lossy())
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
    let side = |function: Option<JsFunction>| function.map_or(JsValue::undefined(), Into::into);
    let descriptor = PropertyDescriptor::builder()
        .get(side(get))
        .set(side(set))
        .enumerable(enumerable)
        .configurable(true);
    object.insert_property(key, descriptor.build());
}

/// Gives a function the `name` that programs see.
pub(crate) fn define_name(function: &JsObject, name: JsString) {
    let descriptor = PropertyDescriptor::builder()
        .value(name)
        .writable(false)
        .enumerable(false)
        .configurable(true);
    function.insert_property(js_string!("name"), descriptor.build());
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
