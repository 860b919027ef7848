//! `JSON`, in the place of the engine's: its parser goes from text straight to values.
//!
//! ECMA-262, "The JSON Object", and the proposal "JSON.parse source text access", which V8 has.

mod circle;
mod failure;
mod keys;
mod options;
mod output;
mod parser;
mod quote;
mod raw;
mod revive;
mod runs;
mod rust_value;
mod shapes;
mod spelled;
mod state;
mod stringify;
#[cfg(test)]
mod tests;
mod text;

/// What other serializations of objects use of JSON's: keys, and the names that shapes have.
pub(crate) use self::{
    keys::KeyCache,
    shapes::{ShapeCache, ShapeNames},
};

pub(crate) use rust_value::to_serde;
use std::rc::Rc;

use boa_engine::{Context, JsResult, JsString, JsValue, string::JsStrVariant};

use self::{
    failure::{Failure, syntax_error},
    options::Options,
    output::Utf8Output,
    parser::{NoRecorder, Parser, Recorder},
    revive::{Records, Walk},
    state::State,
    stringify::Writer,
    text::{Latin1, Text, Utf8, Utf16},
};
use super::string_buffer::StringBuffer;
use crate::engine::natives::{Method, arg, define_methods};

const METHODS: &[Method] = &[
    ("parse", 2, parse),
    ("stringify", 3, stringify),
    ("rawJSON", 1, raw::raw_json),
    ("isRawJSON", 1, raw::is_raw_json),
];

/// Puts these functions in the place of the engine's.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let state = State::new(context)?;
    context.insert_data(Rc::new(state));
    let json = context.intrinsics().objects().json();
    define_methods(&json, METHODS, false, context);
    Ok(())
}

/// Parses a JSON text in UTF-8, as a channel carries it, to JavaScript values.
///
/// What is invalid UTF-8 reads as U+FFFD.
///
/// # Errors
/// `JSON.parse`'s `SyntaxError` if the text is no JSON.
pub(crate) fn parse_bytes(bytes: &[u8], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    parse_or_throw(Utf8(bytes), &mut NoRecorder, &state, context)
}

fn parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = arg(args, 0).to_string(context)?;
    let state = State::of(context);
    let Some(reviver) = args.get(1).and_then(JsValue::as_callable) else {
        return parse_string(&text, &mut NoRecorder, &state, context);
    };
    let mut records = Records::default();
    let value = parse_string(&text, &mut records, &state, context)?;
    Walk { text: &text, records, reviver, state: &state }.revive(value, context)
}

fn parse_string(
    text: &JsString,
    recorder: &mut impl Recorder,
    state: &State,
    context: &mut Context,
) -> JsResult<JsValue> {
    match text.variant() {
        JsStrVariant::Latin1(units) => parse_or_throw(Latin1(units), recorder, state, context),
        JsStrVariant::Utf16(units) => parse_or_throw(Utf16(units), recorder, state, context),
    }
}

fn parse_or_throw(
    text: impl Text,
    recorder: &mut impl Recorder,
    state: &State,
    context: &mut Context,
) -> JsResult<JsValue> {
    parse_text(text, recorder, state, context).map_err(|failure| {
        let (units, position) = text.located(failure.at);
        syntax_error(failure.reason, &units, position)
    })
}

fn parse_text(
    text: impl Text,
    recorder: &mut impl Recorder,
    state: &State,
    context: &mut Context,
) -> Result<JsValue, Failure> {
    Parser::new(text, recorder, &mut state.workspace.borrow_mut(), context).document()
}

/// Appends the JSON of a value in UTF-8, as a channel carries it; false if the value has no JSON.
///
/// # Errors
/// What `JSON.stringify` throws, and whatever a `toJSON` or a getter throws: then part of the JSON may
/// have been appended.
pub(crate) fn append_json(
    bytes: &mut Vec<u8>,
    value: &JsValue,
    context: &mut Context,
) -> JsResult<bool> {
    let state = State::of(context);
    let mut out = Utf8Output::after(bytes);
    Writer::new(&mut out, &Options::default(), &state, context).write(value)
}

fn stringify(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let options = Options::decode(&arg(args, 1), &arg(args, 2), &state, context)?;
    let mut out = StringBuffer::default();
    let is_json = Writer::new(&mut out, &options, &state, context).write(&arg(args, 0))?;
    Ok(if is_json { out.string().into() } else { JsValue::undefined() })
}
