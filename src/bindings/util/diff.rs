//! `util.diff`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::{
    bindings::line_diff::{self, Step},
    engine::{natives::arg, validate},
};

/// `util.diff(actual, expected)`: two strings by their characters, or two lists of strings.
pub(super) fn diff(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = (arg(args, 0), arg(args, 1));
    if actual.strict_equals(&expected) {
        return Ok(JsArray::new(context)?.into());
    }
    let actual = parts(&actual, "actual", context)?;
    let expected = parts(&expected, "expected", context)?;
    let equal = |i: usize, j: usize| actual[i] == expected[j];
    let mut entries: Vec<JsValue> = Vec::new();
    for step in line_diff::diff(actual.len(), expected.len(), equal) {
        let (operation, text) = match step {
            Step::Keep(i, _) => (0, &actual[i]),
            Step::Insert(i) => (1, &actual[i]),
            Step::Delete(j) => (-1, &expected[j]),
        };
        let entry = [JsValue::from(operation), text.clone().into()];
        entries.push(JsArray::from_iter(entry, context).into());
    }
    Ok(JsArray::from_iter(entries, context).into())
}

fn parts(value: &JsValue, name: &str, context: &mut Context) -> JsResult<Vec<JsString>> {
    let Some(list) = value.as_object().filter(JsObject::is_array) else {
        let text = validate::string(value, name, context)?;
        return Ok((0..text.len()).map(|at| text.slice(at, at + 1)).collect());
    };
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    let mut parts = Vec::new();
    for index in 0..length {
        let part = list.get(index, context)?;
        parts.push(validate::string(&part, &format!("{name}[{index}]"), context)?);
    }
    Ok(parts)
}
