//! The standard streams, the working directory and the environment that a host gives.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use rjs::{HostEvent, Input, Limit, Output, Runtime, RuntimeBuilder};
use serde_json::json;

use crate::RJS;

fn captured() -> RuntimeBuilder {
    Runtime::builder().stdout(Output::capture(1 << 20)).stderr(Output::capture(1 << 20))
}

#[test]
fn what_scripts_and_their_children_write_is_captured_in_its_order() {
    let mut runtime = captured().build().expect("a runtime");
    let text = "const { execFileSync, spawn, spawnSync } = process.getBuiltinModule('child_process');
        const fs = process.getBuiltinModule('fs');
        console.log('one');
        execFileSync('echo', ['two'], { stdio: 'inherit' });
        process.stdout.write('three\\n');
        fs.writeSync(1, 'four\\n');
        spawnSync('sh', ['-c', 'echo five; echo six >&2; echo seven > /dev/stdout'], { stdio: 'inherit' });
        console.error('eight');
        new Promise((resolve) => spawn('echo', ['nine'], { stdio: 'inherit' }).on('close', resolve))
            .then(() => console.log('ten', process.stdout.isTTY, process.stdout._type, process.stdout.fd))";
    assert_eq!(runtime.eval(text), Ok(json!(null)));
    assert_eq!(
        runtime.take_stdout().text(),
        "one\ntwo\nthree\nfour\nfive\nseven\nnine\nten undefined pipe 1\n"
    );
    assert_eq!(runtime.take_stderr().text(), "six\neight\n");
    assert_eq!(runtime.take_stdout().text(), "", "it was taken");
}

#[test]
fn more_than_a_pipe_holds_is_captured_while_a_child_is_waited_for() {
    let mut runtime = captured().build().expect("a runtime");
    let text = "process.getBuiltinModule('child_process').spawnSync(
        'head', ['-c', '500000', '/dev/zero'], { stdio: 'inherit' }).status";
    assert_eq!(runtime.eval(text), Ok(json!(0)));
    assert_eq!(runtime.take_stdout().bytes.len(), 500_000);
}

#[test]
fn a_full_capture_is_told_and_nothing_is_lost_unseen() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = events.clone();
    let mut runtime = Runtime::builder()
        .stdout(Output::capture(10))
        .on_event(move |event| told.lock().expect("no panic").push(event.clone()))
        .build()
        .expect("a runtime");
    runtime.eval("console.log('0123456789'); console.log('more')").expect("console never throws");
    let taken = runtime.take_stdout();
    assert_eq!((taken.text().as_str(), taken.lost), ("0123456789", 6));
    assert_eq!(*events.lock().expect("no panic"), [HostEvent::LimitReached(Limit::Output)]);
    let text = "new Promise((resolve) => {
        process.stdout.on('error', ({ code, limit }) => resolve([code, limit]));
        process.stdout.write('x'.repeat(11));
    })";
    assert_eq!(runtime.eval(text), Ok(json!(["ERR_RJS_LIMIT", "output"])));
    let taken = runtime.take_stdout();
    assert_eq!((taken.text().as_str(), taken.lost), ("xxxxxxxxxx", 1));
}

#[test]
fn a_host_gives_a_writer_and_a_reader() {
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);
    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let shared = Shared::default();
    let mut runtime = Runtime::builder()
        .stdin(Input::bytes("some\nlines\n"))
        .stdout(Output::writer(shared.clone()))
        .build()
        .expect("a runtime");
    let text = "(async () => {
        let text = '';
        for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
        console.log(text.toUpperCase());
        return [text, process.stdin.fd, process.stdin.isTTY];
    })()";
    assert_eq!(runtime.eval(text), Ok(json!(["some\nlines\n", 0, null])));
    assert_eq!(*shared.0.lock().expect("no panic"), b"SOME\nLINES\n\n");
}

#[test]
fn a_child_inherits_the_input_that_a_host_gives() {
    let mut runtime = captured().stdin(Input::bytes("for the child")).build().expect("a runtime");
    let text =
        "process.getBuiltinModule('child_process').spawnSync('cat', { stdio: 'inherit' }).status";
    assert_eq!(runtime.eval(text), Ok(json!(0)));
    assert_eq!(runtime.take_stdout().text(), "for the child");
}

