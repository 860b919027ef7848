//! What the two ends of a channel add to the format: views of memory, and copies of what else is not
//! the format's.

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{
    decoder::{self, DecodeError, DecodeHost},
    encoder::{self, EncodeHost, Encoder},
};
use crate::ipc::value::{
    copy::{self, HOST_VIEW},
    decode::{Hosted, Objects},
    reader::Reader,
};

/// The host of both directions.
struct Channel;

/// Appends a message to these bytes.
///
/// # Errors
/// For what cannot be cloned, and whatever a getter throws; the bytes are lost then.
pub(crate) fn append_message(
    bytes: Vec<u8>,
    message: &JsValue,
    context: &mut Context,
) -> JsResult<Vec<u8>> {
    let mut encoder = Encoder::after(bytes);
    encoder.writer.header();
    encoder.write(message, &mut Channel, context)?;
    Ok(encoder.take_bytes())
}

/// The message that a payload is.
///
/// # Errors
/// V8's, where it is none.
pub(crate) fn parse_message(payload: &[u8], context: &mut Context) -> JsResult<JsValue> {
    let mut reader = Reader::new(payload);
    reader.header().map_err(DecodeError::from)?;
    decoder::decode(&mut reader, &mut Objects::default(), &mut Channel, context)
}

impl EncodeHost for Channel {
    fn view(
        &mut self,
        view: &JsObject,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<()> {
        encoder.writer.varint(HOST_VIEW.into());
        encoder::write_host_view(view, encoder, context)
    }
}

impl DecodeHost for Channel {
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        _: &mut Objects<JsValue>,
        context: &mut Context,
    ) -> Result<Hosted<JsValue>, DecodeError> {
        let Some((class, bytes)) = copy::channel_view(reader)? else { return Ok(Hosted::Nested) };
        Ok(Hosted::Value(decoder::view_of_bytes(class, bytes, context)?.into()))
    }
}
