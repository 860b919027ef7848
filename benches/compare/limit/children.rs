//! Starting processes, and reading what they write.

use std::{
    io::{ErrorKind, Read},
    process::{Child, Command, Stdio},
    time::Instant,
};

use nix::{
    sys::{
        resource::{UsageWho, getrusage},
        signal::{Signal, kill},
        wait::wait,
    },
    unistd::Pid,
};

use super::{messages, milliseconds, print_rate, told};

/// Starts this program again and again, until it says that it is there.
pub fn fork(count: usize) -> Result<(), String> {
    let begun = Instant::now();
    let mut waited = 0.0;
    for _ in 0..count {
        let since = Instant::now();
        let (mut child, mut channel) = messages::child(&["first-message"])?;
        let mut byte = [0; 16];
        channel.read(&mut byte).map_err(told)?;
        waited += milliseconds(since);
        child.wait().map_err(told)?;
    }
    debug_assert!(waited <= milliseconds(begun), "a part is no more than the whole");
    println!("{}", waited / count as f64);
    Ok(())
}

fn nothing() -> Command {
    let mut command = Command::new("/bin/true");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Children that do nothing, so many at a time.
pub fn spawn(count: usize, width: usize) -> Result<(), String> {
    let begun = Instant::now();
    let (mut started, mut ended) = (0, 0);
    while ended < count {
        while started < count && started - ended < width {
            // Waited for below, whichever ends first.
            drop(nothing().spawn().map_err(told)?);
            started += 1;
        }
        wait().map_err(told)?;
        ended += 1;
    }
    print_rate(count, begun);
    Ok(())
}

/// Commands that write so many bytes, one after the other.
pub fn output(count: usize, bytes: usize) -> Result<(), String> {
    let begun = Instant::now();
    for _ in 0..count {
        let mut command = nothing();
        if bytes > 0 {
            command = Command::new("head");
            command.args(["-c", &bytes.to_string(), "/dev/zero"]).stdin(Stdio::null());
        }
        let output = command.output().map_err(told)?;
        if output.stdout.len() != bytes {
            return Err("the output is not whole".to_owned());
        }
    }
    print_rate(count, begun);
    Ok(())
}

/// Shells that do nothing, one after the other.
pub fn shell(count: usize) -> Result<(), String> {
    let begun = Instant::now();
    for _ in 0..count {
        Command::new("/bin/sh").args(["-c", "/bin/true"]).output().map_err(told)?;
    }
    print_rate(count, begun);
    Ok(())
}

/// Reads the output of one child.
pub fn stdout(megabytes: usize) -> Result<(), String> {
    let begun = Instant::now();
    let total = megabytes * 1_000_000;
    let mut child = Command::new("head")
        .args(["-c", &total.to_string(), "/dev/zero"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(told)?;
    let mut stdout = child.stdout.take().ok_or("standard output is a pipe")?;
    let mut buffer = vec![0; 64 * 1024];
    let mut left = total;
    while left > 0 {
        match stdout.read(&mut buffer) {
            Ok(0) => return Err("the output is not whole".to_owned()),
            Ok(count) => left -= count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(told(error)),
        }
    }
    child.wait().map_err(told)?;
    let rate = megabytes as f64 / begun.elapsed().as_secs_f64();
    println!("{rate} {}", getrusage(UsageWho::RUSAGE_SELF).map_err(told)?.max_rss());
    Ok(())
}

/// Many children alive at once.
pub fn sleepers(count: usize) -> Result<(), String> {
    let begun = Instant::now();
    let mut sleep = Command::new("sleep");
    sleep.arg("1000").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let children: Vec<Child> =
        (0..count).map(|_| sleep.spawn()).collect::<Result<_, _>>().map_err(told)?;
    let started = milliseconds(begun);
    for child in &children {
        kill(Pid::from_raw(child.id() as i32), Signal::SIGKILL).map_err(told)?;
    }
    let killed = Instant::now();
    for mut child in children {
        child.wait().map_err(told)?;
    }
    println!("{started} {}", milliseconds(killed));
    Ok(())
}
