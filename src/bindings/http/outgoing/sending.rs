//! Sending: the head of a response, and a message's end, which most messages are at once: head and body go to the
//! socket in one call of the system. What is unusual about a message is left to `js/internal/http`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, string::JsStrVariant};

use super::{Outgoing, append, get, has, head, set};
use crate::{
    bindings::{
        buffer::{self, View},
        encoding::{self, Encoding},
        events,
        http::{
            message::{self, Field},
            outgoing::names::is_value,
            realm::{self, Http},
            serving, status,
        },
        sockets,
        streams::{self, rare},
    },
    engine::{
        classes::object,
        errors::{Code, coded},
        kinds,
        natives::{Method, arg, closure},
    },
};

const RESPONSE: &str = "internal/http/response";
const BODY: &str = "internal/http/outgoing_body";

/// Methods of messages.
pub(in crate::bindings::http) const METHODS: &[Method] = &[
    ("writeHead", 3, write_head),
    ("_implicitHeader", 0, implicit_header),
    ("_storeHeader", 2, |this, args, context| {
        let message = this.to_object(context)?;
        store_header(&message, arg(args, 0), arg(args, 1), context)?;
        Ok(JsValue::undefined())
    }),
    ("end", 3, end),
    ("setHeader", 2, |this, args, context| {
        set(&open(this, "set", context)?, args, context)?;
        Ok(this.clone())
    }),
    ("appendHeader", 2, |this, args, context| {
        append(&open(this, "append", context)?, args, context)?;
        Ok(this.clone())
    }),
    ("getHeader", 1, |this, args, context| get(&listed(this, context)?, args, context)),
    ("hasHeader", 1, |this, args, context| has(&listed(this, context)?, args, context)),
];

// ---- Fields.

/// The list of a message's fields.
fn fields_of(message: &JsObject, http: &Http, context: &mut Context) -> JsResult<JsObject> {
    if let Some(fields) = message::get(message, Field::Fields, context)?.as_object() {
        return Ok(fields);
    }
    let fields = object(&http.lists, Outgoing::default(), context);
    message::set(message, Field::Fields, fields.clone(), context)?;
    Ok(fields)
}

/// The list of a message's fields, or one that is empty.
fn listed(this: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let http = realm::of(context)?;
    let message = this.to_object(context)?;
    let fields = message::get(&message, Field::Fields, context)?;
    if fields.is_object() {
        return Ok(fields);
    }
    Ok(object(&http.lists, Outgoing::default(), context).into())
}

/// The list of a message whose head was not made.
///
/// # Errors
/// `ERR_HTTP_HEADERS_SENT`.
fn open(this: &JsValue, what: &str, context: &mut Context) -> JsResult<JsValue> {
    let message = this.to_object(context)?;
    refuse_sent(&message, what, context)?;
    let http = realm::of(context)?;
    Ok(fields_of(&message, &http, context)?.into())
}

fn refuse_sent(message: &JsObject, what: &str, context: &mut Context) -> JsResult<()> {
    if !message::get(message, Field::Header, context)?.to_boolean() {
        return Ok(());
    }
    let text = format!("Cannot {what} headers after they are sent to the client");
    Err(coded(context, Code::ERR_HTTP_HEADERS_SENT, text))
}

// ---- The head.

/// `_implicitHeader()` of a response.
fn implicit_header(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let response = this.to_object(context)?;
    let status = message::get(&response, Field::StatusCode, context)?;
    if realm::of(context)?.is_usual(&response, context)? {
        write_head(this, &[status], context)?;
    } else {
        streams::call_method(&response, js_string!("writeHead"), &[status], context)?;
    }
    Ok(JsValue::undefined())
}

/// `writeHead(status, reason, headers)`; the reason can be left out.
fn write_head(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let response = this.to_object(context)?;
    refuse_sent(&response, "write", context)?;
    let code = arg(args, 0).to_i32(context)?;
    if !(100..=999).contains(&code) {
        return rare(RESPONSE, js_string!("refuseStatus"), &[arg(args, 0)], context);
    }
    let (reason, mut fields) = match arg(args, 1).as_string() {
        Some(reason) => (Some(reason), arg(args, 2)),
        None if arg(args, 2).is_null_or_undefined() => (None, arg(args, 1)),
        None => (None, arg(args, 2)),
    };
    let message = reason_of(&response, reason, code, context)?;
    message::set(&response, Field::StatusMessage, message.clone(), context)?;
    if message::get(&response, Field::StatusCode, context)?.as_i32() != Some(code) {
        message::set(&response, Field::StatusCode, code, context)?;
    }
    fields = beside(&response, fields, context)?;
    let text = message.to_string(context)?;
    if !is_value(&text) {
        let text = "Invalid character in statusMessage";
        return Err(coded(context, Code::ERR_INVALID_CHAR, text));
    }
    if code < 200 || code == 204 || code == 304 {
        message::set(&response, Field::HasBody, false, context)?;
    }
    // A peer that waits for a word has not got it: what it sends next is no body.
    if message::get(&response, Field::ExpectsContinue, context)?.to_boolean()
        && !message::get(&response, Field::Sent100, context)?.to_boolean()
    {
        message::set(&response, Field::KeepsAlive, false, context)?;
    }
    let code = JsString::from(code.to_string());
    let first = JsString::concat_array(&[
        js_string!("HTTP/1.1 ").as_str(),
        code.as_str(),
        js_string!(" ").as_str(),
        text.as_str(),
        js_string!("\r\n").as_str(),
    ]);
    store_header(&response, first.into(), fields, context)?;
    Ok(this.clone())
}

