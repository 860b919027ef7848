//! What internal slots hold: dates, errors, primitives in objects and the like.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, property::PropertyKey,
};

use super::{Comparison, Contents, Mode, binary};
use crate::{
    bindings::inspect::is_error,
    engine::{kinds, reflect},
};

impl Comparison {
    /// Compares the internal slots; `None` if they differ. `Contents::Array` stands for views, whose
    /// elements are compared already.
    pub(super) fn slots(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<Option<Contents>> {
        let class = kinds::class_of(a, context);
        let has_tag = !tag(a, context)?.is_undefined();
        let is_plain = !has_tag && class == Some(js_string!("[object Object]"));
        let contents = if is_plain {
            Contents::Properties
        } else if kinds::is_set(a) {
            Contents::Set
        } else if kinds::is_map(a) {
            Contents::Map
        } else if is_view(a) {
            Contents::Array
        } else {
            Contents::Properties
        };
        let equal = match contents {
            Contents::Set => kinds::is_set(b) && self.sizes_fit(a, b, context)?,
            Contents::Map => kinds::is_map(b) && self.sizes_fit(a, b, context)?,
            Contents::Array => is_view(b) && binary::views_are_equal(a, b, self.mode, context)?,
            Contents::Properties if is_plain => same_class_text(class.as_ref(), a, b, context)?,
            Contents::Properties => self.special_slots(class.as_ref(), a, b, context)?,
        };
        Ok(equal.then_some(contents))
    }

    fn sizes_fit(&self, a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
        let size = |object: &JsObject, context: &mut Context| -> JsResult<f64> {
            object.get(js_string!("size"), context)?.to_number(context)
        };
        let (of_a, of_b) = (size(a, context)?, size(b, context)?);
        let fits = of_a == of_b || self.mode.is_partial() && of_a > of_b;
        Ok(fits && same_tag(a, b, context)?)
    }

    fn special_slots(
        &mut self,
        class: Option<&JsString>,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        if kinds::is_date(a) {
            return Ok(kinds::is_date(b) && same_tag(a, b, context)? && same_time(a, b, context)?);
        }
        if kinds::is_reg_exp(a) {
            return Ok(kinds::is_reg_exp(b)
                && same_reg_exp(a, b, context)?
                && same_tag(a, b, context)?);
        }
        if kinds::is_any_array_buffer(a) {
            return Ok(kinds::is_any_array_buffer(b)
                && same_tag(a, b, context)?
                && binary::buffers_are_equal(a, b, self.mode));
        }
        if !same_class_text(class, a, b, context)? || has_contents_of_its_own(b, context) {
            return Ok(false);
        }
        if is_error(a, context)? {
            return Ok(is_error(b, context)? && self.errors(a, b, context)?);
        }
        if kinds::is_boxed_primitive(a) {
            return Ok(same_primitive(a, b));
        }
        if let Some(address) = address_of_url(a, context)? {
            let other = address_of_url(b, context)?;
            return Ok(other.is_some_and(|other| other.strict_equals(&address)));
        }
        let is_opaque = kinds::is_weak_map(a) || kinds::is_weak_set(a) || kinds::is_promise(a);
        Ok(!is_opaque && !kinds::is_boxed_primitive(b) && !is_error(b, context)?)
    }

    /// Errors by message, name, cause and errors, never by their stack.
    fn errors(&mut self, a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
        for name in ["message", "name", "cause", "errors"] {
            let key = PropertyKey::from(JsString::from(name));
            // Enumerable ones are compared among the properties.
            if reflect::is_enumerable(b, &key, context)? {
                continue;
            }
            let of_b = b.get(key.clone(), context)?;
            let is_left_out = of_b.is_undefined()
                || name == "message" && of_b.as_string().is_some_and(|text| text.is_empty());
            if self.mode.is_partial() && is_left_out {
                continue;
            }
            let of_a = a.get(key, context)?;
            if !self.values(&of_a, &of_b, context)? {
                return Ok(false);
            }
        }
        let cause = PropertyKey::from(js_string!("cause"));
        let has_cause = reflect::has_own(b, &cause, context)?;
        let same = has_cause == reflect::has_own(a, &cause, context)?;
        Ok(same || self.mode == Mode::Partial && !has_cause)
    }
}

fn is_view(object: &JsObject) -> bool {
    kinds::is_typed_array(object) || kinds::is_data_view(object)
}

/// Kinds that nothing else can be equal to.
fn has_contents_of_its_own(object: &JsObject, context: &mut Context) -> bool {
    kinds::is_array(object, context)
        || is_view(object)
        || kinds::is_set(object)
        || kinds::is_map(object)
        || kinds::is_date(object)
        || kinds::is_reg_exp(object)
        || kinds::is_any_array_buffer(object)
}

fn tag(object: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    object.get(JsSymbol::to_string_tag(), context)
}

/// True if `Symbol.toStringTag` is the same.
pub(super) fn same_tag(a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(tag(a, context)?.strict_equals(&tag(b, context)?))
}

/// True if the tags are the same, or without tags what `Object.prototype.toString` says.
fn same_class_text(
    class: Option<&JsString>,
    a: &JsObject,
    b: &JsObject,
    context: &mut Context,
) -> JsResult<bool> {
    let (tag_a, tag_b) = (tag(a, context)?, tag(b, context)?);
    if !tag_a.is_undefined() && !tag_b.is_undefined() {
        return Ok(tag_a.strict_equals(&tag_b));
    }
    Ok(kinds::class_of(b, context).as_ref() == class)
}

/// True if two objects are of one class: by their constructor where it says something, else by
/// their prototype.
pub(super) fn same_class(a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
    let key = PropertyKey::from(js_string!("constructor"));
    let constructor = a.get(key.clone(), context)?;
    let is_telling = is_well_known(&constructor, context)
        || !constructor.is_undefined() && !reflect::has_own(a, &key, context)?;
    if is_telling {
        return Ok(constructor.strict_equals(&b.get(key, context)?));
    }
    Ok(reflect::prototype(a, context)? == reflect::prototype(b, context)?)
}

/// True of the language's own constructors.
fn is_well_known(constructor: &JsValue, context: &mut Context) -> bool {
    let Some(constructor) = constructor.as_callable() else { return false };
    let key = PropertyKey::from(js_string!("prototype"));
    let prototype = reflect::stored(&constructor, &key);
    let Some(prototype) = prototype.and_then(|p| p.value().and_then(JsValue::as_object)) else {
        return false;
    };
    let known = context.intrinsics().constructors();
    [
        known.object().prototype(),
        known.array().prototype(),
        known.function().prototype(),
        known.map().prototype(),
        known.set().prototype(),
        known.error().prototype(),
        known.date().prototype(),
        known.regexp().prototype(),
        known.promise().prototype(),
        known.number().prototype(),
        known.string().prototype(),
        known.boolean().prototype(),
        known.bigint().prototype(),
        known.symbol().prototype(),
        known.weak_map().prototype(),
        known.weak_set().prototype(),
        known.array_buffer().prototype(),
        known.data_view().prototype(),
    ]
    .contains(&prototype)
}

fn same_time(a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
    use boa_engine::object::builtins::JsDate;
    let time = |object: &JsObject, context: &mut Context| {
        JsDate::from_object(object.clone())?.get_time(context)
    };
    let (of_a, of_b) = (time(a, context)?, time(b, context)?);
    Ok(JsValue::same_value_zero(&of_a, &of_b))
}

fn same_reg_exp(a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
    for name in ["source", "flags", "lastIndex"] {
        let of_a = a.get(JsString::from(name), context)?;
        if !of_a.strict_equals(&b.get(JsString::from(name), context)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_primitive(a: &JsObject, b: &JsObject) -> bool {
    match (kinds::boxed_primitive(a), kinds::boxed_primitive(b)) {
        (Some(a), Some(b)) => JsValue::same_value(&a, &b),
        _ => false,
    }
}

/// The `href` of what looks like a `URL`, and not like what `url.parse` returns.
fn address_of_url(object: &JsObject, context: &mut Context) -> JsResult<Option<JsValue>> {
    let mut property = |name: &str| object.get(JsString::from(name), context);
    let address = property("href")?;
    let is_url = address.to_boolean()
        && property("protocol")?.to_boolean()
        && property("auth")?.is_undefined()
        && property("path")?.is_undefined();
    Ok(is_url.then_some(address))
}
