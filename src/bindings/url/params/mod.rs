//! The class `URLSearchParams`.

mod construct;
mod inspect;
mod iterator;

use std::cell::RefCell;

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, object::JsData};
use boa_gc::{Finalize, Trace};

use super::{class, errors, percent};
use crate::engine::{
    classes::{Accessor, ClassSpec},
    natives::{Method, arg},
    validate,
};

pub(super) use inspect::inspect;
pub(super) use iterator::{METHODS as ITERATOR_METHODS, entries, inspect as inspect_iterator};

/// What a `URLSearchParams` object holds.
#[derive(Trace, Finalize)]
pub(super) struct ParamsData {
    #[unsafe_ignore_trace]
    pairs: RefCell<Vec<(String, String)>>,
    /// The URL whose `search` follows.
    url: Option<JsObject>,
}

impl JsData for ParamsData {}

impl ParamsData {
    fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs: RefCell::new(pairs), url: None }
    }

    /// The search parameters of this URL.
    pub(super) fn linked(query: &str, url: JsObject) -> Self {
        Self { pairs: RefCell::new(percent::parse_form(query)), url: Some(url) }
    }
}

/// The class; what it inherits to its objects is in [`SIZE`] and [`METHODS`].
pub(super) const PARAMS: ClassSpec = ClassSpec {
    tag: Some("URLSearchParams"),
    enumerable: true,
    ..ClassSpec::new("URLSearchParams", 0, construct::construct)
};

/// The accessor that comes before the methods.
pub(super) const SIZE: &[Accessor] = &[("size", size, None)];

/// The methods, in Node's order.
pub(super) const METHODS: &[Method] = &[
    ("append", 2, append),
    ("delete", 1, delete),
    ("get", 1, get),
    ("getAll", 1, get_all),
    ("has", 1, has),
    ("set", 2, set),
    ("sort", 0, sort),
    ("entries", 0, entries),
    ("forEach", 1, for_each),
    ("keys", 0, iterator::keys),
    ("values", 0, iterator::values),
    ("toString", 0, to_string),
];

/// The parameters of a URL follow its query.
pub(super) fn replace(params: Option<&JsObject>, query: &str) {
    if let Some(params) = params
        && let Some(data) = params.downcast_ref::<ParamsData>()
    {
        *data.pairs.borrow_mut() = percent::parse_form(query);
    }
}

/// The pairs of `this`, while `look` looks at them.
fn with_pairs<T>(
    this: &JsValue,
    context: &mut Context,
    look: impl FnOnce(&mut Vec<(String, String)>) -> T,
) -> JsResult<T> {
    if let Some(object) = this.as_object()
        && let Some(data) = object.downcast_ref::<ParamsData>()
    {
        return Ok(look(&mut data.pairs.borrow_mut()));
    }
    Err(errors::invalid_this("URLSearchParams", context))
}

/// The object of a `this` that [`with_pairs`] has accepted.
fn receiver(this: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    with_pairs(this, context, |_| ())?;
    this.to_object(context)
}

/// Tells the URL, if there is one, what has become of its parameters.
fn update_url(this: &JsValue) {
    let Some(object) = this.as_object() else { return };
    let Some(data) = object.downcast_ref::<ParamsData>() else { return };
    if let Some(url) = &data.url {
        class::update_query(url, percent::serialize_form(&data.pairs.borrow()));
    }
}

/// The arguments as texts: as many as there are names, all needed, then one that may be missing.
fn texts<const N: usize>(
    this: &JsValue,
    args: &[JsValue],
    names: [&str; N],
    context: &mut Context,
) -> JsResult<[String; N]> {
    with_pairs(this, context, |_| ())?;
    if args.len() < N {
        return Err(errors::missing_args(&names, context));
    }
    let mut texts = [const { String::new() }; N];
    for (text, value) in texts.iter_mut().zip(args) {
        *text = super::text::text(value, context)?;
    }
    Ok(texts)
}

/// The second argument as text, if it was given.
fn value_arg(args: &[JsValue], context: &mut Context) -> JsResult<Option<String>> {
    match args.get(1) {
        Some(value) if !value.is_undefined() => super::text::text(value, context).map(Some),
        _ => Ok(None),
    }
}

fn js_text(text: &str) -> JsValue {
    JsString::from(text).into()
}

fn size(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with_pairs(this, context, |pairs| pairs.len())?.into())
}

fn append(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [name, value] = texts(this, args, ["name", "value"], context)?;
    with_pairs(this, context, |pairs| pairs.push((name, value)))?;
    update_url(this);
    Ok(JsValue::undefined())
}

fn delete(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [name] = texts(this, args, ["name"], context)?;
    let value = value_arg(args, context)?;
    with_pairs(this, context, |pairs| {
        pairs.retain(|pair| !matches(pair, &name, value.as_deref()));
    })?;
    update_url(this);
    Ok(JsValue::undefined())
}

fn matches(pair: &(String, String), name: &str, value: Option<&str>) -> bool {
    pair.0 == name && value.is_none_or(|value| pair.1 == value)
}

fn get(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [name] = texts(this, args, ["name"], context)?;
    with_pairs(this, context, |pairs| {
        let found = pairs.iter().find(|pair| pair.0 == name);
        found.map_or(JsValue::null(), |pair| js_text(&pair.1))
    })
}

fn get_all(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [name] = texts(this, args, ["name"], context)?;
    let values: Vec<JsValue> = with_pairs(this, context, |pairs| {
        pairs.iter().filter(|pair| pair.0 == name).map(|pair| js_text(&pair.1)).collect()
    })?;
    Ok(JsArray::from_iter(values, context).into())
}

fn has(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [name] = texts(this, args, ["name"], context)?;
    let value = value_arg(args, context)?;
    with_pairs(this, context, |pairs| {
        pairs.iter().any(|pair| matches(pair, &name, value.as_deref())).into()
    })
}

fn set(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [name, value] = texts(this, args, ["name", "value"], context)?;
    with_pairs(this, context, |pairs| {
        let Some(first) = pairs.iter().position(|pair| pair.0 == name) else {
            pairs.push((name, value));
            return;
        };
        pairs[first].1 = value;
        let mut index = 0;
        pairs.retain(|pair| {
            index += 1;
            index - 1 <= first || pair.0 != name
        });
    })?;
    update_url(this);
    Ok(JsValue::undefined())
}

/// Sorts by the UTF-16 code units of the names; equal names keep their order.
fn sort(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_pairs(this, context, |pairs| {
        pairs.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
    })?;
    update_url(this);
    Ok(JsValue::undefined())
}

/// `forEach(callback, thisArg)`: sees what the callback adds.
fn for_each(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, context)?;
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    let mut index = 0;
    while let Some((name, value)) = with_pairs(this, context, |pairs| pairs.get(index).cloned())? {
        let call = [js_text(&value), js_text(&name), object.clone().into()];
        callback.call(&arg(args, 1), &call, context)?;
        index += 1;
    }
    Ok(JsValue::undefined())
}

fn to_string(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let form = with_pairs(this, context, |pairs| percent::serialize_form(pairs))?;
    Ok(JsString::from(form).into())
}
