//! What internal slots hold: dates, regular expressions, buffers, primitives in objects.

use boa_engine::{
    Context, JsObject, JsResult, js_string,
    object::builtins::{JsDate, JsRegExp},
    property::PropertyKey,
};

use super::{
    Inspector,
    names::{internal_name, prefix},
    outline::{Contents, Frame, Outline, Subject, concat},
    style::Stylize,
    text::Text,
};
use crate::engine::{kinds, reflect};

impl Inspector {
    pub(super) fn array_buffer_outline(
        &mut self,
        subject: &Subject<'_>,
        keys: Vec<PropertyKey>,
        is_bare: bool,
        context: &mut Context,
    ) -> JsResult<Outline> {
        let object = subject.object;
        let kind = if kinds::is_array_buffer(object) { "ArrayBuffer" } else { "SharedArrayBuffer" };
        let prefix = prefix(subject.constructor, subject.tag, kind, None);
        if subject.of_typed_array && is_bare {
            let length = object.get(js_string!("byteLength"), context)?;
            let mut out = concat(&prefix, "{ [byteLength]: ");
            out.push(&self.primitive(&length, context)?);
            out.push_str(" }");
            return Ok(Outline::Complete(out));
        }
        let contents = if subject.of_typed_array { Contents::None } else { Contents::ArrayBuffer };
        let frame = Frame::new(&prefix, "{", "}", keys).with(contents);
        Ok(Outline::Open(frame.with_getters(&["byteLength"])))
    }

    /// `[Number: 3]`.
    pub(super) fn boxed_base(
        &mut self,
        subject: &Subject<'_>,
        keys: &mut Vec<PropertyKey>,
        context: &mut Context,
    ) -> JsResult<Text> {
        let object = subject.object;
        let kind = internal_name(object);
        let value = kinds::boxed_primitive(object).unwrap_or_default();
        if let Some(text) = value.as_string() {
            keys.drain(..text.len().min(keys.len()));
        }
        let mut base = Text::from(format!("[{kind}"));
        match subject.constructor {
            None => base.push_str(" (null prototype)"),
            Some(name) if name.as_bytes() != kind.as_bytes() => {
                base.push_str(" (");
                base.push(name);
                base.push_str(")");
            }
            Some(_) => {}
        }
        base.push_str(": ");
        base.push(&self.primitive_in(&value, &Stylize::Plain, context)?);
        base.push_str("]");
        push_new_tag(&mut base, subject);
        if !keys.is_empty() {
            return Ok(base);
        }
        let style = match kind {
            "Number" => "number",
            "String" => "string",
            "Boolean" => "boolean",
            "BigInt" => "bigint",
            _ => "symbol",
        };
        self.options.stylize.apply(base, style, context)
    }
}

/// A regular expression as it is written.
pub(super) fn reg_exp_base(subject: &Subject<'_>, context: &mut Context) -> JsResult<Text> {
    let object = match subject.constructor {
        Some(_) => subject.object.clone(),
        // Without its prototype it has no flags to ask for.
        None => {
            let constructor = context.intrinsics().constructors().regexp().constructor();
            constructor.construct(&[subject.object.clone().into()], None, context)?
        }
    };
    let text = JsRegExp::from_object(object)?.to_string(context)?;
    Ok(after_prefix(subject, "RegExp", Text::from(text)))
}

/// The base with the prefix before it, unless that says just what the base is anyway.
fn after_prefix(subject: &Subject<'_>, kind: &str, base: Text) -> Text {
    let mut out = prefix(subject.constructor, subject.tag, kind, None);
    if out.as_bytes().strip_suffix(b" ") == Some(kind.as_bytes()) {
        return base;
    }
    out.push(&base);
    out
}

pub(super) fn date_base(subject: &Subject<'_>, context: &mut Context) -> JsResult<Text> {
    let date = JsDate::from_object(subject.object.clone())?;
    let is_valid = date.get_time(context)?.as_number().is_some_and(|time| !time.is_nan());
    let text = if is_valid { date.to_iso_string(context)? } else { date.to_string(context)? };
    Ok(after_prefix(subject, "Date", Text::from(&text.to_string(context)?)))
}

fn push_new_tag(base: &mut Text, subject: &Subject<'_>) {
    if !subject.tag.is_empty() && subject.constructor != Some(subject.tag) {
        base.push_str(" [");
        base.push(subject.tag);
        base.push_str("]");
    }
}

/// True of objects that have `Error.prototype` among their prototypes.
pub(super) fn inherits_error(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    let root = context.intrinsics().constructors().error().prototype();
    let mut current = reflect::prototype(object, context)?;
    while let Some(prototype) = current {
        if JsObject::equals(&prototype, &root) {
            return Ok(true);
        }
        current = reflect::prototype(&prototype, context)?;
    }
    Ok(false)
}
