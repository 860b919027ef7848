//! What is to be run, decoded from `(file, args, options)`: the options that every function which
//! starts a process has.
//!
//! Source: Node's documentation, "Child process".

use std::{cell::Cell, ffi::CString, fs, path::Path};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::proxy::Proxy, js_string,
    property::PropertyKey,
};

use super::{
    arguments::joined,
    node_link,
    options::{flag, own, text},
};
use crate::{
    bindings::{process::env, trace, url, warning},
    engine::{
        family, folder,
        observer::{self, HostEvent},
        reflect, standard, validate,
    },
    sys::{
        errno::Errno,
        error::{Subject, SysError},
        spawn::{ChildFd, SpawnRequest},
        wait::ExitStatus,
    },
};

const MAX_ID: f64 = 2_147_483_647.0;

/// The shell of `shell: true`.
const SHELL: &str = "/bin/sh";

/// A program, its arguments and its surroundings.
pub(super) struct Command {
    pub(super) file: String,
    /// What is executed, where that is not to be found by `file`.
    pub(super) program: Option<String>,
    /// As programs see them, the zeroth first.
    pub(super) args: Vec<JsValue>,
    pub(super) argv: Vec<CString>,
    pub(super) cwd: Option<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) detached: bool,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    dies_with_parent: bool,
    /// Places of descriptors that the host does not let it have.
    pub(super) withheld: Vec<usize>,
}

impl Command {
    /// A program that this process becomes: `file` is its path.
    pub(super) fn replacement(
        file: String,
        argv: Vec<CString>,
        env: Vec<(String, String)>,
    ) -> Self {
        Self {
            file,
            program: None,
            args: Vec::new(),
            argv,
            cwd: None,
            env,
            detached: false,
            uid: None,
            gid: None,
            dies_with_parent: false,
            withheld: Vec::new(),
        }
    }

    /// The request for the system: `NAME=value` for each variable, those of `further` last. Of two
    /// of one name the later wins.
    pub(super) fn request<'fd>(
        &self,
        further: &[(&str, String)],
        mut stdio: Vec<ChildFd<'fd>>,
        context: &Context,
    ) -> SpawnRequest<'fd> {
        for &place in &self.withheld {
            if let Some(fd) = stdio.get_mut(place) {
                *fd = ChildFd::Ignored;
            }
        }
        let own = self.env.iter().map(|(name, value)| format!("{name}={value}"));
        let further = further.iter().map(|(name, value)| format!("{name}={value}"));
        let env = env::last_of_each(own.chain(further).collect());
        SpawnRequest {
            file: c_string(self.program.as_ref().unwrap_or(&self.file)),
            args: self.argv.clone(),
            env: env.iter().map(|pair| c_string(pair)).collect(),
            cwd: self.folder(context).map(|folder| c_string(&folder)),
            stdio,
            detached: self.detached,
            uid: self.uid,
            gid: self.gid,
            dies_with_parent: self.dies_with_parent,
        }
    }
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

/// Tells the host that a child has ended.
pub(super) fn tell_end(pid: i32, status: Option<ExitStatus>, context: &Context) {
    family::child_ended(pid, context);
    standard::check(context);
    observer::tell(context, || {
        let (code, signal) = match status {
            Some(ExitStatus::Exited(code)) => (Some(code), None),
            Some(ExitStatus::Signaled(number)) => (None, Some(number)),
            None => (None, None),
        };
        HostEvent::Exited { pid, code, signal }
    });
}

impl Command {
    /// Tells the host that it was started.
    pub(super) fn tell_start(&self, pid: i32, context: &Context) {
        family::child_began(pid, self.detached, context);
        observer::tell(context, || {
            let args = self.argv.iter().map(|arg| arg.to_string_lossy().into_owned());
            HostEvent::Spawned { pid, file: self.file.clone(), args: args.collect() }
        });
    }

