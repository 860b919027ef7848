//! What is to be run, decoded from `(file, args, options)`: the options that every function which
//! starts a process has.
//!
//! Source: Node's documentation, "Child process".

use std::{cell::Cell, ffi::CString};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    arguments::joined,
    command::Command,
    environment::environment,
    options::{flag, own, text},
};
use crate::{
    bindings::{buffer::View, process::env, url, warning},
    engine::validate,
};

const MAX_ID: f64 = 2_147_483_647.0;

/// The shell of `shell: true`.
const SHELL: &str = "/bin/sh";

/// The name of a program, which may not be empty.
pub(super) fn file_name(file: &JsValue, context: &mut Context) -> JsResult<String> {
    let name = validate::string(file, "file", context)?;
    let plain = without_nul(&name, "file", context)?;
    if plain.is_empty() {
        return Err(validate::invalid_arg_value(context, "file", file, "cannot be empty"));
    }
    Ok(plain)
}

/// Decodes what is to be run. The order is Node's: it decides which of several errors is told.
pub(super) fn decode(
    file: String,
    args: Vec<JsValue>,
    options: &JsObject,
    context: &mut Context,
) -> JsResult<Command> {
    let argv = arguments(&args, context)?;
    let cwd = cwd(options, context)?;
    let detached = flag(options, "detached", context)?.unwrap_or(false);
    let uid = id(options, "uid", context)?;
    let gid = id(options, "gid", context)?;
    let shell = shell(options, context)?;
    let argv0 = text(options, "argv0", context)?;
    flag(options, "windowsHide", context)?;
    flag(options, "windowsVerbatimArguments", context)?;
    let (file, args, argv) = match shell {
        None => (file, args, argv),
        Some(shell) => {
            if !args.is_empty() {
                warn_of_concatenation(context)?;
            }
            let line = joined(&JsString::from(file.as_str()).into(), &args, context)?;
            let args = vec![js_string!("-c").into(), line.clone().into()];
            (shell, args, vec![c"-c".to_owned(), c_string(&line.to_std_string_lossy())])
        }
    };
    let zeroth = argv0.unwrap_or_else(|| file.clone());
    let env = environment(options, context)?;
    let dies_with_parent = flag(options, "killWithParent", context)?.unwrap_or(false);
    let mut shown = vec![JsString::from(zeroth.as_str()).into()];
    shown.extend(args);
    let mut all = vec![c_string(&zeroth)];
    all.extend(argv);
    Ok(Command {
        file,
        program: None,
        args: shown,
        argv: all,
        cwd,
        env,
        detached,
        uid,
        gid,
        dies_with_parent,
        withheld: Vec::new(),
    })
}

fn arguments(args: &[JsValue], context: &mut Context) -> JsResult<Vec<CString>> {
    let mut out = Vec::with_capacity(args.len());
    for (index, value) in args.iter().enumerate() {
        let text = value.to_string(context)?;
        let text = without_nul(&text, &format!("args[{index}]"), context)?;
        out.push(c_string(&text));
    }
    Ok(out)
}

/// Text that the system can take.
pub(super) fn without_nul(text: &JsString, name: &str, context: &mut Context) -> JsResult<String> {
    let plain = text.to_std_string_lossy();
    if plain.contains('\0') {
        let value = text.clone().into();
        let reason = "must be a string without null bytes";
        return Err(validate::invalid_arg_value(context, name, &value, reason));
    }
    Ok(plain)
}

/// Only for text that [`without_nul`] has passed.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

fn cwd(options: &JsObject, context: &mut Context) -> JsResult<Option<String>> {
    let value = own(options, "cwd", context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    // An empty one is none.
    Ok(Some(path(&value, "options.cwd", context)?).filter(|path| !path.is_empty()))
}

/// A path: text, bytes, or a `file:` URL.
pub(super) fn path(value: &JsValue, name: &str, context: &mut Context) -> JsResult<String> {
    let without_nul = |plain: String, context: &mut Context| {
        if plain.contains('\0') {
            let reason = "must be a string, Uint8Array, or URL without null bytes";
            return Err(validate::invalid_arg_value(context, name, value, reason));
        }
        Ok(plain)
    };
    if let Some(text) = value.as_string() {
        return without_nul(text.to_std_string_lossy(), context);
    }
    if let Some(view) = View::of_uint8_array(value, context) {
        return without_nul(String::from_utf8_lossy(&view.to_vec()).into_owned(), context);
    }
    if let Some(object) = value.as_object()
        && url::looks_like_url(&object, context)
    {
        let path = url::file_url_to_path(&JsValue::undefined(), &[object.into()], context)?;
        return without_nul(path.to_string(context)?.to_std_string_lossy(), context);
    }
    let expected = "of type string or an instance of Buffer or URL";
    Err(validate::invalid_arg_type(context, name, expected, value))
}

fn id(options: &JsObject, name: &str, context: &mut Context) -> JsResult<Option<u32>> {
    let value = own(options, name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let full = format!("options.{name}");
    let number = validate::integer(&value, &full, -MAX_ID - 1.0, MAX_ID, context)?;
    Ok(Some(number as i64 as u32))
}

/// The shell to run the command with, if it is to be one.
fn shell(options: &JsObject, context: &mut Context) -> JsResult<Option<String>> {
    let value = own(options, "shell", context)?;
    match value.as_string() {
        _ if value.is_null_or_undefined() => Ok(None),
        Some(name) if name.is_empty() => Ok(None),
        Some(name) => without_nul(&name, "options.shell", context).map(Some),
        None => match value.as_boolean() {
            Some(wanted) => Ok(wanted.then(|| SHELL.to_owned())),
            None => {
                let expected = "one of type boolean or string";
                Err(validate::invalid_arg_type(context, "options.shell", expected, &value))
            }
        },
    }
}

/// Whether DEP0190 was told; once is enough.
#[derive(Default)]
struct Warned(Cell<bool>);

fn warn_of_concatenation(context: &mut Context) -> JsResult<()> {
    if !context.has_data::<Warned>() {
        context.insert_data(Warned::default());
    }
    let is_told = context.get_data::<Warned>().is_some_and(|warned| warned.0.replace(true));
    if is_told {
        return Ok(());
    }
    let message = "Passing args to a child process with shell option true can lead to security \
                   vulnerabilities, as the arguments are not escaped, only concatenated.";
    warning::emit_deprecation(message, "DEP0190", context)
}

/// A command whose parts are as the system takes them.
pub(super) struct Raw {
    pub(super) file: String,
    /// The zeroth first.
    pub(super) args: Vec<JsValue>,
    /// `NAME=value`.
    pub(super) env: Vec<String>,
}

impl Raw {
    /// With those options of a command that are given with it.
    pub(super) fn command(self, options: &JsObject, context: &mut Context) -> JsResult<Command> {
        Ok(Command {
            argv: arguments(&self.args, context)?,
            file: self.file,
            program: None,
            args: self.args,
            cwd: cwd(options, context)?,
            env: self.env.iter().map(|text| env::parted(text)).collect(),
            detached: flag(options, "detached", context)?.unwrap_or(false),
            uid: id(options, "uid", context)?,
            gid: id(options, "gid", context)?,
            dies_with_parent: false,
            withheld: Vec::new(),
        })
    }
}
