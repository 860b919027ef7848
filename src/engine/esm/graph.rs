//! Loading: a module with everything that it imports, at once.

use boa_engine::{Context, JsError, JsResult, Module, builtins::promise::PromiseState};
use boa_gc::Gc;

use super::{
    Loader, frames, hoist, link, load,
    record::{Kind, Progress, Record},
    resolve::{self, Target},
};
use crate::engine::{
    commonjs,
    errors::{Code, coded},
    state,
};

/// Loads a target with its graph, ready to be evaluated.
///
/// A graph that cannot be loaded leaves nothing behind: who asks again finds out again.
pub(super) fn prepare(
    loader: &Loader,
    target: &Target,
    attributes: &[(String, String)],
    context: &mut Context,
) -> JsResult<Gc<Record>> {
    let mut fresh = Vec::new();
    let resolver = commonjs::resolver(context);
    resolver.loads_graph(true);
    let prepared = load_graph(loader, target, attributes, &mut fresh, context);
    resolver.loads_graph(false);
    if prepared.is_err() {
        discard(loader, &fresh);
    }
    prepared
}

/// As [`prepare`], for a module that was made of a text.
pub(super) fn prepare_record(
    loader: &Loader,
    root: Record,
    context: &mut Context,
) -> JsResult<Gc<Record>> {
    let root = Gc::new(root);
    loader.records.add(&root);
    let mut fresh = vec![root.clone()];
    let resolver = commonjs::resolver(context);
    resolver.loads_graph(true);
    let fetched = fetch_children(loader, &mut fresh, context);
    resolver.loads_graph(false);
    let done = fetched.and_then(|()| complete(&root, &fresh, context));
    match done {
        Ok(()) => Ok(root),
        Err(error) => {
            discard(loader, &fresh);
            Err(error)
        }
    }
}

fn discard(loader: &Loader, fresh: &[Gc<Record>]) {
    for record in fresh {
        loader.records.remove(record);
    }
}

fn load_graph(
    loader: &Loader,
    target: &Target,
    attributes: &[(String, String)],
    fresh: &mut Vec<Gc<Record>>,
    context: &mut Context,
) -> JsResult<Gc<Record>> {
    let (root, is_new) = load::module(loader, target, attributes, context)?;
    if is_new {
        fresh.push(root.clone());
        fetch_children(loader, fresh, context)?;
        complete(&root, fresh, context)?;
    }
    Ok(root)
}

/// Resolves and reads what new modules ask for, and what that asks for.
fn fetch_children(
    loader: &Loader,
    fresh: &mut Vec<Gc<Record>>,
    context: &mut Context,
) -> JsResult<()> {
    let mut next = 0;
    while let Some(record) = fresh.get(next).cloned() {
        next += 1;
        if record.children.get().is_some() {
            continue;
        }
        let mut children = Vec::new();
        for request in &record.declarations.requests {
            let target = super::resolved(&request.specifier, &record.url, context);
            let target = target.map_err(|failure| failure.into_error(context))?;
            let (child, is_new) = load::module(loader, &target, &request.attributes, context)?;
            if is_new {
                fresh.push(child.clone());
            }
            children.push(child);
        }
        // Nobody else fills it: the record is new, and this loop visits it once.
        let _ = record.children.set(children);
    }
    Ok(())
}

/// Has the engine load and link a graph whose modules are all there.
fn complete(root: &Gc<Record>, fresh: &[Gc<Record>], context: &mut Context) -> JsResult<()> {
    refuse_running(fresh, context)?;
    spread_waiting(fresh, context)?;
    hoist::prepare_cycles(root, fresh, context)?;
    bind(root, fresh, context)
}

/// The engine cannot link to a module that is running: one that somebody requires while it does.
fn refuse_running(fresh: &[Gc<Record>], context: &mut Context) -> JsResult<()> {
    for record in fresh {
        let requests = record.declarations.requests.iter().zip(record.children());
        let mut running = requests
            .filter(|(_, child)| child.kind == Kind::Source)
            .filter(|(_, child)| child.progress.get() == Progress::Evaluating);
        if let Some((request, _)) = running.next() {
            let message = format!(
                "Cannot import Module {} in a cycle. (from {})",
                request.specifier,
                resolve::shown(&record.url)
            );
            return Err(coded(context, Code::ERR_REQUIRE_CYCLE_MODULE, message));
        }
    }
    Ok(())
}

/// Loads in the engine, checks and links.
pub(super) fn bind(root: &Gc<Record>, fresh: &[Gc<Record>], context: &mut Context) -> JsResult<()> {
    if root.kind != Kind::Json {
        load_in_engine(&root.module(), context)?;
    }
    link::check(fresh, context)?;
    frames::link(&root.module(), context)?;
    fresh.iter().try_for_each(|record| hoist::begin(record, context))
}

/// Marks the modules that depend on one that awaits.
fn spread_waiting(fresh: &[Gc<Record>], context: &mut Context) -> JsResult<()> {
    loop {
        let mut changed = false;
        for record in fresh.iter().filter(|record| !record.is_async.get()) {
            let waits = |child: &Gc<Record>| child.is_async.get() && !child.is_settled();
            if record.children().iter().any(waits) {
                record.is_async.set(true);
                load::make_async(record, context)?;
                changed = true;
            }
        }
        if !changed {
            return Ok(());
        }
    }
}

/// The engine loads through jobs; these run now, and nothing else does.
pub(super) fn load_in_engine(module: &Module, context: &mut Context) -> JsResult<()> {
    let microtasks = state::of(context).microtasks.clone();
    let promise = microtasks.alone(context, |context| module.load(context));
    match promise.state() {
        PromiseState::Rejected(reason) => {
            state::of(context).rejections.forget(&promise.into());
            Err(JsError::from_opaque(reason))
        }
        _ => Ok(()),
    }
}
