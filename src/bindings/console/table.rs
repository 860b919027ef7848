//! `console.table`: what goes into which cell.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::{map::ordered_map::OrderedMap, set::ordered_set::OrderedSet},
    js_string,
    property::PropertyKey,
};

use super::{
    call_own,
    data::Stream,
    output,
    table_cells::{Column, render},
};
use crate::{
    bindings::inspect::{self, Depth, Options, Text},
    engine::{iterator_preview, kinds, natives::arg, reflect, validate::invalid_arg_type},
};

const INDEX: &str = "(index)";
const ITERATION: &str = "(iteration index)";
const KEY: &str = "Key";
const VALUES: &str = "Values";

/// `console.table(data, properties)`.
pub(super) fn table(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let properties = properties(&arg(args, 1), context)?;
    let data = arg(args, 0);
    let Some(object) = data.as_object().filter(|object| !object.is_callable()) else {
        call_own(console, "log", &[data], context)?;
        return Ok(JsValue::undefined());
    };
    let table = Table { console, properties };
    let columns = match table.of_iterable(&object, context)? {
        Some(columns) => columns,
        None => table.of_object(&object, context)?,
    };
    let text = render(&columns, context);
    call_own(console, "log", &[text.to_js().into()], context)?;
    Ok(JsValue::undefined())
}

fn properties(value: &JsValue, context: &mut Context) -> JsResult<Option<Vec<JsString>>> {
    if value.is_undefined() {
        return Ok(None);
    }
    let Some(list) = value.as_object().filter(JsObject::is_array) else {
        return Err(invalid_arg_type(context, "properties", "an instance of Array", value));
    };
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    let mut names = Vec::new();
    for index in 0..length {
        names.push(list.get(index, context)?.to_string(context)?);
    }
    Ok(Some(names))
}

struct Table<'a> {
    console: &'a JsObject,
    /// The columns that are wanted; all unless given.
    properties: Option<Vec<JsString>>,
}

impl Table<'_> {
    /// A value as it stands in a cell: on one line, not deep.
    fn cell(&self, value: &JsValue, context: &mut Context) -> JsResult<Text> {
        let depth = if is_wide_object(value, context)? { -1.0 } else { 0.0 };
        let mut options = Options::current(context)?;
        options.depth = Depth::Levels(depth);
        options.max_array_length = 3.0;
        options.break_length = f64::INFINITY;
        output::add_options(&mut options, self.console, Stream::Stdout, context)?;
        inspect::inspect(value, &options, context)
    }

    fn cells(&self, values: &[JsValue], context: &mut Context) -> JsResult<Vec<Option<Text>>> {
        values.iter().map(|value| self.cell(value, context).map(Some)).collect()
    }

    fn numbers(&self, count: usize, context: &mut Context) -> JsResult<Vec<Option<Text>>> {
        (0..count).map(|n| self.cell(&JsValue::from(n), context).map(Some)).collect()
    }

    /// Maps, sets and their iterators; `None` of all else.
    fn of_iterable(
        &self,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<Option<Vec<Column>>> {
        if let Some((keys, values)) = map_entries(object) {
            return self.of_entries(&keys, &values, context).map(Some);
        }
        if let Some(values) = set_values(object) {
            return self.of_values(&values, context).map(Some);
        }
        let Some(preview) = iterator_preview::preview(object, context)? else { return Ok(None) };
        if preview.are_entries && kinds::is_map_iterator(object) {
            let (keys, values) = halves(&preview.items);
            return self.of_entries(&keys, &values, context).map(Some);
        }
        self.of_values(&preview.items, context).map(Some)
    }

    fn of_entries(
        &self,
        keys: &[JsValue],
        values: &[JsValue],
        context: &mut Context,
    ) -> JsResult<Vec<Column>> {
        Ok(vec![
            Column::new(ITERATION, self.numbers(keys.len(), context)?),
            Column::new(KEY, self.cells(keys, context)?),
            Column::new(VALUES, self.cells(values, context)?),
        ])
    }

    fn of_values(&self, values: &[JsValue], context: &mut Context) -> JsResult<Vec<Column>> {
        Ok(vec![
            Column::new(ITERATION, self.numbers(values.len(), context)?),
            Column::new(VALUES, self.cells(values, context)?),
        ])
    }

    /// A row for each property, a column for each property of those.
    fn of_object(&self, object: &JsObject, context: &mut Context) -> JsResult<Vec<Column>> {
        let rows = enumerable_names(object, context)?;
        let mut columns: Vec<(PropertyKey, Column)> = Vec::new();
        let mut values: Vec<Option<Text>> = Vec::new();
        for (row, key) in rows.iter().enumerate() {
            let item = object.get(key.clone(), context)?;
            match (item.as_object(), &self.properties) {
                (None, None) => {
                    values.resize(row, None);
                    values.push(Some(self.cell(&item, context)?));
                }
                (item, _) => self.fill_row(row, item.as_ref(), &mut columns, context)?,
            }
        }
        sort_as_object_keys(&mut columns);
        let index = rows.iter().map(|key| Some(name_of(key))).collect();
        let mut table = vec![Column::new(INDEX, index)];
        table.extend(columns.into_iter().map(|(_, column)| column));
        if !values.is_empty() {
            table.push(Column::new(VALUES, values));
        }
        Ok(table)
    }

    fn fill_row(
        &self,
        row: usize,
        item: Option<&JsObject>,
        columns: &mut Vec<(PropertyKey, Column)>,
        context: &mut Context,
    ) -> JsResult<()> {
        let keys = match (&self.properties, item) {
            (Some(names), _) => names.iter().map(|name| name.clone().into()).collect(),
            (None, Some(item)) => enumerable_names(item, context)?,
            (None, None) => Vec::new(),
        };
        for key in keys {
            let cell = match item {
                Some(item) if reflect::has_own(item, &key, context)? => {
                    let value = item.get(key.clone(), context)?;
                    self.cell(&value, context)?
                }
                _ => Text::new(),
            };
            let column = match columns.iter().position(|(known, _)| *known == key) {
                Some(at) => &mut columns[at].1,
                None => {
                    let column = Column::of(name_of(&key));
                    columns.push((key, column));
                    &mut columns.last_mut().expect("a column was pushed just now").1
                }
            };
            column.set(row, cell);
        }
        Ok(())
    }
}

