//! The command line. It uses the crate's public API and nothing else.

mod completions;
mod environment;
mod help;
mod manual;
mod options;
mod parse;
mod repl;
mod threads;

use std::{
    env, fs,
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    Birth, CreateError, InputType, NodeCommand, Permissions, Program, Runtime, RuntimeBuilder,
    WarmFork,
};
use options::Settings;
use parse::CommandLine;

/// The exit code of a bad command line. Node's documentation, "Process", section "Exit codes".
const INVALID_ARGUMENT: u8 = 9;

/// Runs the program that the command line names, and ends the process.
pub fn main() -> ! {
    // It does not even come back from its stack.
    let started = crate::prepare_process()
        .and_then(|()| crate::on_deep_stack(|| crate::end_process(begin())));
    let Err(error) = started;
    complain(&format!("rjs: cannot start: {error}"));
    crate::end_process(1)
}

/// Finds out how this process was started, and does what its command line says; the exit code.
fn begin() -> u8 {
    match crate::await_birth() {
        Ok(Birth::Cold) => command(env::args_os().map(|arg| arg.to_string_lossy().into_owned())),
        Ok(Birth::Warm(args)) => command(args.into_iter()),
        Ok(_) => 0,
        Err(error) => {
            complain(&format!("rjs: {error}"));
            1
        }
    }
}

/// A variable of this process's environment, unless it is no text.
fn own_variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Reads the command line and does what it says; the exit code.
fn command(mut args: impl Iterator<Item = String>) -> u8 {
    let argv0 = args.next().unwrap_or_else(|| "rjs".to_owned());
    let mut settings = Settings::default();
    let line =
        environment::apply(&mut settings, own_variable).and_then(|()| parse::parse(settings, args));
    let line = match line {
        Ok(line) => line,
        Err(message) => {
            complain(&format!("{argv0}: {message}"));
            return INVALID_ARGUMENT;
        }
    };
    if line.settings.version {
        return say(&format!("v{}\n", env!("CARGO_PKG_VERSION")));
    }
    if line.settings.help {
        return say(&help::text());
    }
    if line.settings.manual {
        return say(&manual::page());
    }
    if let Some(shell) = line.settings.completions {
        return say(&completions::script(shell));
    }
    let is_talk = is_conversation(&line) || line.settings.interactive && !has_program(&line);
    if is_talk && line.settings.input_type != InputType::Detect {
        complain("Cannot specify --input-type for REPL");
        return INVALID_ARGUMENT;
    }
    run(&argv0, line)
}

fn run(argv0: &str, line: CommandLine) -> u8 {
    match prepare(argv0, line) {
        Ok((mut runtime, None, settings)) => {
            runtime.preload(&settings.requires);
            repl::run(runtime)
        }
        Ok((runtime, Some(program), settings)) => execute(runtime, &program, &settings),
        Err((message, code)) => {
            complain(&format!("{argv0}: {message}"));
            code
        }
    }
}

/// The runtime, what it is to run (`None`: what a person types), and the settings.
fn prepare(
    argv0: &str,
    line: CommandLine,
) -> Result<(Runtime, Option<Program>, Settings), (String, u8)> {
    let invalid = |message| (message, INVALID_ARGUMENT);
    let (program, script) = if is_conversation(&line) {
        (None, None)
    } else {
        let (program, script) = program(&line).map_err(invalid)?;
        (Some(program), script)
    };
    let settings = line.settings.clone();
    let builder = configured(argv0, line, script);
    let builder = with_env_files(builder, &settings).map_err(invalid)?;
    let runtime = builder.build().map_err(|error| {
        let code = if matches!(error, CreateError::Trace(_)) { INVALID_ARGUMENT } else { 1 };
        (error.to_string(), code)
    })?;
    Ok((runtime, program, settings))
}

/// Whether there is a person to talk to: nothing to run, and a terminal.
fn is_conversation(line: &CommandLine) -> bool {
    !has_program(line) && io::stdin().is_terminal()
}

fn has_program(line: &CommandLine) -> bool {
    line.settings.eval.is_some() || line.script.is_some()
}

/// Standard output may be closed; nothing else would come after.
fn say(text: &str) -> u8 {
    u8::from(io::stdout().write_all(text.as_bytes()).is_err())
}

fn complain(text: &str) {
    // If standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "{text}");
}

