//! Writes the head of a message: its first line, the fields that were set or given, and what goes without saying.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
    string::JsStrVariant,
};

use super::{
    elements,
    ending::{Ending, Manner, Rest, Seen},
    names, with,
};
use crate::{
    bindings::http::{
        date,
        fields::latin1,
        message::{self, Field},
    },
    engine::{
        errors::{Code, coded},
        natives::arg,
        reflect, validate,
    },
};

/// What is known of the head that was written last.
#[derive(Clone, Copy, Default)]
pub(super) struct Summary {
    /// Whether the peer is to say first that it wants the body.
    pub(super) expects: bool,
    pub(super) has_encoding: bool,
    pub(super) is_ascii: bool,
}

/// A head that is being written.
struct Head {
    bytes: Vec<u8>,
    seen: Seen,
    /// Names of fields whose values are joined.
    unique: Vec<JsString>,
}

/// `head(message, firstLine, extra, unique)`: the text of a message's head. `extra` are fields that were not set: an
/// object, or an array of names and values. Changes what hangs on it: `chunkedEncoding`, `shouldKeepAlive`, `_last`,
/// `_contentLength`.
///
/// # Errors
/// What is wrong with `extra`; `ERR_HTTP_TRAILER_INVALID` where trailers are announced that cannot come.
pub(super) fn head(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = validate::object(&arg(args, 0), "message", context)?;
    let first = arg(args, 1).to_string(context)?;
    let unique = elements(&arg(args, 3), context)?.unwrap_or_default();
    let unique = unique.iter().filter_map(JsValue::as_string).collect();
    let mut head = Head { bytes: Vec::with_capacity(256), seen: Seen::default(), unique };
    push(&mut head.bytes, &first);
    let entries = with(this, |out| out.entries.borrow().clone())?;
    for entry in &entries {
        head.add(&entry.name, &entry.key, &entry.value, context)?;
    }
    if let Some(extra) = arg(args, 2).as_object() {
        for (name, value) in pairs_of(&extra, context)? {
            let name = names::name_of(&name, context)?;
            head.add(&name, &names::key(&name), &value, context)?;
        }
    }
    let manner = manner_of(&message, context)?;
    let ending = date::with(context, |now| Ending::of(&manner, &head.seen, now));
    if head.seen.trailer && !ending.is_chunked {
        let text = "Trailers are invalid with this transfer encoding";
        return Err(coded(context, Code::ERR_HTTP_TRAILER_INVALID, text));
    }
    head.bytes.extend_from_slice(ending.lines.as_bytes());
    head.bytes.extend_from_slice(b"\r\n");
    tell(&message, &manner, &head.seen, &ending, context)?;
    let summary = Summary {
        expects: head.seen.expect,
        has_encoding: head.seen.encoding,
        is_ascii: head.bytes.is_ascii(),
    };
    with(this, |out| out.summary.set(summary))?;
    Ok(latin1(&head.bytes).into())
}

impl Head {
    /// A field with a value that a program gave: a text or a list of them.
    fn add(
        &mut self,
        name: &JsString,
        key: &JsString,
        value: &JsValue,
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(values) = elements(value, context)? else {
            let text = names::text_of(name, value, context)?;
            self.line(name, key, &[text]);
            return Ok(());
        };
        let texts: Vec<JsString> = values
            .iter()
            .map(|value| names::text_of(name, value, context))
            .collect::<JsResult<_>>()?;
        if key == &js_string!("cookie") || self.unique.contains(key) {
            self.line(name, key, &texts);
        } else {
            for text in texts {
                self.line(name, key, &[text]);
            }
        }
        Ok(())
    }

