//! What every process passes before it exists: whether the program may start it, what the host says of
//! it, and what it is told of the limits of its parent.

use std::{
    ffi::CString,
    path::{Path, PathBuf},
};

use boa_engine::{Context, JsResult};

use super::{command::Command, node_link, stdio::Slot};
use crate::{
    bindings::process::env,
    engine::{
        permission::{self, Permissions, Scope, Start, Started},
        spawn_policy::{self, SpawnCall, SpawnOrder, SpawnStdio},
    },
};

const PATH: &str = "PATH";
const NODE_OPTIONS: &str = "NODE_OPTIONS";
const RJS_OPTIONS: &str = "RJS_OPTIONS";

/// Lets a command through, as it is to be started; or throws.
pub(super) fn pass(
    command: &mut Command,
    slots: &[Slot],
    call: SpawnCall,
    context: &mut Context,
) -> JsResult<()> {
    let permissions = permission::granted(context);
    if permissions.is_some() {
        // What is looked at is what the child gets.
        let pairs = command.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        command.env = env::last_of_each(pairs).iter().map(|pair| env::parted(pair)).collect();
        // Whatever a script says of its limits counts for nothing.
        command.env.retain(|(name, _)| name != permission::VARIABLE);
        for (name, _) in &command.env {
            permission::check_variable(name, context)?;
        }
        if let Started::File(file) = check(command, context)? {
            check_node(command, &file, context)?;
            command.program = Some(file.to_string_lossy().into_owned());
        }
    }
    if spawn_policy::is_there(context) {
        decide(command, slots, call, context)?;
    }
    if let Some(permissions) = permissions {
        hand_down(&permissions, &command.argv, &mut command.env);
    }
    Ok(())
}

/// A program that this process becomes, as the system takes it.
pub(crate) struct Replacement {
    pub(crate) file: CString,
    pub(crate) args: Vec<CString>,
    pub(crate) env: Vec<CString>,
}

/// As [`pass`], for `process.execve`. It looks for no name.
pub(crate) fn pass_replacement(
    file: String,
    argv: Vec<CString>,
    env: Vec<(String, String)>,
    context: &mut Context,
) -> JsResult<Replacement> {
    let mut command = Command::replacement(file, argv, env);
    pass(&mut command, &[], SpawnCall::Replacement, context)?;
    let request = command.request(&[], Vec::new(), context);
    Ok(Replacement { file: request.file, args: request.args, env: request.env })
}

fn check(command: &Command, context: &mut Context) -> JsResult<Started> {
    let path = command.env.iter().find(|(name, _)| name == PATH);
    let folder = command.folder(context);
    let own = permission::granted(context).and_then(|granted| granted.path().map(str::to_owned));
    // Ours, and what it becomes where it has no `node`.
    let extended = own.as_ref().and_then(|own| node_link::extended(own, context));
    let own_paths: Vec<_> = own.into_iter().chain(extended).collect();
    let start = Start {
        file: &command.file,
        argv0: command.argv.first().map_or(b"", |argv0| argv0.to_bytes()),
        path: path.map(|(_, path)| path.as_str()),
        cwd: folder.as_deref().map(Path::new),
        own_paths: &own_paths,
        env: &command.env,
    };
    permission::check_start(&start, context)
}

/// Throws if this program is Node and would be told that it may do more than this one, which it believes. Who may start
/// any process needs no Node for that.
fn check_node(command: &Command, file: &Path, context: &mut Context) -> JsResult<()> {
    let name = file.file_name().unwrap_or_default();
    let Some(permissions) =
        permission::granted(context).filter(|_| name == "node" || name == "nodejs")
    else {
        return Ok(());
    };
    let args = command.argv.iter().skip(1).map(|arg| arg.to_str().unwrap_or_default());
    let variable = command.env.iter().find(|(name, _)| name == NODE_OPTIONS);
    let options = variable.into_iter().flat_map(|(_, text)| text.split_whitespace());
    let words: Vec<&str> = options.chain(args).collect();
    match permissions.excess(&words) {
        Some(word) => Err(permission::denied(Scope::Run, word, context)),
        None => Ok(()),
    }
}

/// What the host says.
fn decide(
    command: &mut Command,
    slots: &[Slot],
    call: SpawnCall,
    context: &mut Context,
) -> JsResult<()> {
    let asked = command.program.as_ref().unwrap_or(&command.file).clone();
    let mut order = SpawnOrder {
        call,
        file: asked.clone(),
        args: command.argv.iter().map(|arg| arg.to_string_lossy().into_owned()).collect(),
        cwd: command.cwd.as_ref().map(PathBuf::from),
        env: std::mem::take(&mut command.env),
        uid: command.uid,
        gid: command.gid,
        detached: command.detached,
        stdio: slots.iter().copied().map(stdio_of).collect(),
    };
    spawn_policy::decide(&mut order, context)?;
    if order.file != asked {
        command.program = Some(order.file);
    }
    command.argv = order.args.into_iter().map(without_nul).collect();
    command.cwd = order.cwd.map(|cwd| cwd.to_string_lossy().into_owned());
    command.env = order.env;
    command.uid = order.uid;
    command.gid = order.gid;
    command.detached = order.detached;
    let is_closed = |(index, slot): (usize, &SpawnStdio)| {
        let was_open = !matches!(slots.get(index), None | Some(Slot::Ipc | Slot::Ignore));
        (*slot == SpawnStdio::Ignore && was_open).then_some(index)
    };
    command.withheld = order.stdio.iter().enumerate().filter_map(is_closed).collect();
    Ok(())
}

fn stdio_of(slot: Slot) -> SpawnStdio {
    match slot {
        Slot::Ignore => SpawnStdio::Ignore,
        Slot::Pipe => SpawnStdio::Pipe,
        Slot::Ipc => SpawnStdio::Ipc,
        Slot::Fd(number) => SpawnStdio::Fd(number),
    }
}

/// A host's text for the system, which ends at a NUL.
fn without_nul(text: String) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

/// Tells a child of the limits of its parent. Rjs cannot get around what is told; Node takes options,
/// unless it is given others.
fn hand_down(permissions: &Permissions, argv: &[CString], env: &mut Vec<(String, String)>) {
    env.push((permission::VARIABLE.to_owned(), permission::variable(permissions)));
    if argv.iter().any(|arg| is_limit(arg.to_str().unwrap_or_default())) {
        return;
    }
    for (variable, options) in [
        (NODE_OPTIONS, permission::options_of_node(permissions)),
        (RJS_OPTIONS, permission::options_of_rjs(permissions)),
    ] {
        let given = env.iter_mut().rev().find(|(name, _)| name == variable);
        if given.as_ref().is_some_and(|(_, text)| text.split(' ').any(is_limit)) {
            return;
        }
        let added = options.iter().map(|option| quoted(option)).collect::<Vec<_>>().join(" ");
        match given {
            _ if added.is_empty() => {}
            Some((_, text)) => *text = format!("{text} {added}"),
            None => env.push((variable.to_owned(), added)),
        }
    }
}

fn is_limit(word: &str) -> bool {
    word.trim_matches('"') == "--permission"
}

/// A word of an option variable.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}
