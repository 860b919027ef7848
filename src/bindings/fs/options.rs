//! The options argument of `fs`'s functions: an object, the name of an encoding, or nothing.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, value::JsVariant};

use crate::{
    bindings::{abort, encoding::Encoding},
    engine::validate,
};

/// Options that may be given as the name of an encoding.
pub(super) struct Options {
    object: Option<JsObject>,
    encoding: JsValue,
}

impl Options {
    /// Decodes an options argument; what is neither text nor object is an error.
    pub(super) fn decode(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        match value.variant() {
            JsVariant::Undefined | JsVariant::Null => Ok(Self::none()),
            JsVariant::String(_) => Ok(Self { object: None, encoding: value.clone() }),
            JsVariant::Object(object) if object.is_callable() => Ok(Self::none()),
            JsVariant::Object(object) => {
                let encoding = object.get(js_string!("encoding"), context)?;
                Ok(Self { object: Some(object), encoding })
            }
            _ => {
                let expected = "one of type string or object";
                Err(validate::invalid_arg_type(context, "options", expected, value))
            }
        }
    }

    /// Takes what has properties, and nothing else into account.
    pub(super) fn of_object(value: &JsValue) -> Self {
        Self { object: value.as_object(), encoding: JsValue::undefined() }
    }

    /// An object or nothing at all.
    pub(super) fn strict(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        if value.is_undefined() {
            return Ok(Self::none());
        }
        let object = validate::object(value, "options", context)?;
        Ok(Self { object: Some(object), encoding: JsValue::undefined() })
    }

    fn none() -> Self {
        Self { object: None, encoding: JsValue::undefined() }
    }

    /// One option; `undefined` where there is none.
    pub(super) fn get(&self, name: &str, context: &mut Context) -> JsResult<JsValue> {
        match &self.object {
            Some(object) => object.get(JsString::from(name), context),
            None => Ok(JsValue::undefined()),
        }
    }

    /// A boolean option, false by default.
    pub(super) fn flag(&self, name: &str, context: &mut Context) -> JsResult<bool> {
        let value = self.get(name, context)?;
        if value.is_undefined() {
            return Ok(false);
        }
        validate::boolean(&value, &format!("options.{name}"), context)
    }

    /// A whole number from 0 to `max`.
    pub(super) fn count(
        &self,
        name: &str,
        default: f64,
        max: f64,
        context: &mut Context,
    ) -> JsResult<f64> {
        let value = self.get(name, context)?;
        if value.is_undefined() {
            return Ok(default);
        }
        validate::integer(&value, &format!("options.{name}"), 0.0, max, context)
    }

    /// `encoding`: `None` stands for bytes.
    pub(super) fn encoding(&self, context: &mut Context) -> JsResult<Option<Encoding>> {
        let value = &self.encoding;
        if !value.to_boolean() {
            return Ok(None);
        }
        let name = value.as_string();
        if name.as_ref().is_some_and(|name| *name == js_string!("buffer")) {
            return Ok(None);
        }
        match name.and_then(|name| Encoding::parse(&name)) {
            Some(encoding) => Ok(Some(encoding)),
            None => {
                Err(validate::invalid_arg_value(context, "encoding", value, "is invalid encoding"))
            }
        }
    }

    /// The encoding of names: UTF-8 unless said otherwise.
    pub(super) fn name_encoding(&self, context: &mut Context) -> JsResult<Option<Encoding>> {
        if self.encoding.to_boolean() { self.encoding(context) } else { Ok(Some(Encoding::Utf8)) }
    }

    /// `signal`: what aborts the call.
    pub(super) fn signal(&self, context: &mut Context) -> JsResult<Option<JsObject>> {
        let signal = self.get("signal", context)?;
        abort::validate_signal(&signal, "options.signal", context)
    }
}
