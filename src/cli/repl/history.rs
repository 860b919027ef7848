//! Where the lines of earlier conversations are kept.

use std::{env, path::PathBuf};

/// Names the file; empty: none is kept.
const VARIABLE: &str = "RJS_REPL_HISTORY";

/// How many lines are kept.
pub(super) const LENGTH: usize = 1000;

/// The file, if lines are to be kept.
pub(super) fn file() -> Option<PathBuf> {
    match env::var_os(VARIABLE) {
        Some(path) if path.is_empty() => None,
        Some(path) => Some(path.into()),
        None => env::var_os("HOME").map(|home| PathBuf::from(home).join(".rjs_repl_history")),
    }
}
