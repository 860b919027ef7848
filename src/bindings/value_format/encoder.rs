//! From values to bytes: depth first, without recursion, so that no nesting is too deep.

use std::{collections::HashMap, rc::Rc, vec};

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, JsVariant,
    builtins::object::OrdinaryObject,
    js_string,
    object::builtins::{JsMap, JsSet},
    property::PropertyKey,
    string::JsStrVariant,
};
use boa_gc::{Finalize, Trace};
use encoding_rs::mem;

use super::{leaves, numbers::Numbers, objects::Caches};
use crate::{
    bindings::{
        buffer::{self, View},
        structured_clone::{Kind, kind_of, refusal},
    },
    engine::{intrinsics::json::ShapeNames, reflect},
    ipc::value::{ViewClass, tag, writer::Writer},
};

/// What the format leaves to whoever uses it.
pub(crate) trait EncodeHost {
    /// Whether views of memory are the host's to write.
    fn hosts_views(&self) -> bool {
        true
    }

    /// Writes a view, after the tag of a host's object.
    fn view(
        &mut self,
        view: &JsObject,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<()>;

    /// Writes an object of the host's own, with its tag; false if it is none.
    fn object(
        &mut self,
        _object: &JsObject,
        _encoder: &mut Encoder,
        _context: &mut Context,
    ) -> JsResult<bool> {
        Ok(false)
    }

    /// Writes an object of a class that the format does not know, with its tag; false if the format
    /// is to write what it can of it.
    fn foreign(
        &mut self,
        _object: &JsObject,
        _kind: &Kind,
        _encoder: &mut Encoder,
        _context: &mut Context,
    ) -> JsResult<bool> {
        Ok(false)
    }

    /// The number under which a shared array buffer is sent; `None` if it cannot be.
    fn shared_number(
        &mut self,
        _buffer: &JsObject,
        _encoder: &mut Encoder,
        _context: &mut Context,
    ) -> JsResult<Option<u32>> {
        Ok(None)
    }

    /// The error for a value that cannot be cloned.
    fn refused(&mut self, message: &str, _context: &mut Context) -> JsError {
        plain_error(message)
    }
}

/// The error of everything that cannot be cloned: not the `DOMException` that it is elsewhere.
pub(crate) fn plain_error(message: &str) -> JsError {
    JsNativeError::error().with_message(message.to_owned()).into()
}

/// The state of a serialization: what is written, and which objects are in it.
#[derive(Default, Trace, Finalize)]
pub(crate) struct Encoder {
    #[unsafe_ignore_trace]
    pub(crate) writer: Writer,
    numbers: Numbers,
    /// How many objects have begun.
    #[unsafe_ignore_trace]
    begun: u32,
    /// Array buffers that travel apart, and under which number.
    pub(crate) transferred: HashMap<JsObject, u32>,
}

impl Encoder {
    /// A serialization that goes on at the end of these bytes.
    pub(crate) fn after(bytes: Vec<u8>) -> Self {
        let mut encoder = Self::default();
        encoder.writer = Writer::after(bytes);
        encoder
    }

    /// Writes a value with all that it refers to.
    pub(crate) fn write(
        &mut self,
        value: &JsValue,
        host: &mut dyn EncodeHost,
        context: &mut Context,
    ) -> JsResult<()> {
        let caches = Caches::of(context);
        let mut walk = Walk { encoder: self, host, caches: &caches, frames: Vec::new() };
        walk.value(value, context)?;
        while let Some(frame) = walk.frames.pop() {
            walk.step(frame, context)?;
        }
        Ok(())
    }

    /// Takes what is written; the serialization may go on, in new bytes.
    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.writer).into_bytes()
    }

    /// Writes a string.
    pub(crate) fn text(&mut self, text: &JsString) {
        match text.variant() {
            JsStrVariant::Latin1(units) => self.writer.latin1(units),
            // The engine keeps some narrow strings wide.
            JsStrVariant::Utf16(units) if mem::is_utf16_latin1(units) => {
                let narrow: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
                self.writer.latin1(&narrow);
            }
            JsStrVariant::Utf16(units) => self.writer.utf16(units.iter().copied()),
        }
    }

    /// Counts an object that begins here.
    fn number(&mut self, object: &JsObject) {
        self.numbers.insert(object.clone(), self.begun);
        self.begun += 1;
    }
}

/// Writes a view as Node's host object: class, length, bytes.
pub(crate) fn write_host_view(
    view: &JsObject,
    encoder: &mut Encoder,
    context: &mut Context,
) -> JsResult<()> {
    let mut class = leaves::view_class(view);
    if class == ViewClass::Uint8 {
        let constructor = view.get(js_string!("constructor"), context)?;
        if constructor.as_object().is_some_and(|class| buffer::is_constructor(&class, context)) {
            class = ViewClass::Buffer;
        }
    }
    encoder.writer.varint(class.number().into());
    let Some(view) = View::of_view(&view.clone().into(), context) else {
        encoder.writer.varint(0);
        return Ok(());
    };
    view.read(|bytes| {
        encoder.writer.varint(bytes.len() as u64);
        encoder.writer.raw(bytes);
    });
    Ok(())
}

