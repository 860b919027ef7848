//! From what was configured to a runtime.

use std::{env, io, path::PathBuf};

use super::{
    super::{CreateError, Extras, Permissions, Runtime},
    Giving, Listening, Loading, RuntimeBuilder, UnhandledRejections, Warnings,
};
use crate::{
    bindings::process::launch::{self, Launch, Reports, Started},
    sys::allocation,
};

impl RuntimeBuilder {
    /// Makes the runtime.
    ///
    /// # Errors
    /// When the operating system refuses what the event loop needs, or the file of a trace; when the working
    /// directory is none, a module's name is taken, or memory is limited where nobody counts it.
    pub fn build(self) -> Result<Runtime, CreateError> {
        if self.limits.needs_counting() && allocation::of_this_thread().is_none() {
            return Err(CreateError::Uncounted);
        }
        let extras = self.extras()?;
        Runtime::create(self.into_launch(), extras)
    }

    fn extras(&self) -> Result<Extras, CreateError> {
        Ok(Extras {
            globals: self.globals.clone(),
            host_modules: self.host_modules.clone(),
            expose_gc: self.expose_gc,
            stack_trace_limit: self.stack_trace_limit,
            modules: self.modules.clone(),
            http: self.http,
            loader: self.loader.clone().map(|Loading(load)| load),
            listener: self.listener.clone().map(|Listening(told)| told),
            limits: self.limits.clone(),
            clock: self.clock.clone(),
            seed: self.seed,
            folder: self.folder().map_err(CreateError::Folder)?,
            streams: [self.stdout.sink(), self.stderr.sink()],
            input: self.stdin.source(),
            owns_process: self.owns_process,
            signals: self.signals,
            threads: self.threads,
            gifts: self.gifts.clone().map(|Giving(give)| give),
        })
    }

    /// The working directory, if it is not to be the process's.
    fn folder(&self) -> io::Result<Option<PathBuf>> {
        let Some(folder) = &self.cwd else {
            // Where there is none, there is none for anybody.
            return Ok(env::current_dir().ok().filter(|_| !self.owns_process));
        };
        let folder = folder.canonicalize()?;
        if !folder.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Some(folder))
    }

    /// What is given to a thread's realm: see [`Self::in_threads`].
    pub(in crate::runtime) fn into_gifts(self) -> Extras {
        Extras {
            globals: self.globals,
            host_modules: self.host_modules,
            loader: self.loader.map(|Loading(load)| load),
            listener: self.listener.map(|Listening(told)| told),
            ..Extras::default()
        }
    }

    /// What its options say of a thread's realm; what is around it is the parent's.
    pub(in crate::runtime) fn into_thread(self, around: Extras) -> (Extras, Reports) {
        let extras = Extras {
            expose_gc: self.expose_gc,
            stack_trace_limit: self.stack_trace_limit,
            modules: self.modules.clone(),
            http: self.http,
            ..around
        };
        (extras, reports(self.warnings, self.rejections, self.abort_on_uncaught))
    }

    pub(in crate::runtime) fn into_launch(mut self) -> Launch {
        // It is the runtime's word to its workers, and theirs is given anew.
        self.env.retain(|(name, _)| name != launch::WORKER_VARIABLE);
        let here = self.folder().ok().flatten();
        let here = here.or_else(|| env::current_dir().ok()).unwrap_or_default();
        let exec_path = self
            .exec_path
            .or_else(|| env::current_exe().ok())
            .map(|path| path.to_string_lossy().into_owned())
            .unwrap_or_default();
        let script = self.script.clone();
        let with_script = |permissions: Permissions| match &script {
            Some(script) => permissions.allow_fs_read_exactly(script).placed(&here),
            None => permissions.placed(&here),
        };
        let permissions = self.permissions.map(with_script);
        let mut argv = vec![exec_path.clone()];
        argv.extend(self.script);
        argv.extend(self.args);
        let reports = reports(self.warnings, self.rejections, self.abort_on_uncaught);
        Launch {
            argv,
            exec_argv: self.exec_args,
            argv0: self.argv0.unwrap_or_else(|| exec_path.clone()),
            exec_path,
            eval: self.eval,
            env: self.env,
            reports,
            title: self.title,
            environment_flags: self.environment_flags,
            started: match &self.clock {
                Some(clock) => Started { wall: clock.since_epoch(), ..self.started },
                None => self.started,
            },
            permissions,
            spawn_policy: self.spawn_policy,
            has_own_workers: self.own_workers,
            warm_fork: self.warm_fork,
            node_command: self.node_command,
            trace: self.trace,
        }
    }
}

fn reports(
    warnings: Warnings,
    rejections: UnhandledRejections,
    abort_on_uncaught: bool,
) -> Reports {
    Reports {
        no_warnings: warnings.silent,
        trace_warnings: warnings.trace,
        no_deprecation: warnings.ignore_deprecations,
        trace_deprecation: warnings.trace_deprecations,
        throw_deprecation: warnings.throw_deprecations,
        pending_deprecation: warnings.pending_deprecations,
        disabled: warnings.disabled,
        redirected_to: warnings.redirected_to,
        rejections,
        abort_on_uncaught,
    }
}
