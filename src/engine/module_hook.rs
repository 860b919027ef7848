//! Modules that a host finds and loads.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::Context;

use super::{script_error::ScriptError, state};

/// A module's text from a host: see [`RuntimeBuilder::module_loader`](crate::RuntimeBuilder::module_loader).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleText {
    /// What the module is known by: an absolute path, of a file that need not be there. It is its
    /// `__filename`, and `import.meta.url` as a `file:` URL; what it asks for by `./` is relative to it.
    /// Two specifiers that lead to one path are one module.
    pub path: PathBuf,
    /// The text.
    pub text: String,
    /// What the text is.
    pub kind: ModuleKind,
}

/// What a module's text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModuleKind {
    /// An ES module if it reads as one, else CommonJS.
    #[default]
    Detect,
    /// CommonJS.
    CommonJs,
    /// An ES module.
    Module,
    /// JSON.
    Json,
}

/// A host's function: a specifier and who asks to a module's text.
pub(crate) type Load = dyn Fn(&str, &str) -> Result<Option<ModuleText>, ScriptError>;

/// The hook of a realm, and what it has given.
#[derive(Default)]
pub(crate) struct ModuleHook {
    load: RefCell<Option<Rc<Load>>>,
    given: RefCell<HashMap<PathBuf, Given>>,
}

struct Given {
    text: Rc<str>,
    kind: ModuleKind,
}

impl ModuleHook {
    /// Asks this one from now on.
    pub(crate) fn set(&self, load: Rc<Load>) {
        *self.load.borrow_mut() = Some(load);
    }

    /// The text of a module that came from the host.
    pub(super) fn text(&self, path: &Path) -> Option<Rc<str>> {
        self.given.borrow().get(path).map(|given| given.text.clone())
    }

    /// What it is.
    pub(super) fn kind(&self, path: &Path) -> Option<ModuleKind> {
        self.given.borrow().get(path).map(|given| given.kind)
    }
}

/// The path of the module that the host has for a specifier, `referrer` being who asks: a path, or a URL
/// of what has none. `None`: it is looked for as usual.
pub(super) fn resolve(
    specifier: &str,
    referrer: &str,
    context: &Context,
) -> Result<Option<PathBuf>, ScriptError> {
    let engine = state::of(context);
    let known = Path::new(specifier);
    if known.is_absolute() && engine.module_hook.kind(known).is_some() {
        return Ok(Some(known.to_path_buf()));
    }
    let load = engine.module_hook.load.borrow().clone();
    let Some(load) = load.filter(|_| !specifier.starts_with("node:")) else { return Ok(None) };
    let found = load(specifier, referrer)?;
    let Some(ModuleText { path, text, kind }) = found else { return Ok(None) };
    if !path.is_absolute() {
        let message = format!("A module loader gave no absolute path: {}", path.display());
        return Err(ScriptError::new(message));
    }
    let mut given = engine.module_hook.given.borrow_mut();
    given.insert(path.clone(), Given { text: text.into(), kind });
    Ok(Some(path))
}

impl fmt::Debug for ModuleHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.given.borrow().keys()).finish()
    }
}
