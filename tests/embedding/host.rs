//! What is the host's stays the host's, whatever scripts try.

use std::{
    fs::File,
    io::{Read, Seek, Write},
    os::fd::AsRawFd,
    process::{Command, Stdio},
};

use rjs::{EvalError, Output, Runtime, Signals};
use serde_json::json;

const OUTCOME: &str = "const outcome = (work) => {
    try { work(); return 'done'; } catch ({ code, permission, resource }) { return [code, permission, resource]; } };
    const cp = process.getBuiltinModule('child_process'), os = process.getBuiltinModule('os'),
        fs = process.getBuiltinModule('fs');";

#[test]
fn signals_reach_the_children_of_scripts_and_nobody_else() {
    let mut stranger = Command::new("sleep").arg("1000").spawn().expect("a child of the host's");
    let own = std::process::id();
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let text = format!(
        "{OUTCOME}
        const denied = ([code, permission]) => code === 'ERR_ACCESS_DENIED' && permission === 'Signal';
        const thread = Number(fs.readdirSync('/proc/self/task').at(-1));
        const targets = [{own}, thread, 0, -1, process.ppid, {stranger}, 1];
        [...targets.map((pid) => denied(outcome(() => process.kill(pid, 'SIGUSR1')))),
            denied(outcome(() => os.setPriority(19))), denied(outcome(() => os.setPriority({own}, 19))),
            denied(outcome(() => os.setPriority(thread, 19))),
            outcome(() => process._kill({own}, 9))[0], outcome(() => process.kill({own}, 0)),
            outcome(() => process.kill(0x7fffffff))[0], outcome(() => process.kill({own}, 'SIGKILL'))[2]]",
        stranger = stranger.id(),
    );
    let mut expected = vec![json!(true); 10];
    expected.extend([json!("ERR_ACCESS_DENIED"), json!("done"), json!("ESRCH")]);
    expected.push(json!(own.to_string()));
    assert_eq!(runtime.eval(&text), Ok(json!(expected)));
    assert_eq!(stranger.try_wait().expect("it is ours"), None, "it goes on");
    stranger.kill().expect("it runs");
    stranger.wait().expect("it is ours");
    let text = "const child = cp.spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'],
            { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
        const ended = new Promise((done) => child.on('exit', (code, signal) => done(signal)));
        new Promise((ready) => child.stdout.once('data', (pid) => ready(Number(pid)))).then(async (below) => {
            os.setPriority(below, 19);
            const seen = [process.kill(below, 'SIGTERM'), process.kill(-child.pid, 'SIGKILL'), await ended];
            return [...seen, outcome(() => process.kill(child.pid, 'SIGTERM'))[0]];
        })";
    let seen = runtime.eval(text);
    assert_eq!(seen, Ok(json!([true, true, "SIGKILL", "ESRCH"])), "children and those below them");
}

#[test]
fn a_host_may_let_scripts_signal_others() {
    let mut stranger = Command::new("sleep").arg("1000").spawn().expect("a child of the host's");
    let mut runtime = Runtime::builder().signals(Signals::Others).build().expect("a runtime");
    let text = format!(
        "{OUTCOME}
        const thread = Number(fs.readdirSync('/proc/self/task').at(-1));
        const hosts = [process.pid, thread, 0, -1].map((pid) => outcome(() => process.kill(pid, 'SIGTERM'))[0]);
        [new Set(hosts).size, hosts[0], outcome(() => process.kill({}, 'SIGTERM'))]",
        stranger.id()
    );
    assert_eq!(runtime.eval(&text), Ok(json!([1, "ERR_ACCESS_DENIED", "done"])));
    stranger.wait().expect("it is ours");
}

#[test]
fn listeners_for_signals_change_nothing_of_the_host() {
    let handled = || {
        let status = std::fs::read_to_string("/proc/thread-self/status").expect("it is there");
        let line =
            |name: &str| status.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        (line("SigCgt"), line("SigIgn"), line("SigBlk"))
    };
    let before = handled();
    let within = std::sync::Arc::new(std::sync::Mutex::new(None));
    let seen = within.clone();
    let builder = Runtime::builder().function("handled", move |_| {
        *seen.lock().expect("nobody panics") = Some(handled());
        Ok(json!(null))
    });
    let mut runtime = builder.build().expect("a runtime");
    let text = "for (const name of Object.keys(process.getBuiltinModule('os').constants.signals)) {
            if (name !== 'SIGKILL' && name !== 'SIGSTOP') process.on(name, () => {});
        }
        process.getBuiltinModule('vm').runInThisContext('handled()', { breakOnSigint: true });
        process.listenerCount('SIGCHLD')";
    assert_eq!(runtime.eval(text), Ok(json!(1)));
    assert_eq!(handled(), before);
    assert_eq!(*within.lock().expect("nobody panics"), Some(before.clone()));
    let mut runtime = Runtime::builder().signals(Signals::All).build().expect("a runtime");
    let text = "new Promise((heard) => { const timer = setInterval(() => {}, 1e6);
        process.once('SIGURG', (name) => { clearInterval(timer); heard(name); }); process.kill(process.pid, 'SIGURG'); })";
    assert_eq!(runtime.eval(text), Ok(json!("SIGURG")));
    assert_eq!(handled(), before, "nobody listens any more");
}

