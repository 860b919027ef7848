//! `new URLSearchParams(init)`: from a text, from pairs, from a record, from another one.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsSymbol, JsValue, js_string, property::PropertyKey,
};

use super::ParamsData;
use crate::{
    bindings::url::{classes, percent, text::text},
    engine::{
        classes::{instance, new_target},
        errors::{Code, coded},
        natives::arg,
    },
};

type Pairs = Vec<(String, String)>;

pub(super) fn construct(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let new_target = new_target(this, "URLSearchParams")?;
    let init = arg(args, 0);
    let pairs = match init.as_object() {
        Some(object) => from_object(&object, context)?,
        None if init.is_null_or_undefined() => Pairs::new(),
        None => {
            let text = text(&init, context)?;
            percent::parse_form(text.strip_prefix('?').unwrap_or(&text))
        }
    };
    let classes = classes(context)?;
    Ok(instance(&new_target, &classes.params, ParamsData::new(pairs), context)?.into())
}

fn from_object(init: &JsObject, context: &mut Context) -> JsResult<Pairs> {
    let method = init.get(JsSymbol::iterator(), context)?;
    if method.is_null_or_undefined() {
        return from_record(init, context);
    }
    if let Some(data) = init.downcast_ref::<ParamsData>()
        && is_native_iteration(&method, context)
    {
        return Ok(data.pairs.borrow().clone());
    }
    if !method.is_callable() {
        return Err(coded(context, Code::ERR_ARG_NOT_ITERABLE, "Query pairs must be iterable"));
    }
    let mut pairs = Pairs::new();
    iterate(init, &method, context, |pair, context| {
        pairs.push(pair_of(&pair, context)?);
        Ok(())
    })?;
    Ok(pairs)
}

/// True unless the program has given this object an iteration of its own.
fn is_native_iteration(method: &JsValue, context: &mut Context) -> bool {
    let Ok(classes) = classes(context) else { return false };
    let own = classes.params.prototype.get(JsSymbol::iterator(), context);
    own.is_ok_and(|own| own.strict_equals(method))
}

fn from_record(record: &JsObject, context: &mut Context) -> JsResult<Pairs> {
    let mut pairs = Pairs::new();
    for key in record.own_property_keys(context)? {
        if !is_enumerable(record, &key, context)? {
            continue;
        }
        let name = text(&JsValue::from(&key), context)?;
        let value = record.get(key, context)?;
        let value = text(&value, context)?;
        // Names that differ in lone surrogates only are one name.
        match pairs.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    Ok(pairs)
}

fn is_enumerable(object: &JsObject, key: &PropertyKey, context: &mut Context) -> JsResult<bool> {
    let test = context.intrinsics().constructors().object().prototype();
    let test = test.get(js_string!("propertyIsEnumerable"), context)?.to_object(context)?;
    Ok(test.call(&object.clone().into(), &[key.into()], context)?.to_boolean())
}

/// The name and the value of an iterable of two.
fn pair_of(pair: &JsValue, context: &mut Context) -> JsResult<(String, String)> {
    let method = match pair.as_object() {
        Some(object) => object.get(JsSymbol::iterator(), context)?,
        None => JsValue::undefined(),
    };
    let (Some(object), true) = (pair.as_object(), method.is_callable()) else {
        return Err(no_tuple(context));
    };
    let mut texts = Vec::new();
    iterate(&object, &method, context, |part, context| {
        texts.push(text(&part, context)?);
        Ok(())
    })?;
    match <[String; 2]>::try_from(texts) {
        Ok([name, value]) => Ok((name, value)),
        Err(_) => Err(no_tuple(context)),
    }
}

fn no_tuple(context: &mut Context) -> boa_engine::JsError {
    let message = "Each query pair must be an iterable [name, value] tuple";
    coded(context, Code::ERR_INVALID_TUPLE, message)
}

/// `for (const value of object)`; an iterator that `each` ends by an error is closed.
fn iterate(
    object: &JsObject,
    method: &JsValue,
    context: &mut Context,
    mut each: impl FnMut(JsValue, &mut Context) -> JsResult<()>,
) -> JsResult<()> {
    let method = method.to_object(context)?;
    let Some(iterator) = method.call(&object.clone().into(), &[], context)?.as_object() else {
        let message = "Result of the Symbol.iterator method is not an object";
        return Err(JsNativeError::typ().with_message(message).into());
    };
    let next = iterator.get(js_string!("next"), context)?.to_object(context)?;
    loop {
        let result = next.call(&iterator.clone().into(), &[], context)?.to_object(context)?;
        if result.get(js_string!("done"), context)?.to_boolean() {
            return Ok(());
        }
        let value = result.get(js_string!("value"), context)?;
        if let Err(error) = each(value, context) {
            close(&iterator, context);
            return Err(error);
        }
    }
}

/// Calls `iterator.return()`; the error that ended the loop counts, not one of this.
fn close(iterator: &JsObject, context: &mut Context) {
    if let Ok(method) = iterator.get(js_string!("return"), context)
        && let Some(method) = method.as_callable()
    {
        let _ = method.call(&iterator.clone().into(), &[], context);
    }
}
