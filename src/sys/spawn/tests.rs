//! Real children.

use std::{
    env,
    fs::{self, File, OpenOptions, Permissions},
    io::{Read, Write},
    os::{
        fd::AsFd,
        unix::fs::{OpenOptionsExt, PermissionsExt},
    },
    path::PathBuf,
    thread,
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::signal::{SigSet, Signal as NixSignal},
};

use super::{
    super::{
        alone::alone,
        faults, fd, signals, startup,
        wait::{ExitStatus, try_wait, wait},
    },
    *,
};

fn c(text: impl AsRef<str>) -> CString {
    CString::new(text.as_ref()).unwrap()
}

/// A request with nothing special; the child shares the test's standard streams.
fn request(file: &str, args: &[&str]) -> SpawnRequest<'static> {
    let inherited = |number| ChildFd::From(fd::borrow(number).unwrap());
    SpawnRequest {
        file: c(file),
        args: [file].iter().chain(args).map(c).collect(),
        env: vec![c("PATH=/usr/bin:/bin")],
        cwd: None,
        stdio: vec![ChildFd::Ignored, inherited(1), inherited(2)],
        detached: false,
        uid: None,
        gid: None,
        dies_with_parent: false,
    }
}

fn shell(script: &str) -> SpawnRequest<'static> {
    request("/bin/sh", &["-c", script])
}

fn status(request: SpawnRequest<'_>) -> ExitStatus {
    wait(spawn(request).unwrap().pidfd).unwrap()
}

fn errno(request: SpawnRequest<'_>) -> Errno {
    spawn(request).unwrap_err().errno
}

/// What the program writes to its standard output.
fn output(request: SpawnRequest<'_>) -> String {
    let (reader, writer) = fd::pipe().unwrap();
    let mut request = SpawnRequest { ..request };
    request.stdio[1] = ChildFd::From(writer.as_fd());
    let child = spawn(request).unwrap();
    drop(writer);
    let mut text = String::new();
    File::from(reader).read_to_string(&mut text).unwrap();
    assert_eq!(wait(child.pidfd), Ok(ExitStatus::Exited(0)));
    text
}

