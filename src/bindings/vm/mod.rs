//! The native half of `vm`: scripts, and realms whose global object shows a sandbox.

mod contextify;
mod modules;
mod script;

use std::time::Duration;

use boa_engine::{Context, JsData, JsObject, JsResult, JsString, JsValue, js_string, realm::Realm};
use boa_gc::{Finalize, Trace};

use crate::engine::{
    breaking::{Breaks, breakable},
    commonjs,
    esm::importers::{self, Importer},
    jobs::Microtasks,
    natives::{Method, arg, define_value, exports_of, function},
    realm, state,
};

const METHODS: &[Method] = &[
    ("makeContext", 4, make_context),
    ("compile", 6, script::compile),
    ("run", 5, script::run),
    ("compileBody", 8, script::compile_body),
    ("fingerprint", 1, script::fingerprint),
];

/// The methods of V8's own `console`.
const CONSOLE: &[&str] = &[
    "debug",
    "error",
    "info",
    "log",
    "warn",
    "dir",
    "dirxml",
    "table",
    "trace",
    "group",
    "groupCollapsed",
    "groupEnd",
    "clear",
    "count",
    "countReset",
    "assert",
    "profile",
    "profileEnd",
    "time",
    "timeLog",
    "timeEnd",
    "timeStamp",
    "context",
];

/// More lines than any program has before a script: an offset beyond that is taken as this.
const MAX_OFFSET: f64 = 100_000.0;

/// A context.
#[derive(Trace, Finalize, JsData)]
struct VmContext(Realm);

/// The native half.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    if commonjs::resolver(context).settings.borrow().vm_modules {
        define_value(&exports, js_string!("modules"), modules::exports(context), true);
    }
    Ok(exports.into())
}

/// `makeContext(sandbox, allowsEval, hasOwnQueue, importer)`: a context that shows the sandbox; without one,
/// a plain one.
fn make_context(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let realm = match arg(args, 0).as_object() {
        Some(sandbox) => {
            let global = contextify::global(&sandbox, context)?;
            let realm = realm::create_further(global.proxy.clone(), &global.target, context)?;
            define_console(&global.target, &realm, context);
            contextify::finish(&global);
            realm
        }
        None => {
            let global = JsObject::with_null_proto();
            let realm = realm::create_further(global.clone(), &global, context)?;
            define_console(&global, &realm, context);
            realm
        }
    };
    if !arg(args, 1).to_boolean() {
        realm::forbid_eval(&realm);
    }
    if arg(args, 2).to_boolean() {
        state::of(context).microtasks.separate(&realm);
    }
    importers::set_for_realm(importer_of(&arg(args, 3)), &realm);
    let handle = JsObject::from_proto_and_data(None, VmContext(realm));
    Ok(handle.into())
}

/// The `console` that V8 puts into every context: it speaks to an inspector, so here to nobody.
fn define_console(global: &JsObject, realm: &Realm, context: &mut Context) {
    let console = within(Some(realm.clone()), context, |context| {
        let console = JsObject::with_object_proto(context.intrinsics());
        for name in CONSOLE {
            let method = function(name, 0, |_, _, _| Ok(JsValue::undefined()), context);
            define_value(&console, JsString::from(*name), method, true);
        }
        console
    });
    define_value(global, js_string!("console"), console, false);
}

fn realm_of(value: &JsValue) -> Option<(JsObject, Realm)> {
    let handle = value.as_object()?;
    let realm = handle.downcast_ref::<VmContext>()?.0.clone();
    Some((handle, realm))
}

/// Runs `work` with another realm as the current one.
fn within<T>(
    realm: Option<Realm>,
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> T,
) -> T {
    let Some(realm) = realm else { return work(context) };
    let before = context.enter_realm(realm);
    let result = work(context);
    context.enter_realm(before);
    result
}

/// How a text imports: by a function, as the program does (`true`), or not at all.
fn importer_of(value: &JsValue) -> Importer {
    match value.as_callable() {
        Some(function) => Importer::Function(function),
        None if value.to_boolean() => Importer::Program,
        None => Importer::Absent,
    }
}

/// Does work for a realm, in the time that `timeout` and `breakOnSigint` allow; then the jobs of the realm, if
/// it has a queue of its own.
fn broken_off<T>(
    args: &[JsValue],
    realm: Option<Realm>,
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<T>,
) -> JsResult<T> {
    let timeout = arg(args, 0).as_number().map(|ms| Duration::from_millis(ms as u64));
    let breaks = Breaks { timeout, on_sigint: arg(args, 1).to_boolean() };
    breakable(breaks, context, |context| {
        let result = work(context);
        if let Some(realm) = realm {
            Microtasks::drain_own(&realm, context)?;
        }
        result
    })
}

/// The text with so many lines and columns before it.
fn shifted(args: &[JsValue], context: &mut Context) -> JsResult<(String, String)> {
    let text = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let path = arg(args, 1).to_string(context)?.to_std_string_lossy();
    let offset = |index| arg(args, index).as_number().unwrap_or(0.0).clamp(0.0, MAX_OFFSET);
    let (lines, columns) = (offset(2) as usize, offset(3) as usize);
    // What has no name is known by the one that stacks show.
    let path = if path.is_empty() { "<anonymous>".to_owned() } else { path };
    if lines == 0 && columns == 0 {
        return Ok((text, path));
    }
    Ok((format!("{}{}{text}", "\n".repeat(lines), " ".repeat(columns)), path))
}
