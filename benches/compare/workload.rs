//! What is measured, and how one measurement is taken.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

/// A runtime that takes part.
pub struct Runtime {
    pub name: String,
    pub path: PathBuf,
}

/// Which direction is the good one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Less,
    More,
}

/// Where a workload's figure comes from.
#[derive(Clone, Copy)]
pub enum Figure {
    /// Milliseconds from the start of the process to its end.
    Wall,
    /// The number that the script prints.
    Printed,
    /// The script prints the pids of its children, which stay; kibibytes of this field of
    /// `/proc/PID/smaps_rollup`, for each child.
    ChildMemory(&'static str),
}

/// One row of the table.
pub struct Workload {
    pub name: &'static str,
    pub script: &'static str,
    pub args: &'static [&'static str],
    pub figure: Figure,
    pub unit: &'static str,
    pub better: Better,
}

const fn row(
    name: &'static str,
    script: &'static str,
    args: &'static [&'static str],
    figure: Figure,
    unit: &'static str,
    better: Better,
) -> Workload {
    Workload { name, script, args, figure, unit, better }
}

/// Every workload.
pub const WORKLOADS: &[Workload] = &[
    row("start-up, empty script", "empty.js", &[], Figure::Wall, "ms", Better::Less),
    row("start-up, peak memory", "peak.js", &[], Figure::Printed, "KiB", Better::Less),
    row(
        "fork to first message",
        "fork.js",
        &["sequence", "20"],
        Figure::Printed,
        "ms",
        Better::Less,
    ),
    row(
        "32 forks at once, all first messages",
        "fork.js",
        &["together", "32"],
        Figure::Printed,
        "ms",
        Better::Less,
    ),
    row(
        "memory per idle child, private",
        "children.js",
        &["10"],
        Figure::ChildMemory("Private_Dirty:"),
        "KiB",
        Better::Less,
    ),
    row(
        "memory per idle child, PSS",
        "children.js",
        &["20"],
        Figure::ChildMemory("Pss:"),
        "KiB",
        Better::Less,
    ),
    row(
        "IPC ping-pong, small",
        "ping-pong.js",
        &["small", "20000"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row(
        "IPC ping-pong, medium",
        "ping-pong.js",
        &["medium", "5000"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row(
        "IPC ping-pong, 1 MB",
        "ping-pong.js",
        &["large", "50"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row(
        "IPC to the child, small",
        "one-way.js",
        &["down", "small", "100000"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row(
        "IPC to the parent, small",
        "one-way.js",
        &["up", "small", "100000"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row(
        "IPC to the child, medium",
        "one-way.js",
        &["down", "medium", "30000"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row(
        "IPC to the parent, medium",
        "one-way.js",
        &["up", "medium", "30000"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row(
        "IPC to the child, 1 MB",
        "one-way.js",
        &["down", "large", "100"],
        Figure::Printed,
        "1/s",
        Better::More,
    ),
    row("UDP round trips", "udp.js", &["20000"], Figure::Printed, "1/s", Better::More),
];

/// The samples of each runtime, in the order of the runtimes.
pub type Samples = Vec<(String, Vec<f64>)>;

/// Runs a workload under each runtime in turn, after one round that does not count.
pub fn measure(
    workload: &Workload,
    runtimes: &[Runtime],
    rounds: usize,
) -> Result<Samples, String> {
    let mut samples: Samples =
        runtimes.iter().map(|runtime| (runtime.name.clone(), Vec::new())).collect();
    for round in 0..=rounds {
        for (runtime, (_, list)) in runtimes.iter().zip(&mut samples) {
            let value =
                sample(workload, runtime).map_err(|error| format!("{}: {error}", runtime.name))?;
            if round > 0 {
                list.push(value);
            }
        }
    }
    Ok(samples)
}

fn sample(workload: &Workload, runtime: &Runtime) -> Result<f64, String> {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workloads").join(workload.script);
    let mut command = Command::new(&runtime.path);
    command.arg(script).args(workload.args).stdin(Stdio::null()).stdout(Stdio::piped());
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    match workload.figure {
        Figure::Wall => {
            finish(&mut child)?;
            Ok(started.elapsed().as_secs_f64() * 1000.0)
        }
        Figure::Printed => {
            let text = finish(&mut child)?;
            text.trim().parse().map_err(|_| format!("printed {text:?}"))
        }
        Figure::ChildMemory(field) => {
            let result = child_memory(&mut child, field);
            child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
            result
        }
    }
}

fn finish(child: &mut Child) -> Result<String, String> {
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text).map_err(|error| error.to_string())?;
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(text) } else { Err(format!("{status}")) }
}

/// The mean of a field over the children whose pids the script prints on its first line.
fn child_memory(parent: &mut Child, field: &str) -> Result<f64, String> {
    let stdout = parent.stdout.take().ok_or("standard output is a pipe")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
    let mut total = 0.0;
    let mut count = 0.0;
    for pid in line.split_whitespace() {
        let path = format!("/proc/{pid}/smaps_rollup");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let row = text.lines().find(|row| row.starts_with(field)).ok_or("no such field")?;
        let value = row.split_whitespace().nth(1).and_then(|value| value.parse::<f64>().ok());
        total += value.ok_or("the field is a number")?;
        count += 1.0;
    }
    if count > 0.0 { Ok(total / count) } else { Err("no child".to_owned()) }
}
