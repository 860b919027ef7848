//! `v8.Serializer` and `v8.DefaultSerializer`.

use std::cell::Cell;

use boa_engine::{Context, JsData, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{invalid_argument, new_target, own_words};
use crate::{
    bindings::{
        buffer::{self, View},
        inspect::{self, Options},
        structured_clone::refusal,
        value_format::{EncodeHost, Encoder, plain_error, write_host_view},
    },
    engine::{
        classes::{self, Class, ClassSpec},
        kinds,
        natives::{Method, arg, define_value},
        stack,
    },
};

/// What an object of the class holds.
#[derive(Default, Trace, Finalize, JsData)]
struct Serializer {
    encoder: GcRefCell<Encoder>,
    #[unsafe_ignore_trace]
    hosts_views: Cell<bool>,
}

const METHODS: &[Method] = &[
    ("writeHeader", 0, write_header),
    ("writeValue", 0, write_value),
    ("releaseBuffer", 0, release_buffer),
    ("transferArrayBuffer", 0, transfer_array_buffer),
    ("writeUint32", 0, write_uint32),
    ("writeUint64", 0, write_uint64),
    ("writeDouble", 0, write_double),
    ("writeRawBytes", 0, write_raw_bytes),
    ("_setTreatArrayBufferViewsAsHostObjects", 0, set_hosts_views),
];

const PLAIN: ClassSpec = ClassSpec {
    methods: METHODS,
    enumerable: true,
    ..ClassSpec::new("Serializer", 0, |this, _, context| {
        construct(this, "Serializer", false, context)
    })
};

const DEFAULT: ClassSpec = ClassSpec {
    methods: &[("_writeHostObject", 1, write_host_object)],
    ..ClassSpec::new("DefaultSerializer", 0, |this, _, context| {
        construct(this, "DefaultSerializer", true, context)
    })
};

/// The two classes.
pub(super) fn classes(context: &mut Context) -> JsResult<(Class, Class)> {
    let plain = classes::class(&PLAIN, None, context);
    let error = stack::error_class(context);
    define_value(&plain.prototype, js_string!("_getDataCloneError"), error, true);
    let default = classes::class(&DEFAULT, Some(&plain), context);
    Ok((plain, default))
}

fn construct(
    this: &JsValue,
    name: &str,
    hosts_views: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = new_target(this, name, context)?;
    let prototype = classes::prototype_from(&target, context)?;
    let data = Serializer::default();
    data.hosts_views.set(hosts_views);
    let object = JsObject::from_proto_and_data(prototype, data);
    Ok(object.into())
}

fn with<T>(this: &JsValue, work: impl FnOnce(&Serializer) -> T) -> JsResult<T> {
    super::with(this, work)
}

fn write_header(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    with(this, |data| data.encoder.borrow_mut().writer.header())?;
    Ok(JsValue::undefined())
}

/// `serializer.writeValue(value)`. The bytes so far are out of the object while JavaScript may run.
fn write_value(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let hosts_views = with(this, |data| data.hosts_views.get())?;
    let object = this.to_object(context)?;
    let mut encoder = with(this, |data| std::mem::take(&mut *data.encoder.borrow_mut()))?;
    let outcome = encoder.write(&arg(args, 0), &mut Words { object, hosts_views }, context);
    with(this, |data| *data.encoder.borrow_mut() = encoder)?;
    outcome.map(|()| true.into())
}

fn release_buffer(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = with(this, |data| data.encoder.borrow_mut().take_bytes())?;
    Ok(buffer::from_slice(&bytes, context)?.into())
}

/// `serializer.transferArrayBuffer(id, arrayBuffer)`.
fn transfer_array_buffer(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let number = arg(args, 0).to_u32(context)?;
    let Some(buffer) = arg(args, 1).as_object().filter(kinds::is_array_buffer) else {
        return Err(invalid_argument("arrayBuffer must be an ArrayBuffer", context));
    };
    with(this, |data| data.encoder.borrow_mut().transferred.insert(buffer, number))?;
    Ok(JsValue::undefined())
}

fn write_uint32(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0).to_u32(context)?;
    with(this, |data| data.encoder.borrow_mut().writer.varint(value.into()))?;
    Ok(JsValue::undefined())
}