/// A folder of this test alone.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("rjs-spawn-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Whoever executes one runs [`alone`]: a child that another thread starts while it is written has it
    /// open for a moment, and nobody can execute it then.
    fn file(&self, name: &str, text: &str, mode: u32) -> String {
        let path = self.0.join(name);
        let options = OpenOptions::new().write(true).create(true).mode(0o600).to_owned();
        options.open(&path).unwrap().write_all(text.as_bytes()).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_program_runs_and_ends() {
    assert_eq!(status(request("/bin/true", &[])), ExitStatus::Exited(0));
    assert_eq!(status(request("false", &[])), ExitStatus::Exited(1));
    assert_eq!(status(shell("exit 255")), ExitStatus::Exited(255));
}

#[test]
fn a_signal_ends_it() {
    for number in [libc::SIGTERM, libc::SIGKILL, libc::SIGABRT, libc::SIGRTMIN() + 5] {
        let child = spawn(request("sleep", &["1000"])).unwrap();
        assert_eq!(try_wait(&child.pidfd), Ok(None));
        signals::kill_child(&child.pidfd, number).unwrap();
        assert_eq!(wait(&child.pidfd), Ok(ExitStatus::Signaled(number)));
        assert_eq!(try_wait(&child.pidfd).unwrap_err().errno, Errno(libc::ECHILD));
        assert_eq!(signals::kill_child(&child.pidfd, 0).unwrap_err().errno, Errno(libc::ESRCH));
    }
}

#[test]
fn the_pidfd_becomes_readable_when_it_ends() {
    let (reader, writer) = fd::pipe().unwrap();
    let mut waiting = request("cat", &[]);
    waiting.stdio[0] = ChildFd::From(reader.as_fd());
    let child = spawn(waiting).unwrap();
    let mut entry = [PollFd::new(child.pidfd.as_fd(), PollFlags::POLLIN)];
    assert_eq!(poll(&mut entry, PollTimeout::ZERO), Ok(0));
    drop((reader, writer));
    assert_eq!(poll(&mut entry, PollTimeout::NONE), Ok(1));
    assert_eq!(try_wait(&child.pidfd), Ok(Some(ExitStatus::Exited(0))));
}

#[test]
fn arguments_and_environment_are_the_given_ones_alone() {
    let mut printing = request("/bin/sh", &["-c", "echo \"$0|$1|$2\"", "zero", "", "é\n"]);
    printing.args[0] = c("a name");
    assert_eq!(output(printing), "zero||é\n\n");
    let mut printing = request("env", &[]);
    printing.env = vec![c("PATH=/usr/bin:/bin"), c("A=1"), c("B=")];
    assert_eq!(output(printing), "PATH=/usr/bin:/bin\nA=1\nB=\n");
    let named =
        SpawnRequest { args: vec![c("other"), c("/proc/self/cmdline")], ..request("cat", &[]) };
    assert_eq!(output(named), "other\0/proc/self/cmdline\0");
}

#[test]
fn what_cannot_be_executed() {
    alone(|| {
        let folder = Folder::new("errors");
        let plain = folder.file("plain", "", 0o644);
        let garbage = folder.file("garbage", "\x7fELFgarbage", 0o755);
        let lost = folder.file("lost", "#!/no/such/interpreter\n", 0o755);
        for (file, expected) in [
            ("/no/such/file", libc::ENOENT),
            ("no-such-program", libc::ENOENT),
            ("", libc::ENOENT),
            (&*plain, libc::EACCES),
            (folder.path(), libc::EACCES),
            (&*format!("{plain}/x"), libc::ENOTDIR),
            (&*lost, libc::ENOENT),
            (&*"x".repeat(256), libc::ENAMETOOLONG),
            (&*"/x".repeat(4096), libc::ENAMETOOLONG),
        ] {
            assert_eq!(errno(request(file, &[])), Errno(expected), "{file}");
        }
        // The shell gets it, and says 127 or so itself.
        assert_ne!(status(request(&garbage, &[])), ExitStatus::Exited(0));
        let huge = "x".repeat(3_000_000);
        assert_eq!(errno(request("true", &[&huge])), Errno(libc::E2BIG));
    });
}

#[test]
fn the_error_says_what_was_to_be_started() {
    let error = spawn(request("/no/such", &["a", "b"])).unwrap_err();
    assert_eq!(error.syscall, "spawn /no/such");
    assert_eq!(error.subject, Subject::Spawn("/no/such".into(), vec!["a".into(), "b".into()]));
}

#[test]
fn the_search_goes_on_past_what_cannot_be_executed() {
    alone(|| {
        let folder = Folder::new("search");
        let plain = folder.file("program", "", 0o644);
        let second = Folder::new("search-second");
        second.file("program", "#!/bin/sh\necho second", 0o755);
        let with_path = |path: &str| SpawnRequest {
            env: vec![c(format!("PATH={path}"))],
            ..request("program", &[])
        };
        let both = format!("/no/such:{plain}:{}:{}", folder.path(), second.path());
        assert_eq!(output(with_path(&both)), "second\n");
        let denied = format!("{}:/no/such", folder.path());
        assert_eq!(errno(with_path(&denied)), Errno(libc::EACCES));
        assert_eq!(errno(with_path("/no/such:/nor/this")), Errno(libc::ENOENT));
        assert_eq!(errno(with_path(&plain)), Errno(libc::ENOTDIR));
    });
}

#[test]
fn a_script_without_a_header_goes_to_the_shell() {
    alone(|| {
        let folder = Folder::new("script");
        let script = folder.file("script", "echo \"$0 $1 $#\"", 0o755);
        assert_eq!(output(request(&script, &["one", "two"])), format!("{script} one 2\n"));
        let found = SpawnRequest {
            env: vec![c(format!("PATH=/no/such:{}", folder.path()))],
            ..request("script", &[])
        };
        assert_eq!(output(found), format!("{script}  0\n"));
    });
}

#[test]
fn the_working_directory_comes_first_and_the_search_is_relative_to_it() {
    alone(|| {
        let folder = Folder::new("cwd");
        folder.file("here", "#!/bin/sh\npwd", 0o755);
        let expected = format!("{}\n", fs::canonicalize(folder.path()).unwrap().display());
        for (file, path) in [("./here", "/bin"), ("here", ":/bin"), ("here", "/bin:.")] {
            let relative = SpawnRequest {
                cwd: Some(c(folder.path())),
                env: vec![c(format!("PATH={path}"))],
                ..request(file, &[])
            };
            assert_eq!(output(relative), expected);
        }
        let in_folder =
            |cwd: &str| errno(SpawnRequest { cwd: Some(c(cwd)), ..request("true", &[]) });
        assert_eq!(in_folder("/no/such"), Errno(libc::ENOENT));
        assert_eq!(in_folder("/bin/sh"), Errno(libc::ENOTDIR));
    });
}

/// Lists the child's descriptors up to `count`: number and file name, one a line.
fn listing(count: usize) -> String {
    // No substitution: that would open a pipe in the shell that is looked at.
    format!(
        "i=0; while [ $i -lt {count} ]; do printf '%s ' $i; \
         readlink /proc/$$/fd/$i || echo; i=$((i+1)); done"
    )
}

#[test]
fn ignored_standard_streams_are_the_null_device_and_others_closed() {
    alone(|| {
        startup::prepare_process().unwrap();
        let (reader, writer) = fd::pipe().unwrap();
        let mut listed = shell(&format!("({}) >&4", listing(4)));
        listed.stdio = vec![ChildFd::Ignored; 4];
        listed.stdio.push(ChildFd::From(writer.as_fd()));
        let child = spawn(listed).unwrap();
        drop(writer);
        let mut text = String::new();
        File::from(reader).read_to_string(&mut text).unwrap();
        assert_eq!(wait(child.pidfd), Ok(ExitStatus::Exited(0)));
        assert_eq!(text, "0 /dev/null\n1 /dev/null\n2 /dev/null\n3 \n");
    });
}

#[test]
fn descriptors_land_in_their_places_however_numbers_overlap() {
    alone(|| {
        startup::prepare_process().unwrap();
        let folder = Folder::new("places");
        let files: Vec<File> =
            (0..6).map(|n| File::open(folder.file(&n.to_string(), "", 0o644)).unwrap()).collect();
        let highest = files.iter().map(AsRawFd::as_raw_fd).max().unwrap() as usize;
        let count = highest + 3;
        // A generator of shuffles that is the same in every run.
        let mut state = 1_usize;
        let mut below = |bound: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        for round in 0..30 {
            let mut stdio = vec![ChildFd::Ignored; count];
            let mut expected = vec![String::new(); count];
            for place in 0..count {
                if place != 1 && below(3) > 0 {
                    let n = below(files.len());
                    stdio[place] = ChildFd::From(files[n].as_fd());
                    expected[place] = folder.0.join(n.to_string()).to_str().unwrap().to_owned();
                } else if place <= 2 {
                    expected[place] = "/dev/null".to_owned();
                }
            }
            let listed = SpawnRequest { stdio, ..shell(&listing(count)) };
            let text = output(listed);
            for (place, expected) in expected.iter().enumerate().filter(|(place, _)| *place != 1) {
                let line = text.lines().nth(place).unwrap();
                assert_eq!(line, format!("{place} {expected}"), "round {round}");
            }
        }
    });
}

#[test]
fn one_descriptor_can_be_in_many_places_and_neighbours_can_swap() {
    let folder = Folder::new("swap");
    let one = File::open(folder.file("one", "", 0o644)).unwrap();
    let two = File::open(folder.file("two", "", 0o644)).unwrap();
    let (a, b) = (one.as_raw_fd() as usize, two.as_raw_fd() as usize);
    let count = a.max(b) + 2;
    let mut stdio = vec![ChildFd::Ignored; count];
    stdio[a] = ChildFd::From(two.as_fd());
    stdio[b] = ChildFd::From(one.as_fd());
    stdio[0] = ChildFd::From(one.as_fd());
    stdio[count - 1] = ChildFd::From(one.as_fd());
    let text = output(SpawnRequest { stdio, ..shell(&listing(count)) });
    let line = |place: usize| text.lines().nth(place).unwrap().rsplit('/').next().unwrap();
    assert_eq!([line(a), line(b), line(0), line(count - 1)], ["two", "one", "one", "one"]);
}

#[test]
fn only_standard_streams_are_made_blocking() {
    let flags = |fd: &OwnedFd| nix::fcntl::fcntl(fd, nix::fcntl::FcntlArg::F_GETFL).unwrap();
    for (place, blocks) in [(0, true), (1, true), (2, true), (3, false)] {
        let (_reader, writer) = fd::pipe().unwrap();
        fd::set_nonblocking(&writer, true).unwrap();
        let mut program = request("true", &[]);
        program.stdio.push(ChildFd::Ignored);
        program.stdio[place] = ChildFd::From(writer.as_fd());
        status(program);
        assert_eq!(flags(&writer) & libc::O_NONBLOCK == 0, blocks, "{place}");
    }
}

#[test]
fn a_detached_child_leads_its_session() {
    for detached in [true, false] {
        let stat = output(SpawnRequest { detached, ..request("cat", &["/proc/self/stat"]) });
        let (pid, stat) = stat.split_once(' ').unwrap();
        // After the name: state, parent, group, session.
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        assert_eq!([fields[2], fields[3]] == [pid, pid], detached, "{stat}");
    }
}

#[test]
fn signals_are_reset_and_unblocked() {
    alone(|| {
        // SAFETY: SIG_IGN runs no code.
        for number in [libc::SIGUSR2, libc::SIGPIPE, libc::SIGHUP, libc::SIGRTMIN() + 2] {
            // SAFETY: as above.
            unsafe { libc::signal(number, libc::SIG_IGN) };
        }
        let blocked = SigSet::from(NixSignal::SIGUSR1);
        blocked.thread_block().unwrap();
        let before = SigSet::thread_get_mask().unwrap();
        let text = output(request("grep", &["-E", "Sig(Blk|Ign)", "/proc/self/status"]));
        let (blocked, ignored) = text.trim().split_once('\n').unwrap();
        assert_eq!(blocked, "SigBlk:\t0000000000000000");
        let ignored = u64::from_str_radix(ignored.rsplit('\t').next().unwrap(), 16).unwrap();
        // 32 and 33 are the C library's own: nobody can set them, but they can be inherited.
        assert_eq!(ignored & !(0b11 << 31), 0);
        assert_eq!(SigSet::thread_get_mask().unwrap(), before);
    });
}

#[test]
fn ids_are_taken_on_where_the_system_allows_it() {
    let ids = |uid, gid| SpawnRequest { uid, gid, ..shell("echo $(id -u) $(id -g) $(id -G)") };
    if nix::unistd::geteuid().is_root() {
        assert_eq!(output(ids(Some(12), Some(34))), "12 34 34\n");
        assert_eq!(output(ids(None, Some(34))), "0 34 34\n");
        assert_eq!(output(ids(Some(12), None)), "12 0 0\n");
    } else {
        println!("not root: only what is denied can be seen");
        assert_eq!(errno(ids(Some(0), None)), Errno(libc::EPERM));
    }
}

#[test]
fn threads_may_spawn_at_once() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for code in 0..25 {
                    let ended = status(shell(&format!("exit {code}")));
                    assert_eq!(ended, ExitStatus::Exited(code));
                    assert_eq!(errno(request("/no/such", &[])), Errno(libc::ENOENT));
                }
            });
        }
    });
}

