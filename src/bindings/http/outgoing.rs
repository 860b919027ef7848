//! The class `Outgoing`: the fields of a message that is to be sent, and how its head is written.

use boa_engine::{
    Context, JsData, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::object::OrdinaryObject,
    js_string,
    object::builtins::JsArray,
    property::{PropertyDescriptor, PropertyKey},
    string::JsStrVariant,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    date,
    fields::latin1,
    wire::{self, is_value as is_value_byte},
};
use crate::engine::{
    classes::{ClassSpec, new_target, prototype_from},
    errors::{Code, coded},
    kinds,
    natives::arg,
    reflect, validate,
};

pub(super) const OUTGOING: ClassSpec = ClassSpec {
    methods: &[
        ("set", 2, set),
        ("append", 2, append),
        ("get", 1, get),
        ("has", 1, has),
        ("remove", 1, remove),
        ("names", 0, |this, _, context| names(this, context, |entry| entry.lower.clone())),
        ("rawNames", 0, |this, _, context| names(this, context, |entry| entry.name.clone())),
        ("all", 0, all),
        ("assemble", 7, assemble),
        ("outcome", 0, |this, _, _| with(this, |out| JsValue::from(out.outcome.get()))),
        ("contentLength", 0, |this, _, _| with(this, |out| JsValue::from(out.length.get()))),
    ],
    ..ClassSpec::new("Outgoing", 0, construct)
};

/// One field that was set.
#[derive(Clone, Trace, Finalize)]
struct Entry {
    #[unsafe_ignore_trace]
    name: JsString,
    #[unsafe_ignore_trace]
    lower: JsString,
    value: JsValue,
}

/// The native data.
#[derive(Trace, Finalize, JsData)]
struct Outgoing {
    entries: GcRefCell<Vec<Entry>>,
    /// What the last head came to: see [`Head`].
    #[unsafe_ignore_trace]
    outcome: std::cell::Cell<i32>,
    /// The length that a field of the last head says.
    #[unsafe_ignore_trace]
    length: std::cell::Cell<f64>,
}

fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = new_target(this, "Outgoing")?;
    let prototype = prototype_from(&target, context)?;
    let data = Outgoing {
        entries: GcRefCell::default(),
        outcome: std::cell::Cell::new(0),
        length: std::cell::Cell::new(f64::NAN),
    };
    Ok(JsObject::new(context.root_shape(), prototype, data).upcast().into())
}

fn with<T>(this: &JsValue, work: impl FnOnce(&Outgoing) -> T) -> JsResult<T> {
    let object = this.as_object();
    match object.as_ref().and_then(JsObject::downcast_ref::<Outgoing>) {
        Some(data) => Ok(work(&data)),
        None => Err(JsNativeError::typ().with_message("Illegal invocation").into()),
    }
}

/// Whether a text is a token.
pub(super) fn is_token(text: &JsString) -> bool {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => wire::is_token(bytes),
        JsStrVariant::Utf16(units) => {
            let bytes: Option<Vec<u8>> =
                units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
            bytes.is_some_and(|bytes| wire::is_token(&bytes))
        }
    }
}

/// Whether a text may be the value of a field.
pub(super) fn is_value(text: &JsString) -> bool {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => bytes.iter().all(|byte| is_value_byte(*byte)),
        JsStrVariant::Utf16(units) => {
            units.iter().all(|unit| u8::try_from(*unit).is_ok_and(is_value_byte))
        }
    }
}

fn lower(text: &JsString) -> JsString {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) if bytes.iter().any(u8::is_ascii_uppercase) => {
            latin1(&bytes.to_ascii_lowercase())
        }
        _ => text.clone(),
    }
}

/// The name that an argument is, or the error that Node throws.
fn name_of(value: &JsValue, context: &mut Context) -> JsResult<JsString> {
    match value.as_string() {
        Some(name) if is_token(&name) => Ok(name),
        _ => {
            let shown = match value.as_string() {
                Some(name) => name.to_std_string_lossy(),
                None => validate::shown(value, context),
            };
            let message = format!("Header name must be a valid HTTP token [\"{shown}\"]");
            Err(coded(context, Code::ERR_INVALID_HTTP_TOKEN, message))
        }
    }
}

/// The text of a value, or the error that Node throws.
fn text_of(name: &JsString, value: &JsValue, context: &mut Context) -> JsResult<JsString> {
    if value.is_undefined() {
        let message =
            format!("Invalid value \"undefined\" for header \"{}\"", name.to_std_string_lossy());
        return Err(coded(context, Code::ERR_HTTP_INVALID_HEADER_VALUE, message));
    }
    let text = value.to_string(context)?;
    if is_value(&text) { Ok(text) } else { Err(invalid_char(name, context)) }
}

