//! `process.setSourceMapsEnabled` and `process.sourceMapsEnabled`.
//!
//! Stack traces of rjs name the places of the code that runs; that the program asked for those of
//! its source maps is remembered, and all that can be read back.

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsResult, JsValue};

use crate::engine::{natives::arg, validate};

struct IsEnabled(Cell<bool>);

/// `process.setSourceMapsEnabled(value)`.
pub(super) fn set_enabled(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let yes = validate::boolean(&arg(args, 0), "enabled", context)?;
    context.insert_data(Rc::new(IsEnabled(Cell::new(yes))));
    Ok(JsValue::undefined())
}

/// `get process.sourceMapsEnabled`.
pub(super) fn is_enabled(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(context.get_data::<Rc<IsEnabled>>().is_some_and(|enabled| enabled.0.get()).into())
}
