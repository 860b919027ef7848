//! Deep equality: `assert.deepEqual`, `deepStrictEqual`, `partialDeepStrictEqual`,
//! `util.isDeepStrictEqual`.
//!
//! Node's documentation, "assert", tells what is compared. Getters and proxies run, as in Node.

mod arrays;
mod binary;
mod collections;
mod cycles;
mod slots;

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string, property::PropertyKey};

use self::cycles::{Cycles, Visit};
use crate::{
    engine::{kinds, reflect, stack::too_deep},
    sys::stack::is_low,
};

/// How equal values must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Primitives by `==`; no prototypes, no symbols.
    Loose,
    /// The second value may lack what the first has.
    Partial,
    /// Primitives by `Object.is`, prototypes and enumerable symbols too.
    Strict,
    /// As `Strict`, prototypes aside.
    StrictWithoutPrototypes,
}

impl Mode {
    fn is_loose(self) -> bool {
        self == Self::Loose
    }

    fn is_partial(self) -> bool {
        self == Self::Partial
    }
}

/// True if two values are deeply equal.
///
/// # Errors
/// What a getter or a proxy of the values throws.
pub(crate) fn deep_equal(
    a: &JsValue,
    b: &JsValue,
    mode: Mode,
    context: &mut Context,
) -> JsResult<bool> {
    // Cycles are rare, and looking for them costs: only what is nested deeply is looked at again.
    // As in Node, a program that has compared one cycle is expected to have more of them.
    if context.get_data::<CyclesMet>().is_none() {
        let mut comparison = Comparison { mode, cycles: Cycles::unwatched() };
        let equal = comparison.values(a, b, context)?;
        if !comparison.cycles.is_exhausted() {
            return Ok(equal);
        }
        context.insert_data(CyclesMet);
    }
    let mut comparison = Comparison { mode, cycles: Cycles::watched() };
    let equal = comparison.values(a, b, context)?;
    if comparison.cycles.is_exhausted() {
        let message = "Maximum call stack size exceeded";
        return Err(boa_engine::JsNativeError::range().with_message(message).into());
    }
    Ok(equal)
}

/// Marks a context in which a comparison has gone round in circles.
struct CyclesMet;

/// What a list of keys is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contents {
    Properties,
    Array,
    Set,
    Map,
}

/// One comparison under way.
struct Comparison {
    mode: Mode,
    cycles: Cycles,
}

impl Comparison {
    /// Compares two values.
    fn values(&mut self, a: &JsValue, b: &JsValue, context: &mut Context) -> JsResult<bool> {
        if a.strict_equals(b) {
            let is_zero = a.as_number() == Some(0.0);
            return Ok(!is_zero || self.mode.is_loose() || JsValue::same_value(a, b));
        }
        match (plain_object(a), plain_object(b)) {
            (Some(a), Some(b)) => self.objects(&a, &b, context),
            (None, None) if self.mode.is_loose() => Ok(a.equals(b, context)? || both_nan(a, b)),
            (None, None) => Ok(both_nan(a, b)),
            _ => Ok(false),
        }
    }

    /// Compares two objects that are not the same.
    fn objects(&mut self, a: &JsObject, b: &JsObject, context: &mut Context) -> JsResult<bool> {
        if is_low() {
            return Err(JsError::from_opaque(too_deep(context).into()));
        }
        if self.mode == Mode::Strict && !slots::same_class(a, b, context)? {
            return Ok(false);
        }
        if kinds::is_array(a, context) {
            return self.array_objects(a, b, context);
        }
        let Some(contents) = self.slots(a, b, context)? else { return Ok(false) };
        if contents == Contents::Array {
            // Views are compared by their bytes; what is left are named properties.
            let keys = self.named_keys(b, context)?;
            if !self.mode.is_partial() && keys.len() != self.named_keys(a, context)?.len() {
                return Ok(false);
            }
            return self.watched(a, b, &keys, Contents::Properties, context);
        }
        self.properties(a, b, contents, context)
    }

