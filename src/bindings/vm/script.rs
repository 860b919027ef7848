//! Scripts and functions of `vm`.

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, Script, js_string,
    object::builtins::JsArray,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{broken_off, importer_of, realm_of, shifted, within};
use crate::engine::{
    esm::importers::{self, Importer},
    natives::{arg, define_name},
    report, scripts,
};

/// A script's text, and what was made of it: the engine binds a script to a realm when it parses.
#[derive(Trace, Finalize, JsData)]
struct Compiled {
    #[unsafe_ignore_trace]
    text: String,
    #[unsafe_ignore_trace]
    path: String,
    importer: Importer,
    /// For the realm of the program, once it ran there.
    own: GcRefCell<Option<Script>>,
    /// For the context that it ran in last.
    other: GcRefCell<Option<(JsObject, Script)>>,
}

/// `compile(code, filename, lineOffset, columnOffset, importer, isRunNow)`: parsed for each realm that it runs
/// in, and before only to see whether it can be.
pub(super) fn compile(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (text, path) = shifted(args, context)?;
    let importer = importer_of(&arg(args, 4));
    if !arg(args, 5).to_boolean() {
        scripts::check_script(&text, &path, context)?;
    }
    let (own, other) = (GcRefCell::new(None), GcRefCell::new(None));
    let compiled = Compiled { text, path, importer, own, other };
    Ok(JsObject::from_proto_and_data(None, compiled).into())
}

/// Parsed for the current realm.
fn parsed(compiled: &Compiled, context: &mut Context) -> JsResult<Script> {
    let script = scripts::parse_script(&compiled.text, &compiled.path, context)?;
    importers::set(&script, compiled.importer.clone(), context);
    Ok(script)
}

/// `run(compiled, displayErrors, context, timeout, breakOnSigint)`: here if there is no context.
pub(super) fn run(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let result = run_script(args, context);
    match result {
        Err(error) if arg(args, 1).to_boolean() => Err(report::placed(error, context)),
        result => result,
    }
}

fn run_script(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let compiled = arg(args, 0).to_object(context)?;
    let breaks = args.get(3..).unwrap_or_default();
    let (handle, realm) = realm_of(&arg(args, 2)).unzip();
    broken_off(breaks, realm.clone(), context, |context| {
        within(realm, context, |context| match script(&compiled, handle, context)? {
            Some(script) => script.evaluate(context),
            None => Ok(JsValue::undefined()),
        })
    })
}

/// The script for the current realm, which is that of `handle`, or the program's.
fn script(
    compiled: &JsObject,
    handle: Option<JsObject>,
    context: &mut Context,
) -> JsResult<Option<Script>> {
    let Some(compiled) = compiled.downcast_ref::<Compiled>() else { return Ok(None) };
    let known = match &handle {
        None => compiled.own.borrow().clone(),
        Some(handle) => {
            let other = compiled.other.borrow();
            let known = other.as_ref().filter(|(known, _)| JsObject::equals(known, handle));
            known.map(|(_, script)| script.clone())
        }
    };
    if known.is_some() {
        let twice = scripts::declared_twice(&compiled.text, &compiled.path, context);
        return twice.map_or(Ok(known), Err);
    }
    let script = parsed(&compiled, context)?;
    match handle {
        None => *compiled.own.borrow_mut() = Some(script.clone()),
        Some(handle) => *compiled.other.borrow_mut() = Some((handle, script.clone())),
    }
    Ok(Some(script))
}

/// `compileBody(code, filename, lineOffset, columnOffset, parameters, context, importer, extensions)`: a
/// function that sees the properties of the extensions.
pub(super) fn compile_body(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (text, path) = shifted(args, context)?;
    let parameters = arg(args, 4).to_string(context)?.to_std_string_lossy();
    let realm = realm_of(&arg(args, 5)).map(|(_, realm)| realm);
    let importer = importer_of(&arg(args, 6));
    let list = JsArray::from_object(arg(args, 7).to_object(context)?)?;
    let mut extensions = Vec::new();
    for index in 0..list.length(context)? {
        extensions.push(list.get(index, context)?);
    }
    within(realm, context, |context| {
        let scopes = extensions.len();
        let (script, maker) =
            scripts::compile_function(&text, &path, &parameters, scopes, context)?;
        importers::set(&script, importer, context);
        let made = maker.call(&JsValue::undefined(), &extensions, context)?;
        if let Some(function) = made.as_object() {
            define_name(&function, js_string!());
        }
        Ok(made)
    })
}

/// `fingerprint(code)`: tells texts apart. The FNV-1a hash of the code, and its length.
pub(super) fn fingerprint(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = arg(args, 0).to_string(context)?;
    let hash = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, unit| {
        (hash ^ u64::from(unit)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    Ok(JsString::from(format!("{hash:016x}-{}", text.len())).into())
}