    fn line(&mut self, name: &JsString, key: &JsString, values: &[JsString]) {
        push(&mut self.bytes, name);
        self.bytes.extend_from_slice(b": ");
        let start = self.bytes.len();
        for (place, value) in values.iter().enumerate() {
            if place > 0 {
                self.bytes.extend_from_slice(b"; ");
            }
            push(&mut self.bytes, value);
        }
        if let JsStrVariant::Latin1(key) = key.as_str().variant() {
            self.seen.note(key, &self.bytes[start..]);
        }
        self.bytes.extend_from_slice(b"\r\n");
    }
}

/// Appends a text whose characters are all bytes.
fn push(bytes: &mut Vec<u8>, text: &JsString) {
    match text.as_str().variant() {
        JsStrVariant::Latin1(text) => bytes.extend_from_slice(text),
        JsStrVariant::Utf16(units) => bytes.extend(units.iter().map(|unit| *unit as u8)),
    }
}

/// The names and values of an argument of `writeHead`.
fn pairs_of(object: &JsObject, context: &mut Context) -> JsResult<Vec<(JsValue, JsValue)>> {
    let mut pairs = Vec::new();
    if let Some(list) = elements(&object.clone().into(), context)? {
        let mut flat = list.into_iter();
        while let Some(first) = flat.next() {
            match elements(&first, context)? {
                Some(pair) => pairs.push((arg(&pair, 0), arg(&pair, 1))),
                None => pairs.push((first, flat.next().unwrap_or_default())),
            }
        }
        return Ok(pairs);
    }
    for key in reflect::own_keys(object, context)? {
        let is_text = !matches!(key, PropertyKey::Symbol(_));
        if is_text && reflect::is_enumerable(object, &key, context)? {
            let value = object.get(key.clone(), context)?;
            pairs.push((key.into(), value));
        }
    }
    Ok(pairs)
}

/// How a message wants to be sent, as its properties say.
fn manner_of(message: &JsObject, context: &mut Context) -> JsResult<Manner> {
    let mut is = |field: Field| message::is(message, field, context);
    let mut manner = Manner {
        says_date: is(Field::SaysDate)?,
        keeps_alive: is(Field::KeepsAlive)?,
        is_at_limit: is(Field::IsAtLimit)?,
        has_body: is(Field::HasBody)?,
        is_chunked: is(Field::IsChunked)?,
        may_be_chunked: is(Field::MayBeChunked)?,
        without_connection: is(Field::WithoutConnection)?,
        without_length: is(Field::WithoutLength)?,
        without_encoding: is(Field::WithoutEncoding)?,
        ..Manner::default()
    };
    let says_rest = is(Field::SaysRest)?;
    if !message::is_native(message) {
        manner.has_agent = message.get(js_string!("agent"), context)?.to_boolean();
    }
    let mut number = |field| JsResult::Ok(message::get(message, field, context)?.as_number());
    manner.length = number(Field::ContentLength)?;
    manner.is_bodiless = matches!(number(Field::StatusCode)?, Some(204.0 | 304.0));
    let timeout = number(Field::RestTimeout)?.unwrap_or(0.0);
    if says_rest && timeout > 0.0 {
        let most = number(Field::MostRequests)?.unwrap_or(0.0);
        manner.rest = Some(Rest { seconds: (timeout / 1000.0).floor(), most });
    }
    Ok(manner)
}

/// Tells a message what its head came to, as far as it is not so already.
fn tell(
    message: &JsObject,
    manner: &Manner,
    seen: &Seen,
    ending: &Ending,
    context: &mut Context,
) -> JsResult<()> {
    let mut set = |field, value: JsValue| message::set(message, field, value, context);
    if ending.is_last {
        set(Field::IsLast, true.into())?;
    }
    if ending.is_chunked != manner.is_chunked {
        set(Field::IsChunked, ending.is_chunked.into())?;
    }
    if ending.keeps_alive != manner.keeps_alive {
        set(Field::KeepsAlive, ending.keeps_alive.into())?;
    }
    if let Some(length) = seen.length {
        set(Field::ContentLength, length.into())?;
    }
    Ok(())
}