#[test]
fn no_stream_at_all_is_the_null_device_for_children() {
    let builder = Runtime::builder().stdin(Input::null()).stdout(Output::null());
    let mut runtime = builder.stderr(Output::null()).build().expect("a runtime");
    let text = "console.log('nobody sees it');
        const fs = process.getBuiltinModule('fs');
        const { execFileSync } = process.getBuiltinModule('child_process');
        const link = execFileSync('readlink', ['/proc/self/fd/0', '/proc/self/fd/2'],
            { stdio: ['inherit', 'pipe', 'inherit'] }).toString();
        [link, fs.readFileSync(0, 'utf8'), process.stdout.write('x')]";
    assert_eq!(runtime.eval(text), Ok(json!(["/dev/null\n/dev/null\n", "", true])));
}

#[test]
fn closing_a_standard_stream_closes_nothing_of_the_hosts() {
    let mut runtime = captured().build().expect("a runtime");
    let text =
        "const fs = process.getBuiltinModule('fs'); fs.closeSync(1); console.log('still there')";
    runtime.eval(text).expect("it is ignored");
    assert_eq!(runtime.take_stdout().text(), "still there\n");
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rjs-{name}-{}", std::process::id()));
    fs::create_dir_all(folder.join("inner")).expect("a folder");
    fs::canonicalize(folder).expect("it is there")
}

#[test]
fn the_working_directory_is_the_runtimes_own() {
    let folder = folder("cwd");
    let before = std::env::current_dir().expect("a folder");
    fs::write(folder.join("module.js"), "exports.where = __dirname; exports.two = 2;")
        .expect("a file");
    fs::write(folder.join("data.txt"), "data").expect("a file");
    let mut runtime = captured().cwd(&folder).build().expect("a runtime");
    let text = "const fs = process.getBuiltinModule('fs');
        const path = process.getBuiltinModule('path');
        const cp = process.getBuiltinModule('child_process');
        const net = process.getBuiltinModule('net');
        const seen = [];
        const message = (work) => { try { return work(); } catch (error) { return error.message; } };
        seen.push(process.cwd(), path.resolve('x'), fs.readFileSync('data.txt', 'utf8'));
        process.chdir('inner');
        seen.push(process.cwd(), fs.existsSync('data.txt'), fs.readFileSync('../data.txt', 'utf8'));
        seen.push(message(() => fs.readFileSync('data.txt')));
        seen.push(message(() => fs.renameSync('./a', '../b')));
        seen.push(message(() => process.chdir('nowhere')));
        seen.push(fs.mkdirSync('deep/er', { recursive: true }), fs.readdirSync('.'));
        seen.push(fs.readdirSync('..', { recursive: true }).sort());
        seen.push(fs.readdirSync('.', { withFileTypes: true }).map((entry) => entry.parentPath));
        seen.push(fs.mkdtempSync('tmp-').slice(0, 4), fs.realpathSync('.'));
        seen.push(cp.execFileSync('pwd').toString(), cp.execFileSync('pwd', { cwd: '..' }).toString());
        seen.push(cp.spawnSync('./no-such-program').error.code);
        fs.symlinkSync('../data.txt', 'link');
        seen.push(fs.readlinkSync('link'), fs.readFileSync('link', 'utf8'));
        process.chdir('..');
        new Promise((resolve, reject) => {
          fs.readFile('absent', (error) => {
            seen.push(error.message);
            const server = net.createServer((socket) => socket.end('hello')).listen('socket', () => {
              net.connect('socket').on('data', (data) => {
                seen.push(data.toString(), fs.existsSync('socket'));
                server.close(() => resolve(seen));
              });
            });
          });
        })";
    let text_of = |path: &PathBuf| path.to_string_lossy().into_owned();
    let inner = folder.join("inner");
    let found = runtime.eval(text).expect("a list");
    let expected = json!([
        text_of(&folder),
        text_of(&folder.join("x")),
        "data",
        text_of(&inner),
        false,
        "data",
        "ENOENT: no such file or directory, open 'data.txt'",
        "ENOENT: no such file or directory, rename './a' -> '../b'",
        format!("ENOENT: no such file or directory, chdir '{}' -> 'nowhere'", text_of(&inner)),
        "deep",
        ["deep"],
        ["data.txt", "inner", "inner/deep", "inner/deep/er", "module.js"],
        ["."],
        "tmp-",
        text_of(&inner),
        format!("{}\n", text_of(&inner)),
        format!("{}\n", text_of(&folder)),
        "ENOENT",
        "../data.txt",
        "data",
        "ENOENT: no such file or directory, open 'absent'",
        "hello",
        true
    ]);
    let (found, expected) =
        (found.as_array().expect("a list"), expected.as_array().expect("a list"));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "number {index}");
    }
    assert_eq!(found.len(), expected.len());
    let module = runtime.load("./module").expect("a module of the folder");
    assert!(runtime.call(&module, "where", &[]).is_err(), "no function");
    assert_eq!(runtime.eval("import('./module.js').then((m) => m.two)"), Ok(json!(2)));
    fs::write(folder.join("main.js"), "console.log(require('./module').where)").expect("a file");
    assert_eq!(captured().cwd(&folder).build().expect("a runtime").run_file("main.js"), 0);
    assert_eq!(std::env::current_dir().expect("a folder"), before, "the host's stayed");
    fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn threads_of_scripts_have_the_folder_and_the_output_of_their_runtime() {
    let mut runtime = captured().cwd("/proc/self").build().expect("a runtime");
    let text = "const { Worker } = process.getBuiltinModule('worker_threads');
        const code = `console.log(process.cwd(), require('fs').existsSync('status'))`;
        new Promise((done) => new Worker(code, { eval: true }).on('exit', done))";
    assert_eq!(runtime.eval(text), Ok(json!(0)));
    let folder = fs::canonicalize("/proc/self").expect("it is there");
    assert_eq!(runtime.take_stdout().text(), format!("{} true\n", folder.display()));
}

