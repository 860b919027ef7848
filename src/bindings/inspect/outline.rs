//! The outline of an object: what stands before its braces, which braces, which keys.

use boa_engine::{
    Context, JsObject, JsResult, JsSymbol, JsValue,
    builtins::{map::ordered_map::OrderedMap, set::ordered_set::OrderedSet},
    object::builtins::JsTypedArray,
    property::PropertyKey,
};

use super::{
    Inspector,
    frame::array_length,
    layout::Braces,
    names::{internal_name, plain_prefix, prefix},
    slots::{self, inherits_error},
    text::Text,
};
use crate::{
    bindings::{child_process, url},
    engine::{iterator_preview, kinds},
};

/// What is known of an object before its contents are shown.
pub(super) struct Frame {
    /// What stands before the braces: a function, an error, a date.
    pub(super) base: Text,
    pub(super) braces: Braces,
    pub(super) keys: Vec<PropertyKey>,
    /// The contents that are no properties.
    pub(super) contents: Contents,
    /// Getters that are shown like properties.
    pub(super) getters: &'static [&'static str],
}

/// Contents of an object that are no properties.
pub(super) enum Contents {
    None,
    Array,
    TypedArray,
    Set,
    Map,
    Iterator(iterator_preview::Preview),
    ArrayBuffer,
    Promise,
    /// A `WeakMap` or `WeakSet`.
    Weak,
    Namespace,
}

/// What the outline of an object comes to.
pub(super) enum Outline {
    /// There is nothing to go into.
    Complete(Text),
    /// There are contents or properties.
    Open(Frame),
}

/// An object and what its prototypes say of it.
pub(super) struct Subject<'a> {
    pub(super) object: &'a JsObject,
    pub(super) constructor: Option<&'a Text>,
    pub(super) tag: &'a Text,
    pub(super) level: i64,
    /// True if it is shown as the `buffer` of a typed array.
    pub(super) of_typed_array: bool,
    /// True if its prototypes add properties.
    pub(super) has_extras: bool,
}

impl Frame {
    pub(super) fn new(
        prefix: &Text,
        open: &str,
        close: &'static str,
        keys: Vec<PropertyKey>,
    ) -> Self {
        let mut opening = prefix.clone();
        opening.push_str(open);
        Self {
            base: Text::new(),
            braces: Braces { open: opening, close },
            keys,
            contents: Contents::None,
            getters: &[],
        }
    }

    pub(super) fn with(mut self, contents: Contents) -> Self {
        self.contents = contents;
        self
    }

    pub(super) fn with_getters(mut self, getters: &'static [&'static str]) -> Self {
        self.getters = getters;
        self
    }

    fn with_base(base: Text, keys: Vec<PropertyKey>) -> Self {
        let mut frame = Self::new(&Text::new(), "{", "}", keys);
        frame.base = base;
        frame
    }

    /// True if the entries are those of a list, which may be put in columns.
    pub(super) fn is_array(&self) -> bool {
        matches!(self.contents, Contents::Array | Contents::TypedArray)
    }
}

impl Inspector {
    pub(super) fn outline(
        &mut self,
        subject: &Subject<'_>,
        context: &mut Context,
    ) -> JsResult<Outline> {
        let object = subject.object;
        child_process::settle_streams(object, context)?;
        let may_be_list =
            subject.constructor.is_none() || object.has_property(JsSymbol::iterator(), context)?;
        if may_be_list
            && !object.is_ordinary()
            && let Some(outline) = self.list_outline(subject, context)?
        {
            return Ok(outline);
        }
        let keys = self.keys(object, context)?;
        let is_bare = keys.is_empty() && !subject.has_extras;
        if object.is_callable() {
            let base = self.function_base(object, subject.constructor, subject.tag, context)?;
            return self.with_base(base, Some("special"), keys, is_bare, context);
        }
        if subject.constructor.is_some_and(|name| name.as_bytes() == b"Object") {
            return Ok(plain_object(subject, keys, is_bare, context));
        }
        if object.is_ordinary() && !inherits_error(object, context)? {
            return Ok(nothing_in_particular(subject, keys, is_bare, context));
        }
        self.special_outline(subject, keys, is_bare, context)
    }

