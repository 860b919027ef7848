//! Buffers and views, by their bytes.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::Mode;
use crate::{bindings::buffer::view::View, engine::kinds};

/// Compares two views of one kind.
pub(super) fn views_are_equal(
    a: &JsObject,
    b: &JsObject,
    mode: Mode,
    context: &mut Context,
) -> JsResult<bool> {
    let name = kinds::typed_array_name(a);
    if name != kinds::typed_array_name(b) || kinds::is_data_view(a) != kinds::is_data_view(b) {
        return Ok(false);
    }
    let is_float = name.is_some_and(|name| name.starts_with("Float"));
    if mode == Mode::Loose && is_float {
        return floats_are_equal(a, b, context);
    }
    let of_a = View::of_view(&a.clone().into(), context);
    let of_b = View::of_view(&b.clone().into(), context);
    Ok(bytes_are_equal(of_a, of_b, mode))
}

/// Compares two buffers.
pub(super) fn buffers_are_equal(a: &JsObject, b: &JsObject, mode: Mode) -> bool {
    let of = |object: &JsObject| View::of_array_buffer(&object.clone().into());
    bytes_are_equal(of(a), of(b), mode)
}

fn bytes_are_equal(a: Option<View>, b: Option<View>, mode: Mode) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    a.read(|a| b.read(|b| a == b || mode == Mode::Partial && contains_in_order(a, b)))
}

/// True if `wanted` is what is left of `bytes` when some are left out; of one length, only equal
/// bytes are.
fn contains_in_order(bytes: &[u8], wanted: &[u8]) -> bool {
    let mut rest = bytes.iter();
    bytes.len() > wanted.len() && wanted.iter().all(|byte| rest.any(|candidate| candidate == byte))
}

/// By `===`: there a NaN is not equal to itself, and zeros have no sign.
fn floats_are_equal(a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
    let length = a.get(js_string!("length"), context)?;
    if !length.strict_equals(&b.get(js_string!("length"), context)?) {
        return Ok(false);
    }
    for index in 0..length.to_length(context)? {
        let (of_a, of_b): (JsValue, JsValue) = (a.get(index, context)?, b.get(index, context)?);
        if !of_a.strict_equals(&of_b) {
            return Ok(false);
        }
    }
    Ok(true)
}
