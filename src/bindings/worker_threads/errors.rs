//! Exceptions on their way to the thread that started this one: more of them arrives than of an error
//! in a message.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::error::ErrorKind,
    js_string,
    property::{PropertyDescriptor, PropertyKey},
};

use super::{
    message::{decode, encode},
    queue::Message,
    transfer::Transfers,
};
use crate::engine::{kinds, reflect, stack, validate};

/// An exception, as far as it can be sent.
pub(crate) enum SentError {
    /// An error: its class, and own properties with whether they are enumerable.
    Error { class: ErrorKind, properties: Vec<(String, Message, bool)> },
    /// Any other value.
    Value(Message),
    /// What cannot be sent, as text.
    Text(String),
}

/// Makes an exception ready to be sent. Nothing of it keeps this from happening.
pub(super) fn send(value: &JsValue, context: &mut Context) -> SentError {
    let error = value.as_object().filter(kinds::is_error);
    if let Some(error) = error {
        return send_error(&error, context);
    }
    match encode(value, &Transfers::default(), context) {
        Ok(message) => SentError::Value(message),
        Err(_) => SentError::Text(validate::inspected(value, context)),
    }
}

fn send_error(error: &JsObject, context: &mut Context) -> SentError {
    let mut properties = Vec::new();
    let keys = reflect::own_keys(error, context).unwrap_or_default();
    let keys = keys.into_iter().filter(|key| matches!(key, PropertyKey::String(_)));
    let stack = PropertyKey::from(js_string!("stack"));
    let mut keys: Vec<PropertyKey> = keys.collect();
    if !keys.contains(&stack) {
        keys.push(stack);
    }
    for key in keys {
        // A getter that throws has nothing to tell; nor has what cannot be cloned.
        let Ok(value) = error.get(key.clone(), context) else { continue };
        let Ok(message) = encode(&value, &Transfers::default(), context) else { continue };
        let enumerable = reflect::is_enumerable(error, &key, context).unwrap_or(false);
        properties.push((key.to_string(), message, enumerable));
    }
    SentError::Error { class: class_of(error, context), properties }
}

/// The language's class that an error is of, or that its class extends.
fn class_of(error: &JsObject, context: &mut Context) -> ErrorKind {
    let all = context.intrinsics().constructors();
    let classes = [
        (ErrorKind::Eval, all.eval_error().prototype()),
        (ErrorKind::Range, all.range_error().prototype()),
        (ErrorKind::Reference, all.reference_error().prototype()),
        (ErrorKind::Syntax, all.syntax_error().prototype()),
        (ErrorKind::Type, all.type_error().prototype()),
        (ErrorKind::Uri, all.uri_error().prototype()),
    ];
    let mut prototype = error.prototype();
    while let Some(object) = prototype {
        if let Some((kind, _)) = classes.iter().find(|(_, own)| JsObject::equals(own, &object)) {
            return *kind;
        }
        prototype = object.prototype();
    }
    ErrorKind::Error
}

/// The exception that was sent.
pub(super) fn receive(sent: SentError, context: &mut Context) -> JsResult<JsValue> {
    match sent {
        SentError::Text(text) => Ok(JsString::from(text.as_str()).into()),
        SentError::Value(message) => decode(message, context).map(|(value, _)| value),
        SentError::Error { class, properties } => {
            let error = stack::new_error(class, None, "", context);
            error.set(js_string!("stack"), JsValue::undefined(), false, context)?;
            for (key, message, enumerable) in properties {
                let (value, _) = decode(message, context)?;
                let key = JsString::from(key.as_str());
                if key == js_string!("stack") {
                    error.set(key, value, false, context)?;
                    continue;
                }
                let property = PropertyDescriptor::builder()
                    .value(value)
                    .writable(true)
                    .enumerable(enumerable)
                    .configurable(true);
                error.define_property_or_throw(key, property, context)?;
            }
            Ok(error.into())
        }
    }
}
