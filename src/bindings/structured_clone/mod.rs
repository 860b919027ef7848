//! `structuredClone`, and what every serialization of values shares: which kinds there are, and
//! how those that cannot be cloned are refused.
//!
//! Source: the HTML standard, the section on structured cloning; the wording is V8's.

mod cloner;
mod kind;
mod shells;
mod transfer;

pub(crate) use self::kind::{Kind, of as kind_of};

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};

use crate::{
    bindings::{dom_exception, worker_threads},
    engine::{
        errors::{Code, coded},
        natives::{Method, arg, exports_of},
    },
};

const METHODS: &[Method] = &[("structuredClone", 1, structured_clone)];

/// `internal/structured_clone`: the function.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// `structuredClone(value, { transfer })`.
fn structured_clone(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(value) = args.first() else {
        // Node's own wording, which names the message where the argument's name should be.
        let message = "The \"The value argument must be specified\" argument must be specified";
        return Err(coded(context, Code::ERR_MISSING_ARGS, message));
    };
    let list = decode_options(&arg(args, 1), context)?;
    if list.iter().any(worker_threads::is_port) || worker_threads::has_marks(context) {
        return worker_threads::clone_as_message(value, &list, context);
    }
    let transfers = transfer::prepare(&list, context)?;
    let clone = cloner::clone(value, &transfers, context)?;
    transfer::finish(&transfers)?;
    Ok(clone)
}

/// The values of the option `transfer`.
fn decode_options(options: &JsValue, context: &mut Context) -> JsResult<Vec<JsValue>> {
    if options.is_null_or_undefined() {
        return Ok(Vec::new());
    }
    let Some(options) = options.as_object() else {
        return Err(failed("Options cannot be converted to a dictionary", context));
    };
    let list = options.get(js_string!("transfer"), context)?;
    if list.is_undefined() {
        return Ok(Vec::new());
    }
    match list.as_object() {
        Some(list) => transfer::sequence(&list, context),
        None => Err(failed(transfer::NOT_A_SEQUENCE, context)),
    }
}

/// A `TypeError` in the words of Web IDL.
fn failed(reason: &str, context: &mut Context) -> JsError {
    let message = format!("Failed to execute 'structuredClone': {reason}");
    coded(context, Code::ERR_INVALID_ARG_TYPE, message)
}

/// A `DataCloneError`.
pub(crate) fn data_clone_error(message: &str, context: &mut Context) -> JsError {
    match dom_exception::create(message, "DataCloneError", context) {
        Ok(error) => JsError::from_opaque(error.into()),
        Err(error) => error,
    }
}

/// The `DataCloneError` for a value that no clone can be made of.
pub(crate) fn uncloneable(value: &JsValue, context: &mut Context) -> JsError {
    let message = refusal(value, context);
    data_clone_error(&message, context)
}

/// What is said of a value that no clone can be made of.
pub(crate) fn refusal(value: &JsValue, context: &mut Context) -> String {
    let shown = match (value.as_symbol(), value.as_object()) {
        (Some(symbol), _) => symbol.descriptive_string().to_std_string_lossy(),
        (_, Some(object)) => kind::name_without_effects(&object, context),
        _ => value.display().to_string(),
    };
    format!("{shown} could not be cloned.")
}

/// An object's entry in the graph of clones: which object stands for which.
type Clones = std::collections::HashMap<JsObject, JsObject>;
