//! Children that are copies of a zygote: nobody can tell them from others, and nothing is left
//! behind however parent or zygote end.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
};

fn rjs(warm_fork: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rjs"));
    command
        .env_remove("NODE_OPTIONS")
        .env_remove("NODE_CHANNEL_FD")
        .env("RJS_WARM_FORK", warm_fork)
        .stdin(Stdio::null());
    command
}

/// What the children of `tests/warm_fork/parent.js` see of themselves. All three streams are known
/// files, so that descriptors can be compared.
fn seen(warm_fork: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/warm_fork/parent.js");
    let output = folder.join("out");
    let errors = folder.join("errors");
    let status = rjs(warm_fork)
        .arg(script)
        .stdout(fs::File::create(&output).expect("a file for the output"))
        .stderr(fs::File::create(&errors).expect("a file for the errors"))
        .status()
        .expect("rjs starts");
    let complaints = fs::read_to_string(&errors).expect("the errors can be read");
    assert!(status.success(), "{complaints}");
    let variable = format!("RJS_WARM_FORK={warm_fork}");
    let json = format!("\"RJS_WARM_FORK\":\"{warm_fork}\"");
    let text = fs::read_to_string(&output).expect("the output can be read");
    text.replace(&variable, "").replace(&json, "")
}

#[test]
fn nobody_can_tell_a_warm_child_from_a_cold_one() {
    let folder = tempfolder("equality");
    let (cold, warm) = (seen("0", &folder), seen("1", &folder));
    fs::remove_dir_all(&folder).expect("the folder can be removed");
    assert!(cold.ends_with("random numbers differ true\n"), "{cold}");
    let mut kinds = 0;
    for (cold, warm) in cold.lines().zip(warm.lines()) {
        let same = cold.bytes().zip(warm.bytes()).take_while(|(a, b)| a == b).count();
        let around = |line: &str| line.get(same.saturating_sub(60)..).unwrap_or(line).to_owned();
        assert!(cold == warm, "cold: {:.200}\nwarm: {:.200}", around(cold), around(warm));
        kinds += 1;
    }
    assert_eq!(kinds, cold.lines().count());
    assert_eq!(cold.lines().count(), warm.lines().count());
}

fn tempfolder(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("rjs-warm-fork-{name}-{}", std::process::id()));
    fs::create_dir_all(&path).expect("a folder for the test");
    path
}

/// Runs a script with zygotes; its first line is its process id.
fn start(script: &str) -> (Child, BufReader<impl Read>) {
    let mut child =
        rjs("1").args(["-e", script]).stdout(Stdio::piped()).spawn().expect("rjs starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe"));
    (child, lines)
}

/// The processes whose parent is `parent`, and their command lines.
fn children(parent: u32) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc is there").flatten() {
        let name = entry.file_name();
        let Ok(pid) = name.to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let mut fields = rest.split_ascii_whitespace();
        let (state, ppid) = (fields.next(), fields.next().and_then(|field| field.parse().ok()));
        if ppid == Some(parent) && state != Some("Z") {
            let line = fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
            found.push((pid, line));
        }
    }
    found
}

/// The zygote of a process: the child that was given no argument.
fn zygote(parent: u32) -> Option<u32> {
    let without_arguments = |line: &String| line.matches('\0').count() == 1;
    children(parent).into_iter().find(|(_, line)| without_arguments(line)).map(|(pid, _)| pid)
}

fn kill(pid: u32) {
    let status = Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs");
    assert!(status.success());
}

const ECHO: &str = "process.on('message', (m) => process.send(m));";

/// A parent whose children echo; `more` follows.
fn parent(more: &str) -> String {
    format!(
        "const {{ fork }} = require('child_process');
         const fs = require('fs'), os = require('os'), path = require('path');
         const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rjs-warm-'));
         const script = path.join(folder, 'echo.js');
         fs.writeFileSync(script, {ECHO:?});
         process.on('exit', () => fs.rmSync(folder, {{ recursive: true, force: true }}));
         {more}"
    )
}