    /// What a trace calls the process.
    pub(super) fn title(&self) -> String {
        let args: Vec<_> = self.argv.iter().map(|arg| arg.to_string_lossy()).collect();
        trace::title(&args)
    }

    /// Its working directory, if not the process's.
    pub(super) fn folder(&self, context: &Context) -> Option<String> {
        let Some(cwd) = &self.cwd else {
            return folder::own(context).map(|own| own.to_string_lossy().into_owned());
        };
        Some(folder::placed(Path::new(cwd), context).to_string_lossy().into_owned())
    }

    /// The error of a start that failed, as `call` reports it.
    pub(super) fn error(&self, errno: Errno, call: &str) -> SysError {
        let args = self.argv.iter().skip(1).map(|arg| arg.to_string_lossy().into_owned());
        SysError {
            errno,
            syscall: format!("{call} {}", self.file),
            subject: Subject::Spawn(self.file.clone(), args.collect()),
        }
    }

    /// The working directory that is the reason why it did not start, and what is wrong with it.
    pub(super) fn missing_cwd(&self, context: &Context) -> Option<(&str, String)> {
        let cwd = self.cwd.as_deref()?;
        match fs::metadata(folder::placed(Path::new(cwd), context)) {
            Ok(metadata) if metadata.is_dir() => None,
            Ok(_) => Some((cwd, format!("the working directory '{cwd}' is not a directory"))),
            Err(_) => Some((cwd, format!("the working directory '{cwd}' does not exist"))),
        }
    }
}

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
fn c_string(text: &str) -> CString {
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
    if let Some(view) = crate::bindings::buffer::View::of_uint8_array(value, context) {
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

/// `options.env`, else the program's own: every enumerable property, `undefined` left out.
fn environment(options: &JsObject, context: &mut Context) -> JsResult<Vec<(String, String)>> {
    let given = own(options, "env", context)?;
    let env = match given.as_object() {
        Some(env) => env,
        None => crate::bindings::process::state(context)
            .object
            .get(js_string!("env"), context)?
            .to_object(context)?,
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, value) in enumerable(&env::behind(env, context)?, context)? {
        if value.is_undefined() {
            continue;
        }
        let name =
            without_nul(&key, &format!("options.env['{}']", key.to_std_string_lossy()), context)?;
        let text = value.to_string(context)?;
        let text = without_nul(&text, &format!("options.env['{name}']"), context)?;
        pairs.push((name, text));
    }
    if let Some((_, path)) = pairs.iter_mut().rev().find(|(name, _)| name == "PATH")
        && let Some(extended) = node_link::extended(path, context)
    {
        *path = extended;
    }
    Ok(pairs)
}

/// What `for (key in object)` visits, and the values.
fn enumerable(object: &JsObject, context: &mut Context) -> JsResult<Vec<(JsString, JsValue)>> {
    let mut pairs: Vec<(JsString, JsValue)> = Vec::new();
    let base = context.intrinsics().constructors().object().prototype();
    let mut cursor = Some(object.clone());
    while let Some(holder) = cursor.filter(|holder| !JsObject::equals(holder, &base)) {
        let known = pairs.len();
        for key in reflect::own_keys(&holder, context)? {
            let name = match &key {
                PropertyKey::Symbol(_) => continue,
                PropertyKey::String(name) => name.clone(),
                PropertyKey::Index(index) => JsString::from(index.get().to_string().as_str()),
            };
            let Some(property) = reflect::own_property(&holder, &key, context)? else { continue };
            if property.enumerable() == Some(false)
                || pairs.iter().take(known).any(|(seen, _)| *seen == name)
            {
                continue;
            }
            let value = match property.value() {
                Some(value) if !holder.is::<Proxy>() => value.clone(),
                _ => object.get(key, context)?,
            };
            pairs.push((name, value));
        }
        cursor = reflect::prototype(&holder, context)?;
    }
    Ok(pairs)
}
