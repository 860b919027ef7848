//! Whether a stream shows colours, by the environment.
//!
//! Node: `tty.WriteStream.getColorDepth`. The names of terminals are those of terminfo(5) and of
//! continuous integration services.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::data::Stream;
use crate::engine::{builtins, standard};

/// Bits of colour: two, sixteen, 256 and 16.7 million colours.
const TWO: u8 = 1;
const SIXTEEN: u8 = 4;
const MANY: u8 = 8;
const ALL: u8 = 24;

/// What the services that run tests show.
const SERVICES: &[(&str, u8)] = &[
    ("APPVEYOR", MANY),
    ("BUILDKITE", MANY),
    ("CIRCLECI", ALL),
    ("DRONE", MANY),
    ("GITEA_ACTIONS", ALL),
    ("GITHUB_ACTIONS", ALL),
    ("GITLAB_CI", MANY),
    ("TRAVIS", MANY),
];

/// What terminals show, by `TERM`.
const TERMINALS: &[(&str, u8)] = &[
    ("eterm", SIXTEEN),
    ("cons25", SIXTEEN),
    ("console", SIXTEEN),
    ("cygwin", SIXTEEN),
    ("dtterm", SIXTEEN),
    ("gnome", SIXTEEN),
    ("hurd", SIXTEEN),
    ("jfbterm", SIXTEEN),
    ("konsole", SIXTEEN),
    ("kterm", SIXTEEN),
    ("mlterm", SIXTEEN),
    ("mosh", ALL),
    ("putty", SIXTEEN),
    ("st", SIXTEEN),
    ("rxvt-unicode-24bit", ALL),
    ("terminator", ALL),
    ("xterm-kitty", ALL),
];

/// An environment as its variables are asked for.
type Lookup<'a> = dyn FnMut(&str) -> JsResult<Option<String>> + 'a;

/// A variable of `process.env`.
pub(super) fn variable(name: &str, context: &mut Context) -> JsResult<Option<String>> {
    let process = builtins::load_object("process", context)?;
    let env = process.get(js_string!("env"), context)?;
    match env.as_object() {
        Some(env) => property(&env, name, context),
        None => Ok(None),
    }
}

fn property(env: &JsObject, name: &str, context: &mut Context) -> JsResult<Option<String>> {
    let value = env.get(JsString::from(name), context)?;
    if value.is_undefined() {
        return Ok(None);
    }
    value.to_string(context).map(|value| Some(value.to_std_string_lossy()))
}

/// True if a stream object is a terminal that shows colours. Node: `shouldColorize`.
pub(crate) fn shows_colors(stream: &JsValue, context: &mut Context) -> JsResult<bool> {
    if variable("FORCE_COLOR", context)?.is_some() {
        return depth_of_environment(context).map(|depth| depth > 2);
    }
    let Some(stream) = stream.as_object() else { return Ok(false) };
    if !stream.get(js_string!("isTTY"), context)?.to_boolean() {
        return Ok(false);
    }
    match stream.get(js_string!("getColorDepth"), context)?.as_callable() {
        Some(depth) => {
            let depth = depth.call(&stream.clone().into(), &[], context)?;
            Ok(depth.to_number(context)? > 2.0)
        }
        None => Ok(true),
    }
}

/// As [`shows_colors`], for a standard stream without an object.
pub(super) fn standard_stream_shows_colors(
    stream: Stream,
    context: &mut Context,
) -> JsResult<bool> {
    if variable("FORCE_COLOR", context)?.is_none() {
        let fd = match stream {
            Stream::Stdout => 1,
            Stream::Stderr => 2,
        };
        if !standard::is_tty(fd, context) {
            return Ok(false);
        }
    }
    depth_of_environment(context).map(|depth| depth > 2)
}

fn depth_of_environment(context: &mut Context) -> JsResult<u8> {
    let process = builtins::load_object("process", context)?;
    let env = process.get(js_string!("env"), context)?.to_object(context)?;
    color_depth(&env, context)
}

