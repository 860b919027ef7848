//! `process.env`: an object whose values are always strings.

use std::collections::HashSet;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use super::{shared_env, warning};
use crate::engine::{
    errors::{Code, coded},
    natives::{Method, arg, define_methods, define_value},
    permission, proxies, reflect, state,
};

/// Makes the object from the environment, as far as the program may see it; a variable given twice has
/// its last value.
pub(super) fn create(env: &[(String, String)], context: &mut Context) -> JsResult<JsObject> {
    let target = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in env {
        if permission::has_variable(name, context) {
            let name = JsString::from(name.as_str());
            define_value(&target, name, JsString::from(value.as_str()), true);
        }
    }
    // The zone of a process is the same, whoever may see what says so.
    let zone = env.iter().rev().find(|(name, _)| name == "TZ").map(|(_, zone)| zone.as_str());
    state::of(context).time_zone.set(zone);
    // Without a prototype: what a program puts there is no trap.
    let traps = JsObject::with_null_proto();
    define_methods(&traps, TRAPS, true, context);
    let class = context.intrinsics().constructors().proxy().constructor();
    let env = class.construct(&[target.clone().into(), traps.clone().into()], None, context)?;
    let handler = JsObject::with_object_proto(context.intrinsics());
    proxies::remember(&env, target.clone(), handler, context)?;
    context.insert_data(Environment { proxy: env.clone(), target, handler: traps });
    Ok(env)
}

const TRAPS: &[Method] =
    &[("set", 4, set), ("defineProperty", 3, define_property), ("deleteProperty", 2, delete)];

/// The object of a realm, and the one that holds its properties.
pub(super) struct Environment {
    proxy: JsObject,
    pub(super) target: JsObject,
    /// Its traps.
    pub(super) handler: JsObject,
}

/// Where the variables themselves are, if this object is `process.env`: what is read there runs no
/// JavaScript. Else the object.
pub(crate) fn behind(object: JsObject, context: &mut Context) -> JsResult<JsObject> {
    if !is_environment(&object, context) {
        return Ok(object);
    }
    shared_env::update(context)?;
    Ok(context.get_data::<Environment>().map_or(object, |env| env.target.clone()))
}

/// The variables of an object, of `process.env` where there is none, as text.
pub(crate) fn pairs(
    env: Option<JsObject>,
    context: &mut Context,
) -> JsResult<Vec<(String, String)>> {
    let env = match env {
        Some(env) => behind(env, context)?,
        None => match context.get_data::<Environment>().map(|own| own.proxy.clone()) {
            Some(own) => behind(own, context)?,
            None => return Ok(Vec::new()),
        },
    };
    let keys = reflect::own_keys(&env, context)?;
    let keys = reflect::only_enumerable(&env, keys, context)?;
    let mut pairs = Vec::with_capacity(keys.len());
    for key in keys {
        if matches!(key, PropertyKey::Symbol(_)) {
            continue;
        }
        let value = env.get(key.clone(), context)?.to_string(context)?;
        pairs.push((key.to_string(), value.to_std_string_lossy()));
    }
    Ok(pairs)
}

