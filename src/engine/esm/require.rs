//! `require()` of an ES module: at once, or not at all.

use std::path::Path;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsValue, builtins::promise::PromiseState, js_string,
};
use boa_gc::Gc;

use super::{
    Loader, evaluate, graph, load, of,
    record::{Kind, Progress, Record},
    resolve::{self, Target},
};
use crate::engine::{
    commonjs,
    errors::{Code, coded},
    syntax::{self, Additions},
};

/// What `require` returns for an ES module; `text` is its content if somebody read it already.
pub(crate) fn require(
    path: &Path,
    text: Option<String>,
    parent: Option<&str>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let loader = of(context);
    let root = prepare(&loader, path, text, context)?;
    let modules = Record::reachable(&root);
    if modules.iter().any(|record| record.progress.get() == Progress::Evaluating) {
        return Err(in_a_cycle(path, parent, context));
    }
    if let Some(error) = running_common_js(&modules, context)? {
        return Err(error);
    }
    if modules.iter().any(|record| record.is_async.get()) {
        return Err(waits(path, parent, context));
    }
    let promise = evaluate::evaluate(&root, context)?;
    if let PromiseState::Rejected(reason) = promise.state() {
        return Err(JsError::from_opaque(reason));
    }
    exports(&loader, &root, context)
}

fn prepare(
    loader: &Loader,
    path: &Path,
    text: Option<String>,
    context: &mut Context,
) -> JsResult<Gc<Record>> {
    let url = resolve::file_url(path);
    match (loader.records.get(&url, false), text) {
        (Some(known), _) => Ok(known),
        (None, Some(text)) => {
            let record = load::source(url, text, None, context)?;
            graph::prepare_record(loader, record, context)
        }
        (None, None) => graph::prepare(loader, &Target::of_path(path), &[], context),
    }
}

/// The namespace, `"module.exports"` if it exports that, or the namespace with `__esModule` if it has
/// a default export: what compilers of other modules look for.
fn exports(loader: &Loader, root: &Gc<Record>, context: &mut Context) -> JsResult<JsValue> {
    let names = root.module().namespace(context);
    if names.has_property(js_string!("module.exports"), context)? {
        return names.get(js_string!("module.exports"), context);
    }
    if !names.has_property(js_string!("default"), context)?
        || names.has_property(js_string!("__esModule"), context)?
    {
        return Ok(names.into());
    }
    facade(loader, root, context).map(JsValue::from)
}

fn facade(loader: &Loader, root: &Gc<Record>, context: &mut Context) -> JsResult<JsObject> {
    const TEXT: &str = "export * from 'original'; export { default } from 'original'; export const __esModule = true;";
    let url = format!("{}\0original", root.url);
    if let Some(known) = loader.records.get(&url, false) {
        return Ok(known.module().namespace(context));
    }
    let record = load::source(url, TEXT.to_owned(), None, context)?;
    let _ = record.children.set(vec![root.clone()]);
    let record = graph::prepare_record(loader, record, context)?;
    evaluate::evaluate(&record, context)?;
    Ok(record.module().namespace(context))
}

/// The error of a `require` of an ES module that is being required; `parent` asks.
pub(crate) fn refuse_cycle(
    path: &Path,
    parent: Option<&str>,
    context: &mut Context,
) -> JsResult<()> {
    let record = of(context).records.get(&resolve::file_url(path), false);
    let runs =
        |record: &Gc<Record>| record.kind == Kind::Source && record.promise.borrow().is_none();
    match record.filter(runs) {
        Some(_) => Err(in_a_cycle(path, parent, context)),
        None => Ok(()),
    }
}

/// The error of a graph that imports a CommonJS module which is loading right now.
fn running_common_js(modules: &[Gc<Record>], context: &mut Context) -> JsResult<Option<JsError>> {
    for record in modules.iter().filter(|record| record.progress.get() == Progress::Loaded) {
        for (request, child) in record.declarations.requests.iter().zip(record.children()) {
            if let Kind::CommonJs(path) = &child.kind
                && child.progress.get() == Progress::Loaded
                && commonjs::is_loading(path, context)?
            {
                let message = format!(
                    "Cannot import CommonJS Module {} in a cycle. (from {})",
                    request.specifier,
                    resolve::shown(&record.url)
                );
                return Ok(Some(coded(context, Code::ERR_REQUIRE_CYCLE_MODULE, message)));
            }
        }
    }
    Ok(None)
}

fn in_a_cycle(path: &Path, parent: Option<&str>, context: &mut Context) -> JsError {
    let from = parent.map_or_else(String::new, |parent| format!(" (from {parent})"));
    let message = format!(
        "Cannot require() ES Module {} in a cycle.{from} A cycle involving require(esm) is not allowed to \
         maintain invariants mandated by the ECMAScript specification. Try making at least part of the \
         dependency in the graph lazily loaded.",
        path.display()
    );
    coded(context, Code::ERR_REQUIRE_CYCLE_MODULE, message)
}

fn waits(path: &Path, parent: Option<&str>, context: &mut Context) -> JsError {
    let mut message =
        "require() cannot be used on an ESM graph with top-level await. Use import() instead. \
                       To see where the top-level await comes from, use \
                       --experimental-print-required-tla."
            .to_owned();
    if let Some(parent) = parent {
        message.push_str(&format!("\n  From {parent} "));
    }
    message.push_str(&format!("\n  Requiring {} ", path.display()));
    coded(context, Code::ERR_REQUIRE_ASYNC_MODULE, message)
}

/// The main module turned out to be an ES module: it runs as such.
pub(crate) fn run_as_main(path: &Path, text: String, context: &mut Context) {
    let entry = super::Entry::Source { url: resolve::file_url(path), text };
    super::run(vec![entry], context);
}

/// Parses a file as an ES module, without running it.
pub(crate) fn check(path: &Path, text: &str, context: &mut Context) -> JsResult<()> {
    let text = commonjs::without_hashbang(text.to_owned());
    let names = syntax::import_names(&text, &syntax::declarations(&text));
    let additions = Additions::default().and(&names);
    load::parse(&path.to_string_lossy(), &text, &additions, "", context).map(drop)
}
