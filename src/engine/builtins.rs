//! The mechanism behind `require('events')`: loads a row of the table of builtins on first use.
//!
//! The table itself stands in `crate::builtins`; this floor receives it and never imports it.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    rc::Rc,
    sync::Mutex,
};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::error::ErrorKind, js_string,
};

use super::{
    errors::{Code, coded},
    foreseen,
    natives::{arg, define_value, function, made_for},
    scripts, stack, state,
};
use crate::sys::lock::lock;

/// One builtin module.
#[derive(Clone, Copy)]
pub(crate) struct Builtin {
    /// What `require` calls it, without `node:`.
    pub(crate) name: &'static str,
    /// Makes the exports of the native half.
    pub(crate) native: Option<fn(&mut Context) -> JsResult<JsValue>>,
    /// The JavaScript half: a function body of `(exports, require, module, native)`.
    pub(crate) source: Option<&'static str>,
    /// How user code may reach it.
    pub(crate) access: Access,
}

/// Who may `require` a builtin, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, with and without `node:`.
    Public,
    /// Anybody, but only with `node:`.
    Prefixed,
    /// Only other builtins.
    Internal,
}

/// The rows that a realm knows, and what they exported once loaded.
pub(crate) struct BuiltinTable {
    rows: Vec<Builtin>,
    /// Those of the host.
    hosts: RefCell<Vec<(&'static str, Make)>>,
    loaded: RefCell<HashMap<&'static str, JsValue>>,
}

/// Makes the exports of a module of the host's.
pub(crate) type Make = Rc<dyn Fn(&mut Context) -> JsResult<JsValue>>;

/// The names of host's modules. Rows live as long as the program; a name is kept once, however many
/// runtimes have a module of it.
static HOST_NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

fn kept(name: &str) -> &'static str {
    let mut names = lock(&HOST_NAMES);
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    name
}

impl BuiltinTable {
    /// A table of these rows; nothing is loaded yet.
    pub(crate) fn new(rows: Vec<Builtin>) -> Self {
        Self { rows, hosts: RefCell::default(), loaded: RefCell::default() }
    }

    /// The row of this name, whoever may reach it.
    fn row(&self, name: &str) -> Option<Builtin> {
        self.rows.iter().find(|row| row.name == name).copied().or_else(|| {
            let name = self.host(name)?;
            Some(Builtin { name, native: None, source: None, access: Access::Public })
        })
    }

    /// Adds a module of the host's; false if there is one of this name already.
    pub(crate) fn add_host(&self, name: &str, make: Make) -> bool {
        let is_new = self.row(name).is_none() && !name.is_empty() && !name.starts_with("node:");
        if is_new {
            self.hosts.borrow_mut().push((kept(name), make));
        }
        is_new
    }

    /// The name of the host's module that this specifier means.
    pub(crate) fn host(&self, specifier: &str) -> Option<&'static str> {
        self.hosts.borrow().iter().map(|(name, _)| *name).find(|name| *name == specifier)
    }

    fn host_maker(&self, name: &str) -> Option<Make> {
        let hosts = self.hosts.borrow();
        hosts.iter().find(|(known, _)| *known == name).map(|(_, make)| make.clone())
    }

    /// The names of the public rows, in the table's order.
    pub(crate) fn public_names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().filter(|row| row.access == Access::Public).map(|row| row.name)
    }

    /// The names of the rows that are only reached with `node:`, with it.
    pub(crate) fn prefixed_names(&self) -> impl Iterator<Item = String> {
        let prefixed = self.rows.iter().filter(|row| row.access == Access::Prefixed);
        prefixed.map(|row| format!("node:{}", row.name))
    }

    /// The public row that user code means by this specifier.
    pub(crate) fn public(&self, specifier: &str) -> Option<Builtin> {
        let bare = specifier.strip_prefix("node:");
        let row = self.row(bare.unwrap_or(specifier))?;
        if bare.is_some() && self.host(row.name).is_some() {
            return None;
        }
        match row.access {
            Access::Public => Some(row),
            Access::Prefixed => bare.is_some().then_some(row),
            Access::Internal => None,
        }
    }
}

/// The exports of a builtin, loaded if they were not.
pub(crate) fn load(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let engine = state::of(context);
    if let Some(exports) = engine.builtins.loaded.borrow().get(name) {
        return Ok(exports_property(exports));
    }
    let Some(row) = engine.builtins.row(name) else {
        let message = format!("No such built-in module: {name}");
        return Err(coded(context, Code::ERR_UNKNOWN_BUILTIN_MODULE, message));
    };
    instantiate(row, context)
}

