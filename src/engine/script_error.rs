//! What a script threw, as a value for Rust programs.

use std::fmt;

use boa_engine::{Context, JsError, JsString, JsValue, js_string};

use super::{
    errors::{plain_error, value_of},
    natives::define_value,
};

/// What a script threw, or a host's function throws.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptError {
    /// `TypeError` and its like; empty for what is no error.
    pub name: String,
    /// Its message; the thrown value itself where that is no error.
    pub message: String,
    /// Where it was made, as `error.stack` tells it.
    pub stack: String,
    /// Node's `code`, if it has one.
    pub code: Option<String>,
}

impl ScriptError {
    /// An `Error` with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { name: "Error".to_owned(), message: message.into(), ..Self::default() }
    }

    /// The same with a `code`.
    #[must_use]
    pub fn with_code(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    pub(crate) fn of(error: JsError, context: &mut Context) -> Self {
        let thrown = value_of(error, context);
        Self::of_value(&thrown, context)
    }

    /// The same for the value that was thrown.
    pub(crate) fn of_value(thrown: &JsValue, context: &mut Context) -> Self {
        let Some(object) = thrown.as_object() else {
            return Self { message: text(thrown), ..Self::default() };
        };
        // A getter that throws has nothing to tell.
        let mut field = |name: &str| {
            object.get(JsString::from(name), context).ok().filter(|value| !value.is_undefined())
        };
        Self {
            name: field("name").as_ref().map(text).unwrap_or_default(),
            message: field("message").as_ref().map(text).unwrap_or_default(),
            stack: field("stack").as_ref().map(text).unwrap_or_default(),
            code: field("code").as_ref().map(text),
        }
    }

    pub(crate) fn into_js(self, context: &mut Context) -> JsError {
        let error = plain_error(&self.message, context);
        if !self.name.is_empty() && self.name != "Error" {
            define_value(&error, js_string!("name"), JsString::from(self.name), false);
        }
        if let Some(code) = self.code {
            define_value(&error, js_string!("code"), JsString::from(code), true);
        }
        JsError::from_opaque(error.into())
    }
}

/// A primitive as text, anything else as what kind of value it is.
fn text(value: &JsValue) -> String {
    value.as_string().map_or_else(|| value.display().to_string(), |text| text.to_std_string_lossy())
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => f.write_str(&self.message),
            name => write!(f, "{name}: {}", self.message),
        }
    }
}

impl std::error::Error for ScriptError {}
