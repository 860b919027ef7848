//! A host decides about every process before it exists, by whatever function scripts start it.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rjs::{
    EvalError, Permissions, Runtime, RuntimeBuilder, SpawnCall, SpawnDenial, SpawnStdio, WarmFork,
};
use serde_json::{Value, json};

const RJS: &str = env!("CARGO_BIN_EXE_rjs");

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rjs-policy-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::canonicalize(folder).expect("it is there")
}

fn builder() -> RuntimeBuilder {
    Runtime::builder().exec_path(RJS)
}

fn eval(runtime: &mut Runtime, text: &str) -> Value {
    let text = format!(
        "(async () => {{ const require = process.getBuiltinModule; const cp = require('child_process'); {text} }})()"
    );
    runtime.eval(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// What every function throws that starts a process.
#[test]
fn whatever_starts_a_process_is_denied() {
    let folder = folder("denied");
    let script = folder.join("script.js");
    fs::write(&script, "").expect("a script");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let deny = move |_: &mut _| {
        count.fetch_add(1, Ordering::Relaxed);
        Err(SpawnDenial::new("not today").with_code("ERR_CLOSED"))
    };
    let mut runtime = builder().spawn_policy(deny).warm_fork(WarmFork::Always).build().unwrap();
    let text = format!(
        "const file = {script:?};
         const cluster = require('cluster');
         cluster.setupPrimary({{ exec: file, execArgv: [] }});
         const ways = {{
           spawn: () => cp.spawn('true'), shell: () => cp.spawn('true', {{ shell: true }}),
           exec: () => cp.exec('true'), execFile: () => cp.execFile('true'), fork: () => cp.fork(file),
           again: () => cp.fork(file), spawnSync: () => cp.spawnSync('true'), execSync: () => cp.execSync('true'),
           execFileSync: () => cp.execFileSync('true'), cluster: () => cluster.fork(),
           raw: () => new cp.ChildProcess().spawn({{ file: 'true', args: ['true'] }}),
           execve: () => process.execve('/bin/true', ['true'], {{}}),
         }};
         return Object.values(ways).map((way) => {{
           try {{ way(); return 'STARTED'; }}
           catch ({{ message, code, permission, resource }}) {{ return [message, code, permission, resource].join(); }}
         }});"
    );
    let told = eval(&mut runtime, &text);
    let told: Vec<_> = told.as_array().expect("a list").iter().map(|v| v.as_str()).collect();
    let file = |name: &str| format!("not today,ERR_CLOSED,Run,{name}");
    let expected = ["true", "/bin/sh", "/bin/sh", "true", RJS, RJS, "true", "/bin/sh", "true", RJS];
    let expected: Vec<_> = expected.into_iter().chain(["true", "/bin/true"]).map(file).collect();
    assert_eq!(told, expected.iter().map(|text| Some(text.as_str())).collect::<Vec<_>>());
    assert_eq!(asked.load(Ordering::Relaxed), 12);
    fs::remove_dir_all(folder).expect("it is there");
}

#[test]
fn what_is_asked_for_is_told() {
    let orders = Arc::new(Mutex::new(Vec::new()));
    let kept = orders.clone();
    let keep = move |order: &mut rjs::SpawnOrder| {
        kept.lock().expect("nobody panics").push(order.clone());
        Err(SpawnDenial::new("seen"))
    };
    let mut runtime = builder().spawn_policy(keep).build().unwrap();
    eval(
        &mut runtime,
        "const options = { cwd: '/tmp', env: { A: '1' }, uid: 7, gid: 8, argv0: 'zero', detached: true };
         try { cp.spawn('file', ['one', 'two'], { ...options, stdio: ['ignore', 'pipe', 2, 'ipc'] }); } catch {}
         try { cp.spawnSync('other'); } catch {}",
    );
    let orders = orders.lock().expect("nobody panics");
    let [first, second] = &orders[..] else { panic!("two were asked for") };
    assert_eq!((first.call, second.call), (SpawnCall::Asynchronous, SpawnCall::Synchronous));
    assert_eq!((first.file.as_str(), second.file.as_str()), ("file", "other"));
    assert_eq!(first.args, ["zero", "one", "two"]);
    assert_eq!(first.cwd, Some("/tmp".into()));
    assert_eq!(first.env, [("A".to_owned(), "1".to_owned())]);
    assert_eq!((first.uid, first.gid, first.detached), (Some(7), Some(8), true));
    let stdio = [SpawnStdio::Ignore, SpawnStdio::Pipe, SpawnStdio::Fd(2), SpawnStdio::Ipc];
    assert_eq!(first.stdio, stdio);
    assert_eq!((second.uid, second.cwd.clone()), (None, None));
}

#[test]
fn what_is_changed_is_started() {
    let folder = folder("changed");
    let script = folder.join("script.js");
    fs::write(&script, "process.send([process.env.ADDED, process.cwd(), process.argv.slice(2)])")
        .expect("a script");
    let cwd = folder.clone();
    let change = move |order: &mut rjs::SpawnOrder| {
        if order.file == "ls" {
            order.file = "/bin/sh".to_owned();
            order.args = ["sh", "-c", "echo $ADDED; pwd; echo unseen >&2"].map(String::from).into();
            order.stdio[2] = SpawnStdio::Ignore;
        } else {
            order.args.push("further".to_owned());
        }
        order.env.push(("ADDED".to_owned(), "by the host".to_owned()));
        order.cwd = Some(cwd.clone());
        Ok(())
    };
    // The first fork is cold in the one, warm in the other.
    for warm_fork in [WarmFork::Never, WarmFork::Always] {
        let builder = builder().spawn_policy(change.clone()).warm_fork(warm_fork);
        let mut runtime = builder.build().unwrap();
        let text = format!(
            "const {{ stdout, stderr }} = cp.spawnSync('ls');
             const told = new Promise((resolve, reject) => {{
               cp.fork({script:?}, ['own']).on('message', resolve).on('error', reject);
             }});
             const child = cp.spawn('ls');
             const read = async (stream) => (await stream.setEncoding('utf8').toArray()).join('');
             const [out, errors] = await Promise.all([read(child.stdout), read(child.stderr)]);
             return [String(stdout), String(stderr), out, errors, child.spawnfile, await told];"
        );
        let here = folder.to_string_lossy();
        let printed = format!("by the host\n{here}\n");
        let told = json!(["by the host", here, ["own", "further"]]);
        assert_eq!(eval(&mut runtime, &text), json!([printed, "", printed, "", "ls", told]));
    }
    fs::remove_dir_all(folder).expect("it is there");
}

#[test]
fn permissions_come_first_and_children_keep_their_limits() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let permissions = Permissions::none().allow_run("rjs").allow_fs_read("/usr/");
    let decide = move |order: &mut rjs::SpawnOrder| {
        count.fetch_add(1, Ordering::Relaxed);
        // The host takes every word out of the environment, and still cannot lift the limits by it.
        order.file = RJS.to_owned();
        order.env.clear();
        Ok(())
    };
    let mut runtime =
        builder().permissions(permissions.allow_run(RJS)).spawn_policy(decide).build().unwrap();
    let error =
        runtime.eval("process.getBuiltinModule('child_process').spawn('true')").unwrap_err();
    let EvalError::Script(error) = error else { panic!("{error}") };
    assert_eq!(error.code.as_deref(), Some("ERR_ACCESS_DENIED"));
    assert_eq!(asked.load(Ordering::Relaxed), 0, "what is denied is not asked about");
    let told = eval(
        &mut runtime,
        "const text = 'console.log(process.permission.has(`fs.read`, `/usr/x`), process.permission.has(`fs.read`, `/etc/x`))';
         const args = ['--permission', '--allow-fs-read=*', '-e', text];
         return String(cp.spawnSync(process.execPath, args).stdout);",
    );
    assert_eq!(told, json!("true false\n"));
}

#[test]
fn threads_ask_the_same_policy() {
    let deny = |order: &mut rjs::SpawnOrder| Err(SpawnDenial::new(format!("no {}", order.file)));
    let mut runtime = builder().spawn_policy(deny).build().unwrap();
    let told = eval(
        &mut runtime,
        "const { Worker } = require('worker_threads');
         const text = `const { parentPort } = require('worker_threads');
           try { require('child_process').spawn('true'); parentPort.postMessage('STARTED'); }
           catch ({ message, code }) { parentPort.postMessage([message, code].join()); }`;
         return new Promise((resolve, reject) => {
           new Worker(text, { eval: true }).on('message', resolve).on('error', reject);
         });",
    );
    assert_eq!(told, json!("no true,ERR_ACCESS_DENIED"));
}

#[test]
fn of_two_variables_of_one_name_the_later_wins() {
    let add = |order: &mut rjs::SpawnOrder| {
        assert_eq!(order.env.iter().filter(|(name, _)| name == "GIVEN").count(), 1);
        for value in ["early", "late"] {
            order.env.push(("GIVEN".to_owned(), value.to_owned()));
        }
        order.env.insert(0, ("PATH".to_owned(), "/nowhere".to_owned()));
        Ok(())
    };
    let mut runtime = builder().env([("PATH", "/bin:/usr/bin")]).spawn_policy(add).build().unwrap();
    let told = eval(
        &mut runtime,
        "const options = { env: { GIVEN: 'by the script', PATH: '/bin:/usr/bin' } };
         const { stdout } = cp.spawnSync('env', options);
         const read = async (stream) => (await stream.setEncoding('utf8').toArray()).join('');
         const texts = [String(stdout), await read(cp.spawn('env', options).stdout)];
         return texts.map((text) => text.split('\\n').sort().join(' ').trim());",
    );
    let expected = "GIVEN=late PATH=/bin:/usr/bin";
    assert_eq!(told, json!([expected, expected]));
}
