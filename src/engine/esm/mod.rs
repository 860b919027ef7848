//! ES modules: from `import` to evaluated modules, and between them and CommonJS.
//!
//! The engine parses, links and evaluates. This loader does the rest, and keeps the engine from what
//! it cannot do: it loads a whole graph at once, without waiting (`graph`), checks that every
//! imported name is there before the engine links (`link`), and evaluates in the order of the
//! language, one cycle at a time (`evaluate`), so that a module can be required while others run. Where a
//! module can be looked at before it runs, its `var`s are there (`hoist`).
//!
//! `resolve` finds URLs and `format` says what a file is, both without JavaScript; `load` makes
//! modules of texts, values and builtins; `own` are those of `vm`, `importers` what `import()` does in
//! them; `require` is `require()` of an ES module, `entry` the main module and what `--import` names.

mod builtin;
mod dynamic;
mod entry;
mod errors;
mod evaluate;
pub(in crate::engine) mod foreseen;
mod format;
mod frames;
mod graph;
mod hoist;
pub(crate) mod importers;
mod link;
mod load;
mod meta;
mod own;
mod record;
mod require;
mod resolve;

use std::{cell::RefCell, collections::HashMap, path::Path, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, Module,
    module::{ModuleLoader, ModuleRequest, Referrer},
};
use boa_gc::Gc;

pub(crate) use self::{
    builtin::sync as sync_builtins,
    entry::{Entry, run, unsettled},
    format::{Format, is_module_text, of_path as format_of_path, warn_of_missing_type},
    own::OwnModule,
    require::{check, refuse_cycle, require, run_as_main},
};
use self::{
    record::{Record, Records},
    resolve::{Resolution, Target},
};
use super::{commonjs, folder, module_hook, state};

/// What the loader keeps for a realm.
#[derive(Default)]
pub(crate) struct Loader {
    records: Records,
    entry: entry::State,
    /// The URL of the main module, once that is an ES module.
    main: RefCell<Option<String>>,
    /// The modules of a program's own graph, while the engine loads it.
    own: RefCell<Vec<Gc<Record>>>,
    importers: importers::Importers,
    /// What specifiers meant, by the URL of who asked.
    resolved: RefCell<HashMap<(String, String), Target>>,
}

/// The loader of this realm.
fn of(context: &Context) -> Rc<Loader> {
    context
        .get_data::<Rc<Loader>>()
        .expect("realm::create puts the loader into every context")
        .clone()
}

/// What a specifier means to the module with this URL. What was found once stays so.
fn resolved(specifier: &str, base: &str, context: &mut Context) -> Result<Target, errors::Failure> {
    let loader = of(context);
    let key = (specifier.to_owned(), base.to_owned());
    if let Some(known) = loader.resolved.borrow().get(&key) {
        return Ok(known.clone());
    }
    let target = resolved_anew(specifier, base, context)?;
    loader.resolved.borrow_mut().insert(key, target.clone());
    Ok(target)
}

fn resolved_anew(
    specifier: &str,
    base: &str,
    context: &mut Context,
) -> Result<Target, errors::Failure> {
    let hooked = module_hook::resolve(specifier, &resolve::shown(base), context);
    if let Some(path) = hooked.map_err(errors::Failure::of_host)? {
        return Ok(Target::of_path(&path));
    }
    let resolver = commonjs::resolver(context);
    let engine = state::of(context);
    let conditions = resolver.import_conditions.borrow();
    let resolution = Resolution {
        resolver: &resolver,
        builtins: &engine.builtins,
        conditions: &conditions,
        base,
    };
    resolution.resolve(specifier)
}

impl Loader {
    /// The module that the engine asks for while a graph is loaded.
    fn child(&self, referrer: &Referrer, request: &ModuleRequest) -> Option<Module> {
        let Referrer::Module(module) = referrer else { return None };
        let record = self.record_of(module)?;
        let specifier = request.specifier().to_std_string_lossy();
        if let Some(part) = hoist::part(&record, &specifier) {
            return Some(part);
        }
        let known = |other: &crate::engine::syntax::Request| {
            other.specifier == specifier && load::has_same_attributes(&other.attributes, request)
        };
        let index = record.declarations.requests.iter().position(known)?;
        record.children().get(index).map(|child| child.module())
    }
}

impl ModuleLoader for Loader {
    fn load_imported_module(
        self: Rc<Self>,
        referrer: Referrer,
        request: ModuleRequest,
        context: &RefCell<&mut Context>,
    ) -> impl Future<Output = JsResult<Module>> {
        // Everything is read at once: the answer is there before it is waited for.
        let loaded = match self.child(&referrer, &request) {
            Some(child) => Ok(child),
            None => {
                let work = move |context: &mut Context| {
                    dynamic::import(&self, &referrer, &request, context)
                };
                frames::shown(&mut context.borrow_mut(), work).and_then(|loaded| loaded)
            }
        };
        std::future::ready(loaded)
    }

    fn init_import_meta(
        self: Rc<Self>,
        import_meta: &JsObject,
        module: &Module,
        context: &mut Context,
    ) {
        meta::fill(&self, import_meta, module, context);
    }
}

/// The URL of the folder where what has no file is: `-e`, standard input, `--import`.
fn working_folder(context: &Context) -> String {
    resolve::file_url(&folder::current(context).join(""))
}

/// The URL that module code at this path has.
pub(crate) fn url_of(path: &Path) -> String {
    resolve::file_url(path)
}