/// True if the builtin has been loaded, or is being loaded.
pub(crate) fn is_loaded(name: &str, context: &Context) -> bool {
    state::of(context).builtins.loaded.borrow().contains_key(name)
}

/// As [`load`], for callers that need an object.
pub(crate) fn load_object(name: &str, context: &mut Context) -> JsResult<JsObject> {
    load(name, context)?.to_object(context)
}

/// While a JavaScript half runs, its `module` stands in the cache, so that cycles see what is
/// exported so far.
fn exports_property(cached: &JsValue) -> JsValue {
    let Some(object) = cached.as_object() else { return cached.clone() };
    match object.downcast_ref::<Loading>() {
        Some(loading) => loading
            .0
            .borrow()
            .properties()
            .get(&js_string!("exports").into())
            .and_then(|d| d.value().cloned())
            .unwrap_or_default(),
        None => cached.clone(),
    }
}

/// Marks a cache entry whose JavaScript half is still running.
#[derive(boa_gc::Trace, boa_gc::Finalize, boa_engine::JsData)]
struct Loading(JsObject);

fn instantiate(row: Builtin, context: &mut Context) -> JsResult<JsValue> {
    let host = state::of(context).builtins.host_maker(row.name);
    let native = match (row.native, host) {
        (Some(make), _) => made_for(row.name, context, make)?,
        (None, Some(make)) => make(context)?,
        (None, None) => JsValue::undefined(),
    };
    let Some(source) = row.source else {
        remember(row.name, native.clone(), context);
        return Ok(native);
    };
    let exports = JsObject::with_object_proto(context.intrinsics());
    let module = JsObject::with_object_proto(context.intrinsics());
    define_value(&module, js_string!("exports"), exports.clone(), true);
    let marker = JsObject::new(context.root_shape(), None, Loading(module.clone())).upcast();
    remember(row.name, marker.into(), context);

    let require = function("require", 1, require_builtin, context);
    let wrapper = scripts::compile_builtin(source, &text_name(row), PARAMETERS, context)?;
    let args = [exports.into(), require.into(), module.clone().into(), native];
    if let Err(error) = wrapper.call(&JsValue::undefined(), &args, context) {
        // What it exported so far is no module: whoever asks next is told the same.
        state::of(context).builtins.loaded.borrow_mut().remove(row.name);
        return Err(error);
    }
    let exports = module.get(js_string!("exports"), context)?;
    remember(row.name, exports.clone(), context);
    Ok(exports)
}

/// What the JavaScript half of a builtin sees as its parameters.
const PARAMETERS: &str = "exports, require, module, native";

/// What the text of the JavaScript half is called.
fn text_name(row: Builtin) -> String {
    format!("node:{}", row.name)
}

/// Compiles the JavaScript half of a builtin in advance, unless it is loaded already. Its text, if it has one.
pub(crate) fn foresee(name: &str, context: &mut Context) -> Option<&'static str> {
    let row = state::of(context).builtins.row(name)?;
    let source = row.source.filter(|_| !is_loaded(row.name, context))?;
    foreseen::foresee(source, &text_name(row), PARAMETERS, context);
    Some(source)
}

fn remember(name: &'static str, exports: JsValue, context: &Context) {
    state::of(context).builtins.loaded.borrow_mut().insert(name, exports);
}

/// The `require` of the JavaScript halves: every builtin, nothing else.
fn require_builtin(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name: JsString = arg(args, 0).to_string(context)?;
    load(&name.to_std_string_lossy(), context)
}

/// `process.emitWarning(…args)`, as programs have it.
pub(crate) fn emit_warning(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let process = load_object("process", context)?;
    match process.get(js_string!("emitWarning"), context)?.as_callable() {
        Some(emit) => emit.call(&process.into(), args, context).map(drop),
        None => Ok(()),
    }
}

/// Tells the listeners of `warning` at once: the program is about to end.
pub(crate) fn warn_now(message: &str, context: &mut Context) -> JsResult<()> {
    let warning = stack::new_error(ErrorKind::Error, None, message, context);
    define_value(&warning, js_string!("name"), js_string!("Warning"), false);
    let process = load_object("process", context)?;
    let args = [js_string!("warning").into(), warning.into()];
    match process.get(js_string!("emit"), context)?.as_callable() {
        Some(emit) => emit.call(&process.into(), &args, context).map(drop),
        None => Ok(()),
    }
}
