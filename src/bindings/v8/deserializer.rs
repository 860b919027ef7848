//! `v8.Deserializer` and `v8.DefaultDeserializer`.

use std::{cell::Cell, collections::HashMap, rc::Rc};

use boa_engine::{Context, JsData, JsError, JsNativeError, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{invalid_argument, new_target, own_words};
use crate::{
    bindings::{
        buffer::{self, View, is_any_array_buffer},
        value_format::{DecodeError, DecodeHost, decode, host_view},
    },
    engine::{
        classes::{self, Class, ClassSpec},
        natives::{Method, arg, define_value},
    },
    ipc::value::{
        FormatError,
        decode::{Hosted, Objects},
        reader::Reader,
    },
};

/// What an object of the class holds.
#[derive(Trace, Finalize, JsData)]
struct Deserializer {
    #[unsafe_ignore_trace]
    bytes: Rc<[u8]>,
    #[unsafe_ignore_trace]
    position: Cell<usize>,
    #[unsafe_ignore_trace]
    version: Cell<u32>,
    objects: GcRefCell<Vec<Option<JsValue>>>,
    buffers: GcRefCell<HashMap<u32, JsObject>>,
}

const METHODS: &[Method] = &[
    ("readHeader", 0, read_header),
    ("readValue", 0, read_value),
    ("getWireFormatVersion", 0, version),
    ("transferArrayBuffer", 0, transfer_array_buffer),
    ("readUint32", 0, read_uint32),
    ("readUint64", 0, read_uint64),
    ("readDouble", 0, read_double),
    ("_readRawBytes", 0, skip_raw_bytes),
    ("readRawBytes", 1, read_raw_bytes),
];

const PLAIN: ClassSpec = ClassSpec {
    methods: METHODS,
    enumerable: true,
    ..ClassSpec::new("Deserializer", 0, |this, args, context| {
        construct(this, "Deserializer", args, context)
    })
};

const DEFAULT: ClassSpec = ClassSpec {
    methods: &[("_readHostObject", 0, read_host_object)],
    ..ClassSpec::new("DefaultDeserializer", 0, |this, args, context| {
        construct(this, "DefaultDeserializer", args, context)
    })
};

/// The two classes.
pub(super) fn classes(context: &mut Context) -> (Class, Class) {
    let plain = classes::class(&PLAIN, None, context);
    let default = classes::class(&DEFAULT, Some(&plain), context);
    (plain, default)
}

fn construct(
    this: &JsValue,
    name: &str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = new_target(this, name, context)?;
    let prototype = classes::prototype_from(&target, context)?;
    let Some(view) = View::of_view(&arg(args, 0), context) else {
        return Err(invalid_argument("buffer must be a TypedArray or a DataView", context));
    };
    let data = Deserializer {
        bytes: view.to_vec().into(),
        position: Cell::new(0),
        version: Cell::new(0),
        objects: GcRefCell::default(),
        buffers: GcRefCell::default(),
    };
    let object = JsObject::from_proto_and_data(prototype, data);
    define_value(&object, js_string!("buffer"), arg(args, 0), true);
    Ok(object.into())
}

fn with<T>(this: &JsValue, work: impl FnOnce(&Deserializer) -> T) -> JsResult<T> {
    super::with(this, work)
}

/// Lets `work` read on from where the object stands.
fn reading<T>(this: &JsValue, work: impl FnOnce(&mut Reader<'_>) -> JsResult<T>) -> JsResult<T> {
    let (bytes, at, version) =
        with(this, |data| (data.bytes.clone(), data.position.get(), data.version.get()))?;
    let mut reader = Reader::resumed(&bytes, at, version);
    let answer = work(&mut reader);
    with(this, |data| {
        data.position.set(reader.position());
        data.version.set(reader.version());
    })?;
    answer
}

fn failed(what: &'static str) -> JsError {
    JsNativeError::error().with_message(format!("{what}() failed")).into()
}

fn read_header(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    reading(this, |reader| Ok(reader.header().map_err(DecodeError::from)?))?;
    Ok(true.into())
}

/// `deserializer.readValue()`.
fn read_value(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(context)?;
    let (bytes, at, version) =
        with(this, |data| (data.bytes.clone(), data.position.get(), data.version.get()))?;
    let mut objects = Objects(with(this, |data| std::mem::take(&mut *data.objects.borrow_mut()))?);
    let mut reader = Reader::resumed(&bytes, at, version);
    let answer = decode(&mut reader, &mut objects, &mut Words { object }, context);
    with(this, |data| {
        data.position.set(reader.position());
        *data.objects.borrow_mut() = objects.0;
    })?;
    answer
}

fn version(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    with(this, |data| data.version.get().into())
}

/// `deserializer.transferArrayBuffer(id, arrayBuffer)`.
fn transfer_array_buffer(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let number = arg(args, 0).to_u32(context)?;
    let given = arg(args, 1);
    let Some(buffer) = given.as_object().filter(|_| is_any_array_buffer(&given)) else {
        let message = "arrayBuffer must be an ArrayBuffer or SharedArrayBuffer";
        return Err(invalid_argument(message, context));
    };
    with(this, |data| data.buffers.borrow_mut().insert(number, buffer))?;
    Ok(JsValue::undefined())
}

fn read_uint32(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let value = reading(this, |reader| reader.varint().map_err(|_| failed("ReadUint32")))?;
    Ok(value.into())
}

/// `deserializer.readUint64()`: the high and the low half.
fn read_uint64(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = reading(this, |reader| reader.varint64().map_err(|_| failed("ReadUint64")))?;
    let halves = [(value >> 32) as u32, value as u32].map(JsValue::from);
    Ok(boa_engine::object::builtins::JsArray::from_iter(halves, context).into())
}

fn read_double(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let value = reading(this, |reader| reader.double().map_err(|_| failed("ReadDouble")))?;
    Ok(value.into())
}

/// Skips bytes; where they begin in the buffer, and how many there are.
fn skipped(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<(usize, usize)> {
    let length = arg(args, 0).to_length(context)? as usize;
    let start = reading(this, |reader| {
        let start = reader.position();
        reader.raw(length).map(|_| start).map_err(|_| failed("ReadRawBytes"))
    })?;
    Ok((start, length))
}

fn skip_raw_bytes(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(skipped(this, args, context)?.0.into())
}

/// `deserializer.readRawBytes(length)`: a `Buffer` over the same memory.
fn read_raw_bytes(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (start, length) = skipped(this, args, context)?;
    let buffer = this.to_object(context)?.get(js_string!("buffer"), context)?;
    let Some(view) = View::of_view(&buffer, context) else {
        return Err(invalid_argument("buffer must be a TypedArray or a DataView", context));
    };
    Ok(buffer::over(&view.part(start, start + length), context)?.into())
}

/// `defaultDeserializer._readHostObject()`.
fn read_host_object(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = reading(this, |reader| Ok(host_view(reader, context)?))?;
    Ok(view.into())
}

/// What a program's own methods of the object say.
struct Words {
    object: JsObject,
}

impl DecodeHost for Words {
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        objects: &mut Objects<JsValue>,
        context: &mut Context,
    ) -> Result<Hosted<JsValue>, DecodeError> {
        let Some(method) = own_words(&self.object, "_readHostObject", context)? else {
            return Err(FormatError::Invalid.into());
        };
        let this = JsValue::from(self.object.clone());
        with(&this, |data| {
            data.position.set(reader.position());
            std::mem::swap(&mut *data.objects.borrow_mut(), &mut objects.0);
        })?;
        let answer = method.call(&this, &[], context);
        with(&this, |data| {
            reader.seek(data.position.get());
            std::mem::swap(&mut *data.objects.borrow_mut(), &mut objects.0);
        })?;
        let answer = answer?;
        if !answer.is_object() {
            let message = "readHostObject must return an object";
            return Err(JsError::from(JsNativeError::typ().with_message(message)).into());
        }
        Ok(Hosted::Value(answer))
    }

    fn buffer(&mut self, number: u32, _: &mut Context) -> JsResult<Option<JsObject>> {
        with(&self.object.clone().into(), |data| data.buffers.borrow().get(&number).cloned())
    }
}
