//! A stack frame as V8 describes it, and V8's way to write it down.
//!
//! Source: V8's documentation, "Stack trace API".

use std::{fmt, rc::Rc};

use crate::engine::syntax::lexer::is_word_part;

/// How a function was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Without a receiver, as far as anybody can tell.
    Plain,
    /// On a receiver, whose class `Frame::type_name` names.
    Method,
    /// By `new` or `super`.
    Construct,
}

/// Where a frame is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// A script: its name, line and column from 1; line 0 where the engine lost the position.
    Script { name: Rc<str>, line: u32, column: u32 },
    /// A text given to `eval` or `Function`.
    Evaluated { origin: String, line: u32, column: u32 },
    /// One of the language's own functions.
    Builtin,
    /// A native function of one of our modules.
    Module(Rc<str>),
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) function: Option<Rc<str>>,
    /// The class of the receiver, where it can be told.
    pub(crate) type_name: Option<Rc<str>>,
    /// The property under which the function was called, where it can be told.
    pub(crate) method: Option<Rc<str>>,
    pub(crate) call: Call,
    pub(crate) location: Location,
}

impl Frame {
    /// A frame of which only the place is known.
    pub(crate) fn at(location: Location) -> Self {
        Self { function: None, type_name: None, method: None, call: Call::Plain, location }
    }

    /// The name of the script, if the frame is in one that has a name.
    pub(crate) fn file(&self) -> Option<&str> {
        match &self.location {
            Location::Script { name, .. } | Location::Module(name) => Some(name),
            _ => None,
        }
    }

    /// Line and column, if they are known.
    pub(crate) fn position(&self) -> Option<(u32, u32)> {
        match self.location {
            Location::Script { line, column, .. } | Location::Evaluated { line, column, .. } => {
                (line != 0).then_some((line, column))
            }
            _ => None,
        }
    }

    /// What stands before the location: `new X`, `Type.name [as method]`, or nothing.
    fn callee(&self) -> String {
        let name = self.function.as_deref();
        match self.call {
            Call::Construct => format!("new {}", name.unwrap_or("<anonymous>")),
            Call::Plain => name.unwrap_or_default().to_owned(),
            Call::Method => self.method_call(name),
        }
    }

    fn method_call(&self, name: Option<&str>) -> String {
        let type_name = self.type_name.as_deref().unwrap_or_default();
        let Some(name) = name else {
            return format!("{type_name}.{}", self.method.as_deref().unwrap_or("<anonymous>"));
        };
        let mut text = String::new();
        if !type_name.is_empty() && !begins_with_word(name, type_name) {
            text.push_str(type_name);
            text.push('.');
        }
        text.push_str(name);
        if let Some(method) = self.method.as_deref()
            && !names_method(name, method)
        {
            text.push_str(" [as ");
            text.push_str(method);
            text.push(']');
        }
        text
    }
}

/// True if `name` is `word` or goes on with something else than a word.
fn begins_with_word(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_word_part))
}

/// True if `name` is `method` or ends in `.method` or ` method`.
fn names_method(name: &str, method: &str) -> bool {
    name.strip_suffix(method)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.') || rest.ends_with(' '))
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Script { name, line: 0, .. } | Self::Module(name) => f.write_str(name),
            Self::Script { name, line, column } => write!(f, "{name}:{line}:{column}"),
            Self::Evaluated { origin, line, column } if origin.is_empty() => {
                write!(f, "<anonymous>:{line}:{column}")
            }
            Self::Evaluated { origin, line, column } => {
                write!(f, "{origin}, <anonymous>:{line}:{column}")
            }
            Self::Builtin => f.write_str("<anonymous>"),
        }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let callee = self.callee();
        if callee.is_empty() {
            return self.location.fmt(f);
        }
        write!(f, "{callee} ({})", self.location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(line: u32) -> Location {
        Location::Script { name: "/a.js".into(), line, column: 3 }
    }

    fn frame(function: Option<&str>, type_name: Option<&str>, method: Option<&str>) -> Frame {
        Frame {
            function: function.map(Into::into),
            type_name: type_name.map(Into::into),
            method: method.map(Into::into),
            call: Call::Method,
            location: script(2),
        }
    }

    #[test]
    fn plain_calls_and_constructors() {
        assert_eq!(Frame::at(script(2)).to_string(), "/a.js:2:3");
        let named = Frame { function: Some("f".into()), ..Frame::at(script(2)) };
        assert_eq!(named.to_string(), "f (/a.js:2:3)");
        let constructed = Frame { call: Call::Construct, ..named };
        assert_eq!(constructed.to_string(), "new f (/a.js:2:3)");
        let nameless = Frame { call: Call::Construct, ..Frame::at(script(0)) };
        assert_eq!(nameless.to_string(), "new <anonymous> (/a.js)");
    }

    #[test]
    fn methods_name_their_type_once() {
        let text = |function, type_name, method| frame(function, type_name, method).to_string();
        assert_eq!(text(Some("m"), Some("K"), Some("m")), "K.m (/a.js:2:3)");
        assert_eq!(text(Some("K.m"), Some("K"), Some("m")), "K.m (/a.js:2:3)");
        assert_eq!(text(Some("f"), Some("K"), Some("h")), "K.f [as h] (/a.js:2:3)");
        assert_eq!(text(None, Some("Object"), None), "Object.<anonymous> (/a.js:2:3)");
        assert_eq!(text(None, Some("Object"), Some(".js")), "Object..js (/a.js:2:3)");
    }

    #[test]
    fn locations_without_a_script() {
        assert_eq!(Location::Builtin.to_string(), "<anonymous>");
        assert_eq!(Location::Module("node:events".into()).to_string(), "node:events");
        let origin = "eval at f (/a.js:1:1)".to_owned();
        let evaluated = Location::Evaluated { origin, line: 1, column: 2 };
        assert_eq!(evaluated.to_string(), "eval at f (/a.js:1:1), <anonymous>:1:2");
    }
}
