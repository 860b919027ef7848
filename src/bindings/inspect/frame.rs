//! From an object to its text: its outline, its contents, its properties, in braces.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, property::PropertyKey,
};

use super::{
    Compact, Depth, Inspector,
    layout::List,
    names::{Constructor, plain_prefix},
    options::Sorted,
    outline::{Contents, Frame, Outline, Subject},
    property::Place,
    text::Text,
};
use crate::engine::reflect;

impl Inspector {
    /// Shows an object that is neither custom nor circular.
    pub(super) fn frame(
        &mut self,
        object: &JsObject,
        level: i64,
        of_typed_array: bool,
        is_too_deep: bool,
        context: &mut Context,
    ) -> JsResult<Text> {
        let mut extras = Vec::new();
        let wants_extras = self.options.show_hidden && !self.options.depth.is_exceeded_at(level);
        let constructor: Constructor =
            self.constructor_name(object, level, wants_extras.then_some(&mut extras), context)?;
        let tag = self.tag(object, context)?;
        let subject = Subject {
            object,
            constructor: constructor.as_ref(),
            tag: &tag,
            level,
            of_typed_array,
            has_extras: !extras.is_empty(),
        };
        let frame = match self.outline(&subject, context)? {
            Outline::Complete(text) => return Ok(text),
            Outline::Open(frame) => frame,
        };
        if self.options.depth.is_exceeded_at(level) {
            let name = bare_name(&subject, context);
            let name = if constructor.is_some() { bracketed(&name) } else { name };
            return self.options.stylize.apply(name, "special", context);
        }
        if is_too_deep {
            return self.interrupted(&bare_name(&subject, context), context);
        }
        self.contents(frame, object, level + 1, of_typed_array, extras, context)
    }

    /// `Symbol.toStringTag`, unless it is shown among the properties.
    fn tag(&mut self, object: &JsObject, context: &mut Context) -> JsResult<Text> {
        let key = PropertyKey::from(JsSymbol::to_string_tag());
        // A getter that fails is no reason to show nothing.
        let tag = object.get(key.clone(), context).ok().and_then(|tag| tag.as_string());
        let Some(tag) = tag.filter(|tag| !tag.is_empty()) else { return Ok(Text::new()) };
        let is_shown = match reflect::own_property(object, &key, context)? {
            Some(property) => self.options.show_hidden || property.enumerable() == Some(true),
            None => false,
        };
        Ok(if is_shown { Text::new() } else { Text::from(&tag) })
    }

    /// Shows the contents and properties in their braces.
    fn contents(
        &mut self,
        mut frame: Frame,
        object: &JsObject,
        level: i64,
        of_typed_array: bool,
        extras: Vec<Text>,
        context: &mut Context,
    ) -> JsResult<Text> {
        self.seen.push(object.clone());
        self.current_level = level;
        let mut entries = self.entries(&mut frame, object, level, context)?;
        let is_typed_array = matches!(frame.contents, Contents::TypedArray);
        for getter in frame.getters {
            let in_typed_array = of_typed_array || is_typed_array;
            entries.push(self.getter(object, getter, level, in_typed_array, context)?);
        }
        for key in &frame.keys {
            entries.push(self.property(Place::of(object), key, None, level, context)?);
        }
        entries.extend(extras);
        self.mark_reference(&mut frame, object, context)?;
        self.seen.pop();
        self.sort(&mut entries, &frame, context)?;
        let array = (frame.is_array()).then(|| object.clone());
        let list = List { entries, is_array: frame.is_array(), array };
        let out = self.reduce(list, &frame.base, &frame.braces, level, context)?;
        self.spend(out.as_bytes().len());
        Ok(out)
    }

    /// `<ref *1>` before an object that is found in itself.
    fn mark_reference(
        &mut self,
        frame: &mut Frame,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(at) = self.circular.iter().position(|known| known == object) else {
            return Ok(());
        };
        let mut reference = self.stylize(&format!("<ref *{}>", at + 1), "special", context)?;
        let target = match self.options.compact {
            Compact::On => &mut frame.braces.open,
            _ => &mut frame.base,
        };
        if !target.is_empty() {
            reference.push_str(" ");
            reference.push(target);
        }
        *target = reference;
        Ok(())
    }

