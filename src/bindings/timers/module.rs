//! What `require('timers')` gives.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::IndexPropertyValues, property::PropertyDescriptor,
};

use super::{
    Symbols, Timers,
    immediate::{self, IMMEDIATE},
    timeout::{self, Plan, TIMEOUT},
};
use crate::{
    bindings::inspect::custom,
    engine::{
        builtins,
        classes::{ClassSpec, class},
        natives::{
            Method, Native, arg, define_accessor, define_value, exports_of, function,
            registered_symbol,
        },
        validate,
    },
};

const METHODS: &[Method] = &[
    ("setTimeout", 2, set_timeout),
    ("clearTimeout", 1, clear_timeout),
    ("setImmediate", 1, set_immediate),
    ("clearImmediate", 1, clear_immediate),
    ("setInterval", 2, set_interval),
    ("clearInterval", 1, clear_timeout),
];

/// Makes the classes and the state that the natives share.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let timers = timers(context);
    finish_timeout(&timers, context)?;
    let dispose = function("", 0, immediate::dispose, context);
    define_value(&timers.immediate.prototype, JsSymbol::dispose(), dispose, true);
    context.insert_data(Rc::new(timers));
    let exports = exports_of(METHODS, context);
    let promises = function("get", 0, promises, context);
    define_accessor(&exports, js_string!("promises"), Some(promises), None, true);
    define_promisified(&exports, "setTimeout", promised_timeout, context)?;
    define_promisified(&exports, "setImmediate", promised_immediate, context)?;
    Ok(exports.into())
}

fn timers(context: &mut Context) -> Timers {
    let list = class(&ClassSpec::new("TimersList", 0, no_list), None, context);
    let symbol = |description: &str| {
        JsSymbol::new(Some(JsString::from(description))).expect("2^64 symbols are never made")
    };
    let object = JsObject::with_null_proto();
    object.set_prototype(Some(list.prototype));
    Timers {
        timeout: class(&TIMEOUT, None, context),
        immediate: class(&IMMEDIATE, None, context),
        symbols: Symbols {
            refed: symbol("refed"),
            has_primitive: symbol("kHasPrimitive"),
            async_id: symbol("asyncId"),
            trigger_id: symbol("triggerId"),
            context_frame: symbol("kAsyncContextFrame"),
        },
        list: object,
        by_id: RefCell::new(HashMap::new()),
        warned_negative: Cell::new(false),
        warned_nan: Cell::new(false),
    }
}

/// The loop keeps the lists; JavaScript only sees that a timer is in one.
fn no_list(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Err(JsNativeError::typ().with_message("Illegal constructor").into())
}

fn finish_timeout(timers: &Timers, context: &mut Context) -> JsResult<()> {
    let prototype = &timers.timeout.prototype;
    let close = function("", 0, timeout::close, context);
    define_value(prototype, js_string!("close"), close, true);
    let inspect = function("[nodejs.util.inspect.custom]", 2, inspect, context);
    define_value(prototype, custom::symbol(context)?, inspect, false);
    let dispose = function("", 0, timeout::dispose, context);
    define_value(prototype, JsSymbol::dispose(), dispose, true);
    let to_primitive = function("", 0, timeout::to_primitive, context);
    define_value(prototype, JsSymbol::to_primitive(), to_primitive, true);
    Ok(())
}

/// `util.promisify(setTimeout)` is the function of `timers/promises`.
fn define_promisified(
    exports: &JsObject,
    name: &'static str,
    get: Native,
    context: &mut Context,
) -> JsResult<()> {
    let function_object = exports.get(JsString::from(name), context)?.to_object(context)?;
    let symbol = registered_symbol("nodejs.util.promisify.custom", context)?;
    let accessor = PropertyDescriptor::builder()
        .get(function("get", 0, get, context))
        .enumerable(true)
        .configurable(false);
    function_object.insert_property(symbol, accessor.build());
    Ok(())
}

fn promised_timeout(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object("timers/promises", context)?.get(js_string!("setTimeout"), context)
}

fn promised_immediate(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object("timers/promises", context)?.get(js_string!("setImmediate"), context)
}

fn promises(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load("timers/promises", context)
}

fn set_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    start(args, false, context)
}

fn set_interval(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    start(args, true, context)
}

fn start(args: &[JsValue], repeat: bool, context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    let plan = Plan {
        callback: callback.into(),
        delay: arg(args, 1),
        args: args.get(2..).unwrap_or_default().to_vec(),
        repeat,
        refed: true,
    };
    timeout::start(plan, context).map(Into::into)
}

/// `clearTimeout(timer)`, also `clearInterval`: an object or what its `Symbol.toPrimitive` gave.
fn clear_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let timer = match value.as_object() {
        Some(object) => Some(object),
        None => by_id(&value, context)?,
    };
    if let Some(timer) = timer {
        timeout::clear(&timer, context)?;
    }
    Ok(JsValue::undefined())
}

/// The timer with this id, a number or a string.
fn by_id(value: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
    if !value.is_number() && !value.is_string() {
        return Ok(None);
    }
    let text = value.to_string(context)?.to_std_string_lossy();
    // Only the id itself: "1" and not "01" or "1.0".
    let id = text.parse::<u64>().ok().filter(|id| id.to_string() == text);
    let timers = super::of(context)?;
    Ok(id.and_then(|id| timers.by_id.borrow().get(&id).cloned()))
}

fn set_immediate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    let rest = args.get(1..).unwrap_or_default().to_vec();
    immediate::start(callback.into(), rest, context).map(Into::into)
}

fn clear_immediate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = arg(args, 0).as_object() {
        immediate::clear(&object, context)?;
    }
    Ok(JsValue::undefined())
}

/// `timer[util.inspect.custom](depth, options, inspect)`: one level, the lists are not shown.
fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let options = JsObject::with_object_proto(context.intrinsics());
    if let Some(given) = arg(args, 1).as_object() {
        options.copy_data_properties::<boa_engine::property::PropertyKey>(
            &given.into(),
            Vec::new(),
            context,
        )?;
    }
    options.set(js_string!("depth"), 0, true, context)?;
    options.set(js_string!("customInspect"), false, true, context)?;
    let inspect = match arg(args, 2).as_callable() {
        Some(inspect) => inspect,
        None => {
            let util = builtins::load_object("util", context)?;
            util.get(js_string!("inspect"), context)?.to_object(context)?
        }
    };
    inspect.call(&JsValue::undefined(), &[this.clone(), options.into()], context)
}

/// The values of an array-like.
pub(crate) fn list_values(list: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    if list.is_array()
        && let IndexPropertyValues::DenseElement(values) =
            list.borrow().properties().index_property_values()
    {
        return Ok(values.as_slice().to_vec());
    }
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    (0..length).map(|index| list.get(index, context)).collect()
}
