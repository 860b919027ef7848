//! Writing: tried at once, the rest is queued; and the end of writing.
//!
//! `write` and `writeMany` are for the JavaScript halves: they take a callback, and say with 1 that
//! it will be called. The others are what Node's handles have: they take a request object, whose
//! `async` says that its `oncomplete(status, handle)` will be called.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use super::{Handle, reading, status, status_of, stream};
use crate::{
    bindings::{
        buffer::View,
        encoding::{self, Encoding},
        sockets,
    },
    engine::{
        callbacks,
        errors::{Code, coded},
        natives::{Method, arg},
    },
    event_loop::stream::{Done, Payload, Written},
    sys::{
        errno::Errno,
        fd,
        stdio::{Output, write_output},
    },
};

pub(super) const METHODS: &[Method] = &[
    ("readStart", 0, reading::start),
    ("readStop", 0, reading::stop),
    ("useUserBuffer", 1, reading::use_user_buffer),
    ("setBlocking", 1, set_blocking),
    ("shutdown", 1, shutdown),
    ("write", 3, write),
    ("writeMany", 2, write_many),
    ("writeBuffer", 2, |this, args, context| request(this, args, None, context)),
    ("writev", 3, writev),
    ("writeUtf8String", 2, |this, args, context| {
        request(this, args, Some(Encoding::Utf8), context)
    }),
    ("writeAsciiString", 2, |this, args, context| {
        request(this, args, Some(Encoding::Latin1), context)
    }),
    ("writeLatin1String", 2, |this, args, context| {
        request(this, args, Some(Encoding::Latin1), context)
    }),
    ("writeUcs2String", 2, |this, args, context| {
        request(this, args, Some(Encoding::Utf16le), context)
    }),
];

/// The bytes of a view, which may change until they are written.
struct Bytes(View);

impl Payload for Bytes {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn with(&self, look: &mut dyn FnMut(&[u8])) {
        self.0.read(look);
    }
}

/// A text whose units are its bytes.
struct Text(JsString);

impl Payload for Text {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn with(&self, look: &mut dyn FnMut(&[u8])) {
        look(encoding::own_bytes(&self.0, Encoding::Latin1).unwrap_or_default());
    }
}

/// A chunk of JavaScript's as bytes.
fn payload(
    chunk: &JsValue,
    encoding: Encoding,
    context: &mut Context,
) -> JsResult<Box<dyn Payload>> {
    if let Some(text) = chunk.as_string() {
        if encoding::own_bytes(&text, encoding).is_some() {
            return Ok(Box::new(Text(text)));
        }
        return Ok(Box::new(encoding::encode(&text, encoding)));
    }
    match View::of_view(chunk, context) {
        Some(view) => Ok(Box::new(Bytes(view))),
        None => Err(no_buffer(context)),
    }
}

fn no_buffer(context: &mut Context) -> JsError {
    coded(context, Code::ERR_INVALID_ARG_TYPE, "Second argument must be a buffer")
}

fn encoding_of(name: &JsValue) -> Encoding {
    name.as_string().and_then(|name| Encoding::parse(&name)).unwrap_or(Encoding::Utf8)
}

impl Handle {
    fn write(&self, payload: Box<dyn Payload>, done: Done<Context>) -> Result<Written, Errno> {
        let length = payload.len() as u64;
        let written = match self.output.get() {
            Some(_) if self.output_ended.get() => return Err(Errno::EPIPE),
            Some(output) => write_whole(output, &*payload)?,
            None => self.stream().write(payload, done)?,
        };
        self.bytes_written.set(self.bytes_written.get() + length);
        Ok(written)
    }
}

impl Handle {
    /// Writes what the descriptor takes at once: how many bytes. `None`, and nothing was written, where something
    /// is in the way.
    pub(crate) fn write_at_once(&self, bytes: &[u8]) -> Option<usize> {
        if self.output.get().is_some() {
            return None;
        }
        let written = self.stream().write_now(bytes)?;
        self.bytes_written.set(self.bytes_written.get() + written as u64);
        Some(written)
    }
}