/// The words behind the status.
fn reason_of(
    response: &JsObject,
    given: Option<JsString>,
    code: i32,
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(given) = given {
        return Ok(given.into());
    }
    let own = message::get(response, Field::StatusMessage, context)?;
    if own.to_boolean() {
        return Ok(own);
    }
    let usual = u16::try_from(code).ok().and_then(status::message);
    Ok(usual.map_or_else(|| js_string!("unknown"), JsString::from).into())
}

/// The fields that are given to the head: where none were set they are written as they are, else they are set.
fn beside(response: &JsObject, fields: JsValue, context: &mut Context) -> JsResult<JsValue> {
    if !fields.to_boolean() {
        return Ok(fields);
    }
    let args = [response.clone().into(), fields.clone()];
    if !message::get(response, Field::Fields, context)?.is_null() {
        rare(RESPONSE, js_string!("replaceFields"), &args, context)?;
        return Ok(JsValue::undefined());
    }
    if fields.as_object().is_some_and(|fields| kinds::is_array(&fields, context)) {
        rare(RESPONSE, js_string!("checkList"), &args[1..], context)?;
    }
    Ok(fields)
}

/// Makes the head of its first line, what was set, and what is given beside it.
fn store_header(
    message: &JsObject,
    first: JsValue,
    extra: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let http = realm::of(context)?;
    let fields = fields_of(message, &http, context)?;
    let unique = message::get(message, Field::Unique, context)?;
    let args = [message.clone().into(), first, extra, unique];
    let text = head::head(&fields.clone().into(), &args, context)?;
    message::set(message, Field::Header, text, context)?;
    if message::get(message, Field::HeaderSent, context)?.to_boolean() {
        message::set(message, Field::HeaderSent, false, context)?;
    }
    // A peer that is to say first whether it wants the body has to hear of it now.
    let expects = fields.downcast_ref::<Outgoing>().is_some_and(|out| out.summary.get().expects);
    if expects {
        streams::call_method(message, js_string!("_send"), &[js_string!("").into()], context)?;
    }
    Ok(())
}

// ---- The end.

/// The arguments of `end`.
struct Last {
    /// The bytes of the body's last part, if there is one.
    bytes: Option<Vec<u8>>,
    callback: Option<JsObject>,
}

impl Last {
    /// `None` for what is refused, or unusual.
    fn of(args: &[JsValue], context: &mut Context) -> Option<Self> {
        let (chunk, encoding) = (arg(args, 0), arg(args, 1));
        if chunk.is_callable() {
            return Some(Self { bytes: None, callback: chunk.as_callable() });
        }
        let (encoding, callback) = match encoding.as_callable() {
            Some(callback) => (JsValue::undefined(), Some(callback)),
            None => (encoding, arg(args, 2).as_callable()),
        };
        let bytes = if let Some(text) = chunk.as_string() {
            let encoding = match encoding.as_string() {
                Some(name) => Encoding::parse(&name)?,
                None if encoding.is_null_or_undefined() => Encoding::Utf8,
                None => return None,
            };
            if !matches!(encoding, Encoding::Utf8 | Encoding::Latin1) {
                return None;
            }
            encoding::encode(&text, encoding)
        } else if chunk.is_null_or_undefined() {
            Vec::new()
        } else {
            View::of_uint8_array(&chunk, context)?.to_vec()
        };
        let is_nothing = chunk.is_null_or_undefined() || (chunk.is_string() && bytes.is_empty());
        Some(Self { bytes: (!is_nothing).then_some(bytes), callback })
    }

    fn len(&self) -> usize {
        self.bytes.as_ref().map_or(0, Vec::len)
    }
}

/// `end(chunk, encoding, callback)`.
fn end(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = this.to_object(context)?;
    if let Some(socket) = clear_socket(&message, context)?
        && let Some(last) = Last::of(args, context)
        && send(&message, &socket, &last, context)?
    {
        return Ok(this.clone());
    }
    let all = [message.into(), arg(args, 0), arg(args, 1), arg(args, 2)];
    rare(BODY, js_string!("end"), &all, context)
}

