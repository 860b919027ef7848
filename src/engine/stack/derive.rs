//! From the engine's frames to V8's.

use std::rc::Rc;

use super::{
    call_text::{self, CallText},
    frame::{Call, Frame, Location},
    native_names::{self, NativeName},
    trace::{Place, RawFrame},
};
use crate::engine::{
    scripts::WRAPPER_NAME,
    sources::{SourceText, Sources},
};

/// The first `limit` frames that V8 would show.
pub(super) fn derive(raw: &[RawFrame], limit: usize, sources: &Sources) -> Vec<Frame> {
    (0..raw.len()).filter_map(|at| frame(raw, at, sources)).take(limit).collect()
}

fn frame(raw: &[RawFrame], at: usize, sources: &Sources) -> Option<Frame> {
    match &raw[at] {
        RawFrame::Native { label } => native(label, raw, at, sources),
        RawFrame::Script { name, place, line, column } => {
            let name = name.as_deref();
            Some(match place {
                Place::Named(file) => named(name, file, (*line, *column), raw, at, sources),
                Place::Eval => evaluated(origin(raw, at, sources), *line, *column),
                // `Function` writes two lines before the body, the engine one.
                Place::Unnamed => evaluated(String::new(), *line + 1, *column),
            })
        }
    }
}

/// A frame of a script that has a name.
fn named(
    name: Option<&str>,
    file: &Rc<str>,
    (line, column): (u32, u32),
    raw: &[RawFrame],
    at: usize,
    sources: &Sources,
) -> Frame {
    let location = match sources.get(file) {
        Some(source) => located(file, &source, line, column),
        None => Location::Script { name: file.clone(), line, column },
    };
    if name == Some(WRAPPER_NAME) {
        return wrapper(file, location);
    }
    let mut frame = Frame::at(location);
    frame.function = name.map(Into::into);
    with_caller(raw, at, sources, |call| {
        if let CallText::Construct { name: constructed } = call
            && name.is_none_or(|name| constructed.is_empty() || *constructed == name)
        {
            frame.call = Call::Construct;
        }
    });
    frame
}

/// The body of a module: V8 calls it as a method of `module.exports`.
fn wrapper(file: &Rc<str>, location: Location) -> Frame {
    let mut frame = Frame::at(location);
    if !file.starts_with("node:") {
        frame.call = Call::Method;
        frame.type_name = Some("Object".into());
    }
    frame
}

fn located(file: &Rc<str>, source: &SourceText, line: u32, column: u32) -> Location {
    let (line, column) =
        call_text::at(source, line, column).map_or((line, column), |site| site.position);
    Location::Script { name: file.clone(), line, column }
}