    /// Arrays, sets, maps and their iterators.
    fn list_outline(
        &mut self,
        subject: &Subject<'_>,
        context: &mut Context,
    ) -> JsResult<Option<Outline>> {
        let &Subject { object, constructor, tag, .. } = subject;
        if object.is_array() {
            return self.array_outline(subject, context).map(Some);
        }
        let size = object
            .downcast_ref::<OrderedSet>()
            .map(|set| (set.len(), "Set"))
            .or_else(|| object.downcast_ref::<OrderedMap<JsValue>>().map(|map| (map.len(), "Map")));
        if let Some((size, kind)) = size {
            let prefix = prefix(constructor, tag, kind, Some(size));
            let keys = self.keys(object, context)?;
            if size == 0 && keys.is_empty() && !subject.has_extras {
                return Ok(Some(Outline::Complete(concat(&prefix, "{}"))));
            }
            let contents = if kind == "Set" { Contents::Set } else { Contents::Map };
            return Ok(Some(Outline::Open(Frame::new(&prefix, "{", "}", keys).with(contents))));
        }
        if kinds::is_typed_array(object) {
            return self.typed_array_outline(subject, context).map(Some);
        }
        let kind = if kinds::is_map_iterator(object) {
            "Map"
        } else if kinds::is_set_iterator(object) {
            "Set"
        } else {
            return Ok(None);
        };
        let Some(preview) = iterator_preview::preview(object, context)? else { return Ok(None) };
        let keys = self.keys(object, context)?;
        let prefix = iterator_prefix(kind, tag, preview.are_entries);
        let frame = Frame::new(&prefix, "{", "}", keys).with(Contents::Iterator(preview));
        Ok(Some(Outline::Open(frame)))
    }

    fn array_outline(&mut self, subject: &Subject<'_>, context: &mut Context) -> JsResult<Outline> {
        let &Subject { object, constructor, tag, .. } = subject;
        let length = array_length(object);
        let is_plain =
            tag.is_empty() && constructor.is_some_and(|name| name.as_bytes() == b"Array");
        let prefix =
            if is_plain { Text::new() } else { prefix(constructor, tag, "Array", Some(length)) };
        let keys = self.non_index_keys(object, context)?;
        if length == 0 && keys.is_empty() && !subject.has_extras {
            return Ok(Outline::Complete(concat(&prefix, "[]")));
        }
        Ok(Outline::Open(Frame::new(&prefix, "[", "]", keys).with(Contents::Array)))
    }

    fn typed_array_outline(
        &mut self,
        subject: &Subject<'_>,
        context: &mut Context,
    ) -> JsResult<Outline> {
        let &Subject { object, constructor, tag, .. } = subject;
        let length = JsTypedArray::from_object(object.clone())?.length(context)?;
        let fallback = match constructor {
            Some(_) => "",
            None => internal_name(object),
        };
        let prefix = prefix(constructor, tag, fallback, Some(length));
        let keys = self.non_index_keys(object, context)?;
        if length == 0 && keys.is_empty() && !self.options.show_hidden {
            return Ok(Outline::Complete(concat(&prefix, "[]")));
        }
        let frame = Frame::new(&prefix, "[", "]", keys).with(Contents::TypedArray);
        Ok(Outline::Open(if self.options.show_hidden {
            frame.with_getters(&[
                "BYTES_PER_ELEMENT",
                "length",
                "byteLength",
                "byteOffset",
                "buffer",
            ])
        } else {
            frame
        }))
    }

