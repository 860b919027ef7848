//! What an object is called: its constructor's name and what stands before its braces.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::{error::Error, function::OrdinaryFunction},
    js_string,
    property::PropertyKey,
};

use super::{
    Inspector,
    options::{Depth, Options},
    property::Place,
    text::Text,
};
use crate::engine::{former_classes, kinds, reflect};

/// The name of an object's constructor; `None` where no prototype is left to ask.
pub(super) type Constructor = Option<Text>;

/// Globals that JavaScript itself defines: their prototypes' properties are nobody's surprise.
#[rustfmt::skip]
const JAVASCRIPT_GLOBALS: &[&str] = &[
    "AggregateError", "Array", "ArrayBuffer", "AsyncDisposableStack", "Atomics", "BigInt",
    "BigInt64Array", "BigUint64Array", "Boolean", "DataView", "Date", "DisposableStack", "Error",
    "EvalError", "FinalizationRegistry", "Float16Array", "Float32Array", "Float64Array", "Function",
    "Infinity", "Int16Array", "Int32Array", "Int8Array", "Intl", "Iterator", "JSON", "Map", "Math",
    "NaN", "Number", "Object", "Promise", "Proxy", "RangeError", "ReferenceError", "Reflect",
    "RegExp", "Set", "SharedArrayBuffer", "String", "SuppressedError", "Symbol", "SyntaxError",
    "TypeError", "URIError", "Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray",
    "WeakMap", "WeakRef", "WeakSet", "WebAssembly",
];

/// True if JavaScript itself defines a global of this name.
pub(super) fn is_javascript_global(name: &[u8]) -> bool {
    JAVASCRIPT_GLOBALS.iter().any(|global| global.as_bytes() == name)
}

impl Inspector {
    /// The constructor's name by the prototype chain. With `extras`, the properties of prototypes
    /// that a program made are formatted into it on the way.
    pub(super) fn constructor_name(
        &mut self,
        object: &JsObject,
        level: i64,
        mut extras: Option<&mut Vec<Text>>,
        context: &mut Context,
    ) -> JsResult<Constructor> {
        let mut first_prototype = None;
        let mut current = Some(object.clone());
        while let Some(holder) = current {
            let is_first = first_prototype.as_ref() == Some(&Some(holder.clone()));
            if let Some(name) = self.well_known_name(&holder, object) {
                if !is_first && let Some(extras) = extras.as_deref_mut() {
                    let from = first_prototype.flatten().unwrap_or_else(|| object.clone());
                    self.prototype_properties(object, from, level, extras, context)?;
                }
                return Ok(Some(Text::from(name)));
            }
            if let Some(name) = own_constructor_name(&holder, object, context)? {
                let is_surprise = !is_first || !is_javascript_global(name.as_bytes());
                if is_surprise && let Some(extras) = extras.as_deref_mut() {
                    let from = first_prototype.flatten().unwrap_or_else(|| object.clone());
                    self.prototype_properties(object, from, level, extras, context)?;
                }
                return Ok(Some(name));
            }
            current = reflect::prototype(&holder, context)?;
            first_prototype.get_or_insert_with(|| current.clone());
        }
        match first_prototype.flatten() {
            Some(prototype) => {
                self.name_without_constructor(object, &prototype, level, extras, context).map(Some)
            }
            None => Ok(None),
        }
    }

    fn well_known_name(&self, holder: &JsObject, object: &JsObject) -> Option<&'static str> {
        // A prototype is no instance of its own constructor.
        if JsObject::equals(holder, object) {
            return None;
        }
        self.state.well_known_name(holder)
    }

    /// `Kind <What its prototype is>`, of an object whose prototypes name no constructor.
    fn name_without_constructor(
        &mut self,
        object: &JsObject,
        prototype: &JsObject,
        level: i64,
        extras: Option<&mut Vec<Text>>,
        context: &mut Context,
    ) -> JsResult<Text> {
        let mut name = Text::from(internal_name(object));
        if self.options.depth.is_exceeded_at(level) {
            name.push_str(" <Complex prototype>");
            return Ok(name);
        }
        name.push_str(" <");
        match self.constructor_name(prototype, level + 1, extras, context)? {
            Some(constructor) => name.push(&constructor),
            None => {
                let options = Options {
                    custom_inspect: false,
                    depth: Depth::Levels(-1.0),
                    ..self.options.clone()
                };
                let prototype = JsValue::from(prototype.clone());
                let shown = Self::new(options, context).value(&prototype, 0, context)?;
                name.push(&shown);
            }
        }
        name.push_str(">");
        Ok(name)
    }

    /// Shows what up to three prototypes of a program's own classes add, methods excepted.
    fn prototype_properties(
        &mut self,
        object: &JsObject,
        from: JsObject,
        level: i64,
        out: &mut Vec<Text>,
        context: &mut Context,
    ) -> JsResult<()> {
        let mut holder = from;
        let mut seen_keys: Vec<PropertyKey> = Vec::new();
        for depth in 0..3 {
            if depth != 0 || JsObject::equals(object, &holder) {
                let Some(prototype) = reflect::prototype(&holder, context)? else { return Ok(()) };
                holder = prototype;
                if is_javascript_prototype(&holder, context)? {
                    return Ok(());
                }
            }
            let keys = reflect::own_keys(&holder, context)?;
            self.seen.push(object.clone());
            for key in &keys {
                if *key == PropertyKey::from(js_string!("constructor"))
                    || seen_keys.contains(key)
                    || reflect::has_own(object, key, context)?
                {
                    continue;
                }
                let Some(property) = reflect::own_property(&holder, key, context)? else {
                    continue;
                };
                if property.value().is_some_and(JsValue::is_callable) {
                    continue;
                }
                let place = Place { holder: &holder, receiver: object, in_array: false };
                let shown = self.property(place, key, Some(property), level, context)?;
                out.push(if self.options.colors { faint(&shown) } else { shown });
            }
            self.seen.pop();
            seen_keys.extend(keys);
        }
        Ok(())
    }
}