/// An object whose contents are written from some point on.
pub(super) enum Frame {
    /// An ordinary object, its names from the shape it had when it began.
    Shape { object: JsObject, names: Rc<ShapeNames>, next: usize, count: u32 },
    /// The properties of these keys; the ending tells whose.
    Properties { object: JsObject, keys: vec::IntoIter<PropertyKey>, count: u32, end: Ending },
    /// The elements of an array; `doubles` if all are written as such.
    Dense { array: JsObject, length: u32, next: u32, doubles: bool },
    /// The values of a map or set, one after the other.
    Values { values: vec::IntoIter<JsValue>, count: u32, end: u8 },
    /// An error whose cause was written.
    ErrorEnd,
}

/// The end of a list of properties.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    Object,
    Dense(u32),
    Sparse(u32),
}

pub(super) struct Walk<'w> {
    pub(super) encoder: &'w mut Encoder,
    host: &'w mut dyn EncodeHost,
    caches: &'w Caches,
    /// The innermost last.
    pub(super) frames: Vec<Frame>,
}

impl Walk<'_> {
    /// Writes a value; what is inside of it waits in a frame.
    pub(super) fn value(&mut self, value: &JsValue, context: &mut Context) -> JsResult<()> {
        if self.primitive(value) {
            return Ok(());
        }
        match value.as_object() {
            Some(object) => self.object(&object, context),
            None => Err(self.refuse(value, context)),
        }
    }

    /// Writes a primitive; false if the value is none, or a symbol.
    pub(super) fn primitive(&mut self, value: &JsValue) -> bool {
        let writer = &mut self.encoder.writer;
        match value.variant() {
            JsVariant::Undefined => writer.tag(tag::UNDEFINED),
            JsVariant::Null => writer.tag(tag::NULL),
            JsVariant::Boolean(value) => writer.boolean(value),
            JsVariant::Integer32(value) => writer.int32(value),
            JsVariant::Float64(value) => writer.number(value),
            JsVariant::String(text) => self.encoder.text(&text),
            JsVariant::BigInt(value) => leaves::big_int(tag::BIG_INT, &value, writer),
            JsVariant::Symbol(_) | JsVariant::Object(_) => return false,
        }
        true
    }

    fn refuse(&mut self, value: &JsValue, context: &mut Context) -> JsError {
        let message = refusal(value, context);
        self.host.refused(&message, context)
    }

    fn object(&mut self, object: &JsObject, context: &mut Context) -> JsResult<()> {
        if let Some(number) = self.encoder.numbers.get(object) {
            self.encoder.writer.reference(*number);
            return Ok(());
        }
        if self.host.object(object, self.encoder, context)? {
            self.encoder.number(object);
            return Ok(());
        }
        if object.is::<OrdinaryObject>() && !JsObject::equals(object, &context.global_object()) {
            self.encoder.number(object);
            return self.plain(object, context);
        }
        let Some(kind) = kind_of(object, context) else {
            return Err(self.refuse(&object.clone().into(), context));
        };
        if matches!(kind, Kind::TypedArray(_) | Kind::DataView) {
            return self.view(object, context);
        }
        self.encoder.number(object);
        self.begin(object, &kind, context)
    }

    /// Writes an object of this kind as far as no other value is in it.
    fn begin(&mut self, object: &JsObject, kind: &Kind, context: &mut Context) -> JsResult<()> {
        if matches!(kind, Kind::Blob(_) | Kind::DomException(_))
            && self.host.foreign(object, kind, self.encoder, context)?
        {
            return Ok(());
        }
        match kind {
            Kind::Boxed(primitive) => leaves::boxed(primitive, self.encoder),
            Kind::Date => leaves::date(object, self.encoder, context)?,
            Kind::RegExp => leaves::reg_exp(object, self.encoder, context)?,
            Kind::ArrayBuffer => self.array_buffer(object, context)?,
            Kind::SharedArrayBuffer => self.shared(object, context)?,
            Kind::Map => self.map(object)?,
            Kind::Set => self.set(object)?,
            Kind::Error | Kind::DomException(_) => self.error(object, context)?,
            Kind::Array => self.array(object, context)?,
            Kind::Plain | Kind::Blob(_) | Kind::TypedArray(_) | Kind::DataView => {
                self.plain(object, context)?;
            }
        }
        Ok(())
    }

    fn plain(&mut self, object: &JsObject, context: &mut Context) -> JsResult<()> {
        self.encoder.writer.tag(tag::OBJECT);
        if object.is::<OrdinaryObject>() {
            let inner = object.borrow();
            let has_indices = inner.properties().index_property_keys().len() > 0;
            let prototype = context.intrinsics().constructors().object().prototype();
            let mut shapes = self.caches.shapes.borrow_mut();
            if !has_indices && let Some(names) = shapes.names(&inner, &prototype) {
                let object = object.clone();
                self.frames.push(Frame::Shape { object, names, next: 0, count: 0 });
                return Ok(());
            }
        }
        let keys = named(reflect::own_keys(object, context)?);
        let keys = reflect::only_enumerable(object, keys, context)?.into_iter();
        let object = object.clone();
        self.frames.push(Frame::Properties { object, keys, count: 0, end: Ending::Object });
        Ok(())
    }

    fn array(&mut self, array: &JsObject, context: &mut Context) -> JsResult<()> {
        let length = array.get(js_string!("length"), context)?.to_length(context)? as u32;
        let stored = array.borrow().properties().index_property_keys().len();
        let writer = &mut self.encoder.writer;
        if stored == length as usize {
            writer.tag(tag::DENSE);
            writer.varint(length.into());
            let doubles = leaves::are_doubles(array);
            self.frames.push(Frame::Dense { array: array.clone(), length, next: 0, doubles });
            return Ok(());
        }
        writer.tag(tag::SPARSE);
        writer.varint(length.into());
        let keys = named(reflect::own_keys(array, context)?);
        let keys = reflect::only_enumerable(array, keys, context)?.into_iter();
        let end = Ending::Sparse(length);
        self.frames.push(Frame::Properties { object: array.clone(), keys, count: 0, end });
        Ok(())
    }

    fn map(&mut self, map: &JsObject) -> JsResult<()> {
        let mut values = Vec::new();
        JsMap::from_object(map.clone())?.for_each_native(|key, value| {
            values.extend([key, value]);
            Ok(())
        })?;
        self.values(tag::MAP, tag::MAP_END, values);
        Ok(())
    }

    fn set(&mut self, set: &JsObject) -> JsResult<()> {
        let mut values = Vec::new();
        if let Ok(set) = JsSet::from_object(set.clone()) {
            set.for_each_native(|value| {
                values.push(value);
                Ok(())
            })?;
        }
        self.values(tag::SET, tag::SET_END, values);
        Ok(())
    }

    fn values(&mut self, begin: u8, end: u8, values: Vec<JsValue>) {
        self.encoder.writer.tag(begin);
        let count = values.len() as u32;
        self.frames.push(Frame::Values { values: values.into_iter(), count, end });
    }

    fn error(&mut self, error: &JsObject, context: &mut Context) -> JsResult<()> {
        leaves::error(error, self.encoder, context)?;
        let cause = reflect::own_property(error, &js_string!("cause").into(), context)?;
        let Some(cause) = cause else {
            self.encoder.writer.tag(tag::ERROR_END);
            return Ok(());
        };
        let cause = match cause.value() {
            Some(value) => value.clone(),
            None => JsValue::undefined(),
        };
        self.encoder.writer.tag(tag::ERROR_CAUSE);
        self.frames.push(Frame::ErrorEnd);
        self.value(&cause, context)
    }

    fn array_buffer(&mut self, buffer: &JsObject, context: &mut Context) -> JsResult<()> {
        if let Some(number) = self.encoder.transferred.get(buffer) {
            self.encoder.writer.tag(tag::TRANSFERRED);
            self.encoder.writer.varint((*number).into());
            return Ok(());
        }
        if leaves::array_buffer(buffer, self.encoder, context)? {
            return Ok(());
        }
        let message = "An ArrayBuffer is detached and could not be cloned.";
        Err(self.host.refused(message, context))
    }

    fn shared(&mut self, buffer: &JsObject, context: &mut Context) -> JsResult<()> {
        let Some(number) = self.host.shared_number(buffer, self.encoder, context)? else {
            return Err(self.refuse(&buffer.clone().into(), context));
        };
        self.encoder.writer.tag(tag::SHARED);
        self.encoder.writer.varint(number.into());
        Ok(())
    }

    /// Writes a view: the host does it, or it follows its array buffer.
    fn view(&mut self, view: &JsObject, context: &mut Context) -> JsResult<()> {
        if self.host.hosts_views() {
            self.encoder.number(view);
            self.encoder.writer.tag(tag::HOST);
            return self.host.view(view, self.encoder, context);
        }
        let range = View::of_view(&view.clone().into(), context);
        let Some(range) = range.filter(|range| !range.is_detached()) else {
            let message = "An ArrayBuffer is detached and could not be cloned.";
            return Err(self.host.refused(message, context));
        };
        self.object(&range.array_buffer(), context)?;
        self.encoder.number(view);
        let flags = leaves::view_flags(view, &range, context)?;
        let class = leaves::view_class(view);
        self.encoder.writer.view(class, range.offset(), range.len(), flags);
        Ok(())
    }
}

/// Those that are no symbols.
pub(super) fn named(mut keys: Vec<PropertyKey>) -> Vec<PropertyKey> {
    keys.retain(|key| !matches!(key, PropertyKey::Symbol(_)));
    keys
}
