//! The class `AsyncLocalStorage`.

use boa_engine::{
    Context, JsData, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
};
use boa_gc::{Finalize, Trace};

use super::frame;
use crate::engine::{
    classes::{self, Class, ClassSpec},
    natives::arg,
    validate,
};

pub(super) const SPEC: ClassSpec = ClassSpec {
    methods: &[
        ("disable", 0, disable),
        ("enterWith", 1, enter_with),
        ("run", 2, run),
        ("exit", 1, exit),
        ("getStore", 0, get_store),
    ],
    accessors: &[("name", name, None)],
    ..ClassSpec::new("AsyncLocalStorage", 0, construct)
};

/// The class in this realm.
pub(super) struct StorageClass(pub(super) Class);

/// The native data of a storage.
#[derive(Trace, Finalize, JsData)]
struct Storage {
    /// What `getStore` gives where nothing was entered.
    default: JsValue,
    #[unsafe_ignore_trace]
    name: JsString,
}

/// `new AsyncLocalStorage({ defaultValue, name })`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = classes::new_target(this, "AsyncLocalStorage")?;
    let mut storage = Storage { default: JsValue::undefined(), name: js_string!() };
    let options = arg(args, 0);
    if !options.is_undefined() {
        let options = validate::object(&options, "options", context)?;
        storage.default = options.get(js_string!("defaultValue"), context)?;
        let name = options.get(js_string!("name"), context)?;
        if !name.is_undefined() {
            storage.name = name.to_string(context)?;
        }
    }
    let class = context.get_data::<StorageClass>().map(|class| class.0.clone());
    let Some(class) = class else { return Err(foreign()) };
    classes::instance(&new_target, &class, storage, context).map(Into::into)
}

fn foreign() -> JsError {
    JsNativeError::typ().with_message("the receiver is not an AsyncLocalStorage").into()
}

fn receiver(this: &JsValue) -> JsResult<JsObject> {
    this.as_object().filter(JsObject::is::<Storage>).ok_or_else(foreign)
}

fn name(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let storage = receiver(this)?;
    let name = storage.downcast_ref::<Storage>().map(|storage| storage.name.clone());
    Ok(name.unwrap_or_default().into())
}

/// `storage.getStore()`.
fn get_store(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let storage = receiver(this)?;
    if let Some(value) = frame::value_of(&storage, context) {
        return Ok(value);
    }
    let default = storage.downcast_ref::<Storage>().map(|storage| storage.default.clone());
    Ok(default.unwrap_or_default())
}

/// `storage.enterWith(value)`: for the rest of what runs, and all that it begins.
fn enter_with(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    frame::enter(&receiver(this)?, Some(arg(args, 0)), context);
    Ok(JsValue::undefined())
}

/// `storage.disable()`: as if nothing had been entered.
fn disable(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    frame::enter(&receiver(this)?, None, context);
    Ok(JsValue::undefined())
}

/// `storage.run(value, callback, ...args)`.
fn run(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let storage = receiver(this)?;
    let rest = args.get(2..).unwrap_or_default();
    run_with(&storage, arg(args, 0), &arg(args, 1), rest, context)
}

/// `storage.exit(callback, ...args)`.
fn exit(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let storage = receiver(this)?;
    let rest = args.get(1..).unwrap_or_default();
    run_with(&storage, JsValue::undefined(), &arg(args, 0), rest, context)
}

fn run_with(
    storage: &JsObject,
    value: JsValue,
    callback: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(callback) = callback.as_callable() else {
        let message = format!(
            "Function.prototype.apply was called on {}, which is {} and not a function",
            callback.display(),
            super::a_kind(callback)
        );
        return Err(JsNativeError::typ().with_message(message).into());
    };
    let before = frame::value_of(storage, context);
    frame::enter(storage, Some(value), context);
    let result = callback.call(&JsValue::null(), args, context);
    // What the callback entered for other storages stays.
    frame::enter(storage, before, context);
    result
}