#[test]
fn descriptors_of_the_host_are_not_open_to_scripts() {
    let mut file = tempfile();
    file.write_all(b"the host's").expect("it is written");
    let (number, listener) =
        (file.as_raw_fd(), std::net::TcpListener::bind("127.0.0.1:0").expect("a port"));
    let datagrams = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let text = format!(
        "{OUTCOME}
        const net = process.getBuiltinModule('net'), dgram = process.getBuiltinModule('dgram');
        const fd = {number}, later = (emitter) => new Promise((done) => emitter.on('error', ({{ code }}) => done(code)));
        const closed = new Promise((done) => fs.close(fd, ({{ code }}) => done(code)));
        const ways = [() => fs.closeSync(fd), () => fs.readSync(fd, Buffer.alloc(9)), () => fs.writeSync(fd, 'x'),
            () => fs.fstatSync(fd), () => fs.ftruncateSync(fd), () => fs.readFileSync(fd), () => fs.writeFileSync(fd, 'x'),
            () => fs.fchmodSync(fd, 0), () => fs.futimesSync(fd, 0, 0), () => fs.fsyncSync(fd),
            () => cp.spawnSync('cat', {{ stdio: [fd, 'pipe', 'pipe'] }}).error && (() => {{ throw {{ code: 'EBADF' }}; }})(),
            () => cp.spawn('cat', {{ stdio: [fd, 'pipe', 'pipe'] }}),
            () => new net.Socket({{ fd: {listener} }})];
        const listening = later(net.createServer().listen({{ fd: {listener} }}));
        const stream = later(fs.createReadStream(null, {{ fd }}).resume());
        const socket = dgram.createSocket('udp4');
        const bound = later(socket);
        try {{ socket.bind({{ fd: {datagrams} }}); }} catch {{ socket.emit('error', {{ code: 'EBADF' }}); }}
        (async () => [...new Set(ways.map((way) => {{ try {{ way(); return String(way); }} catch ({{ code }}) {{ return code; }} }})),
            await closed, await stream, await listening, await bound])()",
        listener = listener.as_raw_fd(),
        datagrams = datagrams.as_raw_fd(),
    );
    let told = runtime.eval(&text).expect("a list");
    let codes: Vec<_> =
        told.as_array().expect("a list").iter().filter_map(|c| c.as_str()).collect();
    assert!(
        codes.iter().all(|code| matches!(*code, "EBADF" | "EINVAL" | "ERR_INVALID_FD_TYPE")),
        "{told}"
    );
    drop(runtime);
    file.rewind().expect("it is open");
    let mut kept = String::new();
    file.read_to_string(&mut kept).expect("it is open");
    assert_eq!(kept, "the host's");
    assert!(listener.local_addr().is_ok() && datagrams.local_addr().is_ok());
}

