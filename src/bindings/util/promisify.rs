//! `util.promisify`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsArray, JsPromise},
    property::PropertyDescriptor,
};

use crate::{
    bindings::warning,
    engine::{
        kinds,
        natives::{arg, closure, define_value, registered_symbol},
        reflect, validate,
    },
};

/// The symbols that functions tell `promisify` something with.
#[derive(Clone)]
struct Symbols {
    /// `util.promisify.custom`: what `promisify` returns for the function.
    custom: JsSymbol,
    /// Names for the values that a callback gets, where there are several.
    names: JsSymbol,
}

impl Symbols {
    fn of(context: &mut Context) -> JsResult<Self> {
        if let Some(symbols) = context.get_data::<Self>() {
            return Ok(symbols.clone());
        }
        let custom = registered_symbol("nodejs.util.promisify.custom", context)?;
        let names = JsSymbol::new(Some(js_string!("customPromisifyArgs")));
        let symbols = Self { names: names.unwrap_or_else(|| custom.clone()), custom };
        context.insert_data(symbols.clone());
        Ok(symbols)
    }
}

/// Lets the promisified form of a function of ours resolve to an object with these properties,
/// one for each value that its callback gets.
pub(crate) fn name_values(
    function: &JsObject,
    names: &[&str],
    context: &mut Context,
) -> JsResult<()> {
    let symbols = Symbols::of(context)?;
    let names = names.iter().map(|name| JsValue::from(JsString::from(*name)));
    let names = JsArray::from_iter(names, context);
    define_value(function, symbols.names, names, false);
    Ok(())
}

/// Lets the promisified form of a function of ours be this one.
pub(crate) fn define_promisified(
    function: &JsObject,
    promisified: JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let symbols = Symbols::of(context)?;
    define_value(function, symbols.custom, promisified, false);
    Ok(())
}

/// Defines `promisify.custom`.
pub(super) fn define_custom(util: &JsObject, context: &mut Context) -> JsResult<()> {
    let symbols = Symbols::of(context)?;
    let promisify = util.get(js_string!("promisify"), context)?.to_object(context)?;
    define_value(&promisify, js_string!("custom"), symbols.custom, true);
    Ok(())
}

/// `util.promisify(original)`.
pub(super) fn promisify(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let original = validate::function(&arg(args, 0), "original", context)?;
    let symbols = Symbols::of(context)?;
    let custom = original.get(symbols.custom.clone(), context)?;
    if custom.to_boolean() {
        let custom = validate::function(&custom, "util.promisify.custom", context)?;
        define_itself(&custom, symbols.custom, context)?;
        return Ok(custom.into());
    }
    let names = original.get(symbols.names, context)?;
    let promisified = Promisified { original: original.clone(), names: list(&names, context)? };
    let function: JsObject = closure("fn", 0, promisified, call, context).into();
    function.set_prototype(reflect::prototype(&original, context)?);
    define_itself(&function, symbols.custom, context)?;
    for key in reflect::own_keys(&original, context)? {
        if let Some(property) = reflect::own_property(&original, &key, context)? {
            function.define_property_or_throw(key, property, context)?;
        }
    }
    Ok(function.into())
}

/// The promisified form of a function is its own promisified form.
fn define_itself(function: &JsObject, custom: JsSymbol, context: &mut Context) -> JsResult<()> {
    let property = PropertyDescriptor::builder()
        .value(function.clone())
        .writable(false)
        .enumerable(false)
        .configurable(true);
    function.define_property_or_throw(custom, property, context).map(drop)
}

fn list(names: &JsValue, context: &mut Context) -> JsResult<Option<Vec<JsString>>> {
    let Some(names) = names.as_object() else { return Ok(None) };
    let length = names.get(js_string!("length"), context)?.to_length(context)?;
    let mut list = Vec::new();
    for index in 0..length {
        list.push(names.get(index, context)?.to_string(context)?);
    }
    Ok(Some(list))
}

#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Promisified {
    original: JsObject,
    #[unsafe_ignore_trace]
    names: Option<Vec<JsString>>,
}

/// Calls the original with a callback that settles the promise returned.
fn call(
    this: &JsValue,
    args: &[JsValue],
    promisified: &Promisified,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (promise, settle) = JsPromise::new_pending(context);
    let ResolvingFunctions { resolve, reject } = settle;
    let reject_now = reject.clone();
    let callback = Callback {
        resolve: resolve.into(),
        reject: reject.into(),
        names: promisified.names.clone(),
    };
    let callback = closure("", 1, callback, settle_promise, context);
    let mut args = args.to_vec();
    args.push(callback.into());
    match promisified.original.call(this, &args, context) {
        Ok(returned) if returned.as_object().as_ref().is_some_and(kinds::is_promise) => {
            let message = "Calling promisify on a function that returns a Promise is likely a \
                           mistake.";
            warning::emit_deprecation(message, "DEP0174", context)?;
        }
        Ok(_) => {}
        Err(error) => {
            if error.as_engine().is_some() {
                return Err(error);
            }
            let reason = crate::engine::errors::value_of(error, context);
            reject_now.call(&JsValue::undefined(), &[reason], context)?;
        }
    }
    Ok(promise.into())
}

#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Callback {
    resolve: JsObject,
    reject: JsObject,
    #[unsafe_ignore_trace]
    names: Option<Vec<JsString>>,
}

/// `(error, ...values) => …`.
fn settle_promise(
    _: &JsValue,
    args: &[JsValue],
    callback: &Callback,
    context: &mut Context,
) -> JsResult<JsValue> {
    let error = arg(args, 0);
    if error.to_boolean() {
        return callback.reject.call(&JsValue::undefined(), &[error], context);
    }
    let values = args.get(1..).unwrap_or_default();
    let value = match &callback.names {
        Some(names) if values.len() > 1 => {
            let object = JsObject::with_object_proto(context.intrinsics());
            for (i, name) in names.iter().enumerate() {
                define_value(&object, name.clone(), arg(values, i), true);
            }
            object.into()
        }
        _ => arg(values, 0),
    };
    callback.resolve.call(&JsValue::undefined(), &[value], context)?;
    Ok(JsValue::undefined())
}
