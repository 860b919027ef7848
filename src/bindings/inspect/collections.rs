//! What sets, maps, their iterators and promises hold.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::{map::ordered_map::OrderedMap, promise::PromiseState, set::ordered_set::OrderedSet},
    object::builtins::JsPromise,
    property::PropertyKey,
};

use super::{
    Inspector,
    elements::more_items,
    layout::{Braces, List},
    text::Text,
};
use crate::engine::{iterator_preview::Preview, reflect};

impl Inspector {
    pub(super) fn set_values(
        &mut self,
        set: &JsObject,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let Some((values, length)) = set.downcast_ref::<OrderedSet>().map(|set| {
            let (shown, _) = self.limited(set.len());
            (set.iter().take(shown).cloned().collect::<Vec<JsValue>>(), set.len())
        }) else {
            return Ok(Vec::new());
        };
        let (_, remaining) = self.limited(length);
        self.values(&values, remaining, level, context)
    }

    /// Values that stand below one another, one level down.
    fn values(
        &mut self,
        values: &[JsValue],
        remaining: f64,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let mut out = Vec::with_capacity(values.len() + 1);
        self.indentation += 2;
        for value in values {
            out.push(self.value(value, level, context)?);
        }
        self.indentation -= 2;
        out.extend(more_items(remaining));
        Ok(out)
    }

    pub(super) fn map_entries(
        &mut self,
        map: &JsObject,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let Some((entries, length)) = map.downcast_ref::<OrderedMap<JsValue>>().map(|map| {
            let (shown, _) = self.limited(map.len());
            let entries = map.iter().take(shown).map(|(key, value)| (key.clone(), value.clone()));
            (entries.collect::<Vec<_>>(), map.len())
        }) else {
            return Ok(Vec::new());
        };
        let (_, remaining) = self.limited(length);
        let mut out = Vec::with_capacity(entries.len() + 1);
        self.indentation += 2;
        for (key, value) in &entries {
            let mut entry = self.value(key, level, context)?;
            entry.push_str(" => ");
            entry.push(&self.value(value, level, context)?);
            out.push(entry);
        }
        self.indentation -= 2;
        out.extend(more_items(remaining));
        Ok(out)
    }

    /// What an iterator still has to give.
    pub(super) fn iterator_items(
        &mut self,
        preview: &Preview,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let (shown, remaining) = self.limited(preview.items.len());
        let items = &preview.items[..shown];
        if !preview.are_entries {
            return self.values(items, remaining, level, context);
        }
        let mut out = Vec::with_capacity(shown + 1);
        self.indentation += 2;
        for item in items {
            out.push(self.entry(item, level, context)?);
        }
        self.indentation -= 2;
        out.extend(more_items(remaining));
        Ok(out)
    }

    /// A `[key, value]` pair, shown on the level of its values.
    fn entry(&mut self, pair: &JsValue, level: i64, context: &mut Context) -> JsResult<Text> {
        let part = |index: u32| {
            let pair = pair.as_object()?;
            reflect::stored(&pair, &PropertyKey::from(index))?.value().cloned()
        };
        let key = self.value(&part(0).unwrap_or_default(), level, context)?;
        let value = self.value(&part(1).unwrap_or_default(), level, context)?;
        let list = List { entries: vec![key, value], is_array: true, array: None };
        self.reduce(list, &Text::new(), &Braces::new("[", "]"), level, context)
    }

    pub(super) fn promise_state(
        &mut self,
        promise: &JsObject,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let (label, value) = match JsPromise::from_object(promise.clone())?.state() {
            PromiseState::Pending => {
                return Ok(vec![self.stylize("<pending>", "special", context)?]);
            }
            PromiseState::Fulfilled(value) => (None, value),
            PromiseState::Rejected(reason) => {
                (Some(self.stylize("<rejected>", "special", context)?), reason)
            }
        };
        self.indentation += 2;
        let shown = self.value(&value, level, context)?;
        self.indentation -= 2;
        let Some(mut out) = label else { return Ok(vec![shown]) };
        out.push_str(" ");
        out.push(&shown);
        Ok(vec![out])
    }
}
