//! A runner of jobs in JavaScript: each has a runtime of its own, with its output captured, and may use so
//! much time, so many processes and such programs as the host says.
//!
//! `cargo run --example job_runner [JOB.js…]`; without any it runs those beside this file.

use std::{error::Error, time::Duration};

use rjs::{HostEvent, Limits, Output, Permissions, Runtime, SpawnDenial};

const JOBS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/job_runner");

fn run(job: &str) -> Result<(), Box<dyn Error>> {
    let limits = Limits::none().wall_time(Duration::from_secs(6)).children(2).total_children(10);
    let permissions = Permissions::none().allow_fs_read(job).allow_run("sh").allow_env("PATH");
    let mut runtime = Runtime::builder()
        .stdout(Output::capture(60))
        .stderr(Output::capture(1000))
        .limits(limits)
        .permissions(permissions)
        .spawn_policy(|order| {
            // A shell is as good as every program: of this one the host knows what it is for.
            if order.args.iter().any(|arg| arg.contains("rm ")) {
                return Err(SpawnDenial::new("jobs remove nothing"));
            }
            Ok(())
        })
        .on_event(|event| {
            if let HostEvent::LimitReached(limit) = event {
                println!("  (limit reached: {})", limit.name());
            }
        })
        .build()?;
    let code = runtime.run_file(job);
    let ended_by = runtime.ended_by();
    let (output, errors) = (runtime.take_stdout(), runtime.take_stderr());
    for line in output.text().lines() {
        println!("  | {line}");
    }
    if output.lost > 0 {
        println!("  | … and {} bytes more", output.lost);
    }
    for line in errors.text().lines().filter(|line| line.starts_with("Error")) {
        println!("  ! {line}");
    }
    match ended_by {
        Some(limit) => println!("  ended by its limit of {}", limit.name()),
        None => println!("  ended with {code}"),
    }
    // Whatever it has left running ends with it.
    runtime.shutdown(Duration::from_secs(1));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut jobs: Vec<String> = std::env::args().skip(1).collect();
    if jobs.is_empty() {
        jobs =
            ["works", "talks", "hangs", "removes"].map(|name| format!("{JOBS}/{name}.js")).into();
    }
    for job in jobs {
        println!("{}:", job.rsplit('/').next().unwrap_or(&job));
        run(&job)?;
    }
    Ok(())
}
