//! The native half of `http`: the parser of what comes in, the store and the writer of heads that go out, the
//! list of a server's connections.

mod connections;
mod date;
mod fields;
mod incoming;
mod message;
mod outgoing;
mod parser;
mod realm;
mod serving;
mod status;
mod wire;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::engine::{
    classes::class,
    natives::{Method, arg, define_value, exports_of},
    state,
};

const METHODS: &[Method] = &[
    ("isToken", 1, |_, args, _| {
        let text = arg(args, 0).as_string();
        Ok(text.is_some_and(|text| outgoing::is_token(&text)).into())
    }),
    ("isInvalidValue", 1, |_, args, context| {
        let text = arg(args, 0).to_string(context)?;
        Ok((!outgoing::is_value(&text)).into())
    }),
    ("statusMessage", 1, |_, args, _| {
        let code = arg(args, 0).as_number().unwrap_or(0.0);
        let message = status::message(code as u16);
        Ok(message.map_or(JsValue::undefined(), |message| JsString::from(message).into()))
    }),
    ("isSingle", 1, |_, args, _| {
        let name = arg(args, 0).as_string();
        Ok(name.is_some_and(|name| fields::is_single(&name)).into())
    }),
    ("maxHeaderSize", 0, |_, _, context| {
        Ok((state::of(context).http.get().max_header_size as f64).into())
    }),
    ("isLenientByDefault", 0, |_, _, context| Ok(state::of(context).http.get().is_lenient.into())),
    ("rawFields", 1, fields::raw),
    ("headers", 2, fields::headers),
    ("distinct", 1, fields::distinct),
    ("adoptIncoming", 2, realm::adopt_incoming),
    ("adoptOutgoing", 2, realm::adopt_outgoing),
    ("adoptResponse", 2, realm::adopt_response),
    ("digest", 1, serving::digest),
    ("dump", 0, |this, _, _| {
        Ok(this.as_object().is_some_and(|request| incoming::end_untouched(&request)).into())
    }),
    ("told", 1, |_, args, context| {
        let message = arg(args, 0).to_object(context)?;
        serving::told(&message, context)?;
        Ok(JsValue::undefined())
    }),
];

/// The native builtin `internal/http/native`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    for spec in [&parser::PARSER, &serving::SERVING, &connections::CONNECTIONS] {
        let class = class(spec, None, context);
        define_value(&exports, JsString::from(spec.name), class.constructor, true);
    }
    let lists = class(&outgoing::OUTGOING, None, context);
    define_value(&exports, js_string!("Outgoing"), lists.constructor.clone(), true);
    let methods = exports_of(outgoing::METHODS, context);
    define_value(&exports, js_string!("messages"), methods, true);
    realm::begin(&exports, lists, context);
    for (name, number) in parser::NUMBERS {
        define_value(&exports, JsString::from(*name), *number, true);
    }
    let methods = wire::METHODS.iter().map(|name| JsValue::from(JsString::from(*name)));
    let methods = JsArray::from_iter(methods, context);
    define_value(&exports, js_string!("METHODS"), methods, true);
    let codes = JsObject::with_object_proto(context.intrinsics());
    for (code, message) in status::TABLE {
        define_value(&codes, u32::from(*code), JsString::from(*message), true);
    }
    define_value(&exports, js_string!("STATUS_CODES"), codes, true);
    Ok(exports.into())
}

/// Whether it is known that a message has the `emit` of all emitters; `None` for what is no message that natives made.
pub(crate) fn knows_emit(emitter: &JsObject, context: &mut Context) -> JsResult<Option<bool>> {
    if !message::is_native(emitter) {
        return Ok(None);
    }
    realm::of(context)?.is_usual(emitter, context).map(Some)
}

pub(crate) use message::{is_native as is_message, table as message_table};