/// The socket of a message that can say all that it has to say there, at once.
fn clear_socket(message: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    let Some(socket) = message::get(message, Field::Socket, context)?.as_object() else {
        return Ok(None);
    };
    let odd =
        [Field::Finished, Field::Destroyed, Field::StrictLength, Field::Corked, Field::Waiting];
    let mut is_odd = false;
    for field in odd {
        is_odd |= message::is(message, field, context)?;
    }
    let turn = socket.get(js_string!("_httpMessage"), context)?.as_object();
    let is_clear = !is_odd
        && turn.is_some_and(|turn| JsObject::equals(&turn, message))
        && sockets::takes_at_once(&socket, context);
    Ok(is_clear.then_some(socket))
}

/// Sends the rest of a message; false if that has to be done in another way.
fn send(
    message: &JsObject,
    socket: &JsObject,
    last: &Last,
    context: &mut Context,
) -> JsResult<bool> {
    if !make_head(message, last.len(), context)? || !sockets::takes_at_once(socket, context) {
        return Ok(false);
    }
    let Some(head) = message::get(message, Field::Header, context)?.as_string() else {
        return Ok(false);
    };
    let mut is = |field: Field| message::is(message, field, context);
    let (is_said, has_body) = (is(Field::HeaderSent)?, is(Field::HasBody)?);
    let is_chunked = is(Field::IsChunked)? && has_body;
    if !has_body && last.bytes.is_some() {
        return Ok(false);
    }
    let mut bytes = Vec::with_capacity(head.len() + last.len() + 32);
    if !is_said {
        match head.as_str().variant() {
            JsStrVariant::Latin1(text) => bytes.extend_from_slice(text),
            JsStrVariant::Utf16(_) => return Ok(false),
        }
    }
    if is_chunked {
        let trailer = message::get(message, Field::Trailer, context)?.to_string(context)?;
        frame(&mut bytes, last.bytes.as_deref().unwrap_or_default(), &trailer);
    } else {
        bytes.extend_from_slice(last.bytes.as_deref().unwrap_or_default());
    }
    hand_over(message, socket, (&bytes, last.callback.clone()), context)
}

/// Makes the head where it was not made; false if there is none then.
fn make_head(message: &JsObject, length: usize, context: &mut Context) -> JsResult<bool> {
    if message::get(message, Field::Header, context)?.to_boolean() {
        return Ok(true);
    }
    message::set(message, Field::ContentLength, length as f64, context)?;
    if realm::of(context)?.is_usual(message, context)? {
        implicit_header(&message.clone().into(), &[], context)?;
    } else {
        streams::call_method(message, js_string!("_implicitHeader"), &[], context)?;
    }
    Ok(message::get(message, Field::Header, context)?.to_boolean())
}

/// The last chunks of a body.
fn frame(bytes: &mut Vec<u8>, chunk: &[u8], trailer: &JsString) {
    if !chunk.is_empty() {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n");
    bytes.extend_from_slice(&encoding::encode(trailer, Encoding::Latin1));
    bytes.extend_from_slice(b"\r\n");
}

/// Gives a socket the last bytes of a message. False if nothing was done.
fn hand_over(
    message: &JsObject,
    socket: &JsObject,
    (bytes, callback): (&[u8], Option<JsObject>),
    context: &mut Context,
) -> JsResult<bool> {
    let Some(written) = sockets::write_at_once(socket, bytes, context)? else { return Ok(false) };
    if let Some(callback) = callback {
        let finish = js_string!("finish");
        let last = events::Position::Last;
        events::add_once_listener(message, finish, callback, last, context)?;
    }
    message::set(message, Field::HeaderSent, true, context)?;
    message::set(message, Field::Finished, true, context)?;
    if written < bytes.len() {
        let rest = buffer::from_slice(&bytes[written..], context)?;
        let told = closure("told", 0, message.clone(), tell, context);
        let args = [rest.into(), JsValue::undefined(), told.into()];
        streams::call_method(socket, js_string!("write"), &args, context)?;
    } else {
        let message = message.clone();
        streams::next_tick(context, move |context| serving::told(&message, context));
    }
    if realm::of(context)?.is_usual(message, context)? {
        events::emit_if_heard(message, js_string!("prefinish"), &[], context)?;
    } else {
        streams::call_method(message, js_string!("_finish"), &[], context)?;
    }
    Ok(true)
}

fn tell(
    _: &JsValue,
    _: &[JsValue],
    message: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    serving::told(message, context)?;
    Ok(JsValue::undefined())
}
