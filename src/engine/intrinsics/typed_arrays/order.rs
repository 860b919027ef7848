//! `reverse` and `sort` of typed arrays.

use std::cmp::Ordering;

use boa_engine::{Context, JsObject, JsResult, JsValue, builtins::typed_array::TypedArrayKind};
use bytemuck::Pod;

use super::view::{View, element_size};
use crate::engine::natives::arg;

/// `%TypedArray%.prototype.reverse()`.
pub(super) fn reverse(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let done = View::of(this, context).and_then(|view| {
        let reverse = match element_size(view.kind) {
            1 => reverse_of::<u8>,
            2 => reverse_of::<u16>,
            4 => reverse_of::<u32>,
            _ => reverse_of::<u64>,
        };
        view.bytes(0, view.length, reverse)?
    });
    if done.is_some() { Ok(this.clone()) } else { original.call(this, args, context) }
}

fn reverse_of<T: Pod>(bytes: &mut [u8]) -> Option<()> {
    bytemuck::try_cast_slice_mut::<u8, T>(bytes).ok()?.reverse();
    Some(())
}

/// `%TypedArray%.prototype.sort(compare)`; with a function to compare, the engine's.
pub(super) fn sort(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let has_order = !arg(args, 0).is_undefined();
    let view = View::of(this, context).filter(|_| !has_order);
    let done = view.and_then(|view| {
        let sort = match view.kind {
            TypedArrayKind::Int8 => sort_by::<i8>,
            TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped => sort_by::<u8>,
            TypedArrayKind::Int16 => sort_by::<i16>,
            TypedArrayKind::Uint16 => sort_by::<u16>,
            TypedArrayKind::Int32 => sort_by::<i32>,
            TypedArrayKind::Uint32 => sort_by::<u32>,
            TypedArrayKind::BigInt64 => sort_by::<i64>,
            TypedArrayKind::BigUint64 => sort_by::<u64>,
            TypedArrayKind::Float32 => sort_by::<f32>,
            TypedArrayKind::Float64 => sort_by::<f64>,
            TypedArrayKind::Float16 => return None,
        };
        view.bytes(0, view.length, sort)?
    });
    if done.is_some() { Ok(this.clone()) } else { original.call(this, args, context) }
}

/// The order of elements: numbers by value, negative zero before zero, what is no number last.
trait Sortable: Pod {
    fn order(&self, other: &Self) -> Ordering;
}

macro_rules! sortable {
    ($($integer:ty),*) => {
        $(impl Sortable for $integer {
            fn order(&self, other: &Self) -> Ordering {
                self.cmp(other)
            }
        })*
    };
}

sortable!(i8, u8, i16, u16, i32, u32, i64, u64);

impl Sortable for f32 {
    fn order(&self, other: &Self) -> Ordering {
        self.is_nan().cmp(&other.is_nan()).then(self.total_cmp(other))
    }
}

impl Sortable for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.is_nan().cmp(&other.is_nan()).then(self.total_cmp(other))
    }
}

fn sort_by<T: Sortable>(bytes: &mut [u8]) -> Option<()> {
    bytemuck::try_cast_slice_mut::<u8, T>(bytes).ok()?.sort_unstable_by(T::order);
    Some(())
}