#[test]
fn a_zygote_that_is_killed_takes_no_child_with_it() {
    // Every time a child answers, another is started; the zygote is killed again and again
    // by the script itself, between the request and the answer as well as before.
    let script = parent(
        "let running = 0, started = 0, answered = 0, failed = 0;
         function killZygote() {
           const mine = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name));
           for (const pid of mine) {
             try {
               const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
               if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== process.pid) continue;
               const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
               if (line.split('\\0').length === 2) process.kill(Number(pid), 'SIGKILL');
             } catch {}
           }
         }
         function next() {
           if (started === 40) return;
           started += 1; running += 1;
           if (started % 8 === 0) killZygote();
           const child = fork(script);
           child.on('error', () => { failed += 1; });
           child.on('message', () => { answered += 1; child.disconnect(); });
           child.on('exit', () => {
             running -= 1;
             next();
             if (running === 0) console.log(started, answered + failed, failed);
           });
           child.send('x');
           if (started % 8 === 3) killZygote();
         }
         for (let i = 0; i < 5; i += 1) next();",
    );
    let output = rjs("1").args(["-e", &script]).output().expect("rjs starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "40 40 0\n");
    assert!(output.status.success());
}

#[test]
fn nothing_is_left_when_the_parent_is_killed() {
    let script = parent(
        "const child = fork(script);
         child.on('message', () => console.log('ready'));
         child.send('x');",
    );
    let (mut parent, mut lines) = start(&script);
    let mut line = String::new();
    lines.read_line(&mut line).expect("the parent says that it is ready");
    assert_eq!(line, "ready\n");
    assert!(zygote(parent.id()).is_some(), "the parent has a zygote");
    let family = children(parent.id());
    kill(parent.id());
    parent.wait().expect("the parent was killed");
    // The child's channel ends, and with it the child; its end of our pipe closes as its last act.
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("the pipe ends");
    // The zygote and the copy that waits hold nothing that we could wait for; the kernel ends the one
    // with its parent, the end of its socket the other.
    while family.iter().any(|(pid, _)| is_running(*pid)) {
        std::thread::yield_now();
    }
    let children = family.iter().filter(|(_, line)| line.contains("echo.js")).count();
    assert_eq!(children, 1, "{family:?}");
}

#[test]
fn a_copy_that_dies_while_it_waits_is_replaced_and_collected() {
    // After the two deaths a change of what children inherit replaces the zygote.
    let script = parent(
        "const stats = () => fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).flatMap((pid) => {
           try {
             const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
             const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
             const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
             return Number(ppid) === process.pid ? [{ pid: Number(pid), state, line }] : [];
           } catch { return []; }
         });
         const waiting = () => stats().filter(({ state, line }) => state !== 'Z' && line.split('\\0').length === 2);
         const answer = () => new Promise((resolve) => {
           const child = fork(script);
           child.on('message', () => child.disconnect());
           child.on('exit', resolve);
           child.send('x');
         });
         async function main() {
           await answer();
           for (let i = 0; i < 2; i += 1) {
             let family;
             do { family = waiting(); } while (family.length < 2);
             process.kill(Math.max(...family.map(({ pid }) => pid)), 'SIGKILL');
             console.log(await answer());
           }
           process.umask(process.umask() ^ 0o777);
           process.umask(process.umask() ^ 0o777);
           console.log(await answer(), stats().filter(({ state }) => state === 'Z').length);
         }
         main();",
    );
    let output = rjs("1").args(["-e", &script]).output().expect("rjs starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n0\n0 0\n");
}

fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

#[test]
fn a_program_with_one_child_has_no_zygote() {
    let script = parent(
        "const child = fork(script);
         child.on('message', () => console.log('ready'));
         child.send('x');
         process.on('SIGTERM', () => child.disconnect());",
    );
    let mut parent =
        rjs("").args(["-e", &script]).stdout(Stdio::piped()).spawn().expect("rjs starts");
    let mut lines = BufReader::new(parent.stdout.take().expect("a pipe"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("the parent says that it is ready");
    assert_eq!(zygote(parent.id()), None);
    Command::new("kill").arg(parent.id().to_string()).status().expect("kill runs");
    assert!(parent.wait().expect("the parent ends").success());
}