/// Tells what the text of the calling frame says about the call of the frame at `at`, if a script
/// called it directly.
fn with_caller(raw: &[RawFrame], at: usize, sources: &Sources, tell: impl FnOnce(&CallText<'_>)) {
    if let Some(RawFrame::Script { place: Place::Named(file), line, column, .. }) = raw.get(at + 1)
        && let Some(source) = sources.get(file)
        && let Some(site) = call_text::at(&source, *line, *column)
    {
        tell(&site.call);
    }
}

fn evaluated(origin: String, line: u32, column: u32) -> Frame {
    let mut frame = Frame::at(Location::Evaluated { origin, line, column });
    frame.function = Some("eval".into());
    frame
}

/// The frame of Node's function that runs ticks and microtasks.
pub(super) fn of_ticks((line, column): (u32, u32)) -> Frame {
    let name = "node:internal/process/task_queues".into();
    let mut frame = Frame::at(Location::Script { name, line, column });
    frame.function = Some("processTicksAndRejections".into());
    frame.type_name = Some("process".into());
    frame.call = Call::Method;
    frame
}

/// `eval at name (where)`: the script frame that called `eval`.
fn origin(raw: &[RawFrame], at: usize, sources: &Sources) -> String {
    let caller = (at + 1..raw.len())
        .find(|&next| matches!(raw[next], RawFrame::Script { .. }))
        .and_then(|next| frame(raw, next, sources));
    caller.map_or_else(String::new, |caller| {
        let name = caller.function.as_deref().unwrap_or("<anonymous>");
        format!("eval at {name} ({})", caller.location)
    })
}

/// A frame of a native function, unless V8 would hide it.
fn native(label: &str, raw: &[RawFrame], at: usize, sources: &Sources) -> Option<Frame> {
    if let Some((callee, module)) = label.strip_suffix(')').and_then(|l| l.rsplit_once(" (")) {
        return Some(labelled(callee, module));
    }
    let mut frame = Frame::at(Location::Builtin);
    with_caller(raw, at, sources, |call| {
        if let CallText::Construct { name } = call
            && (label.is_empty() || label == *name)
        {
            frame.function = Some((*name).into());
            frame.call = Call::Construct;
        }
    });
    if frame.call == Call::Construct || label.is_empty() {
        return frame.function.is_some().then_some(frame);
    }
    frame.function = Some(label.into());
    if let Some(generator) = resumed_generator(label, raw, at) {
        frame.type_name = Some(generator);
        frame.call = Call::Method;
        return Some(frame);
    }
    match native_names::lookup(label) {
        NativeName::Hidden => return None,
        NativeName::Global => {}
        NativeName::Ours => frame.location = Location::Module("node:internal".into()),
        NativeName::Of(class) => {
            frame.type_name = Some(class.into());
            frame.method = Some(label.into());
            frame.call = Call::Method;
        }
    }
    Some(frame)
}

/// A native function that carries its own description: `Type.name (module)`.
fn labelled(callee: &str, module: &str) -> Frame {
    let mut frame = Frame::at(Location::Module(module.into()));
    match callee.split_once('.') {
        Some((type_name, name)) => {
            frame.call = Call::Method;
            frame.type_name = Some(type_name.into());
            frame.method = Some(name.into());
            frame.function = Some(name.into());
        }
        None => frame.function = Some(callee.into()),
    }
    frame
}

/// The generator function that `next`, `return` or `throw` resumed: the frame above them.
fn resumed_generator(label: &str, raw: &[RawFrame], at: usize) -> Option<Rc<str>> {
    if !matches!(label, "next" | "return" | "throw") {
        return None;
    }
    match raw.get(at.checked_sub(1)?)? {
        RawFrame::Script { name, .. } => Some(name.clone().unwrap_or_else(|| "Generator".into())),
        RawFrame::Native { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/a.js";

    fn script(name: Option<&str>, line: u32, column: u32) -> RawFrame {
        RawFrame::Script {
            name: name.map(Into::into),
            place: Place::Named(FILE.into()),
            line,
            column,
        }
    }

    fn native(label: &str) -> RawFrame {
        RawFrame::Native { label: label.into() }
    }

    fn shown(source: &str, raw: &[RawFrame]) -> Vec<String> {
        let sources = Sources::default();
        sources.add(FILE, SourceText::new(source.to_owned(), 2));
        derive(raw, usize::MAX, &sources).iter().map(Frame::to_string).collect()
    }

    #[test]
    fn wrapper_and_column_of_the_first_line() {
        let raw = [script(Some("f"), 1, 6), script(Some(WRAPPER_NAME), 1, 6)];
        assert_eq!(shown("__f.g(1)", &raw), ["f (/a.js:1:3)", "Object.<anonymous> (/a.js:1:3)"]);
    }

    #[test]
    fn new_is_seen_in_the_callers_text() {
        let raw = [script(Some("X"), 1, 3), script(None, 2, 1), script(Some(WRAPPER_NAME), 3, 1)];
        let source = "__a\nnew X(1)\nnew (class { constructor() {} })";
        assert_eq!(
            shown(source, &raw),
            ["new X (/a.js:1:1)", "new <anonymous> (/a.js:2:1)", "Object.<anonymous> (/a.js:3:1)"]
        );
    }

    #[test]
    fn natives() {
        let raw = [
            script(None, 1, 3),
            native("map"),
            script(Some("f"), 2, 6),
            native("call"),
            native(""),
            script(Some(WRAPPER_NAME), 3, 1),
            native("EventEmitter.emit (node:events)"),
            native("require"),
            native(""),
        ];
        let source = "__a\na.map(f)\nnew Promise(f)";
        assert_eq!(
            shown(source, &raw),
            [
                "/a.js:1:1",
                "Array.map (<anonymous>)",
                "f (/a.js:2:3)",
                "new Promise (<anonymous>)",
                "Object.<anonymous> (/a.js:3:1)",
                "EventEmitter.emit (node:events)",
                "require (node:internal)",
            ]
        );
    }

    #[test]
    fn evaluated_text_tells_where_from() {
        let eval = RawFrame::Script {
            name: Some("<eval>".into()),
            place: Place::Eval,
            line: 1,
            column: 7,
        };
        let raw = [eval, script(Some("f"), 2, 1)];
        assert_eq!(
            shown("__;\n(0)", &raw),
            ["eval (eval at f (/a.js:2:1), <anonymous>:1:7)", "f (/a.js:2:1)"]
        );
    }

    #[test]
    fn generators() {
        let raw = [script(Some("gen"), 1, 3), native("next"), script(Some("f"), 1, 3)];
        assert_eq!(
            shown("__g", &raw),
            ["gen (/a.js:1:1)", "gen.next (<anonymous>)", "f (/a.js:1:1)"]
        );
    }
}