fn faint(text: &Text) -> Text {
    let mut out = Text::from("\u{1b}[2m");
    out.push(text);
    out.push_str("\u{1b}[22m");
    out
}

fn is_javascript_prototype(prototype: &JsObject, context: &mut Context) -> JsResult<bool> {
    let key = PropertyKey::from(js_string!("constructor"));
    let Some(property) = reflect::own_property(prototype, &key, context)? else { return Ok(false) };
    let Some(constructor) = property.value().and_then(JsValue::as_callable) else {
        return Ok(false);
    };
    let name = constructor.get(js_string!("name"), context)?;
    Ok(name.as_string().is_some_and(|name| is_javascript_global(Text::from(&name).as_bytes())))
}

/// The name of the constructor that this prototype names, if the object is an instance of it.
fn own_constructor_name(
    holder: &JsObject,
    object: &JsObject,
    context: &mut Context,
) -> JsResult<Option<Text>> {
    let key = PropertyKey::from(js_string!("constructor"));
    let Some(property) = reflect::own_property(holder, &key, context)? else { return Ok(None) };
    let Some(constructor) = property.value().and_then(JsValue::as_callable) else {
        return Ok(None);
    };
    let name = constructor.get(js_string!("name"), context)?;
    if name.as_string().is_some_and(|name| name.is_empty()) {
        return Ok(None);
    }
    let (object, constructor) = (object.clone().into(), constructor.into());
    if !JsValue::instance_of(&object, &constructor, context).unwrap_or(false) {
        return Ok(None);
    }
    let name = match name.as_symbol() {
        Some(symbol) => symbol.descriptive_string(),
        None => name.to_string(context)?,
    };
    Ok(Some(Text::from(&name)))
}

type Test = fn(&JsObject) -> bool;

/// What an object is by its internal slots, for those without a constructor to name.
pub(super) fn internal_name(object: &JsObject) -> &'static str {
    if object.is_ordinary() {
        return "Object";
    }
    if object.is_array() {
        return "Array";
    }
    if object.is_callable() {
        return function_kind(object);
    }
    if let Some(name) = kinds::typed_array_name(object) {
        return name;
    }
    if object.is::<Error>() {
        return "Error";
    }
    let known: [(Test, &str); 16] = [
        (kinds::is_map, "Map"),
        (kinds::is_set, "Set"),
        (kinds::is_promise, "Promise"),
        (kinds::is_date, "Date"),
        (kinds::is_reg_exp, "RegExp"),
        (kinds::is_array_buffer, "ArrayBuffer"),
        (kinds::is_shared_array_buffer, "SharedArrayBuffer"),
        (kinds::is_data_view, "DataView"),
        (kinds::is_string_object, "String"),
        (kinds::is_number_object, "Number"),
        (kinds::is_boolean_object, "Boolean"),
        (kinds::is_big_int_object, "BigInt"),
        (kinds::is_symbol_object, "Symbol"),
        (kinds::is_generator, "Generator"),
        (kinds::is_weak_map, "WeakMap"),
        (kinds::is_weak_set, "WeakSet"),
    ];
    known.iter().find(|(is, _)| is(object)).map_or("Object", |(_, name)| name)
}

fn function_kind(object: &JsObject) -> &'static str {
    let is_generator =
        object.is::<OrdinaryFunction>() && kinds::is_plain_generator_function(object);
    if is_generator { "GeneratorFunction" } else { "Function" }
}

/// What stands before the braces, with a space at its end: `Map(2) `, `[Foo: null prototype] `.
pub(super) fn prefix(
    constructor: Option<&Text>,
    tag: &Text,
    fallback: &str,
    size: Option<usize>,
) -> Text {
    let size = size.map(|size| format!("({size})")).unwrap_or_default();
    let Some(constructor) = constructor else {
        let mut out = Text::from(format!("[{fallback}{size}: null prototype] "));
        if !tag.is_empty() && tag.as_bytes() != fallback.as_bytes() {
            push_tag(&mut out, tag);
        }
        return out;
    };
    let mut out = constructor.clone();
    out.push_str(&size);
    out.push_str(" ");
    if !tag.is_empty() && says_something_new(constructor, tag) {
        push_tag(&mut out, tag);
    }
    out
}

fn push_tag(out: &mut Text, tag: &Text) {
    out.push_str("[");
    out.push(tag);
    out.push_str("] ");
}

/// False if the constructor's name holds the tag as a word of its own.
fn says_something_new(constructor: &Text, tag: &Text) -> bool {
    let Some(at) = constructor.find(tag.as_bytes()) else { return true };
    match super::text::points(&constructor.as_bytes()[at + tag.as_bytes().len()..]).next() {
        Some(next) => char::from_u32(next).is_none_or(|c| c.to_lowercase().eq([c])),
        None => false,
    }
}

/// [`prefix`] of an object that is nothing in particular.
pub(super) fn plain_prefix(
    object: &JsObject,
    constructor: Option<&Text>,
    tag: &Text,
    context: &mut Context,
) -> Text {
    if constructor.is_none()
        && let Some(name) = former_classes::name_of(object, context)
    {
        return prefix(constructor, tag, &name.to_std_string_lossy(), None);
    }
    let fallback = match constructor {
        Some(_) => "",
        None => match internal_name(object) {
            name if name.as_bytes() == tag.as_bytes() => "Object",
            name => name,
        },
    };
    prefix(constructor, tag, fallback, None)
}