fn tempfile() -> File {
    let path = std::env::temp_dir().join(format!("rjs-host-{}", std::process::id()));
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
    std::fs::remove_file(path).expect("it was made");
    file.expect("a file")
}

#[test]
fn descriptors_of_scripts_are_theirs() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let text = format!(
        "{OUTCOME}
        const {{ Worker }} = process.getBuiltinModule('worker_threads');
        const fd = fs.openSync('/etc/hostname'), length = fs.fstatSync(fd).size;
        const given = cp.execFileSync('cat', {{ stdio: [fd, 'pipe', 2] }}).length;
        const code = `require('worker_threads').parentPort.postMessage(require('fs').fstatSync(${{fd}}).size)`;
        (async () => {{
            const inThread = await new Promise((done) => new Worker(code, {{ eval: true }}).on('message', done));
            const handle = await fs.promises.open('/etc/hostname');
            const read = (await handle.readFile()).length;
            await handle.close();
            fs.closeSync(fd);
            return [length, given, inThread, read].every((one) => one === length) && outcome(() => fs.closeSync(fd))[0];
        }})()"
    );
    assert_eq!(runtime.eval(&text), Ok(json!("EBADF")));
}

#[test]
fn the_standard_streams_stay_open() {
    // In a process of its own, whose standard streams are nobody else's.
    let output = Command::new(std::env::current_exe().expect("this one"))
        .args(["--exact", "host::closes_standard_streams", "--ignored", "--nocapture"])
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert!(String::from_utf8_lossy(&output.stdout).contains("still open"), "{output:?}");
}

#[test]
#[ignore = "started by another test"]
fn closes_standard_streams() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let text = format!(
        "{OUTCOME} for (const fd of [0, 1, 2]) {{ fs.closeSync(fd); fs.close(fd); }}
        process.stdout.destroy(); process.stdin.destroy(); process.stderr.end(); 1"
    );
    assert_eq!(runtime.eval(&text), Ok(json!(1)));
    runtime.run_until_idle();
    drop(runtime);
    for number in 0..3 {
        assert!(std::path::Path::new(&format!("/proc/self/fd/{number}")).exists(), "{number}");
    }
    println!("still open");
}

#[test]
fn calls_that_change_the_process_are_refused() {
    let folder = std::env::current_dir().expect("a folder");
    let title = std::fs::read("/proc/self/cmdline").expect("it is there");
    let mut runtime = Runtime::builder().stderr(Output::null()).build().expect("a runtime");
    let text = format!(
        "{OUTCOME}
        process.chdir('/'); process.title = 'mine'; process.env.TZ = 'Asia/Tokyo'; process.env.PATH = '/none';
        const ways = [() => process.abort(), () => process.umask(0), () => process.setuid(1), () => process.setgid(1),
            () => process.seteuid(1), () => process.setegid(1), () => process.setgroups([1]), () => process.initgroups(1, 1),
            () => process.execve('/bin/true', ['true'])];
        [process.cwd(), process.title, ...new Set(ways.map((way) => outcome(way)[0]))]"
    );
    assert_eq!(runtime.eval(&text), Ok(json!(["/", "mine", "ERR_WORKER_UNSUPPORTED_OPERATION"])));
    assert_eq!(std::env::current_dir().expect("a folder"), folder);
    assert_eq!(std::fs::read("/proc/self/cmdline").expect("it is there"), title);
    assert_ne!(std::env::var("PATH").as_deref(), Ok("/none"));
    assert!(std::env::var("TZ").as_deref() != Ok("Asia/Tokyo"));
    assert_eq!(runtime.eval("process.exit(3)"), Err(EvalError::Exited(3)));
}
