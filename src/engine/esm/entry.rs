//! The modules that a program begins with: what `--import` names, one after the other, then the
//! main module. They run in a microtask, as in Node, and what they throw is uncaught.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    path::PathBuf,
    rc::Rc,
};

use boa_engine::{
    Context, JsResult, JsString, JsValue, builtins::promise::PromiseState, job::PromiseJob,
    object::builtins::JsPromise,
};
use boa_gc::Gc;

use super::{
    Loader, evaluate, frames, graph, load, of,
    record::{Kind, Record},
    resolve::Target,
    working_folder,
};
use crate::engine::{
    errors::value_of,
    natives::{arg, closure},
    sources,
    state::{self, Origin},
};

/// A step of a program's beginning.
#[derive(Clone)]
pub(crate) enum Entry {
    /// What `--import` names.
    Import(String),
    /// The main module, a file.
    Main(PathBuf),
    /// The main module, a text: of `-e`, of standard input, or of a file that was read.
    Source { url: String, text: String },
    /// Something that is no module.
    Script(Script),
}

/// Work that a program begins with.
type Script = Rc<dyn Fn(&mut Context) -> JsResult<()>>;

/// How far the beginning has come.
#[derive(Default)]
pub(super) struct State {
    /// The main module has not settled.
    waiting: Cell<bool>,
    /// The path of a CommonJS file that is the main module.
    main_path: RefCell<Option<String>>,
}

/// True, once, for the CommonJS file that is the main module.
pub(super) fn take_main(path: &JsString, context: &Context) -> bool {
    let loader = of(context);
    let is_main = loader.entry.main_path.borrow().as_deref() == Some(&*path.to_std_string_lossy());
    is_main && loader.entry.main_path.take().is_some()
}

/// Starts a program with these steps.
pub(crate) fn run(steps: Vec<Entry>, context: &mut Context) {
    let job = PromiseJob::new(move |context| {
        next(steps.into(), context);
        Ok(JsValue::undefined())
    });
    state::of(context).microtasks.push(job);
}

/// Does the next step; the others when what it started has settled.
fn next(mut steps: VecDeque<Entry>, context: &mut Context) {
    let Some(step) = steps.pop_front() else {
        of(context).entry.waiting.set(false);
        return;
    };
    let started = frames::shown(context, move |context| start(&step, context));
    match started.and_then(|started| started) {
        Ok(Some((record, promise))) => wait(&record, &promise, steps, context),
        Ok(None) => next(steps, context),
        Err(error) => {
            if state::of(context).exit_code().is_none() {
                let reason = value_of(error, context);
                fail(reason, context);
            }
        }
    }
}

fn start(step: &Entry, context: &mut Context) -> JsResult<Option<(Gc<Record>, JsPromise)>> {
    let loader = of(context);
    let record = match step {
        Entry::Script(script) => {
            script(context)?;
            return Ok(None);
        }
        Entry::Import(specifier) => {
            let target = super::resolved(specifier, &working_folder(context), context);
            let target = target.map_err(|failure| failure.into_error(context))?;
            graph::prepare(&loader, &target, &[], context)?
        }
        Entry::Main(path) => {
            let target = Target::of_path(path);
            *loader.main.borrow_mut() = Some(target.url());
            *loader.entry.main_path.borrow_mut() = Some(path.to_string_lossy().into_owned());
            graph::prepare(&loader, &target, &[], context)?
        }
        Entry::Source { url, text } => {
            *loader.main.borrow_mut() = Some(url.clone());
            let record = load::source(url.clone(), text.clone(), None, context)?;
            graph::prepare_record(&loader, record, context)?
        }
    };
    let promise = evaluate::evaluate(&record, context)?;
    Ok(Some((record, promise)))
}

/// What is to be done when a step has settled.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Rest {
    #[unsafe_ignore_trace]
    steps: RefCell<VecDeque<Entry>>,
    record: Gc<Record>,
}

fn wait(record: &Gc<Record>, promise: &JsPromise, steps: VecDeque<Entry>, context: &mut Context) {
    // Only the main module is missed: as in Node, what `--import` names may wait for ever.
    of(context).entry.waiting.set(steps.is_empty());
    let rest = |steps| Rest { steps: RefCell::new(steps), record: record.clone() };
    let done = closure(
        "",
        0,
        rest(steps),
        |_, _, rest, context| {
            next(rest.steps.take(), context);
            Ok(JsValue::undefined())
        },
        context,
    );
    let failed = closure(
        "",
        1,
        rest(VecDeque::new()),
        |_, args, rest, context| {
            let reason = arg(args, 0);
            evaluate::explain_globals(&rest.record, &reason, context);
            fail(reason, context);
            Ok(JsValue::undefined())
        },
        context,
    );
    // The promise is the engine's own, whose `then` cannot fail.
    if let Err(error) = promise.then(Some(done), Some(failed), context) {
        state::uncaught(error, context);
    }
}

fn fail(reason: JsValue, context: &mut Context) {
    of(context).entry.waiting.set(false);
    state::uncaught_value(reason, Origin::Rejection, context);
}

/// The warnings about modules that will never settle, if the program's beginning waits for one: the
/// program has nothing left to do then.
pub(crate) fn unsettled(context: &mut Context) -> Option<String> {
    let loader = of(context);
    if !loader.entry.waiting.get() {
        return None;
    }
    Some(stalled(&loader).iter().map(|record| warning(record, context)).collect())
}

/// The modules that wait for something that is no module.
fn stalled(loader: &Loader) -> Vec<Gc<Record>> {
    let is_pending = |record: &Record| {
        let promise = record.promise.borrow();
        promise.as_ref().is_some_and(|promise| matches!(promise.state(), PromiseState::Pending))
    };
    loader.records.filter(|record| {
        record.kind == Kind::Source
            && is_pending(record)
            && !record.declarations.awaits.is_empty()
            && !record.children().iter().any(|child| is_pending(child))
    })
}

fn warning(record: &Record, context: &mut Context) -> String {
    let start = format!("Warning: Detected unsettled top-level await at {}", record.url);
    let source = sources::of(context).get(&record.url);
    // Which of several it is the engine does not tell.
    match (source, &*record.declarations.awaits) {
        (Some(source), &[at]) => {
            let (line, _) = source.position(at);
            format!("{start}:{line}\n{}\n\n\n\n", source.marked(at, at + 1))
        }
        _ => format!("{start}\n\n\n"),
    }
}
