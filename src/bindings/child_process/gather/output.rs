//! One output of a run: its bytes as they come, or the chunks of a stream that the program looks at.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use super::{Gathering, Settings, call_with};
use crate::{
    bindings::{
        buffer::{self, View},
        child_process::pipes::Gatherer,
        encoding::{self, Encoding},
        events::{self, Position},
    },
    engine::{
        errors::{Code, coded_object},
        natives::{arg, closure},
    },
};

pub(super) const NAMES: [&str; 2] = ["stdout", "stderr"];

/// One of the two outputs so far.
#[derive(Default)]
pub(super) struct Output {
    /// What came natively.
    bytes: RefCell<Vec<u8>>,
    /// How much of it is whole characters.
    checked: Cell<usize>,
    /// What came from the stream.
    pub(super) chunks: RefCell<Vec<JsValue>>,
    length: Cell<f64>,
    pub(super) stream: RefCell<Option<JsObject>>,
}

impl Output {
    /// Whether the bytes are UTF-8 so far; the last character may be incomplete.
    fn check(&self, all: &[u8]) -> bool {
        let start = self.checked.get();
        let end = match std::str::from_utf8(&all[start..]) {
            Ok(_) => all.len(),
            Err(error) if error.error_len().is_none() => start + error.valid_up_to(),
            Err(_) => return false,
        };
        self.checked.set(end);
        true
    }

    /// All of it, as the callback gets it.
    pub(super) fn whole(&self, settings: &Settings, context: &mut Context) -> JsResult<JsValue> {
        let stream = self.stream.take();
        let Some(stream) = stream else {
            let bytes = self.bytes.take();
            return Ok(match &settings.encoding {
                Some((_, encoding)) => buffer::decoded(&bytes, *encoding, context)?.into(),
                None => buffer::from_slice(&bytes, context)?.into(),
            });
        };
        let chunks = self.chunks.take();
        let is_text = settings.encoding.is_some()
            || stream.get(js_string!("readableEncoding"), context)?.to_boolean();
        if is_text {
            let texts = chunks.iter().map(|chunk| chunk.to_string(context));
            let texts = texts.collect::<JsResult<Vec<_>>>()?;
            let parts: Vec<_> = texts.iter().map(JsString::as_str).collect();
            return Ok(JsString::concat_array(&parts).into());
        }
        let mut all = Vec::new();
        for chunk in &chunks {
            if let Some(view) = View::of_view(chunk, context) {
                view.read(|bytes| all.extend_from_slice(bytes));
            }
        }
        Ok(buffer::from_slice(&all, context)?.into())
    }
}

/// One output of a run.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_empty_trace)]
pub(super) struct Side(pub(super) Rc<Gathering>, pub(super) usize);

impl Gatherer for Side {
    fn take(&self, bytes: &[u8]) -> bool {
        let Self(gathering, side) = self;
        let output = &gathering.outputs[*side];
        let length = output.length.get() + bytes.len() as f64;
        // What is cut off, or is no text, is left to the stream's decoder.
        if length > gathering.settings.max_buffer {
            return false;
        }
        let mut all = output.bytes.borrow_mut();
        let before = all.len();
        all.extend_from_slice(bytes);
        let fits = match gathering.settings.encoding {
            Some((_, Encoding::Utf8)) => output.check(&all),
            None | Some((_, Encoding::Latin1 | Encoding::Hex)) => true,
            Some(_) => false,
        };
        if fits {
            output.length.set(length);
        } else {
            all.truncate(before);
        }
        fits
    }

    fn adopt(&self, stream: &JsObject, context: &mut Context) -> JsResult<()> {
        let Self(gathering, side) = self;
        let output = &gathering.outputs[*side];
        let bytes = output.bytes.take();
        *output.stream.borrow_mut() = Some(stream.clone());
        if let Some((name, _)) = &gathering.settings.encoding {
            call_with(stream, "setEncoding", &name.clone().into(), context)?;
        }
        if !bytes.is_empty() {
            let chunk = buffer::unpooled(&bytes, context)?.into();
            let chunk = decoded_by(stream, chunk, context)?;
            output.chunks.borrow_mut().push(chunk);
        }
        let listener = closure("ondata", 1, self.clone(), on_data, context);
        events::add_listener(stream, js_string!("data"), listener, Position::Last, context)
    }
}

/// What the stream's decoder, if it has one, makes of its first bytes.
fn decoded_by(stream: &JsObject, chunk: JsValue, context: &mut Context) -> JsResult<JsValue> {
    let state = stream.get(js_string!("_readableState"), context)?.to_object(context)?;
    match state.get(js_string!("decoder"), context)?.as_object() {
        Some(decoder) => call_with(&decoder, "write", &chunk, context),
        None => Ok(chunk),
    }
}

/// A chunk of a stream that the program has looked at.
fn on_data(
    _: &JsValue,
    args: &[JsValue],
    Side(gathering, side): &Side,
    context: &mut Context,
) -> JsResult<JsValue> {
    let output = &gathering.outputs[*side];
    let stream = output.stream.borrow().clone();
    let Some(stream) = stream else { return Ok(JsValue::undefined()) };
    let chunk = arg(args, 0);
    // The program may have set another encoding.
    let used = stream.get(js_string!("readableEncoding"), context)?.as_string();
    let used = used.as_ref().and_then(Encoding::parse);
    let size = match (chunk.as_string(), used) {
        (Some(text), Some(used)) => encoding::byte_length(&text, used) as f64,
        (Some(text), None) => text.len() as f64,
        (None, _) => {
            chunk.to_object(context)?.get(js_string!("length"), context)?.to_number(context)?
        }
    };
    let before = output.length.replace(output.length.get() + size);
    let limit = gathering.settings.max_buffer;
    if before + size <= limit {
        output.chunks.borrow_mut().push(chunk);
        return Ok(JsValue::undefined());
    }
    let cut = cut(&chunk, limit - before, context)?;
    output.chunks.borrow_mut().push(cut);
    let message = format!("{} maxBuffer length exceeded", NAMES[*side]);
    let error = coded_object(context, Code::ERR_CHILD_PROCESS_STDIO_MAXBUFFER, message);
    gathering.failure.replace(Some(error.into()));
    gathering.kill(context)?;
    Ok(JsValue::undefined())
}

/// The beginning of a chunk; where there is less than no room, as JavaScript counts from the end.
fn cut(chunk: &JsValue, room: f64, context: &mut Context) -> JsResult<JsValue> {
    let name = if chunk.is_string() { js_string!("slice") } else { js_string!("subarray") };
    let method = chunk.to_object(context)?.get(name, context)?;
    match method.as_callable() {
        Some(method) => method.call(chunk, &[0.into(), room.into()], context),
        None => Ok(chunk.clone()),
    }
}
