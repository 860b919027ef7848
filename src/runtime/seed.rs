//! A realm as it is before it is known what program it is for: what a zygote makes in advance.

use std::{
    cell::RefCell,
    ffi::{CStr, OsStr},
    os::unix::ffi::OsStrExt,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{CreateError, RuntimeBuilder, Warnings};
use crate::{
    bindings::{globals, inspect, process, trace, worker_threads},
    builtins::TABLE,
    engine::{
        commonjs::{self, foresight},
        intrinsics::random,
        realm, scripts, state,
    },
    sys::{
        code_pages, heap,
        warm::{self, Nursery, Served},
    },
};

/// The realm, and its `process`.
type Seed = (Context, JsObject);

thread_local! {
    /// Made in advance, for the next runtime of this thread.
    static SPARE: RefCell<Option<Seed>> = const { RefCell::new(None) };
}

/// How this process came to be, and so what it is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Birth {
    /// It was started like any program; the operating system has its arguments.
    Cold,
    /// It is a copy of a zygote, and these are its arguments.
    Warm(Vec<String>),
    /// It was a zygote, or is none that can serve: there is nothing left to do.
    Unneeded,
}

/// Whether the executable of this process calls [`await_birth`].
static AWAITS_BIRTH: AtomicBool = AtomicBool::new(false);

/// See [`AWAITS_BIRTH`]: such an executable can be started to do a service.
pub(super) fn awaits_birth() -> bool {
    AWAITS_BIRTH.load(Ordering::Relaxed)
}

/// To be called first in the `main` of an executable whose runtimes have
/// [`crate::RuntimeBuilder::warm_fork`], while the process has one thread only.
///
/// If the process was started to look after a trace, this does, and returns when that is done. If it
/// was started to be a zygote, this does what every child would do first, and
/// returns in each of the copies that are made of it.
///
/// # Errors
/// If no realm can be made.
pub fn await_birth() -> Result<Birth, CreateError> {
    if trace::watch() {
        return Ok(Birth::Unneeded);
    }
    AWAITS_BIRTH.store(true, Ordering::Relaxed);
    let Some(socket) = warm::socket_of_zygote() else { return Ok(Birth::Cold) };
    heap::expect_copies();
    let mut seed = make()?;
    anticipate(&mut seed).map_err(|error| CreateError::Engine(error.to_string()))?;
    SPARE.set(Some(seed));
    code_pages::enlarge();
    Ok(match warm::serve(socket, &Spare) {
        Served::Born(args) => {
            Birth::Warm(args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect())
        }
        Served::Ended => Birth::Unneeded,
    })
}

/// Makes what is made anew, or changed, when it is known what program this is. Most of it stays as
/// it is, and all shapes of objects do: the environment of a child has mostly its parent's variables.
fn anticipate((context, process): &mut Seed) -> JsResult<()> {
    let warnings = Warnings { silent: true, ..Warnings::default() };
    let launch = RuntimeBuilder::new().warnings(warnings).script("").into_launch();
    process::launch(process, launch, context)?;
    commonjs::prepare(context)
}

/// What every program does: parses, compiles, calls, reads and writes properties. A copy of a zygote
/// does it while it waits, so that the pages that it takes are there when its program comes.
const REHEARSAL: &str = "(function (exports, require, module) {
    'use strict';
    const { first, second = [1, ...arguments], ...rest } = { first: `${typeof module}`, third: 3 };
    class Play { #stage = null; act(scene) { this.#stage = scene ?? { scene }; return () => this; } }
    for (const act of [first, second]) {
        try { if (!new Play().act({ act, rest })()) throw new TypeError('exit'); }
        catch (error) { exports.error = error.message + JSON.stringify(rest); }
    }
    function perform(message, callback) { return message.map((part) => callback(part))[0]?.length; }
    exports.play = perform([first], (part) => part.replace('un', '').split('e'));
})";

/// The realm that a zygote has made, in what its copies and it do with it.
struct Spare;

impl Nursery for Spare {
    fn rehearse(&self) {
        rehearse();
    }

    fn expect(&self, program: &CStr) -> bool {
        let path = Path::new(OsStr::from_bytes(program.to_bytes()));
        with_spare(|context| foresight::expect(path, context)).unwrap_or(false)
    }

    fn prepare(&self) -> bool {
        with_spare(foresight::prepare).unwrap_or(false)
    }
}

/// Does something with the realm that was made in advance, if there is one.
fn with_spare<T>(work: impl FnOnce(&mut Context) -> T) -> Option<T> {
    SPARE.with_borrow_mut(|spare| spare.as_mut().map(|(context, _)| work(context)))
}

fn rehearse() {
    with_spare(|context| {
        let Ok(play) = scripts::evaluate(REHEARSAL, "rehearsal", context) else { return };
        let Some(play) = play.as_callable() else { return };
        let exports = JsObject::with_object_proto(context.intrinsics());
        // It fails in no realm that programs could run in.
        let _ = play.call(&JsValue::undefined(), &[exports.into()], context);
    });
}

/// Makes a realm in advance, for a thread that will be told what for.
///
/// # Errors
/// If no realm can be made.
pub(super) fn prepare() -> Result<(), CreateError> {
    let mut seed = make()?;
    let ready = anticipate(&mut seed).and_then(|()| worker_threads::anticipate(&mut seed.0));
    ready.map_err(|error| CreateError::Engine(error.to_string()))?;
    SPARE.set(Some(seed));
    rehearse();
    Ok(())
}

/// Gives up the realm that was made in advance.
pub(super) fn discard() {
    drop(SPARE.take());
    boa_gc::force_collect();
}

/// The realm that was made in advance, as if it had been made now; else a new one.
pub(super) fn take() -> Result<Seed, CreateError> {
    let Some((context, process)) = SPARE.take() else { return make() };
    state::of(&context).event_loop.restart_clock();
    random::reseed(&context);
    Ok((context, process))
}

fn make() -> Result<Seed, CreateError> {
    let mut context = realm::create(TABLE.to_vec()).map_err(|error| match error {
        realm::CreateError::Loop(error) => CreateError::Io(error),
        realm::CreateError::Engine(error) => CreateError::Engine(error.to_string()),
    })?;
    let process = furnish(&mut context).map_err(|error| CreateError::Engine(error.to_string()))?;
    Ok((context, process))
}

/// Puts the globals into the realm.
fn furnish(context: &mut Context) -> JsResult<JsObject> {
    inspect::install(context);
    let process = process::create(context)?;
    globals::install(context)?;
    Ok(process)
}