fn invalid_char(name: &JsString, context: &mut Context) -> JsError {
    let name = name.to_std_string_lossy();
    let message = format!("Invalid character in header content [\"{name}\"]");
    coded(context, Code::ERR_INVALID_CHAR, message)
}

/// `set(name, value)`.
fn set(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name_of(&arg(args, 0), context)?;
    let value = arg(args, 1);
    text_of(&name, &value, context)?;
    let entry = Entry { lower: lower(&name), name, value };
    with(this, |out| {
        let mut entries = out.entries.borrow_mut();
        match entries.iter_mut().find(|known| known.lower == entry.lower) {
            Some(known) => *known = entry,
            None => entries.push(entry),
        }
        JsValue::undefined()
    })
}

/// `append(name, value)`: beside the values that are there.
fn append(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name_of(&arg(args, 0), context)?;
    let key = lower(&name);
    let before = with(this, |out| {
        let entries = out.entries.borrow();
        entries.iter().find(|entry| entry.lower == key).map(|entry| entry.value.clone())
    })?;
    let mut values = match before {
        Some(before) => elements(&before, context)?.unwrap_or_else(|| vec![before]),
        None => Vec::new(),
    };
    let (is_first, added) = (values.is_empty(), arg(args, 1));
    text_of(&name, &added, context)?;
    values.extend(elements(&added, context)?.unwrap_or_else(|| vec![added.clone()]));
    let value = if is_first { added } else { JsArray::from_iter(values, context).into() };
    let shown = with(this, |out| {
        let entries = out.entries.borrow();
        entries.iter().find(|entry| entry.lower == key).map(|entry| entry.name.clone())
    })?;
    set(this, &[shown.unwrap_or(name).into(), value], context)
}

/// The elements of an array; `None` for what is none.
fn elements(value: &JsValue, context: &mut Context) -> JsResult<Option<Vec<JsValue>>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !kinds::is_array(&object, context) {
        return Ok(None);
    }
    let array = JsArray::from_object(object)?;
    let length = array.length(context)?;
    (0..length).map(|index| array.get(index, context)).collect::<JsResult<_>>().map(Some)
}

fn key_of(args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    Ok(lower(&validate::string(&arg(args, 0), "name", context)?))
}

/// `get(name)`.
fn get(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = key_of(args, context)?;
    with(this, |out| {
        let entries = out.entries.borrow();
        let found = entries.iter().find(|entry| entry.lower == key);
        found.map_or(JsValue::undefined(), |entry| entry.value.clone())
    })
}

/// `has(name)`.
fn has(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = key_of(args, context)?;
    with(this, |out| out.entries.borrow().iter().any(|entry| entry.lower == key).into())
}

/// `remove(name)`.
fn remove(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = key_of(args, context)?;
    with(this, |out| {
        out.entries.borrow_mut().retain(|entry| entry.lower != key);
        JsValue::undefined()
    })
}

fn names(
    this: &JsValue,
    context: &mut Context,
    name: impl Fn(&Entry) -> JsString,
) -> JsResult<JsValue> {
    let names: Vec<JsValue> =
        with(this, |out| out.entries.borrow().iter().map(|entry| name(entry).into()).collect())?;
    Ok(JsArray::from_iter(names, context).into())
}

/// `all()`: an object of the values by name in lower case.
fn all(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    with(this, |out| {
        let object = JsObject::from_proto_and_data(None, OrdinaryObject);
        for entry in out.entries.borrow().iter() {
            let property = PropertyDescriptor::builder().value(entry.value.clone());
            let property = property.writable(true).enumerable(true).configurable(true);
            object.insert_property(PropertyKey::from(entry.lower.clone()), property.build());
        }
        object.into()
    })
}

// ---- Writing a head.

/// What JavaScript says of a message.
mod says {
    pub(super) const SEND_DATE: i32 = 1;
    pub(super) const KEEP_ALIVE: i32 = 1 << 1;
    pub(super) const CHUNKED_BY_DEFAULT: i32 = 1 << 2;
    pub(super) const HAS_BODY: i32 = 1 << 3;
    pub(super) const NO_CONNECTION: i32 = 1 << 4;
    pub(super) const NO_LENGTH: i32 = 1 << 5;
    pub(super) const NO_ENCODING: i32 = 1 << 6;
    pub(super) const LAST_REQUEST: i32 = 1 << 7;
    pub(super) const NEVER_CHUNKED: i32 = 1 << 8;
    pub(super) const HAS_AGENT: i32 = 1 << 9;
    pub(super) const TELLS_TIMEOUT: i32 = 1 << 10;
    pub(super) const CHUNKED: i32 = 1 << 11;
}