/// How many descriptors this process has.
fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The children of this thread, ended or not.
fn children() -> String {
    let path = format!("/proc/self/task/{}/children", nix::unistd::gettid());
    fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn nothing_leaks_and_the_child_sees_only_its_own() {
    alone(|| {
        startup::prepare_process().unwrap();
        let before = open_descriptors();
        for _ in 0..20 {
            status(request("true", &[]));
            errno(request("/no/such", &[]));
            let listed = output(shell("ls /proc/$$/fd"));
            assert_eq!(listed.split_whitespace().collect::<Vec<_>>(), ["0", "1", "2"]);
        }
        assert_eq!(open_descriptors(), before);
        assert_eq!(children(), "");
    });
}

#[test]
fn whichever_call_fails_nothing_is_left_behind() {
    alone(|| {
        let folder = Folder::new("faults");
        let (reader, writer) = fd::pipe().unwrap();
        let before = open_descriptors();
        let mut calls = 0;
        for nth in 1.. {
            let mut program = request("true", &[]);
            program.cwd = Some(c(folder.path()));
            program.detached = true;
            program.dies_with_parent = true;
            if nix::unistd::geteuid().is_root() {
                (program.uid, program.gid) = (Some(0), Some(0));
            }
            program.stdio = vec![ChildFd::Ignored; 40];
            program.stdio[30] = ChildFd::From(reader.as_fd());
            program.stdio[3] = ChildFd::From(writer.as_fd());
            let armed = faults::Armed::new(nth, libc::EPERM);
            let result = spawn(program);
            let has_struck = faults::has_struck();
            drop(armed);
            match result {
                Ok(child) => {
                    assert_eq!(wait(child.pidfd), Ok(ExitStatus::Exited(0)));
                    calls = nth - 1;
                    if !has_struck {
                        break;
                    }
                }
                Err(error) => assert!(has_struck && error.errno == Errno(libc::EPERM)),
            }
            assert_eq!(open_descriptors(), before);
            assert_eq!(children(), "");
        }
        assert!(calls >= 12, "{calls} calls");
    });
}

#[test]
fn descriptors_run_out_without_a_leak() {
    alone(|| {
        let (soft, hard) =
            nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE).unwrap();
        let before = open_descriptors();
        let limit = |soft| {
            nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE, soft, hard)
                .unwrap();
        };
        for free in 0..6 {
            // One of the descriptors counted was the folder that was read.
            limit((before - 1 + free) as u64);
            match spawn(request("true", &[])) {
                Ok(child) => assert_eq!(wait(child.pidfd), Ok(ExitStatus::Exited(0))),
                Err(error) => assert_eq!(error.errno, Errno(libc::EMFILE)),
            }
            limit(soft);
            assert_eq!(open_descriptors(), before);
        }
        assert_eq!(children(), "");
    });
}
