//! Errors of system calls for the JavaScript halves that get a status from a handle.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::{
    engine::{
        errors::{errno_code, host_port_error, plain_error},
        natives::{Method, arg, define_value},
    },
    sys::errno::Errno,
};

pub(super) const METHODS: &[Method] = &[
    ("errnoException", 3, errno_exception),
    ("hostPortException", 5, host_port_exception),
    ("listenException", 4, described_exception),
];

/// `errnoException(status, syscall, message)`: `write EPIPE`.
fn errno_exception(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (errno, syscall) = (errno(args, context)?, text(args, 1, context)?);
    let mut message = format!("{syscall} {}", errno_code(errno));
    if arg(args, 2).to_boolean() {
        message += &format!(" {}", text(args, 2, context)?);
    }
    let error = plain_error(&message, context);
    put(&error, "errno", -errno.0);
    put(&error, "code", JsString::from(errno_code(errno)));
    put(&error, "syscall", JsString::from(syscall));
    Ok(error.into())
}

/// `hostPortException(status, syscall, address, port, local)`: `connect ECONNREFUSED 127.0.0.1:80`.
fn host_port_exception(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (errno, syscall) = (errno(args, context)?, text(args, 1, context)?);
    let local = if arg(args, 4).to_boolean() { Some(text(args, 4, context)?) } else { None };
    let (address, port) = (arg(args, 2), arg(args, 3));
    Ok(host_port_error(context, errno, &syscall, &address, &port, local.as_deref()).into())
}

/// `listenException(status, syscall, address, port)`:
/// `listen EADDRINUSE: address already in use :::80`.
fn described_exception(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (errno, syscall) = (errno(args, context)?, text(args, 1, context)?);
    let code = errno_code(errno);
    let mut message = format!("{syscall} {code}: {}", errno.message().unwrap_or("unknown error"));
    if let Some(place) = place(args, context)? {
        message += &format!(" {place}");
    }
    let error = plain_error(&message, context);
    put(&error, "code", JsString::from(code));
    put(&error, "errno", -errno.0);
    put(&error, "syscall", JsString::from(syscall));
    put_place(&error, args);
    Ok(error.into())
}

/// `address:port`, or the address alone where there is no port above 0.
fn place(args: &[JsValue], context: &mut Context) -> JsResult<Option<String>> {
    let (address, port) = (arg(args, 2), arg(args, 3));
    if port.to_boolean() && port.to_number(context)? > 0.0 {
        let port = port.to_string(context)?.to_std_string_lossy();
        return Ok(Some(format!("{}:{port}", text(args, 2, context)?)));
    }
    if address.to_boolean() { text(args, 2, context).map(Some) } else { Ok(None) }
}

fn put_place(error: &JsObject, args: &[JsValue]) {
    define_value(error, js_string!("address"), arg(args, 2), true);
    if arg(args, 3).to_boolean() {
        define_value(error, js_string!("port"), arg(args, 3), true);
    }
}

fn put(error: &JsObject, key: &str, value: impl Into<JsValue>) {
    define_value(error, JsString::from(key), value, true);
}

fn errno(args: &[JsValue], context: &mut Context) -> JsResult<Errno> {
    Ok(Errno(-arg(args, 0).to_i32(context)?))
}

fn text(args: &[JsValue], index: usize, context: &mut Context) -> JsResult<String> {
    Ok(arg(args, index).to_string(context)?.to_std_string_lossy())
}
