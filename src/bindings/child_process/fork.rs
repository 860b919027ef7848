//! `fork(modulePath, args, options)` and `spawn(file, args, options)`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{
    arguments::{Given, Taker, elements, given},
    decoding,
    options::{self, own},
    starting, stdio,
};
use crate::{
    bindings::process,
    engine::{
        natives::{arg, define_value},
        validate,
    },
};

/// `fork(modulePath, args, options)`.
pub(super) fn fork(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = decoding::path(&arg(args, 0), "modulePath", context)?;
    let Given { list, options, .. } = given(Taker::Fork, args, context)?;
    let process = process::state(context).object.clone();
    let exec_path = own(&options, "execPath", context)?;
    let exec_path = if exec_path.to_boolean() {
        exec_path
    } else {
        process.get(js_string!("execPath"), context)?
    };
    let mut all = exec_args(&options, &process, context)?;
    all.push(JsString::from(module.as_str()).into());
    all.extend(list);
    let stdio = stdio::for_fork(&options, context)?;
    define_value(&options, js_string!("stdio"), stdio, true);
    define_value(&options, js_string!("shell"), false, true);
    let file = decoding::file_name(&exec_path, context)?;
    let decoded = options::decode(file, all, &options, context)?;
    starting::spawn(decoded, context).map(JsValue::from)
}

/// `spawn(file, args, options)`.
pub(super) fn spawn(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let file = decoding::file_name(&arg(args, 0), context)?;
    let Given { list, options, .. } = given(Taker::Spawn, args, context)?;
    let decoded = options::decode(file, list, &options, context)?;
    starting::spawn(decoded, context).map(JsValue::from)
}

/// The options of the runtime itself: `options.execArgv`, else this program's, without the text
/// of `-e`.
fn exec_args(
    options: &JsObject,
    process: &JsObject,
    context: &mut Context,
) -> JsResult<Vec<JsValue>> {
    let given = own(options, "execArgv", context)?;
    if given.to_boolean() {
        let Some(list) = given.as_object() else {
            let expected = "an instance of Array";
            return Err(validate::invalid_arg_type(context, "options.execArgv", expected, &given));
        };
        return elements(&list, context);
    }
    let own_args = process.get(js_string!("execArgv"), context)?;
    let Some(list) = own_args.as_object() else { return Ok(Vec::new()) };
    let mut list = elements(&list, context)?;
    let eval = process.get(js_string!("_eval"), context)?;
    let at = list.iter().rposition(|value| value.is_string() && value.strict_equals(&eval));
    if let Some(at) = at.filter(|at| *at > 0) {
        list.drain(at - 1..=at);
    }
    Ok(list)
}

/// An array of values for JavaScript.
pub(super) fn array(values: Vec<JsValue>, context: &mut Context) -> JsArray {
    JsArray::from_iter(values, context)
}
