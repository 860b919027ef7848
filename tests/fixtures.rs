//! Walks `fixtures/`: one test per file, compared with what Node answered.
//!
//! `fixtures/README.md` says what is compared and under which circumstances.

use std::{
    fs,
    io::Read,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Failed, Trial};

/// How long one fixture may run before it counts as hanging.
const LIMIT: Duration = Duration::from_mins(1);

/// What must not reach a fixture from whoever runs the tests.
const REMOVED: &[&str] = &[
    "NO_COLOR",
    "FORCE_COLOR",
    "NODE_DISABLE_COLORS",
    "NODE_OPTIONS",
    "NODE_PATH",
    "NODE_DEBUG",
    "NODE_CHANNEL_FD",
    "NODE_UNIQUE_ID",
    "LC_ALL",
];

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let pending = pending(&root);
    let trials = files.into_iter().flat_map(|file| {
        let name = file.strip_prefix(&root).unwrap_or(&file).with_extension("");
        trials(name.to_string_lossy().into_owned(), file, &pending)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

/// The trials of a fixture: one that forks gives the same answer if its children are warm.
fn trials(name: String, file: PathBuf, pending: &[String]) -> Vec<Trial> {
    if pending.contains(&name) {
        return vec![Trial::test(name, move || check_pending(&file))];
    }
    let source = fs::read_to_string(&file).expect("fixtures can be read");
    let mut trials = Vec::new();
    if source.contains("fork(") {
        let file = file.clone();
        trials.push(Trial::test(format!("{name} (warm)"), move || check(&file, "1")));
    }
    trials.push(Trial::test(name, move || check(&file, "")));
    trials
}

/// The fixtures below a folder: `.js` and `.mjs` files that are not parts of others.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("fixtures/ can be read");
    for entry in entries {
        let path = entry.expect("fixtures/ can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "lib" | "node_modules") && !name.starts_with('_') {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "js" || extension == "mjs")
            && !name.starts_with('_')
        {
            files.push(path);
        }
    }
}

/// The fixtures in which rjs is known to differ from Node: `pending.txt`, a name and the reason a line.
fn pending(root: &Path) -> Vec<String> {
    let list =
        fs::read_to_string(root.join("pending.txt")).expect("fixtures/pending.txt can be read");
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// A known difference must still be one: what was mended leaves the list.
fn check_pending(file: &Path) -> Result<(), Failed> {
    match check(file, "") {
        Ok(()) => {
            Err("answers as Node does by now: take its line out of fixtures/pending.txt".into())
        }
        Err(_) => Ok(()),
    }
}

/// How often a fixture is tried: on a machine under load the starts of two timers may fall into
/// different milliseconds, which reorders them in Node too. What is wrong is wrong every time.
const TRIES: usize = 3;

/// `warm_fork` is the environment's `RJS_WARM_FORK`.
fn check(file: &Path, warm_fork: &str) -> Result<(), Failed> {
    let mut outcome = Ok(());
    for _ in 0..TRIES {
        outcome = compare(file, warm_fork);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

fn compare(file: &Path, warm_fork: &str) -> Result<(), Failed> {
    let expected = fs::read_to_string(file.with_extension("out"))
        .map_err(|error| format!("no recorded output: {error}"))?;
    let (answer, errors) = run(file, warm_fork)?;
    if answer == expected {
        return Ok(());
    }
    Err(format!("{}\n--- standard error ---\n{errors}", difference(&expected, &answer)).into())
}

/// Runs a fixture; what it answered, in the form of an `.out`, and its standard error.
fn run(file: &Path, warm_fork: &str) -> Result<(String, String), Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rjs"));
    for name in REMOVED {
        command.env_remove(name);
    }
    let folder = file.parent().ok_or("a fixture stands in a folder")?;
    let mut child = command
        .arg(file)
        .current_dir(folder)
        .envs([("TZ", "UTC"), ("TERM", "dumb"), ("LANG", "C.UTF-8")])
        .env("RJS_WARM_FORK", warm_fork)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Err(format!("still running after {} s", LIMIT.as_secs()).into());
        }
        thread::sleep(Duration::from_millis(2));
    };
    let answer = stdout.join().map_err(|_| "standard output could not be read")?;
    let errors = stderr.join().map_err(|_| "standard error could not be read")?;
    Ok((with_exit_code(answer, status), errors))
}

fn reader(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).expect("a pipe can be read");
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn with_exit_code(mut answer: String, status: ExitStatus) -> String {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    if code == 0 {
        return answer;
    }
    if !answer.is_empty() && !answer.ends_with('\n') {
        answer.push('\n');
    }
    answer.push_str(&format!("[exit code {code}]\n"));
    answer
}

/// The first line in which two texts differ, with a few before it.
fn difference(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<_>, Vec<_>) =
        (expected.lines().collect(), actual.lines().collect());
    let same = expected.iter().zip(&actual).take_while(|(a, b)| a == b).count();
    let mut text = format!("differs at line {}:\n", same + 1);
    for line in &expected[same.saturating_sub(3)..same] {
        text.push_str(&format!("  {line}\n"));
    }
    for line in expected.iter().skip(same).take(4) {
        text.push_str(&format!("- {line}\n"));
    }
    for line in actual.iter().skip(same).take(4) {
        text.push_str(&format!("+ {line}\n"));
    }
    text
}
