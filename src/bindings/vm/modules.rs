//! The native half of `vm`'s modules: handles, on which JavaScript keeps the order of steps.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, object::builtins::JsArray};

use super::{broken_off, importer_of, realm_of, shifted, within};
use crate::engine::{
    esm::OwnModule,
    natives::{Method, arg, exports_of},
    syntax::Request,
    validate,
};

const METHODS: &[Method] = &[
    ("compile", 7, compile),
    ("requests", 1, requests),
    ("awaits", 1, awaits),
    ("link", 2, link),
    ("instantiate", 1, instantiate),
    ("namespace", 1, namespace),
    ("evaluate", 4, evaluate),
    ("progress", 1, progress),
    ("failure", 1, failure),
];

/// The functions.
pub(super) fn exports(context: &mut Context) -> JsObject {
    exports_of(METHODS, context)
}

fn module_of(value: &JsValue, context: &mut Context) -> JsResult<OwnModule> {
    let module = value.as_object().and_then(|o| o.downcast_ref::<OwnModule>().map(|m| m.clone()));
    module.ok_or_else(|| validate::invalid_this(context, "Module"))
}

/// `compile(text, identifier, lineOffset, columnOffset, context, importer, fillMeta)`: a handle.
fn compile(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (text, identifier) = shifted(args, context)?;
    let realm = realm_of(&arg(args, 4)).map(|(_, realm)| realm);
    let importer = importer_of(&arg(args, 5));
    let meta = arg(args, 6).as_callable();
    let module = within(realm, context, |context| {
        OwnModule::of_text(text, identifier, importer, meta, context)
    })?;
    Ok(JsObject::from_proto_and_data(None, module).into())
}

/// `requests(module)`: `[specifier, key, value, …]` of each.
fn requests(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = module_of(&arg(args, 0), context)?;
    let text = |text: &String| JsValue::from(JsString::from(text.as_str()));
    let row = |request: &Request| -> Vec<JsValue> {
        let attributes = request.attributes.iter().flat_map(|(key, value)| [key, value]);
        std::iter::once(&request.specifier).chain(attributes).map(text).collect()
    };
    let rows: Vec<Vec<JsValue>> = module.requests().iter().map(row).collect();
    let rows: Vec<JsValue> =
        rows.into_iter().map(|row| JsArray::from_iter(row, context).into()).collect();
    Ok(JsArray::from_iter(rows, context).into())
}

fn awaits(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(module_of(&arg(args, 0), context)?.awaits().into())
}

/// `link(module, modules)`: what its requests lead to.
fn link(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = module_of(&arg(args, 0), context)?;
    let list = JsArray::from_object(arg(args, 1).to_object(context)?)?;
    let mut modules = Vec::new();
    for index in 0..list.length(context)? {
        let child = list.get(index, context)?;
        modules.push(module_of(&child, context)?);
    }
    module.link(&modules);
    Ok(JsValue::undefined())
}

fn instantiate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    module_of(&arg(args, 0), context)?.instantiate(context)?;
    Ok(JsValue::undefined())
}

fn namespace(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(module_of(&arg(args, 0), context)?.namespace(context).into())
}

/// `evaluate(module, context, timeout, breakOnSigint)`: the engine's promise.
fn evaluate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = module_of(&arg(args, 0), context)?;
    let realm = realm_of(&arg(args, 1)).map(|(_, realm)| realm);
    let breaks = args.get(2..).unwrap_or_default();
    broken_off(breaks, realm, context, |context| module.evaluate(context).map(Into::into))
}

/// `progress(module)`: `undefined` before it is evaluated.
fn progress(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let progress = module_of(&arg(args, 0), context)?.progress();
    Ok(progress.map_or_else(JsValue::undefined, |text| JsString::from(text).into()))
}

fn failure(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(module_of(&arg(args, 0), context)?.failure())
}
