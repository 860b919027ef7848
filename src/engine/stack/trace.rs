//! The engine's own account of a stack, read back into data.
//!
//! Boa keeps the frames of an error to itself and shows them only as text, one line a frame:
//! `    at name (path:line:column)` or `    at name (native)`. This is the one place that knows that
//! text. It has no header, the innermost frame comes first.

use std::rc::Rc;

use super::capture::Skip;
use crate::engine::{scripts::WRAPPER_NAME, sources::Sources};

/// One frame as the engine tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RawFrame {
    /// A function of a script.
    Script {
        /// The name it was compiled with; methods, accessors and anonymous functions have none.
        name: Option<Rc<str>>,
        place: Place,
        /// From 1, in characters; 0 where the engine does not know.
        line: u32,
        column: u32,
    },
    /// A native function; its label may be empty.
    Native { label: Rc<str> },
}

/// Where a script came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The name under which it was compiled: a path, `node:x`, `[eval]`.
    Named(Rc<str>),
    /// The argument of `eval`.
    Eval,
    /// The body of a function made by `Function`, or a text compiled without a name.
    Unnamed,
}

/// What Boa calls functions that were compiled without a name, and the top level of a script.
const NAMELESS: &str = "<main>";

/// What it calls the evaluation of a module that has no code: JSON, CommonJS.
pub(crate) const SYNTHETIC: &str = "<synthetic>";

/// Reads the engine's text. Lines that it cannot have written are skipped.
pub(super) fn read(text: &str, sources: &Sources) -> Vec<RawFrame> {
    text.lines()
        .filter_map(|line| line.strip_prefix("    at "))
        .filter_map(|line| frame(line, sources))
        .collect()
}

fn frame(line: &str, sources: &Sources) -> Option<RawFrame> {
    if let Some(label) = line.strip_suffix(" (native)") {
        return Some(RawFrame::Native { label: label.into() });
    }
    let inner = line.strip_suffix(')')?;
    let (rest, column) = inner.rsplit_once(':')?;
    let (rest, line_number) = rest.rsplit_once(':')?;
    let (name, place) = split(rest, sources)?;
    if name == SYNTHETIC {
        return None;
    }
    Some(RawFrame::Script {
        name: (!name.is_empty() && name != NAMELESS).then(|| name.into()),
        place,
        line: line_number.parse().unwrap_or(0),
        column: column.parse().unwrap_or(0),
    })
}

/// Splits `name (place`. Either may contain ` (`: what is a known script's name decides.
fn split<'a>(text: &'a str, sources: &Sources) -> Option<(&'a str, Place)> {
    let mut last = None;
    for (at, _) in text.match_indices(" (") {
        let (name, place) = (&text[..at], &text[at + 2..]);
        let place = match place {
            "eval at " => Place::Eval,
            "unknown at " => Place::Unnamed,
            known if sources.get(known).is_some() => Place::Named(known.into()),
            other => {
                last = Some((name, Place::Named(other.into())));
                continue;
            }
        };
        return Some((name, place));
    }
    last
}

/// How many of the frames are skipped.
pub(super) fn skipped(frames: &[RawFrame], skip: &Skip) -> usize {
    match skip {
        Skip::Frames(count) => (*count).min(frames.len()),
        Skip::All => frames.len(),
        Skip::Scripts(count) => frames
            .iter()
            .enumerate()
            .filter(|(_, frame)| matches!(frame, RawFrame::Script { .. }))
            .nth(count.saturating_sub(1))
            .map_or(frames.len(), |(index, _)| index + 1),
        Skip::Native(name) => frames
            .iter()
            .position(|frame| matches!(frame, RawFrame::Native { label } if is_called(label, name)))
            .map_or(frames.len(), |index| index + 1),
    }
}

/// True if the outermost frame is the body of a CommonJS module: no tick runs such a body.
pub(super) fn ends_in_a_module(frames: &[RawFrame]) -> bool {
    matches!(frames.last(), Some(RawFrame::Script { name: Some(name), .. }) if &**name == WRAPPER_NAME)
}

/// True if a native frame's label, `Type.name (module)` or `name`, is of a function of this name.
fn is_called(label: &str, name: &str) -> bool {
    let callee = label.split_once(" (").map_or(label, |(callee, _)| callee);
    callee == name || callee.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sources::SourceText;

    fn script(name: Option<&str>, place: Place, line: u32, column: u32) -> RawFrame {
        RawFrame::Script { name: name.map(Into::into), place, line, column }
    }

    #[test]
    fn reads_scripts_and_natives() {
        let text = "    at f (/a/b.js:1:2)\n    at <main> (/a/b.js:3:4)\n    at map (native)\n    at  (native)\n";
        let place = || Place::Named("/a/b.js".into());
        assert_eq!(
            read(text, &Sources::default()),
            [
                script(Some("f"), place(), 1, 2),
                script(None, place(), 3, 4),
                RawFrame::Native { label: "map".into() },
                RawFrame::Native { label: "".into() },
            ]
        );
    }

    #[test]
    fn reads_evaluated_text_and_unknown_positions() {
        let text = "    at <eval> (eval at :1:5)\n    at anonymous (unknown at :?:?)\n";
        assert_eq!(
            read(text, &Sources::default()),
            [
                script(Some("<eval>"), Place::Eval, 1, 5),
                script(Some("anonymous"), Place::Unnamed, 0, 0)
            ]
        );
    }

    #[test]
    fn known_names_settle_parentheses() {
        let sources = Sources::default();
        sources.add("/x (1)/y (2).js", SourceText::new(String::new(), 0));
        let frames = read("    at odd (name) (/x (1)/y (2).js:7:8)\n", &sources);
        let place = Place::Named("/x (1)/y (2).js".into());
        assert_eq!(frames, [script(Some("odd (name)"), place, 7, 8)]);
    }

    #[test]
    fn skips_what_is_no_frame() {
        assert_eq!(read("    at \nfoo\n    at x (y)\n", &Sources::default()), []);
    }

    #[test]
    fn skips_down_to_a_function() {
        let native = |label: &str| RawFrame::Native { label: label.into() };
        let script = || script(None, Place::Named("/a.js".into()), 1, 1);
        let frames = [native("captureStackTrace"), script(), native("T.f (node:x)"), script()];
        assert_eq!(skipped(&frames, &Skip::Frames(1)), 1);
        assert_eq!(skipped(&frames, &Skip::Frames(9)), 4);
        assert_eq!(skipped(&frames, &Skip::Scripts(1)), 2);
        assert_eq!(skipped(&frames, &Skip::Scripts(2)), 4);
        assert_eq!(skipped(&frames, &Skip::Native("f".into())), 3);
        assert_eq!(skipped(&frames, &Skip::Native("g".into())), 4);
        assert_eq!(skipped(&frames, &Skip::All), 4);
    }
}
