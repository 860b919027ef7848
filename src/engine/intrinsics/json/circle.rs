//! What V8 says about an object that contains itself.

use std::fmt::Write;

use boa_engine::{
    JsError, JsNativeError, JsObject, JsString, JsSymbol, JsValue, builtins::proxy::Proxy,
    js_string, property::PropertyKey,
};

/// How one object on the way round the circle leads to the next.
pub(super) enum Step {
    Index(u64),
    Property(PropertyKey),
}

/// The `TypeError`: `objects` are those of the circle, from the one that is met again; `steps`
/// lead from each to the next, the last one back to the first.
pub(super) fn circle_error(objects: &[JsObject], steps: &[Step]) -> JsError {
    /// How many lines are shown before and after the lines that are left out.
    const BEFORE: usize = 2;
    const AFTER: usize = 1;
    let mut text =
        String::from("Converting circular structure to JSON\n    --> starting at object");
    push_constructor(&mut text, objects.first());
    let inner = steps.len().saturating_sub(1);
    for (index, step) in steps.iter().enumerate() {
        if index == inner {
            text.push_str("\n    --- ");
            push_step(&mut text, step);
            text.push_str(" closes the circle");
        } else if index < BEFORE || index + AFTER >= inner {
            text.push_str("\n    |     ");
            push_step(&mut text, step);
            text.push_str(" -> object");
            push_constructor(&mut text, objects.get(index + 1));
        } else if index == BEFORE {
            text.push_str("\n    |     ...");
        }
    }
    JsNativeError::typ().with_message(text).into()
}

fn push_step(text: &mut String, step: &Step) {
    // Writing to a string cannot fail.
    let _ = match step {
        Step::Index(index) => write!(text, "index {index}"),
        Step::Property(key) => {
            let key = JsValue::from(key.clone());
            let name = key.as_string().map(|name| name.to_std_string_lossy());
            write!(text, "property '{}'", name.unwrap_or_default())
        }
    };
}

fn push_constructor(text: &mut String, object: Option<&JsObject>) {
    if let Some(object) = object {
        text.push_str(" with constructor '");
        text.push_str(&constructor_name(object).to_std_string_lossy());
        text.push('\'');
    }
}

/// The name by which V8 calls the constructor of an object. No JavaScript runs to find it.
fn constructor_name(object: &JsObject) -> JsString {
    let plain = js_string!("Object");
    if object.is::<Proxy>() {
        return plain;
    }
    let constructor = object.prototype().and_then(|prototype| {
        let function = data_property(&prototype, js_string!("constructor"))?.as_callable()?;
        let name = data_property(&function, js_string!("name"))?.as_string()?;
        (!name.is_empty() && name != plain).then_some(name)
    });
    constructor
        .or_else(|| data_property(object, JsSymbol::to_string_tag())?.as_string())
        .unwrap_or_else(|| if object.is_array() { js_string!("Array") } else { plain })
}

/// The value of a data property of an object or of what it inherits from, up to a proxy.
fn data_property(object: &JsObject, key: impl Into<PropertyKey>) -> Option<JsValue> {
    let key = key.into();
    let mut holder = Some(object.clone());
    while let Some(object) = holder {
        if object.is::<Proxy>() {
            return None;
        }
        if let Some(property) = object.borrow().properties().get(&key) {
            return property.value().cloned();
        }
        holder = object.prototype();
    }
    None
}
