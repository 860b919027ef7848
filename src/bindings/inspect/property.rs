//! Properties: which keys are shown, how a key and its value are written.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    property::{PropertyDescriptor, PropertyKey},
};

use super::{
    Inspector,
    options::{Compact, Getters},
    primitive::{escaped, quoted},
    text::Text,
    width::string_width,
};
use crate::{
    bindings::sockets,
    engine::{errors::value_of, reflect},
};

/// Where a property is shown.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The object that has it.
    pub(super) holder: &'a JsObject,
    /// The object that its getter is called on.
    pub(super) receiver: &'a JsObject,
    /// Elements of arrays are shown without their key.
    pub(super) in_array: bool,
}

impl<'a> Place<'a> {
    /// A property of an object.
    pub(super) const fn of(object: &'a JsObject) -> Self {
        Self { holder: object, receiver: object, in_array: false }
    }

    /// An element of an array.
    pub(super) const fn in_array(array: &'a JsObject) -> Self {
        Self { holder: array, receiver: array, in_array: true }
    }
}

/// Puts the fields of a socket before its properties: programs know them as such.
fn add_fields(keys: &mut Vec<PropertyKey>, object: &JsObject, context: &mut Context) {
    let mut fields = sockets::shown(object, context);
    fields.retain(|(key, _)| !keys.contains(key));
    keys.splice(..0, fields.into_iter().map(|(key, _)| key));
}

/// A field of a socket as a property.
fn field(object: &JsObject, key: &PropertyKey, context: &mut Context) -> PropertyDescriptor {
    let fields = sockets::shown(object, context);
    let value = fields.into_iter().find_map(|(name, value)| (name == *key).then_some(value));
    value.map_or_else(PropertyDescriptor::default, |value| {
        PropertyDescriptor::builder().value(value).enumerable(true).build()
    })
}

