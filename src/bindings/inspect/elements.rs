//! Elements: of arrays with their holes, of typed arrays, of buffers.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    object::builtins::{JsArrayBuffer, JsSharedArrayBuffer, JsTypedArray},
    property::PropertyKey,
    value::JsVariant,
};

use super::{
    Inspector,
    frame::array_length,
    primitive::{big_int, number},
    property::Place,
    text::Text,
};
use crate::engine::reflect;

impl Inspector {
    /// How many of `length` elements are shown, and how many are not. Both are NaN where the option
    /// is no number.
    pub(super) fn limited(&self, length: usize) -> (usize, f64) {
        let max = self.options.max_array_length;
        if max.is_nan() {
            return (0, f64::NAN);
        }
        let shown = max.max(0.0).min(length as f64);
        (shown.ceil() as usize, length as f64 - shown)
    }

    /// The elements of an array; runs of holes count as one.
    pub(super) fn array_elements(
        &mut self,
        array: &JsObject,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let (shown, remaining) = self.limited(array_length(array));
        let mut out = Vec::with_capacity(shown + 1);
        for index in 0..shown {
            let key = PropertyKey::from(index);
            let Some(property) = reflect::own_property(array, &key, context)? else {
                return self.sparse_elements(array, index, shown, out, level, context);
            };
            let place = Place::in_array(array);
            out.push(self.property(place, &key, Some(property), level, context)?);
        }
        out.extend(more_items(remaining));
        Ok(out)
    }

    /// The rest of an array from its first hole on.
    fn sparse_elements(
        &mut self,
        array: &JsObject,
        from: usize,
        max: usize,
        mut out: Vec<Text>,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let keys = reflect::own_keys(array, context)?;
        let keys = reflect::only_enumerable(array, keys, context)?;
        let indices = keys.iter().filter_map(|key| match key {
            PropertyKey::Index(index) => Some(index.get() as usize),
            _ => None,
        });
        let mut next = from;
        for index in indices.skip_while(|&index| index < from) {
            if out.len() >= max {
                break;
            }
            if index != next {
                out.push(self.holes(index - next, context)?);
                next = index;
                if out.len() == max {
                    break;
                }
            }
            let key = PropertyKey::from(index);
            out.push(self.property(Place::in_array(array), &key, None, level, context)?);
            next += 1;
        }
        let remaining = array_length(array).saturating_sub(next);
        if out.len() < max && remaining > 0 {
            out.push(self.holes(remaining, context)?);
        } else {
            out.extend(more_items(remaining as f64));
        }
        Ok(out)
    }

    fn holes(&mut self, count: usize, context: &mut Context) -> JsResult<Text> {
        let plural = if count > 1 { "s" } else { "" };
        self.stylize(&format!("<{count} empty item{plural}>"), "undefined", context)
    }

    /// The numbers of a typed array.
    pub(super) fn typed_array_elements(
        &mut self,
        array: &JsObject,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let length = JsTypedArray::from_object(array.clone())?.length(context)?;
        let (shown, remaining) = self.limited(length);
        let grouped = self.options.numeric_separator;
        let mut out = Vec::with_capacity(shown + 1);
        for index in 0..shown {
            let element = array.get(index as u64, context)?;
            let (text, style) = match element.variant() {
                JsVariant::BigInt(n) => (big_int(&n.to_string(), grouped), "bigint"),
                _ => (number(element.as_number().unwrap_or(f64::NAN), grouped), "number"),
            };
            out.push(self.options.stylize.apply(text, style, context)?);
        }
        out.extend(more_items(remaining));
        Ok(out)
    }

    /// The bytes of an `ArrayBuffer` or `SharedArrayBuffer` in hexadecimal.
    pub(super) fn array_buffer_bytes(
        &mut self,
        buffer: &JsObject,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let Some(bytes) = bytes_of(buffer) else {
            return Ok(vec![self.stylize("(detached)", "special", context)?]);
        };
        let (shown, remaining) = self.limited(bytes.len());
        let hex: Vec<String> = bytes[..shown].iter().map(|byte| format!("{byte:02x}")).collect();
        let mut out = self.stylize("[Uint8Contents]", "special", context)?;
        out.push_str(": <");
        out.push_str(&hex.join(" "));
        if remaining > 0.0 {
            let plural = if remaining > 1.0 { "s" } else { "" };
            let remaining = JsValue::from(remaining).display().to_string();
            out.push_str(&format!(" ... {remaining} more byte{plural}"));
        }
        out.push_str(">");
        Ok(vec![out])
    }
}

/// The bytes of a buffer; `None` if it is detached.
fn bytes_of(buffer: &JsObject) -> Option<Vec<u8>> {
    match JsArrayBuffer::from_object(buffer.clone()) {
        Ok(buffer) => buffer.to_vec(),
        Err(_) => Some(JsSharedArrayBuffer::from_object(buffer.clone()).ok()?.to_vec()),
    }
}

/// What stands for the elements that are not shown.
pub(super) fn more_items(remaining: f64) -> Option<Text> {
    (remaining > 0.0).then(|| {
        let plural = if remaining > 1.0 { "s" } else { "" };
        let remaining = JsValue::from(remaining).display().to_string();
        Text::from(format!("... {remaining} more item{plural}"))
    })
}
