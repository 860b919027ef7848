//! Elements of arrays, holes and all.

use boa_engine::{Context, JsObject, JsResult, js_string, property::PropertyKey};

use super::{Comparison, Mode};
use crate::engine::reflect;

/// The `length`, which of a proxy may be anything.
pub(super) fn length(array: &JsObject, context: &mut Context) -> JsResult<f64> {
    array.get(js_string!("length"), context)?.to_number(context)
}

impl Comparison {
    /// Compares the elements of two arrays of one length.
    pub(super) fn elements(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        let length = length(a, context)? as u64;
        for index in 0..length {
            let (of_a, of_b) = (a.get(index, context)?, b.get(index, context)?);
            if of_b.is_undefined() {
                if !reflect::has_own(b, &PropertyKey::from(index), context)? {
                    return self.sparse_elements(a, b, index as usize, context);
                }
                let is_hole = of_a.is_undefined()
                    && !reflect::has_own(a, &PropertyKey::from(index), context)?;
                let passes_loosely = self.mode.is_loose() && of_a.is_null();
                if (!of_a.is_undefined() || is_hole) && !passes_loosely {
                    return Ok(false);
                }
                continue;
            }
            // As in Node, anything is loosely equal to a null in a list.
            let is_any = self.mode == Mode::Loose && of_b.is_null();
            if !is_any && (of_a.is_undefined() || !self.values(&of_a, &of_b, context)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Compares what is there, from the first hole on.
    fn sparse_elements(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        from: usize,
        context: &mut Context,
    ) -> JsResult<bool> {
        let (keys_a, keys_b) = (keys(a, context)?, keys(b, context)?);
        if keys_a.len() != keys_b.len() {
            return Ok(false);
        }
        for key in keys_b.into_iter().skip(from) {
            let of_a = a.get(key.clone(), context)?;
            if of_a.is_undefined() && !reflect::has_own(a, &key, context)? {
                return Ok(false);
            }
            let of_b = b.get(key, context)?;
            if !self.values(&of_a, &of_b, context)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// True if the elements of `b` are found in `a`, in order.
    pub(super) fn partial_elements(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        let (length_a, length_b) = (length(a, context)? as u64, length(b, context)? as u64);
        let mut at = 0;
        for index in 0..length_b {
            let wanted = b.get(index, context)?;
            if is_hole(b, index, wanted.is_undefined(), context)? {
                return self.partial_sparse_elements(a, b, at, index, context);
            }
            loop {
                let candidate = a.get(at, context)?;
                if is_hole(a, at, candidate.is_undefined(), context)? {
                    return self.partial_sparse_elements(a, b, at, index, context);
                }
                at += 1;
                if self.values(&candidate, &wanted, context)? {
                    break;
                }
                // Enough must be left for those that are still wanted.
                if at + length_b > length_a + index {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// As [`Self::partial_elements`], by what is there.
    fn partial_sparse_elements(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        from_a: u64,
        from_b: u64,
        context: &mut Context,
    ) -> JsResult<bool> {
        let keys_a = keys(a, context)?;
        let keys_b = keys(b, context)?;
        let mut candidates = keys_a.into_iter().skip(from_a as usize);
        let wanted: Vec<PropertyKey> = keys_b.into_iter().skip(from_b as usize).collect();
        if candidates.len() < wanted.len() {
            return Ok(false);
        }
        for (i, key) in wanted.iter().enumerate() {
            let value = b.get(key.clone(), context)?;
            loop {
                if candidates.len() < wanted.len() - i {
                    return Ok(false);
                }
                let Some(candidate) = candidates.next() else { return Ok(false) };
                let candidate = a.get(candidate, context)?;
                if self.values(&candidate, &value, context)? {
                    break;
                }
            }
        }
        Ok(true)
    }
}

fn is_hole(
    array: &JsObject,
    index: u64,
    is_undefined: bool,
    context: &mut Context,
) -> JsResult<bool> {
    Ok(is_undefined && !reflect::has_own(array, &PropertyKey::from(index), context)?)
}

/// `Object.keys`.
fn keys(array: &JsObject, context: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut keys = reflect::own_keys(array, context)?;
    keys.retain(|key| !matches!(key, PropertyKey::Symbol(_)));
    reflect::only_enumerable(array, keys, context)
}