impl Inspector {
    /// The keys that are shown of an object: enumerable ones, or all.
    pub(super) fn keys(
        &self,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<Vec<PropertyKey>> {
        let keys = reflect::own_keys(object, context)?;
        let mut shown = self.shown_keys(object, keys, context)?;
        add_fields(&mut shown, object, context);
        Ok(shown)
    }

    /// As [`Self::keys`], without indices: they are elements.
    pub(super) fn non_index_keys(
        &self,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<Vec<PropertyKey>> {
        let mut shown = self.shown_keys(object, reflect::named_keys(object), context)?;
        add_fields(&mut shown, object, context);
        Ok(shown)
    }

    fn shown_keys(
        &self,
        object: &JsObject,
        keys: Vec<PropertyKey>,
        context: &mut Context,
    ) -> JsResult<Vec<PropertyKey>> {
        if self.options.show_hidden || keys.is_empty() {
            return Ok(keys);
        }
        // The keys of a module under evaluation cannot all be asked about; its exports are shown.
        reflect::only_enumerable(object, keys.clone(), context).or_else(|_| {
            Ok(keys.into_iter().filter(|key| !matches!(key, PropertyKey::Symbol(_))).collect())
        })
    }

    /// Shows one property: `key: value`, in arrays just `value`.
    pub(super) fn property(
        &mut self,
        place: Place<'_>,
        key: &PropertyKey,
        known: Option<PropertyDescriptor>,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Text> {
        let property = match known {
            Some(property) => property,
            None => match reflect::own_property(place.holder, key, context)? {
                Some(property) => property,
                None => field(place.holder, key, context),
            },
        };
        let mut line_break = None;
        let mut shown = match property.value().filter(|value| !value.is_undefined()) {
            Some(value) => {
                let is_wide = self.options.compact == Compact::On && !place.in_array;
                let deeper = if is_wide { 3 } else { 2 };
                self.indentation += deeper;
                let shown = self.value(value, level, context)?;
                if is_wide && self.is_too_wide(&shown, context) {
                    line_break = Some(self.indentation);
                }
                self.indentation -= deeper;
                shown
            }
            None => self.accessor(place, &property, level, context)?,
        };
        if place.in_array {
            return Ok(shown);
        }
        let mut out = self.key(key, context)?;
        if property.enumerable() == Some(false) {
            let mut bracketed = Text::from("[");
            bracketed.push(&out);
            bracketed.push_str("]");
            out = bracketed;
        }
        out.push_str(":");
        match line_break {
            Some(indentation) => {
                out.push_str("\n");
                out.push_spaces(indentation);
            }
            None => out.push_str(" "),
        }
        shown.prepend(&out);
        Ok(shown)
    }

    fn is_too_wide(&self, text: &Text, context: &mut Context) -> bool {
        self.options.break_length < string_width(text, self.options.colors, context) as f64
    }

    /// A property without a value: a getter, a setter, or `undefined`.
    fn accessor(
        &mut self,
        place: Place<'_>,
        property: &PropertyDescriptor,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Text> {
        let getter = property.get().and_then(JsValue::as_callable);
        let has_setter = property.set().is_some_and(JsValue::is_callable);
        let Some(getter) = getter else {
            return if has_setter {
                self.stylize("[Setter]", "special", context)
            } else {
                self.stylize("undefined", "undefined", context)
            };
        };
        let label = if has_setter { "Getter/Setter" } else { "Getter" };
        let is_called = match self.options.getters {
            Getters::No => false,
            Getters::All => true,
            Getters::WithoutSetter => !has_setter,
            Getters::WithSetter => has_setter,
        };
        if !is_called {
            return self.stylize(&format!("[{label}]"), "special", context);
        }
        self.indentation += 2;
        let result = getter.call(&place.receiver.clone().into(), &[], context);
        let shown = match result {
            Ok(value) if value.is_object() => {
                let mut out = self.stylize(&format!("[{label}]"), "special", context)?;
                out.push_str(" ");
                out.push(&self.value(&value, level, context)?);
                out
            }
            Ok(value) => {
                let value = self.primitive(&value, context)?;
                self.labelled(label, &value, context)?
            }
            Err(error) if error.as_engine().is_some() => return Err(error),
            Err(error) => {
                let error = value_of(error, context);
                self.failed_getter(label, &error, level, context)?
            }
        };
        self.indentation -= 2;
        Ok(shown)
    }

    fn failed_getter(
        &mut self,
        label: &str,
        error: &JsValue,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Text> {
        let mut message = Text::from("<Inspection threw (");
        message.push(&self.value(error, level, context)?);
        message.push_str(")>");
        self.labelled(label, &message, context)
    }

    /// `[Getter: 1]`.
    fn labelled(&mut self, label: &str, shown: &Text, context: &mut Context) -> JsResult<Text> {
        let mut out = self.stylize(&format!("[{label}:"), "special", context)?;
        out.push_str(" ");
        out.push(shown);
        out.push(&self.stylize("]", "special", context)?);
        Ok(out)
    }

    /// A key: bare where it could be an identifier, else in quotes.
    pub(super) fn key(&mut self, key: &PropertyKey, context: &mut Context) -> JsResult<Text> {
        let stylize = self.options.stylize.clone();
        match key {
            PropertyKey::Symbol(symbol) => {
                let name = escaped(symbol.descriptive_string().as_str());
                stylize.apply(name, "symbol", context)
            }
            PropertyKey::Index(index) => {
                stylize.apply(Text::from(format!("'{}'", index.get())), "string", context)
            }
            PropertyKey::String(name) => {
                let text = Text::from(name);
                if text.as_bytes() == b"__proto__" {
                    Ok(Text::from("['__proto__']"))
                } else if is_identifier(text.as_bytes()) {
                    stylize.apply(text, "name", context)
                } else {
                    stylize.apply(quoted(name.as_str()), "string", context)
                }
            }
        }
    }
}

/// ASCII identifiers only: Node quotes all others.
fn is_identifier(name: &[u8]) -> bool {
    let is_start = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
    name.first().is_some_and(is_start) && name.iter().all(|b| is_start(b) || b.is_ascii_digit())
}
