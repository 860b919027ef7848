//! A program to be run: as it was decoded, as the system takes it, as hosts and traces are told of it.

use std::{ffi::CString, fs, path::Path};

use boa_engine::{Context, JsValue};

use super::decoding::c_string;
use crate::{
    bindings::{process::env, trace},
    engine::{
        family, folder,
        observer::{self, HostEvent},
        standard,
    },
    sys::{
        errno::Errno,
        error::{Subject, SysError},
        spawn::{ChildFd, SpawnRequest},
        wait::ExitStatus,
    },
};

/// A program, its arguments and its surroundings.
pub(super) struct Command {
    pub(super) file: String,
    /// What is executed, where that is not to be found by `file`.
    pub(super) program: Option<String>,
    /// As programs see them, the zeroth first.
    pub(super) args: Vec<JsValue>,
    pub(super) argv: Vec<CString>,
    pub(super) cwd: Option<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) detached: bool,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) dies_with_parent: bool,
    /// Places of descriptors that the host does not let it have.
    pub(super) withheld: Vec<usize>,
}

impl Command {
    /// A program that this process becomes: `file` is its path.
    pub(super) fn replacement(
        file: String,
        argv: Vec<CString>,
        env: Vec<(String, String)>,
    ) -> Self {
        Self {
            file,
            program: None,
            args: Vec::new(),
            argv,
            cwd: None,
            env,
            detached: false,
            uid: None,
            gid: None,
            dies_with_parent: false,
            withheld: Vec::new(),
        }
    }

    /// The request for the system: `NAME=value` for each variable, those of `further` last. Of two
    /// of one name the later wins.
    pub(super) fn request<'fd>(
        &self,
        further: &[(&str, String)],
        mut stdio: Vec<ChildFd<'fd>>,
        context: &Context,
    ) -> SpawnRequest<'fd> {
        for &place in &self.withheld {
            if let Some(fd) = stdio.get_mut(place) {
                *fd = ChildFd::Ignored;
            }
        }
        let own = self.env.iter().map(|(name, value)| format!("{name}={value}"));
        let further = further.iter().map(|(name, value)| format!("{name}={value}"));
        let env = env::last_of_each(own.chain(further).collect());
        SpawnRequest {
            file: c_string(self.program.as_ref().unwrap_or(&self.file)),
            args: self.argv.clone(),
            env: env.iter().map(|pair| c_string(pair)).collect(),
            cwd: self.folder(context).map(|folder| c_string(&folder)),
            stdio,
            detached: self.detached,
            uid: self.uid,
            gid: self.gid,
            dies_with_parent: self.dies_with_parent,
        }
    }

    /// Tells the host that it was started.
    pub(super) fn tell_start(&self, pid: i32, context: &Context) {
        family::child_began(pid, self.detached, context);
        observer::tell(context, || {
            let args = self.argv.iter().map(|arg| arg.to_string_lossy().into_owned());
            HostEvent::Spawned { pid, file: self.file.clone(), args: args.collect() }
        });
    }

    /// What a trace calls the process.
    pub(super) fn title(&self) -> String {
        let args: Vec<_> = self.argv.iter().map(|arg| arg.to_string_lossy()).collect();
        trace::title(&args)
    }

    /// Its working directory, if not the process's.
    pub(super) fn folder(&self, context: &Context) -> Option<String> {
        let Some(cwd) = &self.cwd else {
            return folder::own(context).map(|own| own.to_string_lossy().into_owned());
        };
        Some(folder::placed(Path::new(cwd), context).to_string_lossy().into_owned())
    }

    /// The error of a start that failed, as `call` reports it.
    pub(super) fn error(&self, errno: Errno, call: &str) -> SysError {
        let args = self.argv.iter().skip(1).map(|arg| arg.to_string_lossy().into_owned());
        SysError {
            errno,
            syscall: format!("{call} {}", self.file),
            subject: Subject::Spawn(self.file.clone(), args.collect()),
        }
    }

    /// The working directory that is the reason why it did not start, and what is wrong with it.
    pub(super) fn missing_cwd(&self, context: &Context) -> Option<(&str, String)> {
        let cwd = self.cwd.as_deref()?;
        match fs::metadata(folder::placed(Path::new(cwd), context)) {
            Ok(metadata) if metadata.is_dir() => None,
            Ok(_) => Some((cwd, format!("the working directory '{cwd}' is not a directory"))),
            Err(_) => Some((cwd, format!("the working directory '{cwd}' does not exist"))),
        }
    }
}

/// Tells the host that a child has ended.
pub(super) fn tell_end(pid: i32, status: Option<ExitStatus>, context: &Context) {
    family::child_ended(pid, context);
    standard::check(context);
    observer::tell(context, || {
        let (code, signal) = match status {
            Some(ExitStatus::Exited(code)) => (Some(code), None),
            Some(ExitStatus::Signaled(number)) => (None, Some(number)),
            None => (None, None),
        };
        HostEvent::Exited { pid, code, signal }
    });
}
