//! What an option is, and what the command line asks for. The options themselves are in `table`:
//! parsing, `--help`, the manual page and the completions of shells derive from it.

mod table;
mod takes;

pub(crate) use table::GROUPS;

use crate::{
    HttpSettings, InputType, ModuleSettings, NodeCommand, Permissions, UnhandledRejections,
    WarmFork, Warnings,
};

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one option of the command line")]
pub(crate) struct Settings {
    pub(crate) help: bool,
    pub(crate) manual: bool,
    /// The shell whose completions are asked for.
    pub(crate) completions: Option<Shell>,
    pub(crate) version: bool,
    pub(crate) check: bool,
    pub(crate) print: bool,
    pub(crate) interactive: bool,
    pub(crate) eval: Option<String>,
    pub(crate) requires: Vec<String>,
    pub(crate) imports: Vec<String>,
    pub(crate) modules: ModuleSettings,
    pub(crate) input_type: InputType,
    pub(crate) http: HttpSettings,
    pub(crate) warnings: Warnings,
    pub(crate) rejections: UnhandledRejections,
    pub(crate) expose_gc: bool,
    pub(crate) stack_trace_limit: Option<u32>,
    pub(crate) warm_fork: Option<WarmFork>,
    pub(crate) node_command: Option<NodeCommand>,
    pub(crate) abort_on_uncaught: bool,
    pub(crate) title: Option<String>,
    /// `--permission`.
    pub(crate) is_limited: bool,
    /// What `--allow-…` grants then.
    pub(crate) permissions: Permissions,
    pub(crate) trace_ipc: bool,
    pub(crate) trace_processes: Option<String>,
    /// Files of environment variables; true: it is no error if the file is not there.
    pub(crate) env_files: Vec<(String, bool)>,
}

/// A shell that completes command lines by a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
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

/// Takes a value, or says what it must be; empty: that it is invalid.
pub(crate) type Take = fn(&mut Settings, &str) -> Result<(), &'static str>;

/// One option.
pub(crate) struct OptionRow {
    /// `--name`.
    pub(crate) long: &'static str,
    /// `-x`.
    pub(crate) short: Option<&'static str>,
    pub(crate) value: Value,
    /// What the value may be, where it is one of a few.
    pub(crate) choices: &'static [&'static str],
    /// One line for `--help`; empty for options that are accepted and change nothing, or undo another.
    pub(crate) help: &'static str,
    /// Whether `NODE_OPTIONS` may hold it.
    pub(crate) is_for_environment: bool,
    /// It concerns the process as a whole: a thread cannot have it.
    pub(crate) is_process_wide: bool,
}

impl OptionRow {
    /// An option that says what this one program is: not for every program of an environment.
    const fn command_line_only(mut self) -> Self {
        self.is_for_environment = false;
        self
    }

    /// An option of the process, which its threads share.
    const fn process_wide(mut self) -> Self {
        self.is_process_wide = true;
        self
    }

    /// Of these values.
    const fn one_of(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }
}

/// Options that belong together, under a heading.
pub(crate) struct Group {
    pub(crate) heading: &'static str,
    pub(crate) rows: &'static [OptionRow],
}

/// Every option.
pub(crate) fn rows() -> impl Iterator<Item = &'static OptionRow> {
    GROUPS.iter().flat_map(|group| group.rows)
}
