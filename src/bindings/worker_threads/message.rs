//! Values as messages, there and back.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{AlignedVec, JsArrayBuffer, JsSharedArrayBuffer},
};

use super::{marks, port, queue::Message, transfer::Transfers};
use crate::{
    bindings::{
        blob, dom_exception,
        structured_clone::{Kind, data_clone_error},
        value_format::{self, DecodeError, DecodeHost, EncodeHost, Encoder},
    },
    ipc::value::{
        FormatError,
        decode::{Hosted, Objects},
        reader::{Primitive, Reader, Text, Token},
    },
};

/// What an object of ours is in the bytes, behind the tag of a host's object.
mod kind {
    /// A port that changed hands; its number among them.
    pub(super) const PORT: u32 = 0;
    /// A blob; its number.
    pub(super) const BLOB: u32 = 1;
    /// A `DOMException`: name, message, stack.
    pub(super) const DOM_EXCEPTION: u32 = 2;
}

/// Makes a message of a value; what it hands over is taken from its objects once that is certain.
///
/// # Errors
/// `DataCloneError`, and whatever a getter throws.
pub(crate) fn encode(
    value: &JsValue,
    transfers: &Transfers,
    context: &mut Context,
) -> JsResult<Message> {
    let mut encoder = Encoder::default();
    encoder.writer.header();
    for (number, buffer) in transfers.buffers.iter().enumerate() {
        encoder.transferred.insert(buffer.clone(), number as u32);
    }
    let mut host = Sender { transfers, message: Message::default(), shared: Vec::new() };
    encoder.write(value, &mut host, context)?;
    let mut message = host.message;
    message.bytes = encoder.take_bytes();
    transfers.hand_over(&mut message, context)?;
    Ok(message)
}

/// The value of a message, and the ports that came with it.
///
/// # Errors
/// What keeps the value from being made.
pub(crate) fn decode(message: Message, context: &mut Context) -> JsResult<(JsValue, Vec<JsValue>)> {
    let Message { bytes, buffers, shared, blobs, ports } = message;
    let ports = ports.into_iter().map(|end| port::create(end, context));
    let ports = ports.collect::<JsResult<Vec<JsObject>>>()?;
    let mut host = Receiver {
        buffers: buffers.into_iter().map(Buffer::Bytes).collect(),
        shared: shared.into_iter().map(|memory| (memory, None)).collect(),
        blobs,
        ports,
    };
    let mut reader = Reader::new(&bytes);
    reader.header().map_err(DecodeError::from)?;
    let value = value_format::decode(&mut reader, &mut Objects::default(), &mut host, context)?;
    Ok((value, host.ports.into_iter().map(JsValue::from).collect()))
}

/// What `structuredClone` makes of a value where more is asked of it than copying: as if it had been
/// sent.
pub(crate) fn clone_as_message(
    value: &JsValue,
    list: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let transfers = Transfers::of(list, None, context)?;
    let message = encode(value, &transfers, context)?;
    decode(message, context).map(|(value, _)| value)
}

struct Sender<'t> {
    transfers: &'t Transfers,
    message: Message,
    /// The shared buffers so far: each travels once.
    shared: Vec<JsObject>,
}

impl Sender<'_> {
    fn begin(encoder: &mut Encoder, kind: u32) {
        encoder.writer.tag(crate::ipc::value::tag::HOST);
        encoder.writer.varint(kind.into());
    }

    /// Writes a port that is handed over.
    fn port(&self, port: &JsObject, encoder: &mut Encoder, context: &mut Context) -> JsResult<()> {
        let number = self.transfers.ports.iter().position(|own| JsObject::equals(own, port));
        let Some(number) = number else {
            let message =
                "Object that needs transfer was found in message but not listed in transferList";
            return Err(data_clone_error(message, context));
        };
        Self::begin(encoder, kind::PORT);
        encoder.writer.varint(number as u64);
        Ok(())
    }
}

