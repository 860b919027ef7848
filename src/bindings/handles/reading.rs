//! Reading: one read and one call into JavaScript each time that a handle is readable.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::AlignedVec};

use super::{Handle, native::OnRead, status, status_of, stream};
use crate::{
    bindings::{
        buffer::{self, View},
        sockets,
    },
    engine::{callbacks, natives::arg},
    sys::errno::Errno,
};

/// How much is read at once, in bytes.
const READ_SIZE: usize = 64 * 1024;

/// A read that fills this much of the block keeps it. Of a smaller one a copy is made: the next
/// block would have to be cleared, and much of this one would be held for nothing.
const KEPT: usize = 48 * 1024;

thread_local! {
    /// The block for the next read, whatever handle reads.
    static BLOCK: RefCell<Option<AlignedVec<u8>>> = const { RefCell::new(None) };
}

/// `readStart()`.
pub(super) fn start(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let outcome = handle.stream().opened().and_then(|_| handle.stream().set_reading(true));
    Ok(status_of(outcome).into())
}

/// `readStop()`.
pub(super) fn stop(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(status_of(stream::receiver(this)?.stream().set_reading(false)).into())
}

/// `useUserBuffer(view)`: reads go there, and `onread` gets their number alone.
pub(super) fn use_user_buffer(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let view = View::of_view(&arg(args, 0), context);
    *handle.user_buffer.borrow_mut() = view;
    Ok(JsValue::undefined())
}

/// The loop found a handle readable.
pub(super) fn readable(handle: &Rc<Handle>, context: &mut Context) {
    let Some(object) = handle.object() else { return };
    callbacks::enter(context, |context| {
        let user_buffer = handle.user_buffer.borrow().clone();
        let outcome = match user_buffer {
            Some(view) => read_into(handle, &view, context),
            None => read_block(handle, context),
        };
        let (status, buffer) = match outcome {
            Ok(Some(read)) => read,
            Ok(None) => return Ok(()),
            Err(Failed::System(errno)) => {
                // It would be readable again and again.
                handle.stream().set_reading(false).unwrap_or_default();
                (status(errno), JsValue::undefined())
            }
            Err(Failed::Engine(error)) => return Err(error),
        };
        call_on_read(&object, status, buffer, context)
    });
}

/// Why a read gave nothing.
enum Failed {
    System(Errno),
    Engine(boa_engine::JsError),
}

/// What `onread` is told: a number of bytes, and the bytes.
type Read = Option<(i32, JsValue)>;

pub(super) fn call_on_read(
    object: &JsObject,
    status: i32,
    buffer: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let on_read = match stream::of_object(object) {
        Some(handle) => handle.on_read.borrow().clone(),
        None => object.get(js_string!("onread"), context)?,
    };
    let Some(on_read) = on_read.as_callable() else { return Ok(()) };
    if sockets::is_on_read(&on_read, context) {
        return sockets::on_read(object, status, buffer, context);
    }
    on_read.call(&object.clone().into(), &[status.into(), buffer], context).map(drop)
}

fn read_into(handle: &Handle, view: &View, context: &mut Context) -> Result<Read, Failed> {
    let outcome =
        view.write(context, |slots| handle.stream().read(slots)).map_err(Failed::Engine)?;
    let count = count_of(handle, outcome).map_err(Failed::System)?;
    Ok(count.map(|count| (count as i32, JsValue::undefined())))
}

fn read_block(handle: &Handle, context: &mut Context) -> Result<Read, Failed> {
    let mut block = block(context).ok_or(Failed::System(Errno::ENOBUFS))?;
    let count = match count_of(handle, handle.stream().read(&mut block)) {
        Ok(Some(count)) => count,
        other => {
            BLOCK.set(Some(block));
            return other.map(|_| None).map_err(Failed::System);
        }
    };
    let buffer = if count >= KEPT {
        block.truncate(count);
        buffer::from_block(block, context)
    } else {
        let buffer = buffer::unpooled(&block[..count], context);
        BLOCK.set(Some(block));
        buffer
    };
    Ok(Some((count as i32, buffer.map_err(Failed::Engine)?.into())))
}

fn block(context: &mut Context) -> Option<AlignedVec<u8>> {
    BLOCK.take().or_else(|| buffer::zeroed_block(READ_SIZE, context))
}

/// As [`readable`], for native code.
pub(super) fn read_natively(handle: &Rc<Handle>, on_read: &OnRead, context: &mut Context) {
    let Some(mut block) = block(context) else {
        stop_at(handle, Errno::ENOBUFS, on_read, context);
        return;
    };
    match count_of(handle, handle.stream().read(&mut block)) {
        Ok(Some(count)) => on_read(context, Ok(&block[..count])),
        Ok(None) => {}
        Err(errno) => stop_at(handle, errno, on_read, context),
    }
    BLOCK.set(Some(block));
}

fn stop_at(handle: &Rc<Handle>, errno: Errno, on_read: &OnRead, context: &mut Context) {
    // It would be readable again and again.
    handle.stream().set_reading(false).unwrap_or_default();
    on_read(context, Err(errno));
}

fn count_of(
    handle: &Handle,
    outcome: Result<Option<usize>, Errno>,
) -> Result<Option<usize>, Errno> {
    match outcome? {
        Some(0) => Err(Errno::EOF),
        Some(count) => {
            handle.bytes_read.set(handle.bytes_read.get() + count as u64);
            Ok(Some(count))
        }
        None => Ok(None),
    }
}