/// What goes to a standard stream has left when the call returns.
fn write_whole(output: Output, payload: &dyn Payload) -> Result<Written, Errno> {
    let mut outcome = Ok(());
    payload.with(&mut |bytes| outcome = write_output(output, bytes));
    outcome.map(|()| Written::Now).map_err(|error| error.errno)
}

/// Who waits for the end of a write: a socket, and the callback of its stream.
type Waiting = (JsObject, JsObject);

impl Handle {
    /// Writes a chunk of a socket's: 0 if all was written, 1 if the socket will be told, or a status.
    pub(crate) fn write_chunk(
        &self,
        chunk: &JsValue,
        encoding: &JsValue,
        waiting: Waiting,
        context: &mut Context,
    ) -> JsResult<i32> {
        let is_named_buffer = encoding.as_string().is_some_and(|name| name == "buffer");
        if is_named_buffer && chunk.is_string() {
            return Err(no_buffer(context));
        }
        let payload = payload(chunk, encoding_of(encoding), context)?;
        Ok(self.write_for(payload, waiting))
    }

    /// As [`Self::write_chunk`], for the `chunk`s of a list, each in its `encoding`.
    pub(crate) fn write_entries(
        &self,
        list: &JsValue,
        waiting: Waiting,
        context: &mut Context,
    ) -> JsResult<i32> {
        let bytes = gathered(list, context)?;
        Ok(self.write_for(Box::new(bytes), waiting))
    }

    fn write_for(&self, payload: Box<dyn Payload>, (socket, callback): Waiting) -> i32 {
        let done: Done<Context> = Box::new(move |context, outcome| {
            callbacks::enter(context, |context| {
                sockets::written(&socket, &callback, status_of(outcome), context)
            });
        });
        told(self.write(payload, done))
    }

    /// Ends writing; `told` is called when that is done. False if it cannot, and then it is not.
    pub(crate) fn shut_down_then(
        &self,
        told: impl FnOnce(&mut Context) -> JsResult<()> + 'static,
    ) -> bool {
        let done: Done<Context> = Box::new(move |context, _| {
            callbacks::enter(context, told);
        });
        self.stream().shutdown(done).is_ok()
    }

    /// Ends writing: a status; `callback` is called with one when that is done.
    pub(crate) fn shut_down(&self, callback: JsObject) -> i32 {
        let done: Done<Context> = Box::new(move |context, _| {
            callbacks::enter(context, |context| callback.call(&JsValue::undefined(), &[], context));
        });
        self.output_ended.set(self.output.get().is_some());
        status_of(self.stream().shutdown(done))
    }
}

/// What `write` says of a write.
fn told(outcome: Result<Written, Errno>) -> i32 {
    match outcome {
        Ok(Written::Now) => 0,
        Ok(Written::Later) => 1,
        Err(errno) => status(errno),
    }
}

/// Calls a function of JavaScript's with the status, as the loop does.
fn call_back(callback: JsObject, this: JsValue, more: Vec<JsValue>) -> Done<Context> {
    Box::new(move |context, outcome| {
        callbacks::enter(context, |context| {
            let mut args = vec![status_of(outcome).into()];
            args.extend(more);
            callback.call(&this, &args, context)
        });
    })
}

/// Calls `request.oncomplete(status, handle, undefined)`.
fn complete(request: JsObject, handle: JsObject) -> Done<Context> {
    complete_request(request, vec![handle.into(), JsValue::undefined()])
}

/// Calls `request.oncomplete` with the status and what follows it.
pub(super) fn complete_request(request: JsObject, more: Vec<JsValue>) -> Done<Context> {
    Box::new(move |context, outcome| {
        callbacks::enter(context, |context| {
            let on_complete = request.get(js_string!("oncomplete"), context)?;
            match on_complete.as_callable() {
                Some(on_complete) => {
                    call_back(on_complete, request.into(), more)(context, outcome);
                    Ok(())
                }
                None => Ok(()),
            }
        });
    })
}