/// Name and value of a variable as the system has it: `NAME=value`.
pub(crate) fn parted(text: &str) -> (String, String) {
    // A name may begin with the sign.
    let sign = text.char_indices().skip(1).find(|(_, sign)| *sign == '=').map(|(at, _)| at);
    let (name, value) = match sign {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    (name.to_owned(), value.to_owned())
}

/// Of several variables of one name, `NAME=value` each, the last: who reads them takes the first or the
/// last, as it pleases.
pub(crate) fn last_of_each(mut pairs: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let is_last: Vec<bool> = pairs.iter().rev().map(|pair| seen.insert(parted(pair).0)).collect();
    let mut is_last = is_last.into_iter().rev();
    pairs.retain(|_| is_last.next().unwrap_or(true));
    pairs
}

/// Whether an object is `process.env`: for who looks at kinds of objects it is a plain one.
pub(crate) fn is_environment(object: &JsObject, context: &Context) -> bool {
    context.get_data::<Environment>().is_some_and(|env| JsObject::equals(&env.proxy, object))
}

/// Local times are those of the variable `TZ`, from now on.
pub(super) fn note_time_zone(target: &JsObject, context: &mut Context) -> JsResult<()> {
    let zone = target.get(js_string!("TZ"), context)?.as_string();
    let zone = zone.map(|zone| zone.to_std_string_lossy());
    state::of(context).time_zone.set(zone.as_deref());
    Ok(())
}

/// Gives a variable its value. A name that the system does not take is passed over, as in Node.
fn put(
    target: &JsObject,
    key: PropertyKey,
    value: JsString,
    context: &mut Context,
) -> JsResult<()> {
    let name = key.to_string();
    if name.is_empty() || name.contains('=') {
        return Ok(());
    }
    permission::check_variable(&name, context)?;
    shared_env::changed(&name, Some(&value.to_std_string_lossy()), context)?;
    define_value(target, key, value, true);
    if name == "TZ" { note_time_zone(target, context) } else { Ok(()) }
}

/// `delete env.NAME`.
fn delete(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = arg(args, 0).to_object(context)?;
    let key = arg(args, 1).to_property_key(context)?;
    if !matches!(key, PropertyKey::Symbol(_)) {
        permission::check_variable(&key.to_string(), context)?;
    }
    let is_zone = key == PropertyKey::from(js_string!("TZ"));
    if !matches!(key, PropertyKey::Symbol(_)) {
        shared_env::changed(&key.to_string(), None, context)?;
    }
    let outcome = target.delete_property_or_throw(key, context)?;
    if is_zone {
        note_time_zone(&target, context)?;
    }
    Ok(outcome.into())
}

/// `env.NAME = value`: the value becomes a string.
fn set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = arg(args, 0).to_object(context)?;
    let key = name(&arg(args, 1), context)?;
    let given = arg(args, 2);
    if !given.is_string() && !given.is_number() && !given.is_boolean() {
        warn_of_conversion(context)?;
    }
    let value = given.to_string(context)?;
    put(&target, key, value, context)?;
    Ok(true.into())
}

/// Says once, under `--pending-deprecation`, that only text and its like should be assigned.
fn warn_of_conversion(context: &mut Context) -> JsResult<()> {
    struct HasWarned;
    let pending = super::state(context).launch.reports.pending_deprecation;
    if !pending || context.insert_data(HasWarned).is_some() {
        return Ok(());
    }
    let message = "Assigning any value other than a string, number, or boolean to a process.env \
                   property is deprecated. Please make sure to convert the value to a string before \
                   setting process.env with it.";
    warning::warn(message, "DeprecationWarning", Some("DEP0104"), context)
}

/// `Object.defineProperty(env, …)`: only plain data properties.
fn define_property(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = arg(args, 0).to_object(context)?;
    let key = name(&arg(args, 1), context)?;
    let descriptor = arg(args, 2).to_object(context)?;
    for accessor in ["get", "set"] {
        if descriptor.has_own_property(JsString::from(accessor), context)? {
            let message = "'process.env' does not accept an accessor(getter/setter) descriptor";
            return Err(coded(context, Code::ERR_INVALID_OBJECT_DEFINE_PROPERTY, message));
        }
    }
    for flag in ["configurable", "writable", "enumerable"] {
        if !descriptor.get(JsString::from(flag), context)?.to_boolean() {
            let message = "'process.env' only accepts a configurable, writable, and enumerable data descriptor";
            return Err(coded(context, Code::ERR_INVALID_OBJECT_DEFINE_PROPERTY, message));
        }
    }
    let value = descriptor.get(js_string!("value"), context)?.to_string(context)?;
    put(&target, key, value, context)?;
    Ok(true.into())
}

fn name(key: &JsValue, context: &mut Context) -> JsResult<PropertyKey> {
    // A symbol cannot be converted: that is the TypeError that Node throws.
    Ok(key.to_string(context)?.into())
}
