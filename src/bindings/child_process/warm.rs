//! Children that run this very executable: copies of a zygote where that pays, see `sys::warm`.

use std::{
    cell::{Cell, RefCell},
    ffi::{CStr, CString},
    path::Path,
    rc::Rc,
};

use boa_engine::Context;
use memchr::memmem;

use crate::{
    bindings::process::{self, launch},
    engine::{folder, permission, state},
    sys::{
        error::SysError,
        spawn::{self, Child, SpawnRequest},
        warm::{Refusal, Zygote},
    },
};

/// The first child is started cold: many programs have no other. With the second one the zygote
/// is started in the background, and those that follow wait for it.
const COLD_CHILDREN: u32 = 2;

/// After so many zygotes that died something is wrong with them here.
const MAX_ZYGOTES: u32 = 5;

/// Variables that change how an executable is loaded: a copy of one that is loaded already cannot
/// follow them.
const LOADER_VARIABLES: &[&[u8]] = &[b"LD_", b"GLIBC_TUNABLES=", b"MALLOC_"];

/// What a realm knows of its zygote.
#[derive(Default)]
struct WarmFork {
    zygote: RefCell<Option<Zygote>>,
    /// The environment that the zygote was started with.
    loaded_with: RefCell<Vec<CString>>,
    /// How many children so far could have been copies.
    children: Cell<u32>,
    /// In which turn of the loop the last one was started.
    last_turn: Cell<Option<u64>>,
    zygotes: Cell<u32>,
    /// One has died: perhaps of a text that it was to compile.
    has_died: Cell<bool>,
}

/// Starts a child: warm, if it runs this executable and that pays, else cold.
///
/// # Errors
/// As [`spawn::spawn`]; the way makes no difference.
pub(super) fn start(
    mut request: SpawnRequest<'_>,
    context: &mut Context,
) -> Result<Child, SysError> {
    tell_worker(&mut request, context);
    let Some(cold_children) = cold_children(&request.file, context) else {
        return spawn::spawn(request);
    };
    let turn = state::of(context).event_loop.turns();
    let program = program(&request, context);
    match of(context).spawn(&request, cold_children, turn, program.as_ref()) {
        Some(outcome) => outcome,
        None => spawn::spawn(request),
    }
}

/// A host's executable does not know by itself that it is to be a worker.
fn tell_worker(request: &mut SpawnRequest<'_>, context: &Context) {
    let launch = &process::state(context).launch;
    if launch.has_own_workers && request.file.to_bytes() == launch.exec_path.as_bytes() {
        // A name and a digit hold no NUL.
        request.env.extend(CString::new(format!("{}=1", launch::WORKER_VARIABLE)));
    }
}

/// The longest path, bytes: `PATH_MAX` in `limits.h`.
const LONGEST: usize = 4096;

/// Options with which a program has no file.
const WITHOUT_FILE: &[&str] =
    &["-e", "--eval", "-p", "--print", "-pe", "-c", "--check", "-i", "--interactive", "--test"];

/// The file that a child's program begins with, as far as its arguments show that: the first that is no option. That it is
/// another one does no harm.
///
/// `None` where what may be read is limited: a zygote has all rights.
fn program(request: &SpawnRequest<'_>, context: &Context) -> Option<CString> {
    if permission::is_limited(context) || mentions_permissions(request) {
        return None;
    }
    let is_option = |arg: &&CString| arg.to_bytes().starts_with(b"-");
    let has_no_file =
        |arg: &CString| WITHOUT_FILE.iter().any(|name| arg.to_bytes() == name.as_bytes());
    let mut args = request.args.iter().skip(1);
    if args.clone().take_while(is_option).any(has_no_file) {
        return None;
    }
    let file = args.find(|arg| !is_option(arg)).filter(|file| file.to_bytes().len() < LONGEST)?;
    if file.to_bytes().starts_with(b"/") {
        return Some(file.clone());
    }
    let folder = match &request.cwd {
        Some(cwd) => cwd.to_str().ok()?.to_owned(),
        None => folder::cwd(context).ok()?,
    };
    let path = Path::new(&folder).join(file.to_str().ok()?);
    CString::new(path.into_os_string().into_encoded_bytes())
        .ok()
        .filter(|_| folder.starts_with('/'))
}

/// Whether a child may be told by an option or a variable that it may not read everything.
fn mentions_permissions(request: &SpawnRequest<'_>) -> bool {
    let words: [&[u8]; 2] = [b"permission", b"PERMISSION"];
    let mentions =
        |text: &CString| words.iter().any(|word| memmem::find(text.to_bytes(), word).is_some());
    request.args.iter().chain(&request.env).any(mentions)
}

/// After how many children of a program this one might be a copy; `None`: never.
fn cold_children(file: &CStr, context: &Context) -> Option<u32> {
    let launch = &process::state(context).launch;
    if file.to_bytes() != launch.exec_path.as_bytes() {
        return None;
    }
    match launch.warm_fork {
        launch::WarmFork::Never => None,
        launch::WarmFork::Auto => Some(COLD_CHILDREN),
        launch::WarmFork::Always => Some(0),
    }
}

fn of(context: &mut Context) -> Rc<WarmFork> {
    if let Some(warm_fork) = context.get_data::<Rc<WarmFork>>() {
        return warm_fork.clone();
    }
    let warm_fork = Rc::new(WarmFork::default());
    context.insert_data(warm_fork.clone());
    warm_fork
}

impl WarmFork {
    /// A warm child; `None` if it is to be started cold.
    fn spawn(
        &self,
        request: &SpawnRequest<'_>,
        cold_children: u32,
        turn: u64,
        program: Option<&CString>,
    ) -> Option<Result<Child, SysError>> {
        let program = program.filter(|_| !self.has_died.get());
        let in_crowd = self.last_turn.replace(Some(turn)) == Some(turn);
        let earlier = self.children.replace(self.children.get().saturating_add(1));
        if earlier + 1 < cold_children {
            return None;
        }
        let mut zygote = self.zygote.borrow_mut();
        if !zygote.as_ref().is_some_and(Zygote::is_current) {
            // The old one ends before the new one begins.
            drop(zygote.take());
            *zygote = self.start_zygote(request, program);
        }
        if earlier < cold_children || !same_loader(&request.env, &self.loaded_with.borrow()) {
            return None;
        }
        match zygote.as_ref()?.spawn(request, in_crowd, program) {
            Ok(child) => Some(Ok(child)),
            Err(Refusal::Failed(error)) => Some(Err(error)),
            Err(Refusal::Unserved) => None,
            Err(Refusal::Dead) => {
                self.has_died.set(true);
                drop(zygote.take());
                None
            }
        }
    }

    fn start_zygote(
        &self,
        request: &SpawnRequest<'_>,
        program: Option<&CString>,
    ) -> Option<Zygote> {
        if self.zygotes.get() == MAX_ZYGOTES {
            return None;
        }
        self.zygotes.set(self.zygotes.get() + 1);
        let argv0 = request.args.first()?;
        self.loaded_with.borrow_mut().clone_from(&request.env);
        // Without one every child is started cold, and meets the same error by itself.
        Zygote::start(&request.file, argv0, &request.env, program.map(CString::as_c_str)).ok()
    }
}

fn same_loader(wanted: &[CString], given: &[CString]) -> bool {
    loader_variables(wanted).eq(loader_variables(given))
}

fn loader_variables(env: &[CString]) -> impl Iterator<Item = &CString> {
    let is_one = |variable: &&CString| {
        LOADER_VARIABLES.iter().any(|prefix| variable.to_bytes().starts_with(prefix))
    };
    env.iter().filter(is_one)
}
