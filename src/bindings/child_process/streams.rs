//! The streams between parent and child: a `net.Socket` for each slot that is a pipe.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
};

use crate::{
    bindings::{
        events::{self, Position},
        handles,
    },
    engine::{
        builtins,
        natives::{closure, define_value},
    },
};

/// A socket over the handle of a slot. What the child reads from its standard input cannot be read
/// here; all others go both ways.
pub(super) fn socket(handle: JsObject, slot: usize, context: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_null_proto();
    define_value(&options, js_string!("handle"), handle, true);
    construct(options, slot, context)
}

/// The socket of a slot whose stream has come to its end before anybody asked for it.
pub(super) fn closed_socket(slot: usize, context: &mut Context) -> JsResult<JsObject> {
    let socket = construct(JsObject::with_null_proto(), slot, context)?;
    call(&socket, "destroy", context)?;
    Ok(socket)
}

fn construct(options: JsObject, slot: usize, context: &mut Context) -> JsResult<JsObject> {
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
        handles::note_reading(&handle, false, context)?;
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

/// Lets what nobody reads flow away.
pub(super) fn flush(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    if is_unread(stream, context)? { call(stream, "resume", context) } else { Ok(()) }
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

/// Calls a method, where there is one.
pub(super) fn call(object: &JsObject, method: &str, context: &mut Context) -> JsResult<()> {
    let function = object.get(JsString::from(method), context)?;
    match function.as_callable() {
        Some(function) => function.call(&object.clone().into(), &[], context).map(drop),
        None => Ok(()),
    }
}
