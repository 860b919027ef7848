//! THE TABLE of command-line options.

use super::{
    Group, OptionRow, Settings, Take, Value,
    takes::{
        allow_env, allow_fs_read, allow_fs_write, allow_run, completions, condition,
        disable_warning, env_file, env_file_if_exists, eval, grant, http_head, import, input_type,
        print, redirect_warnings, rejections, require, stack_trace_limit, title, trace_processes,
    },
};
use crate::{NodeCommand, Permissions, WarmFork};

const fn flag(
    long: &'static str,
    short: Option<&'static str>,
    set: fn(&mut Settings),
    help: &'static str,
) -> OptionRow {
    let value = Value::None(set);
    OptionRow {
        long,
        short,
        value,
        choices: &[],
        help,
        is_for_environment: true,
        is_process_wide: false,
    }
}

const fn required(
    long: &'static str,
    short: Option<&'static str>,
    name: &'static str,
    take: Take,
    help: &'static str,
) -> OptionRow {
    let value = Value::Required(name, take);
    OptionRow {
        long,
        short,
        value,
        choices: &[],
        help,
        is_for_environment: true,
        is_process_wide: false,
    }
}

/// An option of Node's that changes nothing here.
const fn accepted(long: &'static str) -> OptionRow {
    flag(long, None, |_| {}, "")
}

/// As [`accepted`], with a value.
const fn accepted_with(long: &'static str) -> OptionRow {
    required(long, None, "VALUE", |_, _| Ok(()), "")
}

/// Every option, in the order of `--help`.
pub(crate) const GROUPS: &[Group] = &[
    Group { heading: "What to run", rows: PROGRAM },
    Group { heading: "Modules", rows: MODULES },
    Group { heading: "Children and messages", rows: CHILDREN },
    Group { heading: "Warnings and failures", rows: WARNINGS },
    Group { heading: "The process", rows: PROCESS },
    Group { heading: "Permissions", rows: PERMISSIONS },
    Group { heading: "About rjs", rows: ABOUT },
    Group { heading: "Accepted, as they change nothing here", rows: ACCEPTED },
];

const PERMISSIONS: &[OptionRow] = &[
    flag("--permission", None, |s| s.is_limited = true, "allow only what is allowed below")
        .process_wide(),
    required(
        "--allow-fs-read",
        None,
        "PATH",
        allow_fs_read,
        "reading PATH, or all of a folder; *: all",
    )
    .process_wide(),
    required(
        "--allow-fs-write",
        None,
        "PATH",
        allow_fs_write,
        "making, changing and removing PATH",
    )
    .process_wide(),
    flag(
        "--allow-child-process",
        None,
        |s| grant(s, Permissions::allow_child_process),
        "starting processes",
    )
    .process_wide(),
    required("--allow-run", None, "NAME,…", allow_run, "starting these programs; rjs: this one")
        .process_wide(),
    required("--allow-env", None, "NAME,…", allow_env, "variables; without it, all of them")
        .process_wide(),
    flag("--allow-net", None, |s| grant(s, Permissions::allow_net), "opening sockets")
        .process_wide(),
    flag("--allow-worker", None, |s| grant(s, Permissions::allow_worker), "starting threads")
        .process_wide(),
    flag("--allow-addons", None, |s| grant(s, Permissions::allow_addons), "").process_wide(),
    flag("--allow-wasi", None, |s| grant(s, Permissions::allow_wasi), "").process_wide(),
    flag("--allow-inspector", None, |s| grant(s, Permissions::allow_inspector), "").process_wide(),
];

const PROGRAM: &[OptionRow] = &[
    required("--eval", Some("-e"), "TEXT", eval, "run TEXT as a program").command_line_only(),
    OptionRow {
        long: "--print",
        short: Some("-p"),
        value: Value::Optional("TEXT", print),
        choices: &[],
        help: "run TEXT and print its value",
        is_for_environment: false,
        is_process_wide: false,
    },
    flag("--check", Some("-c"), |s| s.check = true, "parse the script without running it")
        .command_line_only(),
    flag("--interactive", Some("-i"), |s| s.interactive = true, "talk, on a terminal or not")
        .command_line_only(),
    required("--input-type", None, "TYPE", input_type, "what TEXT is: commonjs or module")
        .one_of(&["commonjs", "module"]),
];

const MODULES: &[OptionRow] = &[
    required("--require", Some("-r"), "MODULE", require, "load MODULE before the program"),
    required("--import", None, "MODULE", import, "import MODULE before the program"),
    required("--conditions", Some("-C"), "NAME", condition, "a condition of packages' exports"),
    flag(
        "--experimental-vm-modules",
        None,
        |s| s.modules.vm_modules = true,
        "vm.SourceTextModule and vm.SyntheticModule",
    ),
    flag(
        "--preserve-symlinks",
        None,
        |s| s.modules.preserve_symlinks = true,
        "know modules by links",
    ),
    flag(
        "--preserve-symlinks-main",
        None,
        |s| s.modules.preserve_symlinks_main = true,
        "the same for the main module",
    ),
    flag(
        "--no-experimental-require-module",
        None,
        |s| s.modules.refuse_require_of_modules = true,
        "have require() refuse ES modules",
    ),
];

