//! The iterators of `URLSearchParams`.

use std::cell::Cell;

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::iterable::create_iter_result_object,
    object::{JsData, builtins::JsArray},
};
use boa_gc::{Finalize, Trace};

use super::{inspect::between_braces, js_text, receiver, with_pairs};
use crate::{
    bindings::{
        inspect::custom,
        url::{classes, errors, inspection},
    },
    engine::natives::Method,
};

/// What the prototype of the iterators has, beside its inspection function.
pub(in crate::bindings::url) const METHODS: &[Method] = &[("next", 0, next)];

/// What an iterator yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Entries,
    Keys,
    Values,
}

/// An iterator's state.
#[derive(Trace, Finalize)]
struct ParamsIterator {
    params: JsObject,
    #[unsafe_ignore_trace]
    kind: Kind,
    #[unsafe_ignore_trace]
    index: Cell<usize>,
}

impl JsData for ParamsIterator {}

pub(in crate::bindings::url) fn entries(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    create(this, Kind::Entries, context)
}

pub(super) fn keys(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    create(this, Kind::Keys, context)
}

pub(super) fn values(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    create(this, Kind::Values, context)
}

fn create(this: &JsValue, kind: Kind, context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let prototype = classes(context)?.iterator_prototype.clone();
    let data = ParamsIterator { params, kind, index: Cell::new(0) };
    Ok(JsObject::new(context.root_shape(), prototype, data).upcast().into())
}

/// The parameters, what to yield of them and from which pair on.
fn state(this: &JsValue, context: &mut Context) -> JsResult<(JsValue, Kind, usize)> {
    if let Some(object) = this.as_object()
        && let Some(data) = object.downcast_ref::<ParamsIterator>()
    {
        return Ok((data.params.clone().into(), data.kind, data.index.get()));
    }
    Err(errors::invalid_this("URLSearchParamsIterator", context))
}

fn next(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (params, kind, index) = state(this, context)?;
    let Some(pair) = with_pairs(&params, context, |pairs| pairs.get(index).cloned())? else {
        return Ok(create_iter_result_object(JsValue::undefined(), true, context));
    };
    if let Some(object) = this.as_object()
        && let Some(data) = object.downcast_ref::<ParamsIterator>()
    {
        data.index.set(index + 1);
    }
    let value = yielded(&pair, kind, context);
    Ok(create_iter_result_object(value, false, context))
}

fn yielded(pair: &(String, String), kind: Kind, context: &mut Context) -> JsValue {
    match kind {
        Kind::Keys => js_text(&pair.0),
        Kind::Values => js_text(&pair.1),
        Kind::Entries => JsArray::from_iter([js_text(&pair.0), js_text(&pair.1)], context).into(),
    }
}

/// `iterator[util.inspect.custom](depth, options, inspect)`: what is still to come.
pub(in crate::bindings::url) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (params, kind, index) = state(this, context)?;
    if custom::is_too_deep(args) {
        return inspection::too_deep(args, context);
    }
    let rest: Vec<_> =
        with_pairs(&params, context, |pairs| pairs.iter().skip(index).cloned().collect())?;
    let options = inspection::deeper(args, context)?;
    let inspector = custom::Inspector::new(args, context)?;
    let mut parts = Vec::new();
    for pair in &rest {
        let value = yielded(pair, kind, context);
        parts.push(inspector.call(&value, &options, context)?);
    }
    between_braces("URLSearchParams Iterator", &parts, true, args, context)
}
