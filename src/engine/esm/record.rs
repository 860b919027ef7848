//! What the loader knows of a module beside the engine's own record of it.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    path::PathBuf,
    rc::Rc,
};

use boa_engine::{Module, builtins::promise::PromiseState, object::builtins::JsPromise};

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

/// One module of the realm.
pub(super) struct Record {
    /// The URL, which is the engine's path of the module too.
    pub(super) url: String,
    pub(super) kind: Kind,
    /// Replaced only before it is loaded by the engine.
    pub(super) module: RefCell<Module>,
    pub(super) declarations: Declarations,
    /// The modules that its requests led to, in their order.
    pub(super) children: OnceCell<Vec<Rc<Record>>>,
    pub(super) progress: Cell<Progress>,
    /// It awaits, or depends on a module that did not settle yet.
    pub(super) is_async: Cell<bool>,
    /// What the evaluation returned.
    pub(super) promise: RefCell<Option<JsPromise>>,
}

impl Record {
    pub(super) fn new(url: String, kind: Kind, module: Module, declarations: Declarations) -> Self {
        let is_async = Cell::new(!declarations.awaits.is_empty());
        Self {
            url,
            kind,
            module: RefCell::new(module),
            declarations,
            children: OnceCell::new(),
            progress: Cell::new(Progress::Loaded),
            is_async,
            promise: RefCell::new(None),
        }
    }

    pub(super) fn module(&self) -> Module {
        self.module.borrow().clone()
    }

    pub(super) fn children(&self) -> &[Rc<Record>] {
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

    /// Every module that can be reached from this one, itself first.
    pub(super) fn reachable(self: &Rc<Self>) -> Vec<Rc<Record>> {
        let mut found = vec![self.clone()];
        let mut seen = std::collections::HashSet::from([Rc::as_ptr(self)]);
        let mut next = 0;
        while let Some(record) = found.get(next).cloned() {
            next += 1;
            for child in record.children() {
                if seen.insert(Rc::as_ptr(child)) {
                    found.push(child.clone());
                }
            }
        }
        found
    }
}

/// The modules of a realm by URL; a JSON module has an entry of its own.
#[derive(Default)]
pub(super) struct Records(RefCell<HashMap<(String, bool), Rc<Record>>>);

impl Records {
    pub(super) fn get(&self, url: &str, is_json: bool) -> Option<Rc<Record>> {
        self.0.borrow().get(&(url.to_owned(), is_json)).cloned()
    }

    pub(super) fn add(&self, record: &Rc<Record>) {
        let key = (record.url.clone(), record.kind == Kind::Json);
        self.0.borrow_mut().insert(key, record.clone());
    }

    pub(super) fn remove(&self, record: &Record) {
        self.0.borrow_mut().remove(&(record.url.clone(), record.kind == Kind::Json));
    }

    /// Those that satisfy a condition.
    pub(super) fn filter(&self, wanted: impl Fn(&Record) -> bool) -> Vec<Rc<Record>> {
        self.0.borrow().values().filter(|record| wanted(record)).cloned().collect()
    }
}
