//! Handles between rjs and Node, and from peers that misbehave.

mod peers;

use std::{
    fs::File,
    io::{BufRead, BufReader, IoSlice, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    os::{
        fd::{AsRawFd, OwnedFd, RawFd},
        unix::net::{UnixListener, UnixStream},
    },
    path::Path,
    process::{Child, Stdio},
};

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use peers::{expect, node, own, printed, rjs, run_script};

/// What is passed, and what comes of it with every pair of programs.
const CASES: [(&str, &str); 9] = [
    ("server", "both answered\n"),
    ("socket", "socket 300000 127.0.0.1 true\n"),
    ("keepOpen", "child parent after child\n"),
    ("dgram", "answer to question by udp4\n"),
    ("back", "parent\n"),
    ("queue", "100 answers, in order,200\n"),
    ("counts", ",3,false closed\n"),
    ("native", "listening function child\n"),
    ("unix", "child got text\n"),
];

/// Those that are passed with both serializations.
const WITH_BOTH: [&str; 3] = ["socket", "dgram", "queue"];

fn pass(parent: &Path, child: &Path) {
    for (case, expected) in CASES {
        expect(parent, "handles.js", child, &[case, "json"], expected);
    }
    // The protocol is the same; what is written differs.
    for (case, expected) in CASES.into_iter().filter(|(case, _)| WITH_BOTH.contains(case)) {
        expect(parent, "handles.js", child, &[case, "advanced"], expected);
    }
}

#[test]
fn handles_pass_from_rjs_to_rjs() {
    pass(&own(), &own());
}

#[test]
fn handles_pass_from_rjs_to_node() {
    let Some(node) = node() else { return };
    pass(&own(), &node);
}

#[test]
fn handles_pass_from_node_to_rjs() {
    let Some(node) = node() else { return };
    pass(&node, &own());
}

#[test]
fn handles_of_a_child_that_dies_are_told_of_and_closed() {
    // A process that waits to be forked holds descriptors from some moment on.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/lost-handles.js");
    let output = rjs().arg(script).env("RJS_WARM_FORK", "0").output().expect("rjs starts");
    let (stdout, stderr, code) = printed(&output);
    let expected = "told 80 true clients 40\n".repeat(5) + "descriptors true\n";
    assert_eq!((stdout, code), (expected, Some(0)), "{stderr}");
}

#[test]
fn a_handle_that_is_sent_right_before_the_end_arrives() {
    let (stdout, stderr, code) = run_script(&own(), "handle-before-end.js", &[]);
    let expected = "server message alone undefined\n\
        server message with a handle Server\n\
        server close 0\n\
        socket message alone undefined\n\
        socket message with a handle Socket\n\
        socket close 0\n";
    assert_eq!((stdout.as_str(), code), (expected, Some(0)), "{stderr}");
}

/// Runs a program of `examples/handles`.
fn example(name: &str, args: &[&str]) -> (String, String, Option<i32>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/handles").join(name);
    printed(&rjs().arg(script).args(args).output().expect("rjs starts"))
}

#[test]
fn workers_of_a_shared_server_are_replaced_without_a_failed_connection() {
    let (stdout, stderr, code) = example("rolling_restart.js", &["2"]);
    assert_eq!((stdout.as_str(), code), ("answered, 0 failed\n", Some(0)), "{stderr}");
}

#[test]
fn workers_of_a_clustered_http_server_are_replaced_without_a_lost_request() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/http/cluster_restart.js");
    let output = rjs().arg(script).output().expect("rjs starts");
    let (stdout, stderr, code) = printed(&output);
    assert_eq!((stdout.as_str(), code), ("answered, 0 lost\n", Some(0)), "{stderr}");
}

#[test]
fn sockets_that_were_passed_to_workers_that_are_killed_end() {
    let (stdout, stderr, code) = example("killed_workers.js", &["600", "50"]);
    // How many were answered, and how many workers killed, is chance.
    let lines: Vec<_> = stdout.lines().filter(|line| !line.contains("killed")).collect();
    let expected = ["600 of 600 answered or closed, 0 sends not told of", "no descriptor left"];
    assert_eq!((lines.as_slice(), code), (expected.as_slice(), Some(0)), "{stderr}");
}

/// A child that tells what arrives on its channel, and our end of that.
struct Receiver {
    child: Child,
    channel: UnixStream,
    replies: BufReader<UnixStream>,
}

