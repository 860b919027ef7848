//! Sets and maps: each entry must have its equal, whatever the order.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::{map::ordered_map::OrderedMap, set::ordered_set::OrderedSet},
    value::JsVariant,
};

use super::Comparison;

/// A primitive that a loosely equal one may stand for.
enum Counterpart {
    /// Any number, string, big integer or boolean.
    Any,
    None,
    /// Just this one.
    Only(JsValue),
}

impl Comparison {
    pub(super) fn sets(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        let (values_a, values_b) = (set_values(a), set_values(b));
        let mut wanted = Vec::new();
        for value in &values_b {
            if has_value(a, value) {
                continue;
            }
            let may_match = value.is_object() || self.mode.is_loose() && may_match(value, a, b);
            if !may_match {
                return Ok(false);
            }
            wanted.push(value.clone());
        }
        // Taken from the end: the first is most likely the equal of the first.
        wanted.reverse();
        for value in values_a {
            if wanted.is_empty() {
                return Ok(true);
            }
            if has_value(b, &value) {
                continue;
            }
            if !value.is_object() && !self.mode.is_loose() && !self.mode.is_partial() {
                return Ok(false);
            }
            if !self.take_equal(&value, &mut wanted, context)? && !self.mode.is_partial() {
                return Ok(false);
            }
        }
        Ok(wanted.is_empty())
    }

    /// Takes an equal of `value` out of `wanted`; false if there is none.
    fn take_equal(
        &mut self,
        value: &JsValue,
        wanted: &mut Vec<JsValue>,
        context: &mut Context,
    ) -> JsResult<bool> {
        for i in (0..wanted.len()).rev() {
            if self.values(value, &wanted[i], context)? {
                wanted.remove(i);
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn maps(
        &mut self,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        let (entries_a, entries_b) = (map_entries(a), map_entries(b));
        let mut wanted = Vec::new();
        for (key, value) in entries_b {
            if key.is_object() {
                wanted.push((key, value));
                continue;
            }
            let equal = match map_value(a, &key) {
                Some(of_a) => self.values(&of_a, &value, context)?,
                None => false,
            };
            if equal {
                continue;
            }
            if !self.mode.is_loose() || !self.may_match_entry(&key, &value, a, b, context)? {
                return Ok(false);
            }
            wanted.push((key, value));
        }
        wanted.reverse();
        self.take_entries(entries_a, wanted, b, context)
    }

    /// Finds an equal among `wanted` for each entry that has not been found by its key.
    fn take_entries(
        &mut self,
        entries: Vec<(JsValue, JsValue)>,
        mut wanted: Vec<(JsValue, JsValue)>,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        for (key, value) in entries {
            if wanted.is_empty() {
                return Ok(true);
            }
            if !key.is_object() {
                let of_b = map_value(b, &key);
                let is_found = match of_b {
                    Some(of_b) => !self.mode.is_loose() || self.values(&value, &of_b, context)?,
                    None => false,
                };
                if is_found || self.mode.is_partial() {
                    continue;
                }
                if !self.mode.is_loose() {
                    return Ok(false);
                }
            }
            if !self.take_equal_entry(&key, &value, &mut wanted, context)?
                && !self.mode.is_partial()
            {
                return Ok(false);
            }
        }
        Ok(wanted.is_empty())
    }

    fn take_equal_entry(
        &mut self,
        key: &JsValue,
        value: &JsValue,
        wanted: &mut Vec<(JsValue, JsValue)>,
        context: &mut Context,
    ) -> JsResult<bool> {
        for i in (0..wanted.len()).rev() {
            if self.values(key, &wanted[i].0, context)?
                && self.values(value, &wanted[i].1, context)?
            {
                wanted.remove(i);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// True if a primitive key without an equal may have a loosely equal one in `a`.
    fn may_match_entry(
        &mut self,
        key: &JsValue,
        value: &JsValue,
        a: &JsObject,
        b: &JsObject,
        context: &mut Context,
    ) -> JsResult<bool> {
        let other = match counterpart(key) {
            Counterpart::Any => return Ok(true),
            Counterpart::None => return Ok(false),
            Counterpart::Only(other) => other,
        };
        match map_value(a, &other) {
            Some(of_a) if map_value(b, &other).is_none() => self.values(&of_a, value, context),
            _ => Ok(false),
        }
    }
}

fn may_match(value: &JsValue, a: &JsObject, b: &JsObject) -> bool {
    match counterpart(value) {
        Counterpart::Any => true,
        Counterpart::None => false,
        Counterpart::Only(other) => !has_value(b, &other) && has_value(a, &other),
    }
}

/// What may be loosely equal to a primitive, besides itself.
fn counterpart(value: &JsValue) -> Counterpart {
    let number = match value.variant() {
        JsVariant::Undefined => return Counterpart::Only(JsValue::null()),
        JsVariant::Null => return Counterpart::Only(JsValue::undefined()),
        JsVariant::Symbol(_) => return Counterpart::None,
        JsVariant::String(text) => text.to_number(),
        JsVariant::Float64(n) => n,
        _ => return Counterpart::Any,
    };
    if number.is_nan() { Counterpart::None } else { Counterpart::Any }
}

fn set_values(set: &JsObject) -> Vec<JsValue> {
    set.downcast_ref::<OrderedSet>().map(|set| set.iter().cloned().collect()).unwrap_or_default()
}

fn has_value(set: &JsObject, value: &JsValue) -> bool {
    set.downcast_ref::<OrderedSet>().is_some_and(|set| set.contains(value))
}

fn map_entries(map: &JsObject) -> Vec<(JsValue, JsValue)> {
    let map = map.downcast_ref::<OrderedMap<JsValue>>();
    map.map(|map| map.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
        .unwrap_or_default()
}

fn map_value(map: &JsObject, key: &JsValue) -> Option<JsValue> {
    map.downcast_ref::<OrderedMap<JsValue>>()?.get(key).cloned()
}
