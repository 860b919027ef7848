//! `string_decoder`: text from chunks that may end in the middle of a character.
//!
//! As in Node, what is left of a character stands in a small buffer that the decoder object
//! shows under a symbol.

mod state;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
};
use state::{STATE_SIZE, State};

use super::{
    buffer::{self, View},
    encoding::Encoding,
};
use crate::engine::{
    errors::{Code, coded},
    natives::{Method, Native, arg, define_accessor, define_methods, define_value, function},
    scripts, validate,
};

const METHODS: &[Method] = &[("write", 1, write), ("end", 1, end), ("text", 2, text)];
const GETTERS: &[(&str, Native)] =
    &[("lastChar", last_char), ("lastNeed", last_need), ("lastTotal", last_total)];

/// The class can be called on an object that exists already (`StringDecoder.call(this)`): that
/// takes a function of JavaScript's.
const CLASS: &str =
    "'use strict'; return function StringDecoder(encoding) { initialize(this, encoding); };";

/// The key under which a decoder keeps its state.
#[derive(Clone)]
struct StateKey(JsSymbol);

fn state_key(context: &mut Context) -> JsSymbol {
    if let Some(StateKey(symbol)) = context.get_data::<StateKey>() {
        return symbol.clone();
    }
    let symbol = JsSymbol::new(Some(js_string!("kNativeDecoder")))
        .expect("the engine has symbols left: it counts them with 64 bits");
    context.insert_data(StateKey(symbol.clone()));
    symbol
}

/// The exports of `string_decoder`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let make = scripts::compile_wrapper(CLASS, "node:string_decoder", "initialize", context)?;
    let initialize = function("initialize", 2, initialize, context);
    let class = make.call(&JsValue::undefined(), &[initialize.into()], context)?;
    let prototype = class.to_object(context)?.get(js_string!("prototype"), context)?;
    let prototype = prototype.to_object(context)?;
    define_methods(&prototype, METHODS, true, context);
    for &(name, get) in GETTERS {
        let get = function("get", 0, get, context);
        define_accessor(&prototype, JsString::from(name), Some(get), None, true);
    }
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_value(&exports, js_string!("StringDecoder"), class, true);
    Ok(exports.into())
}

fn initialize(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(this) = arg(args, 0).as_object() else {
        let message = "Cannot set properties of undefined (setting 'encoding')";
        return Err(JsNativeError::typ().with_message(message).into());
    };
    let encoding = decode_encoding(&arg(args, 1), context)?;
    this.set(js_string!("encoding"), js_string!(encoding.name()), true, context)?;
    let state = buffer::from_slice(&State::new(encoding).to_bytes(), context)?;
    let key = state_key(context);
    this.set(key, state, true, context)?;
    Ok(JsValue::undefined())
}

fn decode_encoding(value: &JsValue, context: &mut Context) -> JsResult<Encoding> {
    if value.is_null_or_undefined() {
        return Ok(Encoding::Utf8);
    }
    let name = match value.as_string() {
        Some(name) if name.is_empty() => return Ok(Encoding::Utf8),
        Some(name) => match Encoding::parse(&name) {
            Some(encoding) => return Ok(encoding),
            None => name.to_std_string_lossy(),
        },
        None => validate::shown(value, context),
    };
    Err(coded(context, Code::ERR_UNKNOWN_ENCODING, format!("Unknown encoding: {name}")))
}

/// Where the decoder keeps its state.
fn state_view(this: &JsValue, context: &mut Context) -> JsResult<View> {
    let key = state_key(context);
    let state = match this.as_object() {
        Some(object) => object.get(key, context)?,
        None => JsValue::undefined(),
    };
    View::of_uint8_array(&state, context)
        .filter(|view| view.len() == STATE_SIZE)
        .ok_or_else(|| wrong_this(context))
}

fn wrong_this(context: &mut Context) -> JsError {
    let message = "Value of \"this\" must be of type StringDecoder";
    coded(context, Code::ERR_INVALID_THIS, message)
}

/// Reads the state, lets `work` change it, and stores it again.
fn with_state<T>(
    this: &JsValue,
    context: &mut Context,
    work: impl FnOnce(&mut State) -> T,
) -> JsResult<T> {
    let view = state_view(this, context)?;
    let mut state = view.read(State::from_bytes);
    let result = work(&mut state);
    let bytes = state.to_bytes();
    view.write(context, |slots| {
        let count = slots.len();
        slots.copy_from_slice(&bytes[..count]);
    })?;
    Ok(result)
}

fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let chunk = arg(args, 0);
    if chunk.is_string() {
        return Ok(chunk);
    }
    let Some(view) = View::of_view(&chunk, context) else {
        let expected = "an instance of Buffer, TypedArray, or DataView";
        return Err(validate::invalid_arg_type(context, "buf", expected, &chunk));
    };
    let encoding = with_state(this, context, |state| state.encoding())?;
    buffer::check_length(view.len(), encoding, context)?;
    // The chunk may be the state itself: no view is read while another is written.
    let bytes = view.to_vec();
    Ok(with_state(this, context, |state| state.write(&bytes))?.into())
}

fn end(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let written = match arg(args, 0) {
        chunk if chunk.is_undefined() => JsValue::from(JsString::default()),
        _ => write(this, args, context)?,
    };
    let rest = with_state(this, context, State::flush)?;
    let written = written.to_string(context)?;
    Ok(js_string!(&written, &rest).into())
}

/// `decoder.text(buffer, offset)`: decodes anew from a position.
fn text(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_state(this, context, State::reset)?;
    let chunk = arg(args, 0).to_object(context)?;
    let slice = chunk.get(js_string!("slice"), context)?;
    let Some(slice) = slice.as_callable() else {
        return Err(JsNativeError::typ().with_message("buf.slice is not a function").into());
    };
    let rest = slice.call(&chunk.into(), &[arg(args, 1)], context)?;
    write(this, &[rest], context)
}

fn last_char(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = state_view(this, context)?;
    Ok(buffer::over(&view.part(0, state::LONGEST), context)?.into())
}

fn last_need(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_state(this, context, |state| state.missing().into())
}

fn last_total(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_state(this, context, |state| (state.buffered() + state.missing()).into())
}
