//! Modules that a program makes of texts itself (`vm`): they are in no table of URLs, and import what
//! the program says.

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsValue, builtins::promise::PromiseState,
    object::builtins::JsPromise,
};
use boa_gc::{Finalize, Gc, Trace};

use super::{
    Loader, evaluate, graph, hoist,
    importers::{Importer, Known},
    load::Parsed,
    of,
    record::{Progress, Record},
};
use crate::engine::{commonjs, syntax::Request};

/// One such module.
#[derive(Clone, Trace, Finalize, JsData)]
pub(crate) struct OwnModule(Gc<Record>);

impl OwnModule {
    /// Compiles a text for the current realm; `identifier` is its name in stacks. `importer` answers its
    /// `import()`, `meta` fills its `import.meta`.
    ///
    /// # Errors
    /// The `SyntaxError` of the text.
    pub(crate) fn of_text(
        text: String,
        identifier: String,
        importer: Importer,
        meta: Option<JsObject>,
        context: &mut Context,
    ) -> JsResult<Self> {
        let text = commonjs::without_hashbang(text);
        let parsed = Parsed::of(&identifier, text, None, context)?;
        let record = parsed.into_record(identifier, context);
        let known = Gc::new(Known::new(importer, meta));
        hoist::prepare_own(&record, known.clone(), context)?;
        of(context).importers.set_for_module(&record.running(), &known);
        Ok(Self(Gc::new(record)))
    }

    /// What it asks for, each once.
    pub(crate) fn requests(&self) -> &[Request] {
        &self.0.declarations.requests
    }

    /// It awaits outside of functions.
    pub(crate) fn awaits(&self) -> bool {
        !self.0.declarations.awaits.is_empty()
    }

    /// Says what its requests lead to, in their order. The first answer counts.
    pub(crate) fn link(&self, modules: &[Self]) {
        let children = modules.iter().map(|module| module.0.clone()).collect();
        // Who asks twice is refused before.
        let _ = self.0.children.set(children);
    }

    /// Binds the imports of a graph whose modules are all linked.
    ///
    /// # Errors
    /// A `SyntaxError` if a name is not exported.
    pub(crate) fn instantiate(&self, context: &mut Context) -> JsResult<()> {
        let loader = of(context);
        let all = Record::reachable(&self.0);
        let outer = loader.own.replace(all.clone());
        let done = graph::bind(&self.0, &all, context);
        loader.own.replace(outer);
        done
    }

    /// The namespace object of an instantiated module.
    pub(crate) fn namespace(&self, context: &mut Context) -> JsObject {
        self.0.module().namespace(context)
    }

    /// Evaluates an instantiated module after what it imports.
    pub(crate) fn evaluate(&self, context: &mut Context) -> JsResult<JsPromise> {
        evaluate::evaluate(&self.0, context)
    }

    /// `evaluating`, `evaluated` or `errored`; `None` before.
    pub(crate) fn progress(&self) -> Option<&'static str> {
        match self.0.progress.get() {
            _ if self.0.has_failed() => Some("errored"),
            Progress::Loaded => None,
            Progress::Evaluating => Some("evaluating"),
            Progress::Evaluated => Some("evaluated"),
        }
    }

    /// What it has thrown.
    pub(crate) fn failure(&self) -> JsValue {
        match self.0.promise.borrow().as_ref().map(JsPromise::state) {
            Some(PromiseState::Rejected(reason)) => reason,
            _ => JsValue::undefined(),
        }
    }
}

impl Loader {
    /// The record of a module, of the table or of a program's own graph that is being bound.
    pub(super) fn record_of(&self, module: &boa_engine::Module) -> Option<Gc<Record>> {
        let listed =
            module.path().and_then(|path| self.records.get(&path.to_string_lossy(), false));
        listed
            .filter(|record| record.is(module))
            .or_else(|| self.own.borrow().iter().find(|record| record.is(module)).cloned())
    }
}