    /// Objects with internal slots of their own.
    fn special_outline(
        &mut self,
        subject: &Subject<'_>,
        mut keys: Vec<PropertyKey>,
        is_bare: bool,
        context: &mut Context,
    ) -> JsResult<Outline> {
        let &Subject { object, constructor, tag, level, .. } = subject;
        if kinds::is_reg_exp(object) {
            let base = slots::reg_exp_base(subject, context)?;
            let is_bare = is_bare || self.options.depth.is_exceeded_at(level);
            let base = self.options.stylize.apply(base, "regexp", context)?;
            return self.with_base(base, None, keys, is_bare, context);
        }
        if let Some(href) = url::href_of(object)
            && !self.options.depth.is_exceeded_at(level)
        {
            return self.with_base(Text::from(href), None, keys, is_bare, context);
        }
        if kinds::is_date(object) {
            let base = slots::date_base(subject, context)?;
            return self.with_base(base, Some("date"), keys, is_bare, context);
        }
        if kinds::is_error(object) || inherits_error(object, context)? {
            let base = self.error_base(object, constructor, tag, &mut keys, context)?;
            let is_bare = keys.is_empty() && !subject.has_extras;
            return self.with_base(base, None, keys, is_bare, context);
        }
        if kinds::is_any_array_buffer(object) {
            return self.array_buffer_outline(subject, keys, is_bare, context);
        }
        if kinds::is_boxed_primitive(object) {
            let base = self.boxed_base(subject, &mut keys, context)?;
            let is_bare = keys.is_empty() && !subject.has_extras;
            return self.with_base(base, None, keys, is_bare, context);
        }
        let known = if kinds::is_data_view(object) {
            Some(("DataView", Contents::None))
        } else if kinds::is_promise(object) {
            Some(("Promise", Contents::Promise))
        } else if kinds::is_weak_set(object) {
            Some(("WeakSet", Contents::Weak))
        } else if kinds::is_weak_map(object) {
            Some(("WeakMap", Contents::Weak))
        } else if kinds::is_module_namespace(object) {
            Some(("Module", Contents::Namespace))
        } else {
            None
        };
        let Some((kind, contents)) = known else {
            return Ok(nothing_in_particular(subject, keys, is_bare, context));
        };
        let prefix = prefix(constructor, tag, kind, None);
        let frame = Frame::new(&prefix, "{", "}", keys).with(contents);
        Ok(Outline::Open(if kind == "DataView" {
            frame.with_getters(&["byteLength", "byteOffset", "buffer"])
        } else {
            frame
        }))
    }

    /// An object that is mostly what stands before its braces.
    fn with_base(
        &mut self,
        base: Text,
        style: Option<&'static str>,
        keys: Vec<PropertyKey>,
        is_bare: bool,
        context: &mut Context,
    ) -> JsResult<Outline> {
        if !is_bare {
            return Ok(Outline::Open(Frame::with_base(base, keys)));
        }
        match style {
            Some(style) => self.options.stylize.apply(base, style, context),
            None => Ok(base),
        }
        .map(Outline::Complete)
    }
}

pub(super) fn concat(prefix: &Text, rest: &str) -> Text {
    let mut out = prefix.clone();
    out.push_str(rest);
    out
}

fn nothing_in_particular(
    subject: &Subject<'_>,
    keys: Vec<PropertyKey>,
    is_bare: bool,
    context: &mut Context,
) -> Outline {
    let prefix = plain_prefix(subject.object, subject.constructor, subject.tag, context);
    if is_bare {
        return Outline::Complete(concat(&prefix, "{}"));
    }
    Outline::Open(Frame::new(&prefix, "{", "}", keys))
}

/// `[Map Iterator] `, with the tag of a program's own before it.
fn iterator_prefix(kind: &str, tag: &Text, are_entries: bool) -> Text {
    let own = format!("{kind} Iterator");
    let mut out = Text::from("[");
    if tag.as_bytes() != own.as_bytes() && !tag.is_empty() {
        out.push(tag);
        out.push_str("] [");
    }
    out.push_str(kind);
    out.push_str(if are_entries { " Entries] " } else { " Iterator] " });
    out
}

/// An object whose constructor is called `Object`.
fn plain_object(
    subject: &Subject<'_>,
    keys: Vec<PropertyKey>,
    is_bare: bool,
    context: &mut Context,
) -> Outline {
    let opening = if kinds::is_arguments(subject.object, context) {
        Text::from("[Arguments] ")
    } else if subject.tag.is_empty() {
        Text::new()
    } else {
        prefix(subject.constructor, subject.tag, "Object", None)
    };
    if is_bare {
        return Outline::Complete(concat(&opening, "{}"));
    }
    Outline::Open(Frame::new(&opening, "{", "}", keys))
}
