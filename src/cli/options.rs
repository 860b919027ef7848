//! THE TABLE of command-line options. Parsing and `--help` derive from it.

use crate::{InputType, ModuleSettings, NodeCommand, UnhandledRejections, WarmFork, Warnings};

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one option of the command line")]
pub(crate) struct Settings {
    pub(crate) help: bool,
    pub(crate) version: bool,
    pub(crate) check: bool,
    pub(crate) print: bool,
    pub(crate) interactive: bool,
    pub(crate) eval: Option<String>,
    pub(crate) requires: Vec<String>,
    pub(crate) imports: Vec<String>,
    pub(crate) modules: ModuleSettings,
    pub(crate) input_type: InputType,
    pub(crate) warnings: Warnings,
    pub(crate) rejections: UnhandledRejections,
    pub(crate) expose_gc: bool,
    pub(crate) stack_trace_limit: Option<u32>,
    pub(crate) warm_fork: Option<WarmFork>,
    pub(crate) node_command: Option<NodeCommand>,
    pub(crate) abort_on_uncaught: bool,
    pub(crate) title: Option<String>,
    pub(crate) trace_ipc: bool,
    pub(crate) trace_processes: Option<String>,
    /// Files of environment variables; true: it is no error if the file is not there.
    pub(crate) env_files: Vec<(String, bool)>,
}

/// How an option takes its value.
pub(crate) enum Value {
    /// It takes none.
    None(fn(&mut Settings)),
    /// It needs one: `--x=value` or `--x value`.
    Required(&'static str, Take),
    /// It may have one, only as `--x=value` (`-p`: as the next argument, unless that is an option).
    Optional(&'static str, fn(&mut Settings, Option<&str>)),
}

/// Takes a value, or says what it must be.
pub(crate) type Take = fn(&mut Settings, &str) -> Result<(), &'static str>;

/// One option.
pub(crate) struct OptionRow {
    /// `--name`.
    pub(crate) long: &'static str,
    /// `-x`.
    pub(crate) short: Option<&'static str>,
    pub(crate) value: Value,
    /// One line for `--help`; empty for options that are accepted and change nothing.
    pub(crate) help: &'static str,
    /// Whether `NODE_OPTIONS` may hold it.
    pub(crate) is_for_environment: bool,
}

impl OptionRow {
    /// An option that says what this one program is: not for every program of an environment.
    const fn command_line_only(mut self) -> Self {
        self.is_for_environment = false;
        self
    }
}

const fn flag(
    long: &'static str,
    short: Option<&'static str>,
    set: fn(&mut Settings),
    help: &'static str,
) -> OptionRow {
    OptionRow { long, short, value: Value::None(set), help, is_for_environment: true }
}

const fn required(
    long: &'static str,
    short: Option<&'static str>,
    name: &'static str,
    take: Take,
    help: &'static str,
) -> OptionRow {
    OptionRow { long, short, value: Value::Required(name, take), help, is_for_environment: true }
}

/// An option of Node's that changes nothing here.
const fn accepted(long: &'static str) -> OptionRow {
    flag(long, None, |_| {}, "")
}

/// As [`accepted`], with a value.
const fn accepted_with(long: &'static str) -> OptionRow {
    required(long, None, "VALUE", |_, _| Ok(()), "")
}

/// Every option.
pub(crate) const TABLE: &[OptionRow] = &[
    required("--eval", Some("-e"), "TEXT", eval, "run TEXT as a script").command_line_only(),
    OptionRow {
        long: "--print",
        short: Some("-p"),
        value: Value::Optional("TEXT", print),
        help: "run TEXT as a script and print its value",
        is_for_environment: false,
    },
    flag("--check", Some("-c"), |s| s.check = true, "parse the script without running it")
        .command_line_only(),
    flag(
        "--interactive",
        Some("-i"),
        |s| s.interactive = true,
        "talk to a person, terminal or not",
    )
    .command_line_only(),
    required("--require", Some("-r"), "MODULE", require, "load MODULE before the script"),
    required("--import", None, "MODULE", import, "import MODULE before the script"),
    required("--input-type", None, "TYPE", input_type, "what TEXT is: commonjs or module"),
    required("--conditions", Some("-C"), "NAME", condition, "a condition of packages' exports"),
    flag("--version", Some("-v"), |s| s.version = true, "print the version").command_line_only(),
    flag("--help", Some("-h"), |s| s.help = true, "print this text").command_line_only(),
    required("--env-file", None, "FILE", env_file, "set the variables of FILE").command_line_only(),
    required(
        "--env-file-if-exists",
        None,
        "FILE",
        env_file_if_exists,
        "likewise, if there is such a file",
    )
    .command_line_only(),
    required("--title", None, "TITLE", title, "what the process is called"),
    flag("--no-warnings", None, |s| s.warnings.silent = true, "print no process warnings"),
    flag("--warnings", None, |s| s.warnings.silent = false, ""),
    flag(
        "--trace-warnings",
        None,
        |s| s.warnings.trace = true,
        "print the stacks of process warnings",
    ),
    flag(
        "--no-deprecation",
        None,
        |s| s.warnings.ignore_deprecations = true,
        "print no deprecations",
    ),
    flag(
        "--trace-deprecation",
        None,
        |s| s.warnings.trace_deprecations = true,
        "print the stacks of deprecations",
    ),
    flag(
        "--throw-deprecation",
        None,
        |s| s.warnings.throw_deprecations = true,
        "throw deprecations",
    ),
    flag(
        "--pending-deprecation",
        None,
        |s| {
            s.warnings.pending_deprecations = true;
            s.modules.pending_deprecations = true;
        },
        "emit pending deprecations too",
    ),
    required(
        "--disable-warning",
        None,
        "NAME",
        disable_warning,
        "print no warnings of this name or code",
    ),
    required("--redirect-warnings", None, "FILE", redirect_warnings, "append warnings to FILE"),
    flag(
        "--abort-on-uncaught-exception",
        None,
        |s| s.abort_on_uncaught = true,
        "end with SIGABRT instead of the exit code 1",
    ),
    flag(
        "--no-experimental-require-module",
        None,
        |s| s.modules.refuse_require_of_modules = true,
        "have require() refuse ES modules",
    ),
    required(
        "--unhandled-rejections",
        None,
        "MODE",
        rejections,
        "what they do: throw, strict, warn, none, ...",
    ),
    flag(
        "--no-warm-fork",
        None,
        |s| s.warm_fork = Some(WarmFork::Never),
        "start every child from the executable",
    ),
    flag(
        "--warm-fork",
        None,
        |s| s.warm_fork = Some(WarmFork::Always),
        "start even the first child as a copy",
    ),
    flag("--trace-ipc", None, |s| s.trace_ipc = true, "print every message of the IPC channels"),
    required(
        "--trace-processes",
        None,
        "FILE",
        trace_processes,
        "write the tree of processes to FILE",
    ),
    flag(
        "--as-node",
        None,
        |s| s.node_command = Some(NodeCommand::Own),
        "be the command node of every child",
    ),
    flag(
        "--no-node-link",
        None,
        |s| s.node_command = Some(NodeCommand::OfPath),
        "be it not even where there is none",
    ),
    flag("--expose-gc", None, |s| s.expose_gc = true, "give scripts the function gc()"),
    required(
        "--stack-trace-limit",
        None,
        "N",
        stack_trace_limit,
        "how many frames stack traces have",
    ),
    // dgram looks for it in process.execArgv.
    accepted("--test-udp-no-try-send"),
    accepted_with("--stack-size"),
    accepted_with("--max-old-space-size"),
    accepted_with("--network-family-autoselection-attempt-timeout"),
    accepted("--network-family-autoselection"),
    accepted("--no-network-family-autoselection"),
    accepted("--expose-internals").command_line_only(),
    accepted("--perf-basic-prof"),
    accepted("--perf-prof"),
    accepted("--interpreted-frames-native-stack"),
    accepted_with("--max-semi-space-size"),
    accepted_with("--max-http-header-size"),
    accepted("--trace-uncaught"),
    accepted("--enable-source-maps"),
    accepted("--zero-fill-buffers"),
    accepted("--async-context-frame"),
    flag(
        "--preserve-symlinks",
        None,
        |s| s.modules.preserve_symlinks = true,
        "know modules by the links that lead to them",
    ),
    flag(
        "--preserve-symlinks-main",
        None,
        |s| s.modules.preserve_symlinks_main = true,
        "the same for the main module",
    ),
];

fn eval(settings: &mut Settings, text: &str) -> Result<(), &'static str> {
    settings.eval = Some(text.to_owned());
    Ok(())
}

fn print(settings: &mut Settings, text: Option<&str>) {
    settings.print = true;
    if let Some(text) = text {
        settings.eval = Some(text.to_owned());
    }
}

fn require(settings: &mut Settings, module: &str) -> Result<(), &'static str> {
    settings.requires.push(module.to_owned());
    Ok(())
}