/// What a head came to, as JavaScript is told.
mod outcome {
    pub(super) const LAST: i32 = 1;
    pub(super) const CHUNKED: i32 = 1 << 1;
    pub(super) const KEEPS_ALIVE: i32 = 1 << 2;
    pub(super) const HAS_EXPECT: i32 = 1 << 3;
    pub(super) const HAS_LENGTH: i32 = 1 << 4;
    pub(super) const BAD_TRAILER: i32 = 1 << 5;
    pub(super) const HAS_CONNECTION: i32 = 1 << 6;
    pub(super) const HAS_ENCODING: i32 = 1 << 7;
    pub(super) const IS_ASCII: i32 = 1 << 8;
}

/// What the fields of a head say, as far as what is added to them hangs on it.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // each is one field's
struct Seen {
    connection: bool,
    closes: bool,
    length: bool,
    content_length: f64,
    encoding: bool,
    chunked: bool,
    date: bool,
    expect: bool,
    trailer: bool,
    keep_alive: bool,
}

impl Seen {
    fn note(&mut self, lower: &[u8], value: &[u8]) {
        let contains =
            |word: &[u8]| value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        match lower {
            b"connection" => {
                self.connection = true;
                self.closes = contains(b"close");
            }
            b"transfer-encoding" => {
                self.encoding = true;
                self.chunked |= contains(b"chunk");
            }
            b"content-length" => {
                self.length = true;
                let text = std::str::from_utf8(value).unwrap_or("");
                self.content_length = text.trim().parse().unwrap_or(f64::NAN);
            }
            b"date" => self.date = true,
            b"expect" => self.expect = true,
            b"trailer" => self.trailer = true,
            b"keep-alive" => self.keep_alive = true,
            _ => {}
        }
    }
}

/// A head that is being written.
struct Writer {
    out: Vec<u8>,
    seen: Seen,
}

impl Writer {
    fn field(&mut self, name: &JsString, lower: &JsString, value: &JsString) {
        push(&mut self.out, name);
        self.out.extend_from_slice(b": ");
        let start = self.out.len();
        push(&mut self.out, value);
        if let JsStrVariant::Latin1(lower) = lower.as_str().variant() {
            let (seen, out) = (&mut self.seen, &self.out);
            seen.note(lower, &out[start..]);
        }
        self.out.extend_from_slice(b"\r\n");
    }

    fn line(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }
}

/// Appends a text whose characters are all bytes.
fn push(out: &mut Vec<u8>, text: &JsString) {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => out.extend_from_slice(bytes),
        JsStrVariant::Utf16(units) => out.extend(units.iter().map(|unit| *unit as u8)),
    }
}

/// `assemble(firstLine, says, contentLength, keepAliveSeconds, maxRequests, extra, unique)`: the text of a head.
/// `extra` are fields that were not set: an object, or an array of names and values. `unique` names fields whose
/// values are joined.
fn assemble(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let first = arg(args, 0).to_string(context)?;
    let mut writer = Writer { out: Vec::with_capacity(256), seen: Seen::default() };
    push(&mut writer.out, &first);
    let unique = elements(&arg(args, 6), context)?.unwrap_or_default();
    let entries = with(this, |out| out.entries.borrow().clone())?;
    for entry in &entries {
        write_field(&mut writer, &entry.name, &entry.lower, &entry.value, &unique, context)?;
    }
    let extra = arg(args, 5);
    if let Some(object) = extra.as_object() {
        for (name, value) in pairs_of(&object, context)? {
            let name = name_of(&name, context)?;
            let lower = lower(&name);
            text_of(&name, &value, context)?;
            write_field(&mut writer, &name, &lower, &value, &unique, context)?;
        }
    }
    let says = arg(args, 1).to_i32(context)?;
    let length = arg(args, 2).as_number();
    let timeout =
        (arg(args, 3).as_number().unwrap_or(0.0), arg(args, 4).as_number().unwrap_or(0.0));
    let outcome = complete(&mut writer, says, length, timeout, context);
    writer.out.extend_from_slice(b"\r\n");
    with(this, |out| {
        out.outcome.set(outcome);
        out.length.set(writer.seen.content_length);
    })?;
    Ok(latin1(&writer.out).into())
}

/// The pairs that an argument of `writeHead` has.
fn pairs_of(object: &JsObject, context: &mut Context) -> JsResult<Vec<(JsValue, JsValue)>> {
    let Some(elements_of) = elements(&object.clone().into(), context)? else {
        let mut pairs = Vec::new();
        for key in reflect::own_keys(object, context)? {
            if matches!(key, PropertyKey::Symbol(_))
                || !reflect::is_enumerable(object, &key, context)?
            {
                continue;
            }
            let value = object.get(key.clone(), context)?;
            pairs.push((key.into(), value));
        }
        return Ok(pairs);
    };
    let mut pairs = Vec::new();
    let mut flat = elements_of.into_iter();
    while let Some(first) = flat.next() {
        match elements(&first, context)? {
            Some(pair) => pairs.push((arg(&pair, 0), arg(&pair, 1))),
            None => pairs.push((first, flat.next().unwrap_or_default())),
        }
    }
    Ok(pairs)
}