/// Node keeps the columns in an object: names that are indices come first.
fn sort_as_object_keys(columns: &mut [(PropertyKey, Column)]) {
    columns.sort_by_key(|(key, _)| match key {
        PropertyKey::Index(index) => (false, index.get()),
        _ => (true, 0),
    });
}

/// True of objects with more than two properties: they are only named.
fn is_wide_object(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if object.is_callable() || object.is_array() || kinds::is_typed_array(&object) {
        return Ok(false);
    }
    Ok(enumerable_names(&object, context)?.len() > 2)
}

/// `Object.keys`.
fn enumerable_names(object: &JsObject, context: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut keys = reflect::own_keys(object, context)?;
    keys.retain(|key| !matches!(key, PropertyKey::Symbol(_)));
    reflect::only_enumerable(object, keys, context)
}

fn name_of(key: &PropertyKey) -> Text {
    match key {
        PropertyKey::String(name) => Text::from(name),
        PropertyKey::Index(index) => Text::from(index.get().to_string()),
        PropertyKey::Symbol(symbol) => Text::from(&symbol.descriptive_string()),
    }
}

fn map_entries(object: &JsObject) -> Option<(Vec<JsValue>, Vec<JsValue>)> {
    let map = object.downcast_ref::<OrderedMap<JsValue>>()?;
    Some(map.iter().map(|(key, value)| (key.clone(), value.clone())).unzip())
}

fn set_values(object: &JsObject) -> Option<Vec<JsValue>> {
    Some(object.downcast_ref::<OrderedSet>()?.iter().cloned().collect())
}

/// The keys and the values of `[key, value]` pairs.
fn halves(pairs: &[JsValue]) -> (Vec<JsValue>, Vec<JsValue>) {
    let part = |pair: &JsValue, index: u32| {
        let pair = pair.as_object()?;
        reflect::stored(&pair, &PropertyKey::from(index))?.value().cloned()
    };
    pairs
        .iter()
        .map(|pair| (part(pair, 0).unwrap_or_default(), part(pair, 1).unwrap_or_default()))
        .unzip()
}
