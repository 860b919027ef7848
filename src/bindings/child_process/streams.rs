//! The streams between parent and child: a `net.Socket` for each slot that is a pipe.

use std::os::fd::OwnedFd;

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
};

use super::arguments::elements;
use crate::{
    bindings::{
        events::{self, Position},
        handles,
    },
    engine::{
        builtins,
        errors::{Wording, throw_sys},
        natives::{closure, define_value},
        state,
    },
    sys::error::SysError,
};

/// A socket over our end of a slot. What the child reads from its standard input cannot be read
/// here; all others go both ways.
pub(super) fn socket(end: OwnedFd, slot: usize, context: &mut Context) -> JsResult<JsObject> {
    let handle = handles::adopt(end, context)
        .map_err(|errno| throw_sys(context, &SysError::new(errno, "spawn"), Wording::Short))?;
    let options = JsObject::with_null_proto();
    define_value(&options, js_string!("handle"), handle, true);
    define_value(&options, js_string!("readable"), slot > 0, true);
    let module = builtins::load_object("internal/net/socket", context)?;
    let class = module.get(js_string!("Socket"), context)?;
    let class = class.as_object().filter(JsObject::is_constructor);
    let class = class.ok_or_else(|| JsNativeError::typ().with_message("net.Socket was removed"))?;
    class.construct(&[options.into()], None, context)
}

/// What is told of a stream's end.
type OnClosed = fn(&JsObject, &mut Context) -> JsResult<()>;

/// Calls `then` with the child when the stream has closed.
pub(super) fn when_closed(
    stream: &JsObject,
    child: JsObject,
    then: OnClosed,
    context: &mut Context,
) -> JsResult<()> {
    let run =
        |_: &JsValue,
         _: &[JsValue],
         (child, Told(then)): &(JsObject, Told),
         context: &mut Context| { then(child, context).map(|()| JsValue::undefined()) };
    let listener = closure("", 0, (child, Told(then)), run, context);
    events::add_listener(stream, js_string!("close"), listener, Position::Last, context)
}

/// A function holds nothing that the collector has to see.
#[derive(Clone, Copy, boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Told(OnClosed);

/// The key under which a stream notes that a child has its descriptor.
struct UsedByChild(JsSymbol);

fn used_by_child(context: &mut Context) -> JsSymbol {
    if let Some(UsedByChild(symbol)) = context.get_data() {
        return symbol.clone();
    }
    let name = js_string!("kIsUsedAsStdio");
    let symbol = JsSymbol::new(Some(name)).unwrap_or_else(JsSymbol::async_iterator);
    context.insert_data(UsedByChild(symbol.clone()));
    symbol
}

/// A stream of ours became a child's: from now on the child reads it, not we.
pub(super) fn hand_over(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    call(stream, "pause", context)?;
    if let Some(handle) = stream.get(js_string!("_handle"), context)?.as_object() {
        define_value(&handle, js_string!("reading"), false, true);
        call(&handle, "readStop", context)?;
    }
    // A read that was under way is none any more: the program may go on once the child has ended.
    stream.set(js_string!("readableFlowing"), false, false, context)?;
    if let Some(state) = stream.get(js_string!("_readableState"), context)?.as_object() {
        state.set(js_string!("reading"), false, false, context)?;
    }
    let symbol = used_by_child(context);
    define_value(stream, symbol, true, false);
    Ok(())
}

/// Lets what nobody reads flow away in the next tick, or the streams of a child that has ended
/// would never come to their ends.
pub(super) fn flush_later(child: &JsObject, context: &mut Context) {
    let child = child.clone();
    state::of(context).ticks.push_native(move |context| {
        for stream in all(&child, context)? {
            if is_unread(&stream, context)? {
                call(&stream, "resume", context)?;
            }
        }
        Ok(())
    });
}

fn is_unread(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    if !stream.get(js_string!("readable"), context)?.to_boolean() {
        return Ok(false);
    }
    let symbol = used_by_child(context);
    if stream.get(symbol, context)?.to_boolean() {
        return Ok(false);
    }
    let state = stream.get(js_string!("_readableState"), context)?;
    let Some(state) = state.as_object() else { return Ok(false) };
    Ok(!state.get(js_string!("readableListening"), context)?.to_boolean())
}

/// Destroys the stream that this property is, if it is one.
pub(super) fn destroy(child: &JsObject, name: &str, context: &mut Context) -> JsResult<()> {
    let stream = child.get(JsString::from(name), context)?;
    match stream.as_object() {
        Some(stream) => call(&stream, "destroy", context),
        None => Ok(()),
    }
}

/// Destroys every stream of the child.
pub(super) fn destroy_all(child: &JsObject, context: &mut Context) -> JsResult<()> {
    for stream in all(child, context)? {
        call(&stream, "destroy", context)?;
    }
    Ok(())
}

fn all(child: &JsObject, context: &mut Context) -> JsResult<Vec<JsObject>> {
    let list = child.get(js_string!("stdio"), context)?;
    let Some(list) = list.as_object().filter(JsObject::is_array) else { return Ok(Vec::new()) };
    Ok(elements(&list, context)?.iter().filter_map(JsValue::as_object).collect())
}

fn call(object: &JsObject, method: &str, context: &mut Context) -> JsResult<()> {
    let function = object.get(JsString::from(method), context)?;
    match function.as_callable() {
        Some(function) => function.call(&object.clone().into(), &[], context).map(drop),
        None => Ok(()),
    }
}
