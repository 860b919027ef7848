//! `fork(modulePath, args, options)` and `spawn(file, args, options)`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{
    child,
    options::{self, own},
    stdio,
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
    let module = options::path(&arg(args, 0), "modulePath", context)?;
    let (list, given) = list_and_options(args, context)?;
    let options = copied(given.as_ref(), context)?;
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
    let decoded = options::decode(&exec_path, all, &options, context)?;
    child::spawn(decoded, context).map(JsValue::from)
}

/// `spawn(file, args, options)`.
pub(super) fn spawn(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (list, given) = list_and_options(args, context)?;
    let options = copied(given.as_ref(), context)?;
    let decoded = options::decode(&arg(args, 0), list, &options, context)?;
    child::spawn(decoded, context).map(JsValue::from)
}

/// The list of arguments and the options: either may be left out.
fn list_and_options(
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<(Vec<JsValue>, Option<JsObject>)> {
    let (list, mut options) = (arg(args, 1), arg(args, 2));
    let values = match list.as_object() {
        Some(list) if list.is_array() => elements(&list, context)?,
        Some(object) => {
            options = object.into();
            Vec::new()
        }
        None if list.is_null_or_undefined() => Vec::new(),
        None => {
            return Err(validate::invalid_arg_type(context, "args", "an instance of Array", &list));
        }
    };
    if options.is_null_or_undefined() {
        return Ok((values, None));
    }
    validate::object(&options, "options", context).map(|options| (values, Some(options)))
}

fn elements(list: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    (0..length).map(|index| list.get(index, context)).collect()
}

/// A copy without a prototype: what is decoded can change nothing that the program holds.
fn copied(options: Option<&JsObject>, context: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::with_null_proto();
    if let Some(options) = options {
        copy.copy_data_properties::<JsString>(&options.clone().into(), Vec::new(), context)?;
    }
    Ok(copy)
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