fn write_field(
    writer: &mut Writer,
    name: &JsString,
    lower: &JsString,
    value: &JsValue,
    unique: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let Some(values) = elements(value, context)? else {
        let text = text_of(name, value, context)?;
        writer.field(name, lower, &text);
        return Ok(());
    };
    let is_cookie = values.len() > 1 && *lower == js_string!("cookie");
    let is_joined = is_cookie || unique.iter().any(|name| name.as_string().as_ref() == Some(lower));
    let mut texts = Vec::with_capacity(values.len());
    for value in &values {
        texts.push(text_of(name, value, context)?);
    }
    if is_joined {
        let separator = js_string!("; ");
        let mut parts = Vec::new();
        for text in &texts {
            if !parts.is_empty() {
                parts.push(separator.as_str());
            }
            parts.push(text.as_str());
        }
        writer.field(name, lower, &JsString::concat_array(&parts));
        return Ok(());
    }
    for text in &texts {
        writer.field(name, lower, text);
    }
    Ok(())
}

/// Adds the fields that nobody has set: date, connection, length. What it came to.
fn complete(
    writer: &mut Writer,
    says: i32,
    length: Option<f64>,
    timeout: (f64, f64),
    context: &mut Context,
) -> i32 {
    let is = |flag: i32| says & flag != 0;
    if is(says::SEND_DATE) && !writer.seen.date {
        date::with(context, |date| writer.line(&format!("Date: {date}")));
    }
    let mut chunked = is(says::CHUNKED) || writer.seen.chunked;
    let mut keeps_alive = is(says::KEEP_ALIVE);
    if writer.seen.connection && !writer.seen.closes {
        keeps_alive = true;
    }
    if chunked && is(says::NEVER_CHUNKED) {
        (chunked, keeps_alive) = (false, false);
    }
    let mut last = writer.seen.connection && writer.seen.closes;
    if is(says::NO_CONNECTION) && !writer.seen.connection {
        last = !keeps_alive;
    } else if !writer.seen.connection {
        last |= !connection(writer, says, keeps_alive, timeout);
    }
    if !writer.seen.length && !writer.seen.encoding {
        match length.filter(|_| !writer.seen.trailer && !is(says::NO_LENGTH)) {
            _ if !is(says::HAS_BODY) => chunked = false,
            _ if !is(says::CHUNKED_BY_DEFAULT) => last = true,
            Some(length) => {
                writer.line(&format!("Content-Length: {length}"));
            }
            None if !is(says::NO_ENCODING) => {
                writer.line("Transfer-Encoding: chunked");
                chunked = true;
            }
            // The end of the connection is the end of the body.
            None => last = true,
        }
    }
    let flag = |is: bool, flag: i32| if is { flag } else { 0 };
    flag(last, outcome::LAST)
        | flag(chunked, outcome::CHUNKED)
        | flag(keeps_alive, outcome::KEEPS_ALIVE)
        | flag(writer.seen.expect, outcome::HAS_EXPECT)
        | flag(writer.seen.length, outcome::HAS_LENGTH)
        | flag(writer.seen.connection, outcome::HAS_CONNECTION)
        | flag(writer.seen.encoding, outcome::HAS_ENCODING)
        | flag(writer.seen.trailer && !chunked, outcome::BAD_TRAILER)
        | flag(writer.out.is_ascii(), outcome::IS_ASCII)
}

/// Says what becomes of the connection; false if this message is its last.
fn connection(
    writer: &mut Writer,
    says: i32,
    keeps_alive: bool,
    (seconds, most): (f64, f64),
) -> bool {
    let is = |flag: i32| says & flag != 0;
    let has_end = writer.seen.length || is(says::CHUNKED_BY_DEFAULT) || is(says::HAS_AGENT);
    if !(keeps_alive && has_end) {
        writer.line("Connection: close");
        return false;
    }
    if is(says::LAST_REQUEST) {
        writer.line("Connection: close");
        return true;
    }
    writer.line("Connection: keep-alive");
    if is(says::TELLS_TIMEOUT) && !writer.seen.keep_alive {
        let max = if most > 0.0 { format!(", max={most}") } else { String::new() };
        writer.line(&format!("Keep-Alive: timeout={seconds}{max}"));
    }
    true
}