fn stack_trace_limit(settings: &mut Settings, limit: &str) -> Result<(), &'static str> {
    settings.stack_trace_limit = Some(limit.parse().map_err(|_| "a whole number")?);
    Ok(())
}

fn import(settings: &mut Settings, module: &str) -> Result<(), &'static str> {
    settings.imports.push(module.to_owned());
    Ok(())
}

fn condition(settings: &mut Settings, name: &str) -> Result<(), &'static str> {
    settings.modules.conditions.push(name.to_owned());
    Ok(())
}

fn input_type(settings: &mut Settings, name: &str) -> Result<(), &'static str> {
    settings.input_type = match name {
        "module" => InputType::Module,
        "commonjs" => InputType::CommonJs,
        _ => return Err("\"module\" or \"commonjs\""),
    };
    Ok(())
}

fn rejections(settings: &mut Settings, mode: &str) -> Result<(), &'static str> {
    settings.rejections = match mode {
        "throw" => UnhandledRejections::Throw,
        "strict" => UnhandledRejections::Strict,
        "warn" => UnhandledRejections::Warn,
        "none" => UnhandledRejections::None,
        "warn-with-error-codes" => UnhandledRejections::WarnWithErrorCode,
        _ => return Err("one of strict, warn, none, throw, warn-with-error-codes"),
    };
    Ok(())
}

fn title(settings: &mut Settings, title: &str) -> Result<(), &'static str> {
    settings.title = Some(title.to_owned());
    Ok(())
}

fn trace_processes(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.trace_processes = Some(path.to_owned());
    Ok(())
}

fn env_file(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.env_files.push((path.to_owned(), false));
    Ok(())
}

fn env_file_if_exists(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.env_files.push((path.to_owned(), true));
    Ok(())
}

fn disable_warning(settings: &mut Settings, name: &str) -> Result<(), &'static str> {
    settings.warnings.disabled.push(name.to_owned());
    Ok(())
}

fn redirect_warnings(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.warnings.redirected_to = Some(path.into());
    Ok(())
}