    fn array_objects(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        if !kinds::is_array(b, context) {
            return Ok(false);
        }
        let (length_a, length_b) = (arrays::length(a, context)?, arrays::length(b, context)?);
        let fits = if self.mode.is_partial() { length_a >= length_b } else { length_a == length_b };
        if !fits || !slots::same_tag(a, b, context)? {
            return Ok(false);
        }
        let keys = self.named_keys(b, context)?;
        if !self.mode.is_partial() && keys.len() != self.named_keys(a, context)?.len() {
            return Ok(false);
        }
        self.watched(a, b, &keys, Contents::Array, context)
    }

    /// Enumerable own keys without indices; symbols unless comparing loosely.
    fn named_keys(&self, object: &JsObject, context: &mut Context) -> JsResult<Vec<PropertyKey>> {
        let mut keys = reflect::own_keys(object, context)?;
        keys.retain(|key| match key {
            PropertyKey::Index(_) => false,
            PropertyKey::Symbol(_) => !self.mode.is_loose(),
            PropertyKey::String(_) => true,
        });
        reflect::only_enumerable(object, keys, context)
    }

    /// Compares the own properties, after the number of them.
    fn properties(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        contents: Contents,
        context: &mut Context,
    ) -> JsResult<bool> {
        let keys = self.all_keys(b, context)?;
        if !self.mode.is_partial() && keys.len() != self.all_keys(a, context)?.len() {
            return Ok(false);
        }
        self.watched(a, b, &keys, contents, context)
    }

    /// Enumerable own keys; symbols unless comparing loosely.
    fn all_keys(&self, object: &JsObject, context: &mut Context) -> JsResult<Vec<PropertyKey>> {
        let mut keys = reflect::own_keys(object, context)?;
        if self.mode.is_loose() {
            keys.retain(|key| !matches!(key, PropertyKey::Symbol(_)));
        }
        reflect::only_enumerable(object, keys, context)
    }

    /// Goes into two objects, unless that goes round in circles.
    fn watched(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        keys: &[PropertyKey],
        contents: Contents,
        context: &mut Context,
    ) -> JsResult<bool> {
        if keys.is_empty() && is_empty(b, contents, context)? {
            return Ok(true);
        }
        match self.cycles.enter(a, b) {
            Visit::New => {
                let equal = self.inside(a, b, keys, contents, context);
                self.cycles.leave();
                equal
            }
            Visit::Known(equal) => Ok(equal),
        }
    }

    fn inside(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        keys: &[PropertyKey],
        contents: Contents,
        context: &mut Context,
    ) -> JsResult<bool> {
        for key in keys {
            if !reflect::is_enumerable(a, key, context)? {
                return Ok(false);
            }
            let value_a = a.get(key.clone(), context)?;
            let value_b = b.get(key.clone(), context)?;
            if !self.values(&value_a, &value_b, context)? {
                return Ok(false);
            }
        }
        match contents {
            Contents::Properties => Ok(true),
            Contents::Array if self.mode.is_partial() => self.partial_elements(a, b, context),
            Contents::Array => self.elements(a, b, context),
            Contents::Set => self.sets(a, b, context),
            Contents::Map => self.maps(a, b, context),
        }
    }
}

/// What `typeof` calls an object; functions are equal only to themselves.
fn plain_object(value: &JsValue) -> Option<JsObject> {
    value.as_object().filter(|object| !object.is_callable())
}

fn both_nan(a: &JsValue, b: &JsValue) -> bool {
    let is_nan = |value: &JsValue| value.as_number().is_some_and(f64::is_nan);
    is_nan(a) && is_nan(b)
}

fn is_empty(object: &JsObject, contents: Contents, context: &mut Context) -> JsResult<bool> {
    Ok(match contents {
        Contents::Properties => true,
        Contents::Array => arrays::length(object, context)? == 0.0,
        Contents::Set | Contents::Map => {
            object.get(js_string!("size"), context)?.as_number() == Some(0.0)
        }
    })
}