    fn sort(&mut self, entries: &mut [Text], frame: &Frame, context: &mut Context) -> JsResult<()> {
        let sorted = if !frame.is_array() {
            entries
        } else if frame.keys.len() > 1 {
            let from = entries.len() - frame.keys.len().min(entries.len());
            &mut entries[from..]
        } else {
            return Ok(());
        };
        match &self.options.sorted {
            Sorted::No => {}
            Sorted::Yes => sorted.sort_by(Text::compare),
            Sorted::By(function) => sort_by(sorted, &function.clone(), context)?,
        }
        Ok(())
    }

    /// Past 128 MiB at one indentation only the outline of further objects is shown, so that huge
    /// graphs end in time and in memory.
    fn spend(&mut self, length: usize) {
        const LIMIT: usize = 1 << 27;
        if self.budget.len() <= self.indentation {
            self.budget.resize(self.indentation + 1, 0);
        }
        let spent = &mut self.budget[self.indentation];
        *spent += length;
        if *spent > LIMIT {
            self.options.depth = Depth::Levels(-1.0);
        }
    }

    /// A getter that is shown as a property in brackets.
    fn getter(
        &mut self,
        object: &JsObject,
        name: &str,
        level: i64,
        in_typed_array: bool,
        context: &mut Context,
    ) -> JsResult<Text> {
        let value = object.get(JsString::from(name), context)?;
        self.indentation += 2;
        let shown = match value.as_object() {
            Some(object) => self.object(object, level, in_typed_array, context)?,
            None => self.primitive(&value, context)?,
        };
        self.indentation -= 2;
        let mut out = self.stylize(&format!("[{name}]"), "string", context)?;
        out.push_str(": ");
        out.push(&shown);
        Ok(out)
    }

    /// The contents that are no properties.
    fn entries(
        &mut self,
        frame: &mut Frame,
        object: &JsObject,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        match &frame.contents {
            Contents::None => Ok(Vec::new()),
            Contents::Array => self.array_elements(object, level, context),
            Contents::TypedArray => self.typed_array_elements(object, context),
            Contents::Set => self.set_values(object, level, context),
            Contents::Map => self.map_entries(object, level, context),
            Contents::Iterator(preview) => self.iterator_items(preview, level, context),
            Contents::ArrayBuffer => self.array_buffer_bytes(object, context),
            Contents::Promise => self.promise_state(object, level, context),
            Contents::Weak => Ok(vec![self.stylize("<items unknown>", "special", context)?]),
            Contents::Namespace => {
                let keys = std::mem::take(&mut frame.keys);
                self.namespace_entries(object, &keys, level, context)
            }
        }
    }

    /// The exports of a module; those it has not reached yet cannot be read.
    fn namespace_entries(
        &mut self,
        object: &JsObject,
        keys: &[PropertyKey],
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let mut out = Vec::with_capacity(keys.len());
        for key in keys {
            out.push(match self.property(Place::of(object), key, None, level, context) {
                Ok(shown) => shown,
                Err(error) if error.as_engine().is_some() => return Err(error),
                Err(_) => {
                    let mut entry = self.key(key, context)?;
                    entry.push_str(": ");
                    entry.push(&self.stylize("<uninitialized>", "special", context)?);
                    entry
                }
            });
        }
        Ok(out)
    }
}

/// The `length` of an array.
pub(super) fn array_length(array: &JsObject) -> usize {
    let length = reflect::stored(array, &PropertyKey::from(js_string!("length")));
    length.and_then(|p| p.value().and_then(JsValue::as_number)).map_or(0, |length| length as usize)
}

/// The name that stands for an object where only its name is shown.
fn bare_name(subject: &Subject<'_>, context: &mut Context) -> Text {
    let prefix = plain_prefix(subject.object, subject.constructor, subject.tag, context);
    Text::from(&prefix.as_bytes()[..prefix.as_bytes().len() - 1])
}

fn bracketed(text: &Text) -> Text {
    let mut out = Text::from("[");
    out.push(text);
    out.push_str("]");
    out
}

/// Sorts by a comparator of the program's; stable, and content with any answer.
fn sort_by(entries: &mut [Text], compare: &JsObject, context: &mut Context) -> JsResult<()> {
    for sorted in 1..entries.len() {
        let mut at = sorted;
        while at > 0 {
            let args = [entries[at - 1].to_js().into(), entries[at].to_js().into()];
            let order = compare.call(&JsValue::undefined(), &args, context)?;
            if order.to_number(context)? > 0.0 {
                entries.swap(at - 1, at);
                at -= 1;
            } else {
                break;
            }
        }
    }
    Ok(())
}
