//! The benchmark runner: the same workloads under any number of runtimes, in turn.
//!
//!     cargo bench --bench compare -- --runtime node=/path/to/node [--rounds 5] [--only NAME]
//!
//! This build of rjs always takes part, and where it can state one, a small Rust program that does the same
//! with the system calls alone: the limit. Runs alternate between the runtimes, so that a machine whose speed
//! drifts drifts for all of them; what counts are the ratios to the first runtime.

mod guard;
mod limit;
mod plots;
mod report;
mod rows;
mod sample;
mod settings;
mod spread;

use std::{env, fs, path::Path, process::ExitCode};

use report::Measured;
use rows::{WORKLOADS, Workload};
use settings::Settings;

fn main() -> ExitCode {
    let mut args = env::args().skip(1).filter(|arg| arg != "--bench").peekable();
    let outcome = if args.peek().is_some_and(|arg| arg == limit::ARGUMENT) {
        limit::run(&args.skip(1).collect::<Vec<_>>())
    } else {
        Settings::decode(args).and_then(|settings| compare(&settings))
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("compare: {message}");
            ExitCode::from(2)
        }
    }
}

/// Measures everything that is asked for; false if something failed or has become worse.
fn compare(settings: &Settings) -> Result<bool, String> {
    if let Some(folder) = &settings.plots {
        plots::draw(settings, folder)?;
        return Ok(true);
    }
    let names = settings.names();
    println!("{}", report::markdown::head(&names));
    let mut all = Vec::new();
    let mut is_good = true;
    for workload in WORKLOADS.iter().filter(|workload| is_wanted(workload, settings)) {
        match sample::measure(workload, settings) {
            Ok(samples) => {
                for (row, values) in workload.rows.iter().zip(samples) {
                    let measured = Measured { row, values };
                    println!("{}", report::markdown::line(&measured));
                    all.push(measured);
                }
            }
            Err(message) => {
                is_good = false;
                eprintln!("{} {}: {message}", workload.script, workload.args.join(" "));
            }
        }
    }
    if let Some(path) = &settings.json {
        write(path, &report::json::document(&names, &all))?;
    }
    if let Some(path) = &settings.markdown {
        write(path, &report::markdown::page(&names, &all))?;
    }
    match &settings.guard {
        Some(path) => guard::check(path, &names, &all).map(|passed| is_good && passed),
        None => Ok(is_good),
    }
}

fn is_wanted(workload: &Workload, settings: &Settings) -> bool {
    let Some(only) = &settings.only else { return true };
    workload.rows.iter().any(|row| row.name.contains(only.as_str()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
