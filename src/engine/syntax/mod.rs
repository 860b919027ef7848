//! What is wrong with a text that the engine refused to parse, in V8's words.
//!
//! The engine's parser stops at the token that V8 stops at, in most cases; its own words differ.
//! `explain` parses the text once more to get the parser's error as data, looks at the tokens
//! around its position, and says what V8 says where that can be told. Otherwise the engine's words
//! stay.

mod additions;
mod checkpoints;
mod cursor;
mod declarations;
mod disposal;
mod explain;
mod exports;
mod import_names;
pub(crate) mod interactive;
pub(crate) mod lexer;
mod messages;
mod nesting;
mod requests;
mod using;

pub(crate) use additions::{Additions, LITERAL, additions, additions_with_checks};
pub(crate) use checkpoints::CHECK_NAME;
pub(crate) use declarations::{ALL, Declarations, Imported, Request, declarations};
pub(crate) use disposal::with_disposal_written_out;
pub(crate) use explain::{Goal, explain, is_list_of_names, stray_brace};
pub(crate) use exports::commonjs_exports;
pub(crate) use import_names::import_names;
pub(crate) use messages::{INVALID_TOKEN, is_reserved};
pub(crate) use nesting::is_too_deep;
pub(crate) use requests::{Required, required};
pub(crate) use using::{NO_DECLARATION, declares_with_using, with_using_renamed};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The message of the `SyntaxError`.
    pub(crate) message: String,
    /// The bytes of the text that it is about; `None` where the engine lost the position.
    pub(crate) span: Option<(usize, usize)>,
}
