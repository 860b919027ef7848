//! `process.execve(file, args, env)`: this process becomes another program.

use std::ffi::CString;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::error::ErrorKind, js_string,
};

use crate::{
    bindings::{
        child_process::gate::{self, Replacement},
        ipc, trace,
    },
    engine::{
        natives::{Method, arg},
        stack, validate,
    },
    sys::{
        spawn,
        stdio::{Output, write_output},
    },
};

/// The row of `process`.
pub(super) const METHOD: Method = ("execve", 1, execve);

fn execve(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let file = validate::string(&arg(args, 0), "execPath", context)?;
    let list = arguments(&arg(args, 1), context)?;
    let env = environment(args.get(2), context)?;
    let file = CString::new(file.to_std_string_lossy()).map_err(|_| {
        let reason = "must be a string without null bytes";
        validate::invalid_arg_value(context, "execPath", &arg(args, 0), reason)
    })?;
    // The name of a file is one in the working directory here.
    let path = match file.to_string_lossy() {
        name if name.contains('/') => name.into_owned(),
        name => format!("./{name}"),
    };
    let Replacement { file, args: list, env } = gate::pass_replacement(path, list, env, context)?;
    super::ownership::require("execve", context)?;
    // What was sent and printed is not lost with the program that did it.
    ipc::flush_all(context);
    trace::replaced(file.to_string_lossy().as_ref(), context);
    let errno = spawn::replace(&file, &list, &env);
    let name = errno.name().unwrap_or("unknown");
    let message = format!("process.execve failed with error code {name}");
    let error = stack::new_error(ErrorKind::Error, None, &message, context);
    let trace = error.get(js_string!("stack"), context)?.to_string(context)?;
    // Where Node's function is.
    let place = "(node:internal/process/per_thread)";
    let trace = trace.to_std_string_lossy().replacen("(node:internal)", place, 1);
    // As in Node, a program that could not be replaced does not go on.
    let _ = write_output(Output::Stderr, format!("{trace}\n").as_bytes());
    std::process::abort()
}

fn arguments(given: &JsValue, context: &mut Context) -> JsResult<Vec<CString>> {
    if given.is_undefined() {
        return Ok(Vec::new());
    }
    let Some(list) = given.as_object().filter(JsObject::is_array) else {
        return Err(validate::invalid_arg_type(context, "args", "an instance of Array", given));
    };
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    let mut args = Vec::new();
    for index in 0..length {
        let value = list.get(index, context)?;
        let text = plain(value.as_string().as_ref()).ok_or_else(|| {
            let reason = "must be a string without null bytes";
            validate::invalid_arg_value(context, &format!("args[{index}]"), &value, reason)
        })?;
        args.push(text);
    }
    Ok(args)
}

/// The environment given, else the program's own.
fn environment(given: Option<&JsValue>, context: &mut Context) -> JsResult<Vec<(String, String)>> {
    let given = match given {
        Some(value) if !value.is_undefined() => value.clone(),
        _ => super::state(context).object.get(js_string!("env"), context)?,
    };
    let object = validate::object(&given, "env", context)?;
    let mut env = Vec::new();
    for key in object.own_property_keys(context)? {
        let value = object.get(key.clone(), context)?;
        let name = key.to_string();
        let text = plain(value.as_string().as_ref()).filter(|_| !name.contains('\0'));
        let Some(Ok(text)) = text.map(CString::into_string) else {
            let reason = "must be an object with string keys and values without null bytes";
            return Err(validate::invalid_arg_value(context, "env", &given, reason));
        };
        env.push((name, text));
    }
    Ok(env)
}

fn plain(text: Option<&JsString>) -> Option<CString> {
    CString::new(text?.to_std_string_lossy()).ok()
}
