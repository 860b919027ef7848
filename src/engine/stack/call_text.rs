//! What the source says at the position of a call.
//!
//! The engine's position of a call is the parenthesis that opens the arguments; V8's is the name
//! before it. The name, and whether a dot or `new` stands before it, also tell how the function
//! was called, which the engine does not.

use crate::engine::{
    sources::SourceText,
    syntax::lexer::{is_line_end, is_word_part},
};

/// A call as its text tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallText<'a> {
    /// `name(`.
    Plain { name: &'a str },
    /// `something.name(`.
    Member { name: &'a str },
    /// `new something.name`.
    Construct { name: &'a str },
    /// Something else: `f()(`, `o[k](`, a property access, a `throw`.
    Other,
}

/// The text at an engine position, and V8's position of it.
pub(super) struct Site<'a> {
    pub(super) call: CallText<'a>,
    /// Line and column as V8 counts them.
    pub(super) position: (u32, u32),
}

/// Reads the text at an engine position.
pub(super) fn at(source: &SourceText, line: u32, column: u32) -> Option<Site<'_>> {
    let offset = source.offset(line, column)?;
    let rest = source.text().get(offset..)?;
    let (call, start) = if let Some(name) = constructed(rest) {
        (CallText::Construct { name }, offset)
    } else if rest.starts_with('(') {
        called(source.text(), offset)
    } else {
        (CallText::Other, offset)
    };
    Some(Site { call, position: source.position(start) })
}

/// Where an exception is thrown, if its engine position is this one: at the `throw` before it on
/// its line, if there is one, else where V8 sees the call or the property.
pub(super) fn thrown_at(source: &SourceText, line: u32, column: u32) -> Option<usize> {
    let offset = source.offset(line, column)?;
    let text = source.text();
    let start = text[..offset].rfind(is_line_end).map_or(0, |at| at + 1);
    let before = text.get(start.max(source.prefix())..offset).unwrap_or_default();
    if let Some(at) = before.rfind("throw") {
        let after = &before[at + 5..];
        let alone = !before[..at].ends_with(|c| is_name_part(c) || c == '.')
            && !after.starts_with(is_name_part);
        if alone && !after.contains([';', '{', '}']) {
            return Some(offset - before.len() + at);
        }
    }
    let is_call = text[offset..].starts_with('(');
    Some(if is_call { called(text, offset).1 } else { offset })
}

/// The last name in `new a.b.Name`.
fn constructed(rest: &str) -> Option<&str> {
    let after = rest.strip_prefix("new")?;
    let path = after.trim_start();
    if path.len() == after.len() {
        return None;
    }
    let end = path.find(|c| !is_name_part(c) && c != '.').unwrap_or(path.len());
    Some(path[..end].rsplit('.').next().unwrap_or_default())
}

/// The name before a parenthesis, and where it starts.
fn called(text: &str, parenthesis: usize) -> (CallText<'_>, usize) {
    let before = text[..parenthesis].trim_end();
    let start = before
        .rfind(|c| !is_name_part(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let name = &before[start..];
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return (CallText::Other, parenthesis);
    }
    let left = before[..start].trim_end();
    let is_member = left.ends_with('.') && !left.ends_with("...");
    let call = if is_member { CallText::Member { name } } else { CallText::Plain { name } };
    (call, start)
}

/// True for what an identifier or a private name may contain.
fn is_name_part(character: char) -> bool {
    character == '#' || is_word_part(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, column: u32) -> (String, u32) {
        let source = SourceText::new(text.to_owned(), 0);
        let site = at(&source, 1, column).expect("the column exists");
        (format!("{:?}", site.call), site.position.1)
    }

    #[test]
    fn a_call_is_where_its_name_is() {
        assert_eq!(read("  foo(1)", 6), ("Plain { name: \"foo\" }".into(), 3));
        assert_eq!(read("a.b . foo (1)", 11), ("Member { name: \"foo\" }".into(), 7));
        assert_eq!(read("a?.b()", 5), ("Member { name: \"b\" }".into(), 4));
        assert_eq!(read("this.#p()", 8), ("Member { name: \"#p\" }".into(), 6));
        assert_eq!(read("[...foo()]", 8), ("Plain { name: \"foo\" }".into(), 5));
    }

    #[test]
    fn a_construction_is_where_new_is() {
        assert_eq!(read("new  a.Foo(1)", 1), ("Construct { name: \"Foo\" }".into(), 1));
        assert_eq!(read("new Foo", 1), ("Construct { name: \"Foo\" }".into(), 1));
        assert_eq!(read("new (f())", 1), ("Construct { name: \"\" }".into(), 1));
        assert_eq!(read("newer(1)", 6), ("Plain { name: \"newer\" }".into(), 1));
    }

    #[test]
    fn a_throw_is_where_the_word_is() {
        let thrown = |text: &str, column| {
            thrown_at(&SourceText::new(text.to_owned(), 0), 1, column).expect("the column exists")
        };
        assert_eq!(thrown("if (e) throw e", 14), 7);
        assert_eq!(thrown("  throw new E(1)", 9), 2);
        assert_eq!(thrown("throw a.b(1)", 10), 0);
        assert_eq!(thrown("rethrow(1)", 8), 0);
        assert_eq!(thrown("f(); a.b(1)", 9), 7);
        assert_eq!(thrown("throw a; b.c", 12), 11);
    }

    #[test]
    fn the_rest_stays_where_it_is() {
        assert_eq!(read("f()()", 4), ("Other".into(), 4));
        assert_eq!(read("o[k]()", 5), ("Other".into(), 5));
        assert_eq!(read("(function () {})()", 17), ("Other".into(), 17));
        assert_eq!(read("a.b", 3), ("Other".into(), 3));
    }
}
