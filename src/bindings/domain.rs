//! `domain` for natives: emitters that are made and exceptions that nobody caught are shown to it first.
//!
//! A program that never loads the module pays one look at an empty slot for each.

use std::cell::RefCell;

use boa_engine::{Context, JsObject, JsResult, JsValue};

use crate::engine::{
    natives::{Method, arg, exports_of},
    validate,
};

const METHODS: &[Method] = &[("onInit", 1, on_init), ("onUncaught", 1, on_uncaught)];

/// The functions of the module, once it is loaded.
#[derive(Default)]
struct Domains {
    init: RefCell<Option<JsObject>>,
    uncaught: RefCell<Option<JsObject>>,
}

/// The native half.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    context.insert_data(Domains::default());
    Ok(exports_of(METHODS, context).into())
}

fn on_init(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    if let Some(domains) = context.get_data::<Domains>() {
        *domains.init.borrow_mut() = Some(callback);
    }
    Ok(JsValue::undefined())
}

fn on_uncaught(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    if let Some(domains) = context.get_data::<Domains>() {
        *domains.uncaught.borrow_mut() = Some(callback);
    }
    Ok(JsValue::undefined())
}

/// Gives a new emitter its domain.
pub(crate) fn adopt(emitter: &JsObject, context: &mut Context) -> JsResult<()> {
    let init = context.get_data::<Domains>().and_then(|domains| domains.init.borrow().clone());
    match init {
        Some(init) => {
            init.call(&JsValue::undefined(), &[emitter.clone().into()], context).map(drop)
        }
        None => Ok(()),
    }
}

/// True if a domain took the exception.
pub(crate) fn takes(error: &JsValue, context: &mut Context) -> JsResult<bool> {
    let domains = context.get_data::<Domains>();
    let uncaught = domains.and_then(|domains| domains.uncaught.borrow().clone());
    let Some(uncaught) = uncaught else { return Ok(false) };
    let taken = uncaught.call(&JsValue::undefined(), std::slice::from_ref(error), context)?;
    Ok(taken.to_boolean())
}
