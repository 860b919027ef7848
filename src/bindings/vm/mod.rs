//! The native half of `vm`: scripts, and realms whose global object shows a sandbox.

mod contextify;
mod modules;

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, Script, js_string, realm::Realm,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use crate::engine::{
    commonjs,
    natives::{Method, arg, define_value, exports_of, function},
    realm, report, scripts,
};

const METHODS: &[Method] = &[
    ("makeContext", 2, make_context),
    ("compile", 4, compile),
    ("run", 3, run),
    ("compileBody", 6, compile_body),
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

/// A script's text, and what was made of it: the engine binds a script to a realm when it parses.
#[derive(Trace, Finalize, JsData)]
struct Compiled {
    #[unsafe_ignore_trace]
    text: String,
    #[unsafe_ignore_trace]
    path: String,
    own: Script,
    /// For the context that it ran in last.
    other: GcRefCell<Option<(JsObject, Script)>>,
}

/// The native half.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    if commonjs::resolver(context).settings.borrow().vm_modules {
        define_value(&exports, js_string!("modules"), modules::exports(context), true);
    }
    Ok(exports.into())
}

/// `makeContext(sandbox, allowsEval)`: a context that shows the sandbox; without one, a plain one.
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

/// The text with so many lines and columns before it.
fn shifted(args: &[JsValue], context: &mut Context) -> JsResult<(String, String)> {
    let text = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let path = arg(args, 1).to_string(context)?.to_std_string_lossy();
    let offset = |index| arg(args, index).as_number().unwrap_or(0.0).clamp(0.0, MAX_OFFSET);
    let (lines, columns) = (offset(2) as usize, offset(3) as usize);
    if lines == 0 && columns == 0 {
        return Ok((text, path));
    }
    Ok((format!("{}{}{text}", "\n".repeat(lines), " ".repeat(columns)), path))
}

/// `compile(code, filename, lineOffset, columnOffset)`.
fn compile(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (text, path) = shifted(args, context)?;
    let own = scripts::parse_script(&text, &path, context)?;
    let compiled = Compiled { text, path, own, other: GcRefCell::new(None) };
    Ok(JsObject::from_proto_and_data(None, compiled).into())
}

/// `run(compiled, displayErrors, context)`: here if there is no context.
fn run(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let result = run_script(args, context);
    match result {
        Err(error) if arg(args, 1).to_boolean() => Err(report::placed(error, context)),
        result => result,
    }
}

fn run_script(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let compiled = arg(args, 0).to_object(context)?;
    let Some((handle, realm)) = realm_of(&arg(args, 2)) else {
        let own = compiled.downcast_ref::<Compiled>().map(|compiled| compiled.own.clone());
        return own.map_or(Ok(JsValue::undefined()), |script| script.evaluate(context));
    };
    within(Some(realm), context, |context| match in_context(&compiled, &handle, context)? {
        Some(script) => script.evaluate(context),
        None => Ok(JsValue::undefined()),
    })
}

/// The script for the current realm, which is that of `handle`.
fn in_context(
    compiled: &JsObject,
    handle: &JsObject,
    context: &mut Context,
) -> JsResult<Option<Script>> {
    let Some(compiled) = compiled.downcast_ref::<Compiled>() else { return Ok(None) };
    if let Some((known, script)) = &*compiled.other.borrow()
        && JsObject::equals(known, handle)
    {
        return Ok(Some(script.clone()));
    }
    let script = scripts::parse_script(&compiled.text, &compiled.path, context)?;
    *compiled.other.borrow_mut() = Some((handle.clone(), script.clone()));
    Ok(Some(script))
}

/// `compileBody(code, filename, lineOffset, columnOffset, parameters, context)`: a function.
fn compile_body(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (text, path) = shifted(args, context)?;
    let parameters = arg(args, 4).to_string(context)?.to_std_string_lossy();
    let realm = realm_of(&arg(args, 5)).map(|(_, realm)| realm);
    within(realm, context, |context| {
        scripts::compile_wrapper(&text, &path, &parameters, context).map(Into::into)
    })
}