/// What to run, and the name of the script for `process.argv[1]`.
fn program(line: &CommandLine) -> Result<(Program, Option<String>), String> {
    let settings = &line.settings;
    if let Some(source) = &settings.eval {
        return Ok((text(source.clone(), "[eval]", settings), None));
    }
    if settings.interactive && line.script.is_none() {
        return Ok((Program::Conversation, None));
    }
    match line.script.as_deref() {
        Some("-") => Ok((text(standard_input()?, "[stdin]", settings), Some("-".to_owned()))),
        // As in Node, no name is no script.
        None | Some("") => Ok((text(standard_input()?, "[stdin]", settings), None)),
        Some(script) => {
            let path = absolute(script);
            let name = path.to_string_lossy().into_owned();
            Ok((Program::File(path), Some(name)))
        }
    }
}

fn text(source: String, name: &str, settings: &Settings) -> Program {
    let (print, input_type) = (settings.print, settings.input_type);
    Program::Text { source, name: name.to_owned(), print, input_type }
}

fn standard_input() -> Result<String, String> {
    let mut bytes = Vec::new();
    match io::stdin().read_to_end(&mut bytes) {
        Ok(_) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => Err(format!("cannot read standard input: {error}")),
    }
}

/// The script's path without `.` and `..`, as `path.resolve` gives it.
fn absolute(script: &str) -> PathBuf {
    let mut path = env::current_dir().unwrap_or_default();
    for component in Path::new(script).components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

/// `--env-file`: of several files the later one wins.
fn with_env_files(
    mut builder: RuntimeBuilder,
    settings: &Settings,
) -> Result<RuntimeBuilder, String> {
    for (path, may_be_missing) in settings.env_files.iter().rev() {
        match fs::read_to_string(path) {
            Ok(text) => builder = builder.env_file(&text),
            Err(_) if *may_be_missing => {
                complain(&format!("{path} not found. Continuing without it."));
            }
            Err(_) => return Err(format!("{path}: not found")),
        }
    }
    Ok(builder)
}

fn configured(argv0: &str, line: CommandLine, script: Option<String>) -> RuntimeBuilder {
    let settings = line.settings;
    let mut builder = Runtime::builder()
        .owns_process()
        .argv0(argv0)
        .exec_args(line.exec_args)
        .args(line.args)
        .warnings(settings.warnings)
        .unhandled_rejections(settings.rejections)
        .modules(settings.modules)
        .http(settings.http)
        .expose_gc(settings.expose_gc)
        .warm_fork(settings.warm_fork.unwrap_or(WarmFork::Auto))
        .node_command(settings.node_command.unwrap_or(NodeCommand::Missing))
        .abort_on_uncaught_exception(settings.abort_on_uncaught)
        .trace_ipc(settings.trace_ipc)
        .environment_flags(environment_flags())
        .thread_options(threads::read, threads::inherit);
    if settings.is_limited {
        // What is loaded before the program may be read, as the program itself.
        let files = settings.requires.iter().filter(|module| module.starts_with(['/', '.']));
        let read =
            |permissions: Permissions, file: &String| permissions.allow_fs_read_exactly(file);
        builder = builder.permissions(files.fold(settings.permissions, read));
    }
    if let Some(title) = settings.title {
        builder = builder.title(title);
    }
    if let Some(file) = settings.trace_processes {
        builder = builder.trace_processes(file);
    }
    if let Some(script) = script {
        builder = builder.script(script);
    }
    if let Some(limit) = settings.stack_trace_limit {
        builder = builder.stack_trace_limit(limit);
    }
    if let Some(eval) = settings.eval {
        builder = builder.eval_text(eval);
    }
    builder
}

/// What `NODE_OPTIONS` may hold, as programs see it.
fn environment_flags() -> impl Iterator<Item = &'static str> {
    let rows = options::rows().filter(|row| row.is_for_environment);
    rows.flat_map(|row| std::iter::once(row.long).chain(row.short))
}

fn execute(mut runtime: Runtime, program: &Program, settings: &Settings) -> u8 {
    if settings.check
        && let Program::File(path) = program
    {
        return match runtime.check(path) {
            Ok(()) => 0,
            Err(report) => {
                complain(report.trim_end());
                1
            }
        };
    }
    runtime.preload(&settings.requires);
    runtime.import_first(&settings.imports);
    runtime.run_last(program)
}
