//! The command line.

use std::path::PathBuf;

/// A runtime that takes part.
pub struct Runtime {
    pub name: String,
    pub path: PathBuf,
}

/// What is to be done.
pub struct Settings {
    /// The first is the one that the others are compared with; this build of rjs is the last.
    pub runtimes: Vec<Runtime>,
    pub rounds: usize,
    /// Only workloads with a row whose name has this in it.
    pub only: Option<String>,
    pub json: Option<PathBuf>,
    pub markdown: Option<PathBuf>,
    /// Draws plots into this folder, and measures nothing else.
    pub plots: Option<PathBuf>,
    /// Compares the ratios with those in this file; writes it if it is not there.
    pub guard: Option<PathBuf>,
}

impl Settings {
    pub fn decode(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut settings = Self {
            runtimes: Vec::new(),
            rounds: 5,
            only: None,
            json: None,
            markdown: None,
            plots: None,
            guard: None,
        };
        let mut own = PathBuf::from(env!("CARGO_BIN_EXE_rjs"));
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--runtime" => settings.runtimes.push(runtime(&value()?)?),
                "--rjs" => own = absolute(&value()?)?,
                "--rounds" => {
                    settings.rounds = value()?.parse().map_err(|_| "--rounds needs a number")?;
                }
                "--only" => settings.only = Some(value()?),
                "--json" => settings.json = Some(value()?.into()),
                "--markdown" => settings.markdown = Some(value()?.into()),
                "--plots" => settings.plots = Some(value()?.into()),
                "--guard" => settings.guard = Some(value()?.into()),
                _ => return Err(format!("unknown argument {arg}")),
            }
        }
        settings.runtimes.push(Runtime { name: "rjs".to_owned(), path: own });
        Ok(settings)
    }

    /// The names of those who take part, the limit last.
    pub fn names(&self) -> Vec<String> {
        let runtimes = self.runtimes.iter().map(|runtime| runtime.name.clone());
        runtimes.chain(["limit".to_owned()]).collect()
    }
}

fn runtime(text: &str) -> Result<Runtime, String> {
    let (name, path) = text.split_once('=').ok_or("--runtime needs NAME=PATH")?;
    Ok(Runtime { name: name.to_owned(), path: absolute(path)? })
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    PathBuf::from(path).canonicalize().map_err(|error| format!("{path}: {error}"))
}
