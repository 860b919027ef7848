//! Methods of `%TypedArray%.prototype` that go over the memory itself.
//!
//! The engine gets and sets element by element, through the general property operations. What is
//! not plain memory in bounds (shared, detached, shrunk) is left to it, errors included.

mod order;
mod search;
#[cfg(test)]
mod tests;
mod view;

use boa_engine::{Context, JsObject, JsResult, JsValue, value::IntegerOrInfinity};

use self::view::{View, is_big};
use super::{
    conversions::{to_integer, to_number},
    originals::{Wrapped, wrap_methods},
};
use crate::engine::natives::arg;

const METHODS: &[Wrapped] = &[
    ("fill", 1, fill),
    ("includes", 1, search::includes),
    ("indexOf", 1, search::index_of),
    ("lastIndexOf", 1, search::last_index_of),
    ("reverse", 0, order::reverse),
    ("sort", 1, order::sort),
];

/// Puts these methods in the place of the engine's.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let prototype = context.intrinsics().constructors().typed_array().prototype();
    wrap_methods(&prototype, METHODS, context)
}

/// `%TypedArray%.prototype.fill(value, start, end)`.
fn fill(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(before) = View::of(this, context) else {
        return original.call(this, args, context);
    };
    let value = if is_big(before.kind) {
        arg(args, 0).to_bigint(context)?.into()
    } else {
        JsValue::new(to_number(&arg(args, 0), context)?)
    };
    let start = relative(&arg(args, 1), 0, before.length, context)?;
    let end = relative(&arg(args, 2), before.length, before.length, context)?;
    // The conversions may have run JavaScript: the array may be shorter now, or gone.
    let Some(view) = View::of(this, context) else {
        return original.call(this, &[value, start.into(), end.into()], context);
    };
    let end = end.min(view.length);
    if start < end
        && let Some(object) = this.as_object()
    {
        // The engine makes bytes of the value; the other elements are copies of the first.
        object.set(start, value, true, context)?;
        let size = view::element_size(view.kind);
        view.bytes(start, end, |bytes| repeat_first(bytes, size));
    }
    Ok(this.clone())
}

/// Fills memory with copies of its first `size` bytes.
fn repeat_first(bytes: &mut [u8], size: usize) {
    if let (1, Some(&first)) = (size, bytes.first()) {
        return bytes.fill(first);
    }
    let mut done = size;
    while done < bytes.len() {
        let more = done.min(bytes.len() - done);
        bytes.copy_within(..more, done);
        done += more;
    }
}

/// An index that counts from the end if it is negative; `otherwise` if there is none.
fn relative(
    value: &JsValue,
    otherwise: usize,
    length: usize,
    context: &mut Context,
) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(otherwise);
    }
    Ok(match to_integer(value, context)? {
        IntegerOrInfinity::Integer(index) => {
            let distance = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
            if index < 0 { length.saturating_sub(distance) } else { distance.min(length) }
        }
        IntegerOrInfinity::PositiveInfinity => length,
        IntegerOrInfinity::NegativeInfinity => 0,
    })
}
