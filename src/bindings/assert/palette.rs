//! The colours of messages: none unless standard error shows them.

use boa_engine::{Context, JsResult};

use crate::bindings::console;

/// Escape sequences, all of them empty without colours.
#[derive(Clone, Copy)]
pub(super) struct Palette {
    pub(super) green: &'static str,
    pub(super) red: &'static str,
    pub(super) blue: &'static str,
    pub(super) gray: &'static str,
    /// Back to the terminal's own colour.
    pub(super) plain: &'static str,
    pub(super) has_colors: bool,
}

impl Palette {
    /// The palette for standard error as it is now.
    pub(super) fn current(context: &mut Context) -> JsResult<Self> {
        if console::standard_error_shows_colors(context)? {
            return Ok(Self {
                green: "\u{1b}[32m",
                red: "\u{1b}[31m",
                blue: "\u{1b}[34m",
                gray: "\u{1b}[90m",
                plain: "\u{1b}[39m",
                has_colors: true,
            });
        }
        Ok(Self { green: "", red: "", blue: "", gray: "", plain: "", has_colors: false })
    }
}