/// `serializer.writeUint64(hi, lo)`.
fn write_uint64(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (high, low) = (arg(args, 0).to_u32(context)?, arg(args, 1).to_u32(context)?);
    let value = u64::from(high) << 32 | u64::from(low);
    with(this, |data| data.encoder.borrow_mut().writer.varint(value))?;
    Ok(JsValue::undefined())
}

fn write_double(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0).to_number(context)?;
    with(this, |data| data.encoder.borrow_mut().writer.double(value))?;
    Ok(JsValue::undefined())
}

fn write_raw_bytes(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(view) = View::of_view(&arg(args, 0), context) else {
        return Err(invalid_argument("source must be a TypedArray or a DataView", context));
    };
    let bytes = view.to_vec();
    with(this, |data| data.encoder.borrow_mut().writer.raw(&bytes))?;
    Ok(JsValue::undefined())
}

fn set_hosts_views(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    with(this, |data| data.hosts_views.set(arg(args, 0).to_boolean()))?;
    Ok(JsValue::undefined())
}

/// `defaultSerializer._writeHostObject(view)`.
fn write_host_object(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let view = value
        .as_object()
        .filter(|object| kinds::is_typed_array(object) || kinds::is_data_view(object));
    let Some(view) = view else {
        let shown = inspect::inspect(&value, &Options::default(), context)?.into_string();
        let mut words = Words { object: this.to_object(context)?, hosts_views: true };
        return Err(words.refused(&format!("Unserializable host object: {shown}"), context));
    };
    let mut encoder = with(this, |data| std::mem::take(&mut *data.encoder.borrow_mut()))?;
    let outcome = write_host_view(&view, &mut encoder, context);
    with(this, |data| *data.encoder.borrow_mut() = encoder)?;
    outcome.map(|()| JsValue::undefined())
}

/// What a program's own methods of the object say.
struct Words {
    object: JsObject,
    hosts_views: bool,
}

impl Words {
    /// Calls a method with the encoder back in the object.
    fn call(
        &self,
        method: &JsObject,
        argument: &JsValue,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let this = JsValue::from(self.object.clone());
        with(&this, |data| std::mem::swap(&mut *data.encoder.borrow_mut(), encoder))?;
        let answer = method.call(&this, std::slice::from_ref(argument), context);
        with(&this, |data| std::mem::swap(&mut *data.encoder.borrow_mut(), encoder))?;
        answer
    }
}

impl EncodeHost for Words {
    fn hosts_views(&self) -> bool {
        self.hosts_views
    }

    fn view(
        &mut self,
        view: &JsObject,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<()> {
        let view: JsValue = view.clone().into();
        match own_words(&self.object, "_writeHostObject", context)? {
            Some(method) => self.call(&method, &view, encoder, context).map(drop),
            None => {
                let message = refusal(&view, context);
                Err(self.refused(&message, context))
            }
        }
    }

    fn shared_number(
        &mut self,
        buffer: &JsObject,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<Option<u32>> {
        let Some(method) = own_words(&self.object, "_getSharedArrayBufferId", context)? else {
            return Ok(None);
        };
        let number = self.call(&method, &buffer.clone().into(), encoder, context)?;
        number.to_u32(context).map(Some)
    }

    fn refused(&mut self, message: &str, context: &mut Context) -> JsError {
        let method = match own_words(&self.object, "_getDataCloneError", context) {
            Ok(Some(method)) => method,
            Ok(None) => return plain_error(message),
            Err(error) => return error,
        };
        let message = JsString::from(message).into();
        match method.call(&self.object.clone().into(), &[message], context) {
            Ok(error) => JsError::from_opaque(error),
            Err(error) => error,
        }
    }
}
