//! The bytes of a typed array, as long as no JavaScript runs.

use boa_engine::{
    Context, JsValue,
    builtins::typed_array::{TypedArray, TypedArrayKind},
    object::builtins::{JsArrayBuffer, JsTypedArray},
};

/// A typed array over memory of its own, with its bounds as they are now.
pub(super) struct View {
    buffer: JsArrayBuffer,
    pub(super) kind: TypedArrayKind,
    offset: usize,
    /// How many elements there are; at least one.
    pub(super) length: usize,
}

impl View {
    /// The view of a value; `None` if it is no typed array, has no elements, is out of bounds or
    /// detached, or over shared memory: all that is for the engine.
    pub(super) fn of(value: &JsValue, context: &mut Context) -> Option<Self> {
        let object = value.as_object().filter(|object| object.is::<TypedArray>())?;
        let array = JsTypedArray::from_object(object.clone()).ok()?;
        let buffer = array.buffer(context).ok()?.as_object()?;
        let buffer = JsArrayBuffer::from_object(buffer).ok()?;
        let bytes = buffer.data().map_or(0, |data| data.len());
        let array = object.downcast_ref::<TypedArray>()?;
        let kind = array.kind();
        let length = array.byte_length(bytes) as usize / element_size(kind);
        let offset = array.byte_offset() as usize;
        (length > 0).then_some(Self { buffer, kind, offset, length })
    }

    /// Lets `work` use the bytes of the elements from `from` to `to`, which exist.
    pub(super) fn bytes<T>(
        &self,
        from: usize,
        to: usize,
        work: impl FnOnce(&mut [u8]) -> T,
    ) -> Option<T> {
        let size = element_size(self.kind);
        let mut data = self.buffer.data_mut()?;
        data.get_mut(self.offset + from * size..self.offset + to * size).map(work)
    }
}

/// The bytes of one element.
pub(super) const fn element_size(kind: TypedArrayKind) -> usize {
    use TypedArrayKind as Kind;
    match kind {
        Kind::Int8 | Kind::Uint8 | Kind::Uint8Clamped => 1,
        Kind::Int32 | Kind::Uint32 | Kind::Float32 => 4,
        Kind::BigInt64 | Kind::BigUint64 | Kind::Float64 => 8,
        Kind::Int16 | Kind::Uint16 | Kind::Float16 => 2,
    }
}

/// Whether the elements are bigints.
pub(super) const fn is_big(kind: TypedArrayKind) -> bool {
    matches!(kind, TypedArrayKind::BigInt64 | TypedArrayKind::BigUint64)
}
