//! Evaluation: the order of the language, one cycle of modules at a time.
//!
//! The engine evaluates a graph in one go and asserts that it is not asked again meanwhile. Asked for
//! each cycle, it can be: `require()` of an ES module works while other modules run.

use std::{
    cell::Cell,
    collections::HashMap,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use boa_engine::{
    Context, JsError, JsResult, JsValue, Module, NativeFunction,
    builtins::{error::Error, promise::PromiseState},
    js_string,
    object::builtins::JsPromise,
};
use boa_gc::Gc;

use super::{
    builtin, frames,
    record::{Kind, Progress, Record},
};
use crate::engine::{commonjs, natives::define_value, stack, state};

/// Evaluates a module that was loaded, after what it imports; what comes back is settled unless
/// something awaits.
pub(super) fn evaluate(root: &Gc<Record>, context: &mut Context) -> JsResult<JsPromise> {
    for cycle in order(root) {
        let first = &cycle[0];
        if first.promise.borrow().is_none() {
            run(&cycle, context)?;
        }
        if first.has_failed() {
            break;
        }
    }
    if let Some(promise) = root.promise.borrow().clone() {
        return Ok(promise);
    }
    // Something that it imports has failed, and so does it; or it is in a cycle with another.
    root.progress.set(Progress::Evaluated);
    let promise = frames::evaluate(&root.module(), context)?;
    *root.promise.borrow_mut() = Some(promise.clone());
    Ok(promise)
}

/// Runs the modules of one cycle.
fn run(cycle: &[Gc<Record>], context: &mut Context) -> JsResult<()> {
    let first = &cycle[0];
    for record in cycle {
        fetch_from_builtins(record, context)?;
        record.progress.set(Progress::Evaluating);
    }
    let evaluated = if cycle.iter().any(|record| record.is_async.get()) {
        guarded(&first.module(), context)
    } else {
        frames::evaluate(&first.module(), context)
    };
    for record in cycle {
        record.progress.set(Progress::Evaluated);
    }
    let promise = evaluated?;
    match promise.state() {
        PromiseState::Rejected(reason) => {
            explain_globals(first, &reason, context);
            // Whoever asked for the graph is told by the promise of its root.
            state::of(context).rejections.forget(&promise.clone().into());
        }
        PromiseState::Pending => tell_nobody(&promise, context)?,
        PromiseState::Fulfilled(_) => {}
    }
    for record in cycle {
        *record.promise.borrow_mut() = Some(promise.clone());
    }
    Ok(())
}

/// Sets the names of builtins that only a getter gives, if this module imports them.
fn fetch_from_builtins(record: &Record, context: &mut Context) -> JsResult<()> {
    for import in &record.declarations.imports {
        if let Some(child) = record.children().get(import.request)
            && let Kind::Builtin(name) = child.kind
        {
            builtin::fetch(name, &import.name, context)?;
        }
    }
    Ok(())
}

/// A rejection is told by the promise of the graph's root, not by this one too.
fn tell_nobody(promise: &JsPromise, context: &mut Context) -> JsResult<()> {
    let ignore = NativeFunction::from_fn_ptr(|_, _, _| Ok(JsValue::undefined()));
    let ignore = ignore.to_js_function(context.realm());
    promise.then(Some(ignore.clone()), Some(ignore), context).map(drop)
}

/// The cycles of a graph, in the order in which they run; each begins with the module by which it was
/// reached.
pub(super) fn order(root: &Gc<Record>) -> Vec<Vec<Gc<Record>>> {
    let mut search = Search::default();
    search.visit(root);
    search.cycles
}

/// Tarjan's search for strongly connected components.
#[derive(Default)]
struct Search {
    /// When each module was reached, and the earliest one on the stack that it leads to.
    reached: HashMap<*const Record, (usize, usize)>,
    stack: Vec<Gc<Record>>,
    cycles: Vec<Vec<Gc<Record>>>,
}

impl Search {
    fn visit(&mut self, record: &Gc<Record>) -> usize {
        let index = self.reached.len();
        let key = record.address();
        self.reached.insert(key, (index, index));
        self.stack.push(record.clone());
        let mut lowest = index;
        for child in record.children() {
            let found = match self.reached.get(&child.address()) {
                None => self.visit(child),
                Some(&(_, low)) if self.is_open(child) => low,
                Some(_) => continue,
            };
            lowest = lowest.min(found);
        }
        self.reached.insert(key, (index, lowest));
        if lowest == index
            && let Some(start) = self.stack.iter().position(|other| Gc::ptr_eq(other, record))
        {
            self.cycles.push(self.stack.split_off(start));
            return usize::MAX;
        }
        lowest
    }

    fn is_open(&self, record: &Gc<Record>) -> bool {
        self.stack.iter().any(|other| Gc::ptr_eq(other, record))
    }
}

thread_local! {
    /// True while a module starts that awaits.
    static STARTING: Cell<bool> = const { Cell::new(false) };
}

/// Evaluates a module that awaits.
///
/// The engine takes it for granted that such a module cannot throw before it awaits, and panics when
/// it does: where `process.exit()` unwinds it, or the recursion limit is reached. That becomes an
/// error again here.
fn guarded(module: &Module, context: &mut Context) -> JsResult<JsPromise> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !STARTING.get() {
                before(info);
            }
        }));
    });
    let outer = STARTING.replace(true);
    let evaluated = panic::catch_unwind(AssertUnwindSafe(|| module.evaluate(context)));
    STARTING.set(outer);
    if let Ok(result) = evaluated {
        return result;
    }
    let engine = state::of(context);
    match engine.exit_code() {
        Some(code) => Err(engine.stop(code)),
        None => Err(JsError::from_opaque(stack::too_deep(context).into())),
    }
}

/// Node explains the names that every CommonJS module has and no ES module.
pub(super) fn explain_globals(record: &Record, reason: &JsValue, context: &mut Context) {
    let Some(error) = reason.as_object().filter(|object| object.is::<Error>()) else { return };
    let message = error.get(js_string!("message"), context).unwrap_or_default();
    let Some(message) = message.as_string().map(|text| text.to_std_string_lossy()) else { return };
    // What is assigned and not declared the engine tells in other words.
    let assigned = message.strip_prefix("cannot assign to uninitialized global property `");
    let name = assigned.and_then(|rest| rest.strip_suffix('`'));
    let Some(name) = name.or_else(|| message.strip_suffix(" is not defined")) else { return };
    if !matches!(name, "require" | "module" | "exports" | "__filename" | "__dirname") {
        return;
    }
    let mut text = format!("{name} is not defined in ES module scope");
    if name == "require" {
        text.push_str(", you can use import instead");
    }
    let path = url::Url::parse(&record.url).ok().and_then(|url| url.to_file_path().ok());
    if let Some(path) = path.filter(|path| path.extension().is_some_and(|end| end == "js"))
        && let Ok(Some(package)) = commonjs::resolver(context).packages.of_file(&path)
        && package.kind.as_deref() == Some("module")
    {
        text.push_str(&format!(
            "\nThis file is being treated as an ES module because it has a '.js' file extension and '{}' \
             contains \"type\": \"module\". To treat it as a CommonJS script, rename it to use the '.cjs' \
             file extension.",
            package.path.display()
        ));
    }
    define_value(&error, js_string!("message"), boa_engine::JsString::from(text), false);
}
