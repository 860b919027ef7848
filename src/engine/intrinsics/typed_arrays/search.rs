//! `indexOf`, `lastIndexOf` and `includes` of typed arrays of numbers.

use std::ops::Range;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::typed_array::TypedArrayKind,
    value::IntegerOrInfinity,
};
use bytemuck::Pod;

use super::{super::conversions::to_integer, relative, view::View};
use crate::engine::natives::arg;

/// `%TypedArray%.prototype.indexOf(searchElement, fromIndex)`.
pub(super) fn index_of(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(before) = View::of(this, context) else {
        return original.call(this, args, context);
    };
    let from = relative(&arg(args, 1), 0, before.length, context)?;
    let search = Search { this, sought: arg(args, 0), length: before.length };
    match search.run(from..before.length, Which::First, context) {
        Found::At(index) => Ok(index.into()),
        Found::Nowhere => Ok(JsValue::new(-1)),
        Found::Unknown => original.call(this, &[search.sought, from.into()], context),
    }
}

/// `%TypedArray%.prototype.lastIndexOf(searchElement, fromIndex)`.
pub(super) fn last_index_of(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(before) = View::of(this, context) else {
        return original.call(this, args, context);
    };
    let end = match args.get(1) {
        Some(latest) => end_after(&to_integer(latest, context)?, before.length),
        None => before.length,
    };
    let search = Search { this, sought: arg(args, 0), length: before.length };
    match search.run(0..end, Which::Last, context) {
        Found::At(index) => Ok(index.into()),
        Found::Nowhere => Ok(JsValue::new(-1)),
        // Not for an empty range: the subtraction cannot go below zero.
        Found::Unknown => original.call(this, &[search.sought, (end - 1).into()], context),
    }
}

/// `%TypedArray%.prototype.includes(searchElement, fromIndex)`.
pub(super) fn includes(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(before) = View::of(this, context) else {
        return original.call(this, args, context);
    };
    let from = relative(&arg(args, 1), 0, before.length, context)?;
    let search = Search { this, sought: arg(args, 0), length: before.length };
    let length = View::of(this, context).map_or(0, |view| view.length);
    if search.sought.is_undefined() && from.max(length) < before.length {
        // Elements that the conversion of `from` took away read as `undefined`.
        return Ok(JsValue::new(true));
    }
    match search.run(from..before.length, Which::Any, context) {
        Found::At(_) => Ok(JsValue::new(true)),
        Found::Nowhere => Ok(JsValue::new(false)),
        Found::Unknown => original.call(this, &[search.sought, from.into()], context),
    }
}

/// The index after the last one that is searched.
fn end_after(latest: &IntegerOrInfinity, length: usize) -> usize {
    match latest {
        IntegerOrInfinity::PositiveInfinity => length,
        IntegerOrInfinity::NegativeInfinity => 0,
        IntegerOrInfinity::Integer(latest) => {
            let end =
                if *latest < 0 { latest.saturating_add_unsigned(length as u64) } else { *latest };
            usize::try_from(end.saturating_add(1)).unwrap_or(0).min(length)
        }
    }
}

#[derive(Clone, Copy)]
enum Which {
    First,
    Last,
    /// Not a number counts as equal to itself, as `includes` has it.
    Any,
}

enum Found {
    At(usize),
    Nowhere,
    /// That is for the engine to say.
    Unknown,
}

impl From<Option<usize>> for Found {
    fn from(index: Option<usize>) -> Self {
        index.map_or(Self::Nowhere, Self::At)
    }
}

struct Search<'a> {
    this: &'a JsValue,
    sought: JsValue,
    /// How long the array was before arguments were converted.
    length: usize,
}

impl Search<'_> {
    fn run(&self, range: Range<usize>, which: Which, context: &mut Context) -> Found {
        if range.is_empty() {
            return Found::Nowhere;
        }
        let Some(view) = View::of(self.this, context) else { return Found::Unknown };
        if view.length != self.length {
            return Found::Unknown;
        }
        let search = match view.kind {
            TypedArrayKind::Int8 => position::<i8>,
            TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped => position::<u8>,
            TypedArrayKind::Int16 => position::<i16>,
            TypedArrayKind::Uint16 => position::<u16>,
            TypedArrayKind::Int32 => position::<i32>,
            TypedArrayKind::Uint32 => position::<u32>,
            TypedArrayKind::Float32 => position::<f32>,
            TypedArrayKind::Float64 => position::<f64>,
            TypedArrayKind::Float16 | TypedArrayKind::BigInt64 | TypedArrayKind::BigUint64 => {
                return Found::Unknown;
            }
        };
        let Some(sought) = self.sought.as_number() else { return Found::Nowhere };
        let start = range.start;
        match view.bytes(start, range.end, |bytes| search(bytes, sought, which)) {
            Some(Found::At(index)) => Found::At(start + index),
            Some(found) => found,
            None => Found::Unknown,
        }
    }
}

/// The place of an element equal to a number.
fn position<T: Pod + Into<f64>>(bytes: &mut [u8], sought: f64, which: Which) -> Found {
    let Ok(elements) = bytemuck::try_cast_slice::<u8, T>(bytes) else { return Found::Unknown };
    let equal = |&element: &T| element.into() == sought;
    match which {
        Which::Last => elements.iter().rposition(equal),
        Which::Any if sought.is_nan() => {
            elements.iter().position(|&element| element.into().is_nan())
        }
        Which::First | Which::Any => elements.iter().position(equal),
    }
    .into()
}
