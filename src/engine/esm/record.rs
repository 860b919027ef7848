//! What the loader knows of a module beside the engine's own record of it.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    path::PathBuf,
};

use boa_engine::{Module, builtins::promise::PromiseState, object::builtins::JsPromise};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::hoist::Resetter;
use crate::engine::syntax::Declarations;

/// What a module is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text of an ES module.
    Source,
    /// A file that `require` runs when the module is evaluated.
    CommonJs(PathBuf),
    /// A value, as the default export.
    Json,
    /// A builtin module, by name.
    Builtin(&'static str),
}

/// How far a module has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Loaded,
    /// It, or a module that it is in a cycle with, is running right now.
    Evaluating,
    /// It has run, or waits for what it awaits.
    Evaluated,
}

/// The modules of ours that belong to a module (`hoist`).
#[derive(Clone, Trace, Finalize)]
pub(super) struct Behind {
    /// What runs, where others import a front.
    pub(super) body: Option<Module>,
    /// Exports the function that sets the variables of the body, until they are set.
    pub(super) door: Option<(Module, Resetter)>,
    /// The last import of what runs.
    pub(super) tail: Module,
}

/// One module of the realm.
#[derive(Trace, Finalize)]
pub(super) struct Record {
    /// The URL, which is the engine's path of the module too.
    pub(super) url: String,
    #[unsafe_ignore_trace]
    pub(super) kind: Kind,
    /// What others import. Replaced only before it is loaded by the engine.
    pub(super) module: GcRefCell<Module>,
    /// What of ours belongs to it.
    pub(super) behind: GcRefCell<Option<Behind>>,
    #[unsafe_ignore_trace]
    pub(super) declarations: Declarations,
    /// The modules that its requests led to, in their order.
    pub(super) children: OnceCell<Vec<Gc<Record>>>,
    #[unsafe_ignore_trace]
    pub(super) progress: Cell<Progress>,
    /// It awaits, or depends on a module that did not settle yet.
    pub(super) is_async: Cell<bool>,
    /// What the evaluation returned.
    pub(super) promise: GcRefCell<Option<JsPromise>>,
}

impl Record {
    pub(super) fn new(url: String, kind: Kind, module: Module, declarations: Declarations) -> Self {
        let is_async = Cell::new(!declarations.awaits.is_empty());
        Self {
            url,
            kind,
            module: GcRefCell::new(module),
            behind: GcRefCell::new(None),
            declarations,
            children: OnceCell::new(),
            progress: Cell::new(Progress::Loaded),
            is_async,
            promise: GcRefCell::new(None),
        }
    }

    pub(super) fn module(&self) -> Module {
        self.module.borrow().clone()
    }

    pub(super) fn children(&self) -> &[Gc<Record>] {
        self.children.get().map_or(&[], Vec::as_slice)
    }

    /// True once it has run to its end, well or not.
    pub(super) fn is_settled(&self) -> bool {
        let promise = self.promise.borrow();
        promise.as_ref().is_some_and(|promise| !matches!(promise.state(), PromiseState::Pending))
    }

    /// True if it has thrown.
    pub(super) fn has_failed(&self) -> bool {
        let promise = self.promise.borrow();
        promise.as_ref().is_some_and(|promise| matches!(promise.state(), PromiseState::Rejected(_)))
    }

    /// True for what others import of it and for what is behind that.
    pub(super) fn is(&self, module: &Module) -> bool {
        let behind = self.behind.borrow();
        let is_part = |parts: &Behind| {
            parts.body.as_ref() == Some(module)
                || parts.door.as_ref().is_some_and(|(door, _)| door == module)
        };
        *self.module.borrow() == *module || behind.as_ref().is_some_and(is_part)
    }

    /// The module that runs its text.
    pub(super) fn running(&self) -> Module {
        let body = self.behind.borrow().as_ref().and_then(|behind| behind.body.clone());
        body.unwrap_or_else(|| self.module())
    }

    /// Tells it from all others.
    pub(super) fn address(&self) -> *const Self {
        self
    }

    /// Every module that can be reached from this one, itself first.
    pub(super) fn reachable(root: &Gc<Self>) -> Vec<Gc<Record>> {
        let mut found = vec![root.clone()];
        let mut seen = std::collections::HashSet::from([root.address()]);
        let mut next = 0;
        while let Some(record) = found.get(next).cloned() {
            next += 1;
            for child in record.children() {
                if seen.insert(child.address()) {
                    found.push(child.clone());
                }
            }
        }
        found
    }
}

/// The modules of a realm by URL; a JSON module has an entry of its own.
#[derive(Default)]
pub(super) struct Records(RefCell<HashMap<(String, bool), Gc<Record>>>);

impl Records {
    pub(super) fn get(&self, url: &str, is_json: bool) -> Option<Gc<Record>> {
        self.0.borrow().get(&(url.to_owned(), is_json)).cloned()
    }

    pub(super) fn add(&self, record: &Gc<Record>) {
        let key = (record.url.clone(), record.kind == Kind::Json);
        self.0.borrow_mut().insert(key, record.clone());
    }

    pub(super) fn remove(&self, record: &Record) {
        self.0.borrow_mut().remove(&(record.url.clone(), record.kind == Kind::Json));
    }

    /// Those that satisfy a condition.
    pub(super) fn filter(&self, wanted: impl Fn(&Record) -> bool) -> Vec<Gc<Record>> {
        self.0.borrow().values().filter(|record| wanted(record)).cloned().collect()
    }
}
