//! The bytes behind typed arrays, `DataView`s and array buffers.
//!
//! A [`View`] is a range of a buffer as it was when the view was made. JavaScript that runs later
//! may detach or shrink the buffer: then the slice that a closure gets is shorter or empty, never
//! out of bounds.

use crate::engine::external;
use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        dataview::DataView,
        typed_array::TypedArray,
    },
    object::builtins::{
        AlignedVec, JsArrayBuffer, JsDataView, JsSharedArrayBuffer, JsTypedArray, JsUint8Array,
    },
};

pub(crate) use boa_engine::builtins::typed_array::TypedArrayKind;

/// Where the bytes are.
#[derive(Clone)]
enum Backing {
    Plain(JsObject<ArrayBuffer>),
    Shared(JsObject<SharedArrayBuffer>),
}

impl Backing {
    fn of(object: JsObject) -> Option<Self> {
        match object.downcast::<ArrayBuffer>() {
            Ok(buffer) => Some(Self::Plain(buffer)),
            Err(object) => object.downcast::<SharedArrayBuffer>().ok().map(Self::Shared),
        }
    }

    /// The length in bytes; zero once detached.
    fn len(&self) -> usize {
        match self {
            Self::Plain(buffer) => buffer.borrow().data().data().map_or(0, <[u8]>::len),
            Self::Shared(buffer) => JsSharedArrayBuffer::from(buffer.clone()).byte_length(),
        }
    }
}

/// A range of bytes in an array buffer.
#[derive(Clone)]
pub(crate) struct View {
    backing: Backing,
    offset: usize,
    length: usize,
}

impl View {
    /// The bytes of a typed array or `DataView`; `None` for anything else.
    pub(crate) fn of_view(value: &JsValue, context: &mut Context) -> Option<Self> {
        let object = value.as_object()?;
        if object.is::<TypedArray>() {
            return Self::of_typed_array(object, context);
        }
        object.is::<DataView>().then(|| Self::of_data_view(object, context)).flatten()
    }

    /// The bytes of a `Uint8Array`, so of any `Buffer`; `None` for anything else.
    pub(crate) fn of_uint8_array(value: &JsValue, context: &mut Context) -> Option<Self> {
        let object = value.as_object()?;
        if kind_of(&object) != Some(TypedArrayKind::Uint8) {
            return None;
        }
        Self::of_typed_array(object, context)
    }

    /// The bytes of an `ArrayBuffer` or `SharedArrayBuffer`; `None` for anything else.
    pub(crate) fn of_array_buffer(value: &JsValue) -> Option<Self> {
        let backing = Backing::of(value.as_object()?)?;
        let length = backing.len();
        Some(Self { backing, offset: 0, length })
    }

    fn of_typed_array(object: JsObject, context: &mut Context) -> Option<Self> {
        let array = JsTypedArray::from_object(object.clone()).ok()?;
        let backing = Backing::of(array.buffer(context).ok()?.as_object()?)?;
        let inner = object.downcast_ref::<TypedArray>()?;
        let length = inner.byte_length(backing.len()) as usize;
        let offset = inner.byte_offset() as usize;
        Some(Self { backing, offset, length })
    }

    fn of_data_view(object: JsObject, context: &mut Context) -> Option<Self> {
        let view = JsDataView::from_object(object).ok()?;
        let backing = Backing::of(view.buffer(context).ok()?.as_object()?)?;
        // These throw where the buffer is detached or too short by now: nothing is in view then.
        let length = view.byte_length(context).unwrap_or(0) as usize;
        let offset = view.byte_offset(context).unwrap_or(0) as usize;
        Some(Self { backing, offset, length })
    }

    /// The number of bytes when the view was made.
    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    /// Where the bytes begin in their array buffer.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// The array buffer.
    pub(crate) fn array_buffer(&self) -> JsObject {
        match &self.backing {
            Backing::Plain(buffer) => buffer.clone().upcast(),
            Backing::Shared(buffer) => buffer.clone().upcast(),
        }
    }

    /// True when the array buffer was detached.
    pub(crate) fn is_detached(&self) -> bool {
        match &self.backing {
            Backing::Plain(buffer) => buffer.borrow().data().data().is_none(),
            Backing::Shared(_) => false,
        }
    }

    /// The part between two positions of this view; both are clamped to it.
    pub(crate) fn part(&self, start: usize, end: usize) -> Self {
        let end = end.min(self.length);
        let start = start.min(end);
        Self { backing: self.backing.clone(), offset: self.offset + start, length: end - start }
    }

