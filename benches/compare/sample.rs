//! How one measurement is taken.

use std::{
    collections::VecDeque,
    env, fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    limit,
    rows::{Source, Workload},
    settings::{Runtime, Settings},
};

/// Of each row the samples of each who takes part; none of who cannot.
pub type Samples = Vec<Vec<Vec<f64>>>;

/// Runs a workload under each runtime in turn, after one round that does not count.
pub fn measure(workload: &Workload, settings: &Settings) -> Result<Samples, String> {
    let mut samples = vec![vec![Vec::new(); settings.runtimes.len() + 1]; workload.rows.len()];
    for round in 0..=settings.rounds {
        for index in 0..=settings.runtimes.len() {
            let runtime = settings.runtimes.get(index);
            let Some(command) = command(workload, runtime)? else { continue };
            let name = runtime.map_or("limit", |runtime| &runtime.name);
            let values = sample(workload, command).map_err(|error| format!("{name}: {error}"))?;
            if round > 0 {
                for (list, value) in samples.iter_mut().zip(values) {
                    list[index].push(value);
                }
            }
        }
    }
    Ok(samples)
}

/// What runs the workload under a runtime, or as near to the system as it gets.
fn command(workload: &Workload, runtime: Option<&Runtime>) -> Result<Option<Command>, String> {
    let Some(runtime) = runtime else {
        let Some(args) = workload.limit else { return Ok(None) };
        let mut command = Command::new(env::current_exe().map_err(|error| error.to_string())?);
        command.arg(limit::ARGUMENT).args(args);
        return Ok(Some(command));
    };
    let mut command = Command::new(&runtime.path);
    command.arg(script(workload.script)).args(workload.args);
    Ok(Some(command))
}

/// The path of a workload's script.
pub fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workloads").join(name)
}

/// One value for each row of the workload.
fn sample(workload: &Workload, mut command: Command) -> Result<Vec<f64>, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let run = if workload.rows.iter().any(|row| row.source.is_of_children()) {
        let line = first_line(&mut child);
        let values = line.and_then(|line| values_while_alive(workload, &line, child.id()));
        let below = descendants(child.id());
        child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
        wait_for_ends(&below);
        return values;
    } else {
        finish(&mut child)?
    };
    let wall = started.elapsed().as_secs_f64() * 1000.0;
    workload
        .rows
        .iter()
        .map(|row| match row.source {
            Source::Wall => Ok(wall),
            Source::Printed(index) => printed(&run, index),
            Source::ChildMean(_) | Source::TotalPss => unreachable!("handled above"),
        })
        .collect()
}

fn printed(text: &str, index: usize) -> Result<f64, String> {
    let word = text.split_whitespace().nth(index);
    word.and_then(|word| word.parse().ok()).ok_or_else(|| format!("printed {text:?}"))
}

fn finish(child: &mut Child) -> Result<String, String> {
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text).map_err(|error| error.to_string())?;
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(text) } else { Err(format!("{status}")) }
}

fn first_line(child: &mut Child) -> Result<String, String> {
    let stdout = child.stdout.take().ok_or("standard output is a pipe")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
    Ok(line)
}

/// The script has printed a figure and the pids of its children, which stay.
fn values_while_alive(workload: &Workload, line: &str, root: u32) -> Result<Vec<f64>, String> {
    let pids: Vec<u32> =
        line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    workload
        .rows
        .iter()
        .map(|row| match row.source {
            Source::Wall => Err("no end to wait for".to_owned()),
            Source::Printed(index) => printed(line, index),
            Source::ChildMean(field) => {
                let total = total(&pids, field)?;
                if pids.is_empty() { Err("no child".into()) } else { Ok(total / pids.len() as f64) }
            }
            Source::TotalPss => total(&descendants(root), "Pss:"),
        })
        .collect()
}

/// The sum of a field of `/proc/PID/smaps_rollup`, in kibibytes.
pub fn total(pids: &[u32], field: &str) -> Result<f64, String> {
    let mut total = 0.0;
    for pid in pids {
        let path = format!("/proc/{pid}/smaps_rollup");
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let row = text.lines().find(|row| row.starts_with(field)).ok_or("no such field")?;
        let value = row.split_whitespace().nth(1).and_then(|value| value.parse::<f64>().ok());
        total += value.ok_or("the field is a number")?;
    }
    Ok(total)
}

/// What a hundred processes do when they end would otherwise be counted with the next measurement.
fn wait_for_ends(pids: &[u32]) {
    let runs = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    };
    for pid in pids {
        while runs(pid) {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// All processes below a process: whatever it takes to keep its children.
fn descendants(root: u32) -> Vec<u32> {
    let mut waiting = VecDeque::from([root]);
    let mut found = Vec::new();
    while let Some(pid) = waiting.pop_front() {
        let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { continue };
        for task in tasks.flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            let pids = children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok());
            for pid in pids {
                found.push(pid);
                waiting.push_back(pid);
            }
        }
    }
    found
}
