//! The benchmark runner: the same workloads under any number of runtimes, in turn.
//!
//!     cargo bench --bench compare -- --runtime node=/path/to/node [--rounds 5] [--only NAME]
//!
//! This build of rjs always takes part. Runs alternate between the runtimes, so that a machine whose
//! speed drifts drifts for all of them; what counts are the ratios to the first runtime.

mod report;
mod workload;

use std::{env, path::PathBuf, process::ExitCode};

use workload::{Runtime, WORKLOADS};

struct Settings {
    runtimes: Vec<Runtime>,
    rounds: usize,
    only: Option<String>,
}

fn main() -> ExitCode {
    let settings = match settings(env::args().skip(1)) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("compare: {message}");
            return ExitCode::from(2);
        }
    };
    let names: Vec<&str> = settings.runtimes.iter().map(|runtime| runtime.name.as_str()).collect();
    println!("{}", report::header(&names));
    let mut failed = false;
    for workload in WORKLOADS {
        if settings.only.as_deref().is_some_and(|only| !workload.name.contains(only)) {
            continue;
        }
        match workload::measure(workload, &settings.runtimes, settings.rounds) {
            Ok(samples) => println!("{}", report::row(workload, &samples)),
            Err(message) => {
                failed = true;
                eprintln!("{}: {message}", workload.name);
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn settings(args: impl Iterator<Item = String>) -> Result<Settings, String> {
    let mut settings = Settings { runtimes: Vec::new(), rounds: 5, only: None };
    let mut args = args.filter(|arg| arg != "--bench");
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--runtime" => settings.runtimes.push(runtime(&value()?)?),
            "--rounds" => {
                settings.rounds = value()?.parse().map_err(|_| "--rounds needs a number")?;
            }
            "--only" => settings.only = Some(value()?),
            _ => return Err(format!("unknown argument {arg}")),
        }
    }
    let own = PathBuf::from(env!("CARGO_BIN_EXE_rjs"));
    settings.runtimes.push(Runtime { name: "rjs".to_owned(), path: own });
    Ok(settings)
}

fn runtime(text: &str) -> Result<Runtime, String> {
    let (name, path) = text.split_once('=').ok_or("--runtime needs NAME=PATH")?;
    let path = PathBuf::from(path).canonicalize().map_err(|error| format!("{path}: {error}"))?;
    Ok(Runtime { name: name.to_owned(), path })
}