    fn within<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let end = (self.offset + self.length).min(bytes.len());
        bytes.get(self.offset..end).unwrap_or_default()
    }

    /// Lets `work` read the bytes. It must not run JavaScript.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&[u8]) -> T) -> T {
        match &self.backing {
            Backing::Plain(buffer) => {
                let buffer = buffer.borrow();
                work(self.within(buffer.data().data().unwrap_or_default()))
            }
            Backing::Shared(buffer) => {
                let copy = JsSharedArrayBuffer::from(buffer.clone()).to_vec();
                work(self.within(&copy))
            }
        }
    }

    /// Lets `work` change the bytes. It must not run JavaScript.
    ///
    /// # Errors
    /// Only for shared memory, where the engine has to make a temporary array.
    pub(crate) fn write<T>(
        &self,
        context: &mut Context,
        work: impl FnOnce(&mut [u8]) -> T,
    ) -> JsResult<T> {
        match &self.backing {
            Backing::Plain(buffer) => {
                let buffer = JsArrayBuffer::from(buffer.clone());
                let mut bytes = buffer.data_mut();
                let bytes = bytes.as_deref_mut().unwrap_or_default();
                let end = (self.offset + self.length).min(bytes.len());
                Ok(work(bytes.get_mut(self.offset..end).unwrap_or_default()))
            }
            Backing::Shared(buffer) => self.write_shared(buffer, context, work),
        }
    }

    /// The engine gives no access to shared memory: work on a copy, then store what changed, and
    /// nothing else, so that other threads' writes beside it survive.
    fn write_shared<T>(
        &self,
        buffer: &JsObject<SharedArrayBuffer>,
        context: &mut Context,
        work: impl FnOnce(&mut [u8]) -> T,
    ) -> JsResult<T> {
        let shared = JsSharedArrayBuffer::from(buffer.clone());
        let before = self.within(&shared.to_vec()).to_vec();
        let mut after = before.clone();
        let result = work(&mut after);
        let changed = |(a, b): (&u8, &u8)| a != b;
        let Some(first) = before.iter().zip(&after).position(changed) else { return Ok(result) };
        let last = before.iter().zip(&after).rposition(changed).unwrap_or(first);
        let source = JsUint8Array::from_iter(after[first..=last].iter().copied(), context)?;
        let target = JsUint8Array::from_shared_array_buffer(shared, context)?;
        let position = JsValue::from(self.offset + first);
        target.set_values(source.into(), position.as_number().map(|n| n as u64), context)?;
        Ok(result)
    }

    /// A copy of the bytes.
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.read(<[u8]>::to_vec)
    }

    /// True when both views are ranges of the same array buffer.
    fn shares_buffer_with(&self, other: &Self) -> bool {
        JsObject::equals(&self.array_buffer(), &other.array_buffer())
    }

    /// Copies as many bytes as both views hold; overlapping is fine. Returns their number.
    pub(crate) fn copy_to(&self, target: &Self, context: &mut Context) -> JsResult<usize> {
        if !self.shares_buffer_with(target) {
            if let (Backing::Plain(_), Backing::Plain(_)) = (&self.backing, &target.backing) {
                return self
                    .read(|source| target.write(context, |slots| copy_prefix(source, slots)));
            }
        } else if let Backing::Plain(buffer) = &self.backing {
            let buffer = JsArrayBuffer::from(buffer.clone());
            let mut bytes = buffer.data_mut();
            return Ok(self.move_within(target, bytes.as_deref_mut().unwrap_or_default()));
        }
        let source = self.to_vec();
        target.write(context, |slots| copy_prefix(&source, slots))
    }

    fn move_within(&self, target: &Self, bytes: &mut [u8]) -> usize {
        let available = |view: &Self| view.within(bytes).len();
        let count = available(self).min(available(target));
        if count > 0 {
            bytes.copy_within(self.offset..self.offset + count, target.offset);
        }
        count
    }
}

fn copy_prefix(source: &[u8], slots: &mut [u8]) -> usize {
    let count = source.len().min(slots.len());
    slots[..count].copy_from_slice(&source[..count]);
    count
}

/// Which kind of typed array this is, if it is one.
pub(crate) fn kind_of(object: &JsObject) -> Option<TypedArrayKind> {
    object.downcast_ref::<TypedArray>().map(|array| array.kind())
}

/// The size of an element, in bytes.
pub(crate) const fn element_size(kind: TypedArrayKind) -> usize {
    use TypedArrayKind as Kind;
    match kind {
        Kind::Int8 | Kind::Uint8 | Kind::Uint8Clamped => 1,
        Kind::Int16 | Kind::Uint16 | Kind::Float16 => 2,
        Kind::Int32 | Kind::Uint32 | Kind::Float32 => 4,
        Kind::BigInt64 | Kind::BigUint64 | Kind::Float64 => 8,
    }
}

/// True for an `ArrayBuffer` or a `SharedArrayBuffer`.
pub(crate) fn is_any_array_buffer(value: &JsValue) -> bool {
    value
        .as_object()
        .is_some_and(|object| object.is::<ArrayBuffer>() || object.is::<SharedArrayBuffer>())
}

/// A block of zeros for an array buffer; `None` where the memory cannot be had.
pub(crate) fn zeroed_block(length: usize, context: &mut Context) -> Option<AlignedVec<u8>> {
    // `AlignedVec::resize` writes byte by byte; appending slices copies memory.
    static ZEROS: [u8; 16 * 1024] = [0; 16 * 1024];
    let mut block = empty_block(length, context)?;
    while block.len() < length {
        let count = (length - block.len()).min(ZEROS.len());
        block.extend_from_slice(&ZEROS[..count]);
    }
    Some(block)
}

/// A block that holds a copy of these bytes; `None` where the memory cannot be had.
pub(crate) fn block_of(bytes: &[u8], context: &mut Context) -> Option<AlignedVec<u8>> {
    let mut block = empty_block(bytes.len(), context)?;
    block.extend_from_slice(bytes);
    Some(block)
}

fn empty_block(capacity: usize, context: &mut Context) -> Option<AlignedVec<u8>> {
    let hooks = context.host_hooks();
    if capacity as u64 > hooks.max_buffer_size(context) {
        return None;
    }
    external::taken(capacity);
    let mut block = AlignedVec::<u8>::new(0);
    block.try_reserve_exact(capacity).ok()?;
    Some(block)
}