/// `write(chunk, encoding, callback, ...more)`: 0 if all was written, 1 if the callback will be
/// called with a status and what was given behind it.
fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let payload = payload(&arg(args, 0), encoding_of(&arg(args, 1)), context)?;
    put(&handle, payload, args.get(2..).unwrap_or_default())
}

/// `writeMany(entries, callback, ...more)`: the `chunk`s of a list, each in its `encoding`, as one
/// write.
fn write_many(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let bytes = gathered(&arg(args, 0), context)?;
    put(&handle, Box::new(bytes), args.get(1..).unwrap_or_default())
}

/// The chunks of a list, each in its encoding.
fn gathered(list: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    let list = list.to_object(context)?;
    let count = list.get(js_string!("length"), context)?.to_length(context)?;
    let mut bytes = Vec::new();
    for index in 0..count {
        let entry = list.get(index, context)?.to_object(context)?;
        let chunk = entry.get(js_string!("chunk"), context)?;
        let encoding = encoding_of(&entry.get(js_string!("encoding"), context)?);
        payload(&chunk, encoding, context)?.with(&mut |part| bytes.extend_from_slice(part));
    }
    Ok(bytes)
}

fn put(handle: &Handle, payload: Box<dyn Payload>, callback: &[JsValue]) -> JsResult<JsValue> {
    let done: Done<Context> = match arg(callback, 0).as_callable() {
        Some(function) => call_back(function, JsValue::undefined(), callback[1..].to_vec()),
        None => Box::new(|_, _| {}),
    };
    Ok(told(handle.write(payload, done)).into())
}

/// `writeBuffer(request, view)`, `writeUtf8String(request, text)` and their like.
fn request(
    this: &JsValue,
    args: &[JsValue],
    encoding: Option<Encoding>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let payload = payload(&arg(args, 1), encoding.unwrap_or(Encoding::Utf8), context)?;
    put_request(this, &arg(args, 0), payload, context)
}

/// `writev(request, chunks, allBuffers)`: views, or chunks and their encodings in turn.
fn writev(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let list = arg(args, 1).to_object(context)?;
    let only_views = arg(args, 2).to_boolean();
    let count = list.get(js_string!("length"), context)?.to_length(context)?;
    let mut bytes = Vec::new();
    for index in (0..count).step_by(if only_views { 1 } else { 2 }) {
        let chunk = list.get(index, context)?;
        let encoding =
            if only_views { Encoding::Utf8 } else { encoding_of(&list.get(index + 1, context)?) };
        payload(&chunk, encoding, context)?.with(&mut |part| bytes.extend_from_slice(part));
    }
    put_request(this, &arg(args, 0), Box::new(bytes), context)
}

fn put_request(
    this: &JsValue,
    request: &JsValue,
    payload: Box<dyn Payload>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (handle, object) = stream::receiver_object(this)?;
    let request = request.to_object(context)?;
    request.set(js_string!("bytes"), payload.len() as f64, false, context)?;
    let outcome = handle.write(payload, complete(request.clone(), object));
    let is_later = outcome == Ok(Written::Later);
    request.set(js_string!("async"), is_later, false, context)?;
    Ok(status_of(outcome.map(drop)).into())
}

/// `shutdown(callback)` or `shutdown(request)`.
fn shutdown(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (handle, object) = stream::receiver_object(this)?;
    let given = arg(args, 0);
    let done = match given.as_callable() {
        Some(callback) => call_back(callback, JsValue::undefined(), Vec::new()),
        None => complete(given.to_object(context)?, object),
    };
    Ok(status_of(handle.stream().shutdown(done)).into())
}

/// `setBlocking(on)`.
fn set_blocking(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let on = arg(args, 0).to_boolean();
    let outcome = handle
        .stream()
        .opened()
        .and_then(|fd| fd::set_nonblocking(&*fd, !on).map_err(|error| error.errno));
    Ok(status_of(outcome).into())
}
