//! `util.getSystemErrorName` and its relatives: the table of system errors for programs.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::error::ErrorKind,
    js_string,
    object::builtins::{JsArray, JsMap},
};

use crate::{
    engine::{
        natives::{arg, define_value},
        stack, validate,
    },
    sys::{
        errno::{Errno, TABLE},
        signals,
    },
};

/// A negative number as Node gives errors, made positive.
fn errno(args: &[JsValue], context: &mut Context) -> JsResult<Errno> {
    let value = arg(args, 0);
    let number = validate::number(&value, "err", context)?;
    if number >= 0.0 || number.fract() != 0.0 || number < -9_007_199_254_740_991.0 {
        return Err(validate::out_of_range(context, "err", "a negative integer", &value));
    }
    Ok(Errno(-(number as i32)))
}

fn text(known: Option<&str>, errno: Errno) -> JsValue {
    match known {
        Some(text) => JsString::from(text).into(),
        None => JsString::from(unknown(errno)).into(),
    }
}

fn unknown(errno: Errno) -> String {
    format!("Unknown system error {}", -errno.0)
}

/// `util.getSystemErrorName(err)`.
pub(super) fn get_system_error_name(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let errno = errno(args, context)?;
    Ok(text(errno.name(), errno))
}

/// `util.getSystemErrorMessage(err)`.
pub(super) fn get_system_error_message(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let errno = errno(args, context)?;
    Ok(text(errno.message(), errno))
}

/// `util.getSystemErrorMap()`.
pub(super) fn get_system_error_map(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let map = JsMap::new(context);
    for &(number, name, message) in TABLE {
        let row = [name, message].map(|text| JsValue::from(JsString::from(text)));
        let row = JsArray::from_iter(row, context);
        map.set(-number, row, context)?;
    }
    Ok(map.into())
}

/// `util.convertProcessSignalToExitCode(signal)`.
pub(super) fn convert_process_signal_to_exit_code(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let name = value.as_string().map(|name| name.to_std_string_lossy());
    match name.and_then(|name| signals::number(&name)) {
        Some(number) => Ok((128 + number).into()),
        None => {
            let names: Vec<String> =
                signals::TABLE.iter().map(|(name, _)| format!("'{name}'")).collect();
            let reason = format!("must be one of: {}", names.join(", "));
            Err(validate::invalid_arg_value(context, "signalCode", &value, &reason))
        }
    }
}

/// What both kinds of exceptions have: `syscall CODE detail` and its parts.
fn exception(args: &[JsValue], detail: &str, context: &mut Context) -> JsResult<JsObject> {
    let errno = Errno(-arg(args, 0).to_i32(context)?);
    let syscall = arg(args, 1).to_string(context)?;
    let code = errno.name().map_or_else(|| unknown(errno), str::to_owned);
    let message = format!("{} {code}{detail}", syscall.to_std_string_lossy());
    let error = stack::new_error(ErrorKind::Error, None, &message, context);
    define_value(&error, js_string!("errno"), -errno.0, true);
    define_value(&error, js_string!("code"), JsString::from(code), true);
    define_value(&error, js_string!("syscall"), syscall, true);
    Ok(error)
}

/// `util._errnoException(err, syscall, original)`.
pub(super) fn errno_exception(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let original = arg(args, 2);
    let mut detail = String::new();
    if original.to_boolean() {
        detail = format!(" {}", original.to_string(context)?.to_std_string_lossy());
    }
    Ok(exception(args, &detail, context)?.into())
}

/// `util._exceptionWithHostPort(err, syscall, address, port, additional)`.
pub(super) fn exception_with_host_port(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (address, port, additional) = (arg(args, 2), arg(args, 3), arg(args, 4));
    let mut detail = String::new();
    let mut shown = |value: &JsValue| -> JsResult<String> {
        Ok(value.to_string(context)?.to_std_string_lossy())
    };
    let is_numbered = port.as_number().is_some_and(|port| port > 0.0);
    if is_numbered {
        detail = format!(" {}:{}", shown(&address)?, shown(&port)?);
    } else if address.to_boolean() {
        detail = format!(" {}", shown(&address)?);
    }
    if additional.to_boolean() {
        detail = format!("{detail} - Local ({})", shown(&additional)?);
    }
    let error = exception(args, &detail, context)?;
    define_value(&error, js_string!("address"), address, true);
    if port.to_boolean() {
        define_value(&error, js_string!("port"), port, true);
    }
    Ok(error.into())
}
