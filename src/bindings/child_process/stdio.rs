//! The option `stdio`: what each descriptor of the child becomes.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::options::unavailable;
use crate::engine::{
    errors::{Code, coded},
    validate,
};

/// One descriptor of the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// `/dev/null` for the first three, closed for the others.
    Ignore,
    /// A copy of the parent's descriptor of this number.
    Fd(i32),
    /// The channel.
    Ipc,
}

/// The names that stand for a slot.
fn named(name: &str, index: usize) -> Option<Slot> {
    match name {
        "ignore" => Some(Slot::Ignore),
        "inherit" => Some(Slot::Fd(i32::try_from(index).ok()?)),
        "ipc" => Some(Slot::Ipc),
        _ => None,
    }
}

/// Decodes the option: a name for all three, or a list.
pub(super) fn decode(value: &JsValue, context: &mut Context) -> JsResult<Vec<Slot>> {
    if let Some(name) = value.as_string() {
        let name = name.to_std_string_lossy();
        if matches!(name.as_str(), "pipe" | "overlapped") {
            return Err(unavailable("stdio: 'pipe'", context));
        }
        if !matches!(name.as_str(), "ignore" | "inherit") {
            return Err(validate::invalid_arg_value(context, "stdio", value, "is invalid"));
        }
        return Ok((0..3).filter_map(|index| named(&name, index)).collect());
    }
    let Some(list) = value.as_object().filter(JsObject::is_array) else {
        if value.is_null_or_undefined() {
            return Err(unavailable("stdio: 'pipe'", context));
        }
        return Err(validate::invalid_arg_value(context, "stdio", value, "is invalid"));
    };
    let length = list.get(js_string!("length"), context)?.to_length(context)?.max(3);
    let mut slots = Vec::new();
    for index in 0..length {
        let item = list.get(index, context)?;
        let slot = slot(&item, usize::try_from(index).unwrap_or(usize::MAX), context)?;
        if slot == Slot::Ipc && slots.contains(&Slot::Ipc) {
            let message = "Child process can have only one IPC pipe";
            return Err(coded(context, Code::ERR_IPC_ONE_PIPE, message));
        }
        slots.push(slot);
    }
    Ok(slots)
}

fn slot(item: &JsValue, index: usize, context: &mut Context) -> JsResult<Slot> {
    if item.is_null_or_undefined() {
        return if index < 3 {
            Err(unavailable("stdio: 'pipe'", context))
        } else {
            Ok(Slot::Ignore)
        };
    }
    if let Some(name) = item.as_string() {
        let name = name.to_std_string_lossy();
        if matches!(name.as_str(), "pipe" | "overlapped") {
            return Err(unavailable("stdio: 'pipe'", context));
        }
        if let Some(slot) = named(&name, index) {
            return Ok(slot);
        }
    }
    let number = match item.as_object() {
        Some(stream) => stream.get(js_string!("fd"), context)?,
        None => item.clone(),
    };
    match number.as_number() {
        Some(fd) if fd >= 0.0 && fd.fract() == 0.0 && fd <= f64::from(i32::MAX) => {
            Ok(Slot::Fd(fd as i32))
        }
        _ if item.is_string() => {
            let shown = validate::shown(item, context);
            let message = format!(
                "Asynchronous forks do not support Buffer, TypedArray, DataView or string input: {shown}"
            );
            Err(coded(context, Code::ERR_INVALID_SYNC_FORK_INPUT, message))
        }
        _ => Err(validate::invalid_arg_value(context, "stdio", item, "is invalid")),
    }
}

/// The stdio of `fork` as a list that has an `ipc` slot.
pub(super) fn for_fork(options: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let given = super::options::own(options, "stdio", context)?;
    let is_silent = super::options::own(options, "silent", context)?.to_boolean();
    if let Some(list) = given.as_object().filter(JsObject::is_array) {
        let length = list.get(js_string!("length"), context)?.to_length(context)?;
        for index in 0..length {
            if list.get(index, context)?.as_string().is_some_and(|name| name == js_string!("ipc")) {
                return Ok(given);
            }
        }
        let message =
            "Forked processes must have an IPC channel, missing value 'ipc' in options.stdio";
        return Err(coded(context, Code::ERR_CHILD_PROCESS_IPC_REQUIRED, message));
    }
    let name = match given.as_string() {
        Some(name) => name.to_std_string_lossy(),
        None if is_silent => "pipe".to_owned(),
        None => "inherit".to_owned(),
    };
    if !matches!(name.as_str(), "ignore" | "pipe" | "overlapped" | "inherit") {
        return Err(validate::invalid_arg_value(context, "stdio", &given, "is invalid"));
    }
    let name: JsValue = JsString::from(name.as_str()).into();
    let slots = [name.clone(), name.clone(), name, js_string!("ipc").into()];
    Ok(boa_engine::object::builtins::JsArray::from_iter(slots, context).into())
}
