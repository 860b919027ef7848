//! The command line.

use std::{path::Path, process::ExitCode};

/// Runs the program that the command line names.
pub fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else { return ExitCode::from(9) };
    let path = std::fs::canonicalize(&path).unwrap_or_else(|_| path.into());
    match crate::Runtime::new() {
        Ok(mut runtime) => ExitCode::from(runtime.run_file(Path::new(&path)) as u8),
        Err(error) => {
            eprintln!("rjs: {error}");
            ExitCode::FAILURE
        }
    }
}
