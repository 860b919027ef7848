//! `v8.serialize` and `v8.deserialize`.

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::invalid_argument;
use crate::{
    bindings::{
        buffer::{self, View},
        value_format::{
            DecodeError, DecodeHost, EncodeHost, Encoder, decode, host_view, write_host_view,
        },
    },
    engine::natives::arg,
    ipc::value::{
        decode::{Hosted, Objects},
        reader::Reader,
    },
};

/// What `DefaultSerializer` and `DefaultDeserializer` do, if nobody has changed them.
struct Default;

impl EncodeHost for Default {
    fn view(
        &mut self,
        view: &JsObject,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<()> {
        write_host_view(view, encoder, context)
    }
}

impl DecodeHost for Default {
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        _: &mut Objects<JsValue>,
        context: &mut Context,
    ) -> Result<Hosted<JsValue>, DecodeError> {
        Ok(Hosted::Value(host_view(reader, context)?.into()))
    }
}

/// `v8.serialize(value)`.
pub(super) fn serialize(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut encoder = Encoder::default();
    encoder.writer.header();
    encoder.write(&arg(args, 0), &mut Default, context)?;
    Ok(buffer::from_slice(&encoder.take_bytes(), context)?.into())
}

/// `v8.deserialize(buffer)`.
pub(super) fn deserialize(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(view) = View::of_view(&arg(args, 0), context) else {
        return Err(invalid_argument("buffer must be a TypedArray or a DataView", context));
    };
    // JavaScript may run while values are made of the bytes: it must not change them.
    let bytes = view.to_vec();
    let mut reader = Reader::new(&bytes);
    reader.header().map_err(DecodeError::from)?;
    decode(&mut reader, &mut Objects::default(), &mut Default, context)
}