impl Receiver {
    fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/raw-handles.js");
        let (channel, theirs) = UnixStream::pair().expect("a pair of sockets");
        let child = rjs()
            .arg(script)
            .env("NODE_CHANNEL_FD", "0")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::null())
            .spawn()
            .expect("rjs starts");
        let replies = BufReader::new(channel.try_clone().expect("a second handle"));
        Self { child, channel, replies }
    }

    /// Sends text, and descriptors beside it.
    fn send(&self, text: &str, fds: &[RawFd]) {
        let rights = [ControlMessage::ScmRights(fds)];
        let rights = if fds.is_empty() { &[][..] } else { &rights[..] };
        let bytes = [IoSlice::new(text.as_bytes())];
        let sent = sendmsg::<()>(self.channel.as_raw_fd(), &bytes, rights, MsgFlags::empty(), None);
        assert_eq!(sent, Ok(text.len()));
    }

    fn reply(&mut self) -> String {
        let mut line = String::new();
        self.replies.read_line(&mut line).expect("the child answers");
        line.trim_end().to_owned()
    }

    /// The descriptors that the child has open.
    fn descriptors(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.child.id());
        std::fs::read_dir(folder).expect("the child lives").count()
    }

    fn end(mut self) {
        drop((self.channel, self.replies));
        assert!(self.child.wait().expect("the child ends").success());
    }
}

fn envelope(kind: &str, message: &str) -> String {
    format!("{{\"cmd\":\"NODE_HANDLE\",\"type\":\"{kind}\",\"msg\":{message}}}\n")
}

fn told(message: &str, handle: &str) -> String {
    format!("{{\"message\":{message},\"handle\":\"{handle}\"}}")
}

const ACK: &str = "{\"cmd\":\"NODE_HANDLE_ACK\"}";
const NACK: &str = "{\"cmd\":\"NODE_HANDLE_NACK\"}";

/// One descriptor of each kind.
struct Kinds {
    listener: TcpListener,
    stream: TcpStream,
    unix_listener: UnixListener,
    unix: UnixStream,
    udp: UdpSocket,
    file: File,
    folder: File,
}

impl Kinds {
    fn open(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let stream = TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
        let path = std::env::temp_dir().join(format!("rjs-kinds-{}-{name}", std::process::id()));
        let unix_listener = UnixListener::bind(&path).expect("a free path");
        std::fs::remove_file(path).expect("the path is ours");
        Self {
            listener,
            stream,
            unix_listener,
            unix: UnixStream::pair().expect("a pair").0,
            udp: UdpSocket::bind("127.0.0.1:0").expect("a free port"),
            file: File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).expect("a file"),
            folder: File::open("/").expect("a folder"),
        }
    }

    fn all(&self) -> [(&'static str, RawFd); 7] {
        [
            ("tcp-server", self.listener.as_raw_fd()),
            ("tcp", self.stream.as_raw_fd()),
            ("unix-server", self.unix_listener.as_raw_fd()),
            ("unix", self.unix.as_raw_fd()),
            ("udp", self.udp.as_raw_fd()),
            ("file", self.file.as_raw_fd()),
            ("folder", self.folder.as_raw_fd()),
        ]
    }
}

#[test]
fn a_descriptor_is_looked_at_before_it_is_believed() {
    let kinds = Kinds::open("believed");
    let mut receiver = Receiver::start();
    receiver.send("0\n", &[]);
    assert_eq!(receiver.reply(), told("0", "nothing"));
    let fitting: [(&str, &str, &[&str]); 6] = [
        ("net.Server", "server", &["tcp-server", "unix-server"]),
        ("net.Socket", "socket", &["tcp", "unix"]),
        ("net.Native", "", &["tcp-server", "tcp", "unix-server", "unix"]),
        ("dgram.Socket\",\"dgramType\":\"udp4", "dgram", &["udp"]),
        ("dgram.Native", "UDP", &["udp"]),
        ("net.Nonsense", "", &[]),
    ];
    for (kind, object, fits) in fitting {
        for (name, fd) in kinds.all() {
            receiver.send(&envelope(kind, "1"), &[fd]);
            assert_eq!(receiver.reply(), ACK, "{kind} {name}");
            let mut answers = vec![receiver.reply()];
            if !fits.contains(&name) {
                answers.push(receiver.reply());
                answers.sort();
                assert_eq!(answers[0], told("1", "nothing"), "{kind} {name}");
                assert!(answers[1].starts_with("{\"warning\":\"A handle arrived"), "{answers:?}");
                continue;
            }
            let expected = match object {
                "" if name.starts_with("tcp") => "TCP",
                "" => "Pipe",
                object => object,
            };
            assert_eq!(answers[0], told("1", expected), "{kind} {name}");
        }
    }
    receiver.end();
}

