//! The arguments of the functions that start processes: a list and options, either of which may be
//! left out.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::engine::{natives::arg, validate};

/// Whose arguments they are: Node takes different things from each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taker {
    Spawn,
    Fork,
    ExecFile,
}

/// What was given behind the file.
pub(super) struct Given {
    pub(super) list: Vec<JsValue>,
    /// A copy of the options without a prototype: what is decoded can change nothing that the
    /// program holds.
    pub(super) options: JsObject,
    /// The callback of `execFile`, not validated.
    pub(super) callback: JsValue,
}

/// Takes apart `(file, args, options, callback)`.
pub(super) fn given(taker: Taker, args: &[JsValue], context: &mut Context) -> JsResult<Given> {
    let (first, mut options, mut callback) = (arg(args, 1), arg(args, 2), arg(args, 3));
    let mut list = Vec::new();
    match first.as_object() {
        Some(array) if array.is_array() => list = elements(&array, context)?,
        Some(function) if function.is_callable() => match taker {
            Taker::ExecFile => {
                callback = function.into();
                options = JsValue::undefined();
            }
            _ => return Err(not_a_list(taker, &first, context)),
        },
        Some(object) => {
            callback = options;
            options = object.into();
        }
        None if first.is_null_or_undefined() => {}
        None => return Err(not_a_list(taker, &first, context)),
    }
    if taker == Taker::ExecFile && options.is_callable() {
        callback = options;
        options = JsValue::undefined();
    }
    let is_absent = options.is_undefined() || (options.is_null() && taker != Taker::Spawn);
    if !is_absent {
        validate::object(&options, "options", context)?;
    }
    let options = copied(&options, context)?;
    Ok(Given { list, options, callback })
}

fn not_a_list(taker: Taker, value: &JsValue, context: &mut Context) -> boa_engine::JsError {
    let expected = if taker == Taker::Fork { "an instance of Array" } else { "of type object" };
    validate::invalid_arg_type(context, "args", expected, value)
}

/// The elements of an array.
pub(super) fn elements(list: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    (0..length).map(|index| list.get(index, context)).collect()
}

/// A copy without a prototype.
pub(super) fn copied(options: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::with_null_proto();
    if !options.is_null_or_undefined() {
        copy.copy_data_properties::<JsString>(options, Vec::new(), context)?;
    }
    Ok(copy)
}

/// Items of a command line with spaces between them.
pub(super) fn joined(
    zeroth: &JsValue,
    list: &[JsValue],
    context: &mut Context,
) -> JsResult<JsString> {
    let mut line = zeroth.to_string(context)?;
    for item in list {
        let item = item.to_string(context)?;
        line = JsString::concat_array(&[line.as_str(), js_string!(" ").as_str(), item.as_str()]);
    }
    Ok(line)
}