const CHILDREN: &[OptionRow] = &[
    flag("--trace-ipc", None, |s| s.trace_ipc = true, "print every message of IPC channels")
        .process_wide(),
    required(
        "--trace-processes",
        None,
        "FILE",
        trace_processes,
        "write the tree of processes to FILE",
    )
    .process_wide(),
    flag(
        "--warm-fork",
        None,
        |s| s.warm_fork = Some(WarmFork::Always),
        "start even the first child as a copy",
    )
    .process_wide(),
    flag(
        "--no-warm-fork",
        None,
        |s| s.warm_fork = Some(WarmFork::Never),
        "start all children from the executable",
    )
    .process_wide(),
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
];

const WARNINGS: &[OptionRow] = &[
    flag("--no-warnings", None, |s| s.warnings.silent = true, "print no process warnings"),
    flag("--warnings", None, |s| s.warnings.silent = false, ""),
    required("--disable-warning", None, "NAME", disable_warning, "print none of this name or code"),
    required("--redirect-warnings", None, "FILE", redirect_warnings, "append warnings to FILE"),
    flag("--trace-warnings", None, |s| s.warnings.trace = true, "print the stacks of warnings"),
    flag("--no-deprecation", None, |s| s.warnings.ignore_deprecations = true, "no deprecations"),
    flag("--deprecation", None, |s| s.warnings.ignore_deprecations = false, ""),
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
    required("--unhandled-rejections", None, "MODE", rejections, "what unhandled rejections do")
        .one_of(&["throw", "strict", "warn", "none", "warn-with-error-code"]),
    flag(
        "--abort-on-uncaught-exception",
        None,
        |s| s.abort_on_uncaught = true,
        "end with SIGABRT instead of exit code 1",
    ),
    required("--stack-trace-limit", None, "N", stack_trace_limit, "frames of a stack trace"),
];

const PROCESS: &[OptionRow] = &[
    required("--env-file", None, "FILE", env_file, "set the variables of FILE")
        .command_line_only()
        .process_wide(),
    required(
        "--env-file-if-exists",
        None,
        "FILE",
        env_file_if_exists,
        "likewise, if there is such a file",
    )
    .command_line_only()
    .process_wide(),
    required("--title", None, "TITLE", title, "what the process is called").process_wide(),
    flag("--expose-gc", None, |s| s.expose_gc = true, "give programs the function gc()"),
    required(
        "--max-http-header-size",
        None,
        "BYTES",
        http_head,
        "what the head of an http message may have",
    ),
    flag(
        "--insecure-http-parser",
        None,
        |s| s.http.is_lenient = true,
        "take http messages against the standard",
    ),
    flag("--no-insecure-http-parser", None, |s| s.http.is_lenient = false, ""),
    // net and dgram look for these in process.execArgv.
    flag("--network-family-autoselection", None, |_| {}, ""),
    flag(
        "--no-network-family-autoselection",
        None,
        |_| {},
        "connect to the first address of a name only",
    ),
    required(
        "--network-family-autoselection-attempt-timeout",
        None,
        "MS",
        |_, _| Ok(()),
        "how long each address is tried",
    ),
    required("--dns-result-order", None, "ORDER", |_, _| Ok(()), "which addresses come first")
        .one_of(&["verbatim", "ipv4first", "ipv6first"]),
    accepted("--test-udp-no-try-send").command_line_only(),
];

const ABOUT: &[OptionRow] = &[
    flag("--version", Some("-v"), |s| s.version = true, "print the version").command_line_only(),
    flag("--help", Some("-h"), |s| s.help = true, "print this text").command_line_only(),
    flag("--man", None, |s| s.manual = true, "print the manual page, for man -l -")
        .command_line_only(),
    required(
        "--completions",
        None,
        "SHELL",
        completions,
        "print completions for bash, zsh or fish",
    )
    .one_of(&["bash", "zsh", "fish"])
    .command_line_only(),
];

const ACCEPTED: &[OptionRow] = &[
    accepted_with("--stack-size").command_line_only(),
    accepted_with("--max-old-space-size"),
    accepted_with("--max-semi-space-size"),
    accepted_with("--v8-pool-size"),
    accepted_with("--diagnostic-dir"),
    accepted_with("--icu-data-dir"),
    accepted_with("--use-largepages"),
    accepted("--enable-network-family-autoselection"),
    accepted("--expose-internals").command_line_only(),
    accepted("--perf-basic-prof"),
    accepted("--perf-prof"),
    accepted("--interpreted-frames-native-stack"),
    accepted("--trace-uncaught"),
    accepted("--trace-exit"),
    accepted("--trace-sigint"),
    accepted("--trace-sync-io"),
    accepted("--track-heap-objects"),
    accepted("--enable-source-maps"),
    accepted("--zero-fill-buffers"),
    accepted("--async-context-frame"),
    accepted("--addons"),
    accepted("--no-addons"),
    accepted("--napi-modules"),
    accepted("--force-context-aware"),
    accepted("--force-async-hooks-checks"),
    accepted("--no-force-async-hooks-checks"),
    accepted("--verify-base-objects"),
    accepted("--no-verify-base-objects"),
    accepted("--node-snapshot"),
    accepted("--extra-info-on-fatal-exception"),
    accepted("--no-extra-info-on-fatal-exception"),
    accepted("--use-openssl-ca"),
    accepted("--use-bundled-ca"),
    accepted("--disable-wasm-trap-handler"),
    accepted("--jitless"),
];
