//! `JSON.rawJSON` and `JSON.isRawJSON`.

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsValue, js_string, object::IntegrityLevel,
};
use boa_gc::{Finalize, Trace};

use super::{
    failure::{Failure, Reason, syntax_error},
    parse_text,
    parser::NoRecorder,
    state::State,
    text::Utf16,
};
use crate::engine::natives::arg;

/// The data of an object that `JSON.rawJSON` made.
#[derive(Debug, Trace, Finalize, JsData)]
pub(super) struct RawJson;

/// `JSON.rawJSON(text)`: an object that stringifies to exactly this text, of a primitive.
pub(super) fn raw_json(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = arg(args, 0).to_string(context)?;
    check(&text.to_vec(), context)?;
    let object = JsObject::from_proto_and_data(None, RawJson);
    object.create_data_property(js_string!("rawJSON"), text, context)?;
    object.set_integrity_level(IntegrityLevel::Frozen, context)?;
    Ok(object.into())
}

/// `JSON.isRawJSON(value)`.
pub(super) fn is_raw_json(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let object = arg(args, 0).as_object();
    Ok(object.is_some_and(|object| object.is::<RawJson>()).into())
}

/// Throws unless the text is one primitive, with no white space around it.
fn check(text: &[u16], context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    match text.first() {
        None => return Err(invalid()),
        Some(0x09 | 0x0A | 0x0D | 0x20 | 0x5B | 0x7B) => {
            return Err(syntax_error(Reason::UnexpectedToken, text, 0));
        }
        Some(_) => {}
    }
    match parse_text(Utf16(text), &mut NoRecorder, &state, context) {
        Err(Failure { reason: Reason::TrailingText, .. }) => Err(invalid()),
        Err(Failure { reason, at }) => Err(syntax_error(reason, text, at)),
        Ok(_) if matches!(text.last(), Some(0x09 | 0x0A | 0x0D | 0x20)) => Err(invalid()),
        Ok(_) => Ok(()),
    }
}

fn invalid() -> boa_engine::JsError {
    JsNativeError::syntax().with_message("Invalid value for JSON.rawJSON").into()
}
