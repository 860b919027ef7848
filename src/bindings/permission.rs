//! `process.permission`, and what JavaScript of ours asks of it.

use std::path::Path;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::{
    bindings::{buffer::View, diagnostics_channel, warning},
    engine::{
        folder,
        natives::{arg, define_methods, define_value, exports_of},
        permission::{self, Follow, SCOPES, Scope},
        validate,
    },
};

/// Gives `process` its `permission` where programs are limited.
pub(crate) fn install(process: &JsObject, context: &mut Context) {
    if !permission::is_limited(context) {
        return;
    }
    let object = JsObject::with_object_proto(context.intrinsics());
    define_methods(&object, &[("has", 2, has)], true, context);
    define_value(process, js_string!("permission"), object, true);
    permission::tell_denials(publish, context);
}

/// Warns of grants that are as good as all of them.
pub(crate) fn warn(context: &mut Context) -> JsResult<()> {
    for option in permission::options_with_commas(context) {
        let message = format!(
            "The {option} CLI flag has changed. Passing a comma-separated list of paths is no longer \
             valid. Documentation can be found at https://nodejs.org/api/permissions.html#file-system-permissions"
        );
        warning::emit_named(&message, "Warning", context)?;
    }
    for scope in permission::switches(context) {
        let option = permission::option_of(scope);
        if scope == Scope::Net {
            let message = format!("The flag {option} is under experimental phase.");
            warning::emit_named(&message, "ExperimentalWarning", context)?;
        } else {
            let message = format!(
                "The flag {option} must be used with extreme caution. It could invalidate the permission model."
            );
            warning::emit_named(&message, "SecurityWarning", context)?;
        }
    }
    Ok(())
}

/// `internal/permission`: what JavaScript of ours has to ask for.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let methods = [("netDenial", 1, net_denial as _), ("readDenial", 1, read_denial as _)];
    Ok(exports_of(&methods, context).into())
}

/// The error of a program that may not use the network; `undefined` if it may.
fn net_denial(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if permission::has(Scope::Net, context) {
        return Ok(JsValue::undefined());
    }
    let resource = arg(args, 0).to_string(context)?.to_std_string_lossy();
    Ok(permission::denial(Scope::Net, &resource, context).into())
}

/// The error of a program that may not read a file; `undefined` if it may.
fn read_denial(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = arg(args, 0).to_string(context)?.to_std_string_lossy();
    if permission::may_read(Path::new(&path), context) {
        return Ok(JsValue::undefined());
    }
    Ok(permission::denial(Scope::FsRead, &path, context).into())
}

/// Publishes on `node:permission-model:…` that something was denied.
fn publish(scope: Scope, resource: &str, context: &mut Context) {
    let Some((_, name, permission, _)) = SCOPES.iter().find(|row| row.0 == scope) else { return };
    let kind = name.split('.').next().unwrap_or(name);
    let fields = |context: &mut Context| {
        let fields = [
            ("permission", JsString::from(*permission).into()),
            ("resource", JsString::from(resource).into()),
        ];
        diagnostics_channel::message(&fields, context).into()
    };
    // A subscriber that throws changes nothing of what is denied.
    let _ = diagnostics_channel::publish(&format!("node:permission-model:{kind}"), fields, context);
}

/// `process.permission.has(scope, reference)`.
fn has(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let scope = validate::string(&arg(args, 0), "scope", context)?.to_std_string_lossy();
    let reference = reference(&arg(args, 1), context)?;
    let mut may = |scope| {
        let may = may(scope, reference.as_deref(), context);
        if !may {
            publish(scope, reference.as_deref().unwrap_or_default(), context);
        }
        may
    };
    Ok(match scope.as_str() {
        "fs" => may(Scope::FsRead) && may(Scope::FsWrite),
        name => SCOPES.iter().find(|row| row.1 == name).is_some_and(|row| may(row.0)),
    }
    .into())
}

/// Whether the program may do this with what is named, or with everything there is.
fn may(scope: Scope, reference: Option<&str>, context: &Context) -> bool {
    match (scope, reference) {
        (Scope::FsRead | Scope::FsWrite, Some(path)) => {
            permission::has_path(scope, Path::new(path), Follow::Yes, context)
        }
        (Scope::Env, Some(name)) => permission::has_variable(name, context),
        (Scope::Run, Some(file)) => {
            let here = folder::current(context);
            permission::granted(context).is_none_or(|granted| granted.may_run(file, &here))
        }
        _ => permission::has(scope, context),
    }
}

/// A path, a program or a variable as text or bytes; `None` without one.
fn reference(given: &JsValue, context: &mut Context) -> JsResult<Option<String>> {
    if given.is_null_or_undefined() {
        return Ok(None);
    }
    if let Some(view) = View::of_uint8_array(given, context) {
        return Ok(Some(String::from_utf8_lossy(&view.to_vec()).into_owned()));
    }
    Ok(Some(validate::string(given, "reference", context)?.to_std_string_lossy()))
}