#[test]
fn a_descriptor_belongs_to_the_next_envelope() {
    let kinds = Kinds::open("next");
    let fd = kinds.stream.as_raw_fd();
    let mut receiver = Receiver::start();
    // With a plain message before its envelope.
    receiver.send("1\n", &[fd]);
    assert_eq!(receiver.reply(), told("1", "nothing"));
    receiver.send(&envelope("net.Socket", "2"), &[]);
    assert_eq!([receiver.reply(), receiver.reply()], [ACK.to_owned(), told("2", "socket")]);
    // With the last half of it.
    let whole = envelope("net.Socket", "3");
    let (head, tail) = whole.split_at(20);
    receiver.send(head, &[]);
    receiver.send(tail, &[fd]);
    assert_eq!([receiver.reply(), receiver.reply()], [ACK.to_owned(), told("3", "socket")]);
    // Two envelopes in one write with one descriptor, and with two.
    let both = envelope("net.Socket", "4") + &envelope("net.Socket", "5");
    for fds in [vec![fd], vec![fd, fd]] {
        receiver.send(&both, &fds);
        let answers = [receiver.reply(), receiver.reply(), receiver.reply()];
        assert_eq!(answers, [ACK.to_owned(), NACK.to_owned(), told("4", "socket")]);
    }
    // A second envelope around the first, as the sender of a lost one makes it: one answer.
    let again = envelope("net.Native", envelope("net.Socket", "6").trim_end());
    receiver.send(&again, &[fd]);
    assert_eq!([receiver.reply(), receiver.reply()], [ACK.to_owned(), told("6", "socket")]);
    receiver.end();
}

#[test]
fn descriptors_that_nobody_asked_for_are_closed() {
    let kinds = Kinds::open("unasked");
    let (fd, other) = (kinds.stream.as_raw_fd(), kinds.udp.as_raw_fd());
    let mut receiver = Receiver::start();
    receiver.send("0\n", &[]);
    receiver.reply();
    receiver.send(&envelope("net.Socket", "0"), &[fd]);
    receiver.reply();
    receiver.reply();
    // The socket is closed at the end of the turn that told of it.
    receiver.send("0\n", &[]);
    receiver.reply();
    let before = receiver.descriptors();
    for n in 0..50 {
        receiver.send(&format!("{n}\n"), &[fd, other, fd]);
        assert_eq!(receiver.reply(), told(&n.to_string(), "nothing"));
    }
    // One is kept for the envelope that may come.
    assert_eq!(receiver.descriptors(), before + 1);
    receiver.send(&envelope("net.Socket", "1"), &[]);
    assert_eq!([receiver.reply(), receiver.reply()], [ACK.to_owned(), told("1", "socket")]);
    for _ in 0..50 {
        receiver.send(&envelope("net.Socket", "2"), &[other]);
        receiver.reply();
        receiver.reply();
        receiver.reply();
    }
    receiver.send("3\n", &[]);
    assert_eq!(receiver.reply(), told("3", "nothing"));
    assert_eq!(receiver.descriptors(), before);
    receiver.end();
}

/// A parent whose child, a shell, answers every handle with a refusal.
#[test]
fn a_refused_socket_is_sent_three_times_more_and_then_given_up() {
    let (stdout, stderr, code) = run_script(&own(), "refused-handle.js", &[]);
    let expected = "frame NODE_HANDLE net.Socket\n".to_owned()
        + &"frame NODE_HANDLE net.Native NODE_HANDLE net.Socket\n".repeat(3)
        + "frame plain\n\
           SentHandleNotReceivedWarning Handle did not reach the receiving process correctly\n\
           callbacks 4 client closed\n";
    assert_eq!((stdout, code), (expected, Some(0)), "{stderr}");
}

#[test]
fn a_peer_that_ends_within_an_envelope_leaves_nothing_open() {
    let kinds = Kinds::open("within");
    let receiver = Receiver::start();
    let whole = envelope("net.Socket", "1");
    receiver.send(&whole[..whole.len() - 5], &[kinds.stream.as_raw_fd()]);
    let Receiver { mut child, mut channel, replies } = receiver;
    channel.flush().expect("nothing is buffered");
    drop((channel, replies));
    assert!(child.wait().expect("the child ends").success());
}
