//! How functions and classes are shown.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::function::OrdinaryFunction, js_string,
    property::PropertyKey,
};

use super::{Inspector, NO_LEVEL, text::Text};
use crate::engine::{kinds, reflect};

impl Inspector {
    /// `[Function: name]`, `[class A extends B]`.
    pub(super) fn function_base(
        &mut self,
        function: &JsObject,
        constructor: Option<&Text>,
        tag: &Text,
        context: &mut Context,
    ) -> JsResult<Text> {
        if is_class(function, context) {
            return class_base(function, constructor, tag, context);
        }
        let is_generator = kinds::is_generator_function(function, context);
        let is_async = kinds::is_async_function(function, context);
        let kind = match (is_async, is_generator) {
            (false, false) => "Function",
            (false, true) => "GeneratorFunction",
            (true, false) => "AsyncFunction",
            (true, true) => "AsyncGeneratorFunction",
        };
        let mut base = Text::from(format!("[{kind}"));
        if constructor.is_none() {
            base.push_str(" (null prototype)");
        }
        let name = function.get(js_string!("name"), context)?;
        match name.as_string() {
            Some(name) if name.is_empty() => base.push_str(" (anonymous)"),
            Some(name) => {
                base.push_str(": ");
                base.push_js(name.as_str());
            }
            None => {
                base.push_str(": ");
                base.push(&self.value(&name, NO_LEVEL, context)?);
            }
        }
        base.push_str("]");
        if let Some(constructor) = constructor.filter(|name| name.as_bytes() != kind.as_bytes()) {
            base.push_str(" ");
            base.push(constructor);
        }
        push_tag(&mut base, tag, constructor);
        Ok(base)
    }
}

fn push_tag(base: &mut Text, tag: &Text, constructor: Option<&Text>) {
    if !tag.is_empty() && constructor != Some(tag) {
        base.push_str(" [");
        base.push(tag);
        base.push_str("]");
    }
}

fn class_base(
    class: &JsObject,
    constructor: Option<&Text>,
    tag: &Text,
    context: &mut Context,
) -> JsResult<Text> {
    let key = PropertyKey::from(js_string!("name"));
    let name = if reflect::has_own(class, &key, context)? {
        class.get(key, context)?
    } else {
        JsValue::undefined()
    };
    let mut base = Text::from("[class ");
    if name.to_boolean() {
        base.push_js(name.to_string(context)?.as_str());
    } else {
        base.push_str("(anonymous)");
    }
    if let Some(constructor) = constructor.filter(|name| name.as_bytes() != b"Function") {
        base.push_str(" [");
        base.push(constructor);
        base.push_str("]");
    }
    push_tag(&mut base, tag, constructor);
    if constructor.is_none() {
        base.push_str(" extends [null prototype]");
    } else if let Some(parent) = reflect::prototype(class, context)? {
        let name = parent.get(js_string!("name"), context)?;
        if name.to_boolean() {
            base.push_str(" extends ");
            base.push_js(name.to_string(context)?.as_str());
        }
    }
    base.push_str("]");
    Ok(base)
}

/// True of what was written as a `class`.
fn is_class(function: &JsObject, context: &mut Context) -> bool {
    // A class's `prototype` cannot be assigned, those of other functions can until they are frozen.
    if !function.is::<OrdinaryFunction>() {
        return false;
    }
    let prototype = reflect::stored(function, &PropertyKey::from(js_string!("prototype")));
    if prototype.is_none_or(|prototype| prototype.writable() == Some(true)) {
        return false;
    }
    // The engine keeps the source text of functions, not of classes.
    let Some(source) = kinds::source_text(function, context) else { return false };
    let source = source.to_std_string_lossy();
    source.starts_with("class") || source.ends_with("{ [native code] }")
}