/// The bits of colour that a terminal shows in this environment: 1, 4, 8 or 24.
pub(crate) fn color_depth(env: &JsObject, context: &mut Context) -> JsResult<u8> {
    let mut lookup = |name: &str| property(env, name, context);
    if let Some(forced) = lookup("FORCE_COLOR")? {
        return Ok(match forced.as_str() {
            "" | "1" | "true" => SIXTEEN,
            "2" => MANY,
            "3" => ALL,
            _ => TWO,
        });
    }
    if is_refused(&mut lookup)? {
        return Ok(TWO);
    }
    if lookup("TMUX")?.is_some_and(|tmux| !tmux.is_empty()) {
        return Ok(ALL);
    }
    if let Some(depth) = depth_of_service(&mut lookup)? {
        return Ok(depth);
    }
    depth_of_terminal(&mut lookup)
}

fn is_refused(lookup: &mut Lookup<'_>) -> JsResult<bool> {
    for name in ["NODE_DISABLE_COLORS", "NO_COLOR"] {
        if lookup(name)?.is_some_and(|value| !value.is_empty()) {
            return Ok(true);
        }
    }
    Ok(lookup("TERM")?.is_some_and(|term| term == "dumb"))
}

fn depth_of_service(lookup: &mut Lookup<'_>) -> JsResult<Option<u8>> {
    if lookup("TF_BUILD")?.is_some() && lookup("AGENT_NAME")?.is_some() {
        return Ok(Some(SIXTEEN));
    }
    if lookup("CI")?.is_some() {
        for &(name, depth) in SERVICES {
            if lookup(name)?.is_some() {
                return Ok(Some(depth));
            }
        }
        let is_codeship = lookup("CI_NAME")?.is_some_and(|name| name == "codeship");
        return Ok(Some(if is_codeship { MANY } else { TWO }));
    }
    let version = lookup("TEAMCITY_VERSION")?;
    Ok(version.map(|version| if is_colored_teamcity(&version) { SIXTEEN } else { TWO }))
}

/// Version 9.1 was the first.
fn is_colored_teamcity(version: &str) -> bool {
    let mut parts = version.split('.');
    let (major, minor) = (parts.next().unwrap_or(""), parts.next());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match (major, minor) {
        ("9", Some(minor)) => {
            parts.next().is_some() && is_number(minor) && minor.bytes().any(|digit| digit != b'0')
        }
        (major, Some(_)) => major.len() >= 2 && is_number(major),
        _ => false,
    }
}

fn depth_of_terminal(lookup: &mut Lookup<'_>) -> JsResult<u8> {
    match lookup("TERM_PROGRAM")?.as_deref() {
        Some("iTerm.app") => {
            let version = lookup("TERM_PROGRAM_VERSION")?.unwrap_or_default();
            let is_old =
                version.is_empty() || matches!(version.as_bytes(), [b'0'..=b'2', b'.', ..]);
            return Ok(if is_old { MANY } else { ALL });
        }
        Some("HyperTerm" | "MacTerm") => return Ok(ALL),
        Some("Apple_Terminal") => return Ok(MANY),
        _ => {}
    }
    let color_term = lookup("COLORTERM")?.unwrap_or_default();
    if color_term == "truecolor" || color_term == "24bit" {
        return Ok(ALL);
    }
    let term = lookup("TERM")?.unwrap_or_default();
    Ok(match depth_of_term(&term) {
        Some(depth) => depth,
        None if !color_term.is_empty() => SIXTEEN,
        None => TWO,
    })
}

fn depth_of_term(term: &str) -> Option<u8> {
    if term.contains("truecolor") {
        return Some(ALL);
    }
    if term.starts_with("xterm-256") {
        return Some(MANY);
    }
    let term = term.to_lowercase();
    if let Some(&(_, depth)) = TERMINALS.iter().find(|(name, _)| *name == term) {
        return Some(depth);
    }
    let starts = ["rxvt", "screen", "xterm", "vt100", "vt220"];
    let contains = ["ansi", "color", "linux", "direct"];
    let is_colored = starts.iter().any(|start| term.starts_with(start))
        || contains.iter().any(|part| term.contains(part))
        || is_sized_console(&term);
    is_colored.then_some(SIXTEEN)
}

/// `con80x25`.
fn is_sized_console(term: &str) -> bool {
    let Some(size) = term.strip_prefix("con") else { return false };
    let size = size.trim_start_matches(|c: char| c.is_ascii_digit());
    size.strip_prefix('x').is_some_and(|rows| rows.starts_with(|c: char| c.is_ascii_digit()))
}
