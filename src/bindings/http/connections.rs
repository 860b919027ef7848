//! The class `Connections`: the parsers of a server's connections, and which of them are idle or late.

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsValue, object::builtins::JsArray,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::parser::{Parser, now};
use crate::engine::{
    classes::{ClassSpec, new_target, prototype_from},
    natives::arg,
};

pub(super) const CONNECTIONS: ClassSpec = ClassSpec {
    methods: &[
        ("add", 1, add),
        ("remove", 1, remove),
        ("all", 0, |this, _, context| chosen(this, context, |_| true)),
        ("idle", 0, |this, _, context| {
            chosen(this, context, |parser| parser.began.get().is_none())
        }),
        ("expired", 2, expired),
    ],
    ..ClassSpec::new("Connections", 0, construct)
};

/// The native data: places that were left are taken again.
#[derive(Default, Trace, Finalize, JsData)]
struct Connections {
    places: GcRefCell<Vec<Option<JsObject>>>,
    #[unsafe_ignore_trace]
    free: std::cell::RefCell<Vec<usize>>,
}

fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = new_target(this, "Connections")?;
    let prototype = prototype_from(&target, context)?;
    let list = Connections::default();
    Ok(JsObject::new(context.root_shape(), prototype, list).upcast().into())
}

fn with<T>(this: &JsValue, work: impl FnOnce(&Connections) -> T) -> JsResult<T> {
    let object = this.as_object();
    match object.as_ref().and_then(JsObject::downcast_ref::<Connections>) {
        Some(list) => Ok(work(&list)),
        None => Err(JsNativeError::typ().with_message("Illegal invocation").into()),
    }
}

/// `add(parser)`.
fn add(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let Some(object) = arg(args, 0).as_object() else { return Ok(JsValue::undefined()) };
    with(this, |list| {
        let Some(parser) = object.downcast_ref::<Parser>() else { return };
        let mut places = list.places.borrow_mut();
        let place = list.free.borrow_mut().pop().unwrap_or_else(|| {
            places.push(None);
            places.len() - 1
        });
        places[place] = Some(object.clone());
        parser.place.set(Some(place));
    })?;
    Ok(JsValue::undefined())
}

/// `remove(parser)`.
fn remove(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let Some(object) = arg(args, 0).as_object() else { return Ok(JsValue::undefined()) };
    with(this, |list| {
        let Some(parser) = object.downcast_ref::<Parser>() else { return };
        if let Some(place) = parser.place.take() {
            list.places.borrow_mut()[place] = None;
            list.free.borrow_mut().push(place);
        }
    })?;
    Ok(JsValue::undefined())
}

fn chosen(
    this: &JsValue,
    context: &mut Context,
    choose: impl Fn(&Parser) -> bool,
) -> JsResult<JsValue> {
    let found = with(this, |list| {
        let places = list.places.borrow();
        let is_chosen = |object: &&JsObject| {
            object.downcast_ref::<Parser>().is_some_and(|parser| choose(&parser))
        };
        let found = places.iter().flatten().filter(is_chosen);
        found.map(|object| JsValue::from(object.clone())).collect::<Vec<_>>()
    })?;
    Ok(JsArray::from_iter(found, context).into())
}

/// `expired(headersTimeout, requestTimeout)`: whose message has been under way for longer, in milliseconds; 0 is
/// for ever.
fn expired(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let headers = arg(args, 0).to_number(context)?;
    let request = arg(args, 1).to_number(context)?;
    let now = now(context);
    chosen(this, context, |parser| {
        let Some(began) = parser.began.get() else { return false };
        let is_over = |limit: f64| limit > 0.0 && now - began >= limit;
        is_over(request) || (parser.is_in_head() && is_over(headers))
    })
}