impl EncodeHost for Sender<'_> {
    fn hosts_views(&self) -> bool {
        false
    }

    fn view(&mut self, _: &JsObject, _: &mut Encoder, context: &mut Context) -> JsResult<()> {
        Err(data_clone_error("a view could not be cloned.", context))
    }

    fn object(
        &mut self,
        object: &JsObject,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<bool> {
        if marks::is_uncloneable(object, context) {
            return Err(marks::refused_to_clone(context));
        }
        let value = object.clone().into();
        if port::is_port(&value) {
            self.port(object, encoder, context)?;
            return Ok(true);
        }
        Ok(false)
    }

    fn foreign(
        &mut self,
        object: &JsObject,
        kind: &Kind,
        encoder: &mut Encoder,
        context: &mut Context,
    ) -> JsResult<bool> {
        match kind {
            Kind::Blob(data) => {
                Self::begin(encoder, kind::BLOB);
                encoder.writer.varint(self.message.blobs.len() as u64);
                self.message.blobs.push(data.to_sent());
            }
            Kind::DomException(fields) => {
                Self::begin(encoder, kind::DOM_EXCEPTION);
                let stack = object.get(js_string!("stack"), context)?.to_string(context)?;
                encoder.text(&fields.name);
                encoder.text(&fields.message);
                encoder.text(&stack);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn shared_number(
        &mut self,
        buffer: &JsObject,
        _: &mut Encoder,
        _: &mut Context,
    ) -> JsResult<Option<u32>> {
        if let Some(known) = self.shared.iter().position(|own| JsObject::equals(own, buffer)) {
            return Ok(Some(known as u32));
        }
        let memory = JsSharedArrayBuffer::from_object(buffer.clone())?.inner();
        self.shared.push(buffer.clone());
        self.message.shared.push(memory);
        Ok(Some(self.shared.len() as u32 - 1))
    }

    fn refused(&mut self, message: &str, context: &mut Context) -> JsError {
        data_clone_error(message, context)
    }
}

/// A buffer that was handed over, before and after its object is made.
enum Buffer {
    Bytes(AlignedVec<u8>),
    Object(JsObject),
}

struct Receiver {
    buffers: Vec<Buffer>,
    shared: Vec<(boa_engine::builtins::array_buffer::SharedArrayBuffer, Option<JsObject>)>,
    blobs: Vec<crate::bindings::blob::SentBlob>,
    ports: Vec<JsObject>,
}

const INVALID: FormatError = FormatError::Invalid;

fn text(reader: &mut Reader<'_>) -> Result<JsString, DecodeError> {
    match reader.next()? {
        Token::Primitive(Primitive::Text(text @ (Text::Latin1(_) | Text::Utf16(_)))) => {
            Ok(value_format::string(text)?)
        }
        _ => Err(INVALID.into()),
    }
}

impl DecodeHost for Receiver {
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        _: &mut Objects<JsValue>,
        context: &mut Context,
    ) -> Result<Hosted<JsValue>, DecodeError> {
        let value = match reader.varint()? {
            kind::PORT => {
                let number = reader.varint()? as usize;
                self.ports.get(number).ok_or(INVALID)?.clone()
            }
            kind::BLOB => {
                let number = reader.varint()? as usize;
                blob::from_sent(self.blobs.get(number).ok_or(INVALID)?, context)?
            }
            kind::DOM_EXCEPTION => {
                let (name, message, stack) = (text(reader)?, text(reader)?, text(reader)?);
                let (name, message) = (name.to_std_string_lossy(), message.to_std_string_lossy());
                let error = dom_exception::create(&message, &name, context)?;
                error.set(js_string!("stack"), stack, false, context)?;
                error
            }
            _ => return Err(INVALID.into()),
        };
        Ok(Hosted::Value(value.into()))
    }

    fn buffer(&mut self, number: u32, context: &mut Context) -> JsResult<Option<JsObject>> {
        let Some(slot) = self.buffers.get_mut(number as usize) else { return Ok(None) };
        let object = match slot {
            Buffer::Object(object) => object.clone(),
            Buffer::Bytes(bytes) => {
                let bytes = std::mem::replace(bytes, AlignedVec::new(0));
                JsArrayBuffer::from_byte_block(bytes, context)?.into()
            }
        };
        *slot = Buffer::Object(object.clone());
        Ok(Some(object))
    }

    fn shared(&mut self, number: u32, context: &mut Context) -> Option<JsObject> {
        let (memory, object) = self.shared.get_mut(number as usize)?;
        let make = || JsSharedArrayBuffer::from_buffer(memory.clone(), context).into();
        Some(object.get_or_insert_with(make).clone())
    }
}
