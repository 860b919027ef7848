//! From arguments to settings.

use super::options::{OptionRow, Settings, Value, rows};

/// A command line, understood.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandLine {
    pub(crate) settings: Settings,
    /// The options as they were given: `process.execArgv`.
    pub(crate) exec_args: Vec<String>,
    /// The script (`-` is standard input), unless the text came with `-e` or `-p`.
    pub(crate) script: Option<String>,
    /// What follows.
    pub(crate) args: Vec<String>,
}

/// Where options come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line, where everything may stand.
    CommandLine,
    /// This environment variable.
    Environment(&'static str),
}

/// Reads the arguments after the zeroth, on top of these settings.
///
/// # Errors
/// One line that names the option and says what is wrong with it.
pub(crate) fn parse(
    settings: Settings,
    args: impl IntoIterator<Item = String>,
) -> Result<CommandLine, String> {
    let mut line = CommandLine { settings, ..CommandLine::default() };
    let mut args = args.into_iter().peekable();
    while let Some(arg) = args.peek() {
        if arg == "--" {
            args.next();
            break;
        }
        if arg == "-" || !arg.starts_with('-') {
            break;
        }
        let arg = args.next().unwrap_or_default();
        line.exec_args.push(arg.clone());
        let next = args.peek().cloned();
        if take(&arg, next.as_deref(), Origin::CommandLine, &mut line.settings)? {
            line.exec_args.extend(args.next());
        }
    }
    if line.settings.check && (line.settings.eval.is_some() || line.settings.print) {
        return Err("either --check or --eval can be used, not both".to_owned());
    }
    if line.settings.eval.is_none() {
        line.script = args.next();
    }
    line.args = args.collect();
    Ok(line)
}

/// Reads words that are all options.
///
/// # Errors
/// As [`parse`].
pub(super) fn options(
    words: Vec<String>,
    origin: Origin,
    settings: &mut Settings,
) -> Result<(), String> {
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        // As in Node, what is no option at all is passed over.
        if !word.starts_with('-') {
            continue;
        }
        let next = words.peek().cloned();
        if take(&word, next.as_deref(), origin, settings)? {
            words.next();
        }
    }
    Ok(())
}

/// Applies one option; true if it took the next argument too.
pub(super) fn take(
    arg: &str,
    next: Option<&str>,
    origin: Origin,
    settings: &mut Settings,
) -> Result<bool, String> {
    // As in Node: -p and -e in one.
    if arg == "-pe" && origin == Origin::CommandLine {
        settings.print = true;
        return take("-e", next, origin, settings);
    }
    let (name, inline) = match arg.split_once('=') {
        Some((name, value)) if name.starts_with("--") => (name, Some(value)),
        _ => (arg, None),
    };
    let row = find(name);
    if let Origin::Environment(variable) = origin
        && !is_experimental(name)
        && !row.is_some_and(|row| row.is_for_environment)
    {
        let equals = if inline.is_some() { "=" } else { "" };
        return Err(format!("{name}{equals} is not allowed in {variable}"));
    }
    match row {
        Some(row) => apply(row, name, inline, next, settings),
        None if is_experimental(name) => Ok(false),
        None => Err(format!("bad option: {arg}")),
    }
}

fn is_experimental(name: &str) -> bool {
    name.starts_with("--experimental-") || name.starts_with("--no-experimental-")
}

/// The row of an option; Node takes underscores for dashes in long names.
pub(super) fn find(name: &str) -> Option<&'static OptionRow> {
    let dashed = name.strip_prefix("--").map(|rest| format!("--{}", rest.replace('_', "-")));
    rows().find(|row| {
        row.long == name || row.short == Some(name) || dashed.as_deref() == Some(row.long)
    })
}

fn apply(
    row: &OptionRow,
    name: &str,
    inline: Option<&str>,
    next: Option<&str>,
    settings: &mut Settings,
) -> Result<bool, String> {
    match row.value {
        // As in Node, a value that it does not take is passed over.
        Value::None(set) => {
            set(settings);
            Ok(false)
        }
        Value::Required(_, take) => {
            let may_be_empty = matches!(row.long, "--eval" | "--allow-env");
            let follows = next.filter(|next| !next.starts_with('-') || *next == "-");
            let Some(value) = inline.filter(|value| !value.is_empty() || may_be_empty).or(follows)
            else {
                return Err(format!("{name} requires an argument"));
            };
            // A backslash lets a value begin with a dash.
            let value =
                value.strip_prefix('\\').filter(|rest| rest.starts_with('-')).unwrap_or(value);
            take(settings, value).map_err(|what| match what {
                "" => format!("invalid value for {name}"),
                what => format!("{name} must be {what}"),
            })?;
            Ok(inline.is_none())
        }
        Value::Optional(_, take) => {
            let follows = next.filter(|next| !next.starts_with('-'));
            let value = inline.or(follows);
            take(settings, value);
            Ok(inline.is_none() && follows.is_some())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<CommandLine, String> {
        parse(Settings::default(), args.iter().map(|&arg| arg.to_owned()))
    }

    #[test]
    fn options_end_at_the_script() {
        let line = parsed(&["--no-warnings", "a.js", "-e", "x"]).expect("valid");
        assert_eq!(line.exec_args, ["--no-warnings"]);
        assert_eq!(line.script.as_deref(), Some("a.js"));
        assert_eq!(line.args, ["-e", "x"]);
        assert!(line.settings.warnings.silent);
    }

    #[test]
    fn evaluated_text_leaves_no_script() {
        let line = parsed(&["-pe", "1", "a", "b"]).expect("valid");
        assert_eq!(line.settings.eval.as_deref(), Some("1"));
        assert!(line.settings.print);
        assert_eq!((line.script, line.args), (None, vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(line.exec_args, ["-pe", "1"]);
    }

    #[test]
    fn two_dashes_end_the_options() {
        let line = parsed(&["--", "-x.js"]).expect("valid");
        assert_eq!(line.script.as_deref(), Some("-x.js"));
    }

    #[test]
    fn what_is_not_an_option_is_an_error() {
        assert_eq!(parsed(&["--nope"]).map(drop), Err("bad option: --nope".into()));
        assert_eq!(parsed(&["-e"]).map(drop), Err("-e requires an argument".into()));
        assert_eq!(parsed(&["-e", "-1"]).map(drop), Err("-e requires an argument".into()));
        assert!(parsed(&["--check=1"]).is_ok_and(|line| line.settings.check));
        assert!(parsed(&["--check", "-p", "1"]).is_err());
        assert!(parsed(&["--unhandled-rejections=maybe"]).is_err());
    }

    #[test]
    fn no_two_rows_share_a_name() {
        for (at, row) in rows().enumerate() {
            for other in rows().skip(at + 1) {
                assert_ne!(row.long, other.long);
                assert!(row.short.is_none() || row.short != other.short, "{}", row.long);
            }
        }
    }
}