#[test]
fn a_working_directory_that_is_none_is_an_error() {
    for bad in ["/no/such/folder", "/dev/null"] {
        let error = Runtime::builder().cwd(bad).build().map(drop).expect_err("no folder");
        assert!(matches!(error, rjs::CreateError::Folder(_)), "{error}");
    }
}

#[test]
fn the_environment_is_what_the_host_says() {
    let read = "[process.env.A, process.env.PATH !== undefined, Object.keys(process.env).length,
        process.getBuiltinModule('child_process').execFileSync('/usr/bin/env').toString()]";
    let mut exact = Runtime::builder().env([("A", "1")]).build().expect("a runtime");
    assert_eq!(exact.eval(read), Ok(json!(["1", false, 1, "A=1\n"])));
    let path = std::env::var("PATH").expect("a path");
    let mut only =
        Runtime::builder().env_only(["PATH", "NO_SUCH_NAME"]).build().expect("a runtime");
    assert_eq!(only.eval(read), Ok(json!([null, true, 1, format!("PATH={path}\n")])));
}

#[test]
fn what_is_the_hosts_is_refused() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let text = format!(
        "const code = (work) => {{ try {{ work(); return 'done'; }} catch (error) {{ return error.code; }} }};
         process.title = 'mine';
         [code(() => process.umask(0)), code(() => process.abort()), code(() => process.setuid(1)),
          code(() => process.setgroups([1])), code(() => process.initgroups(1, 1)),
          code(() => process.execve({RJS:?}, [])), code(() => process.seteuid(0)),
          typeof process.umask(), process.title]"
    );
    let refused = "ERR_WORKER_UNSUPPORTED_OPERATION";
    let all = [refused; 7].map(|code| json!(code)).into_iter();
    let expected: Vec<_> = all.chain([json!("number"), json!("mine")]).collect();
    assert_eq!(runtime.eval(&text), Ok(json!(expected)));
    let name = fs::read_to_string("/proc/self/comm").expect("a name");
    assert_ne!(name.trim(), "mine");
}
