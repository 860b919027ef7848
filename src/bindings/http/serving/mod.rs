//! The class `Serving`: the native half of a server's connection (`js/internal/http/connection.js` is the other): the
//! way of a request from the socket to the program, and of its response back. What few connections do is left to
//! methods of JavaScript's, by their names.

mod answered;
mod arriving;

pub(super) use self::{answered::told, arriving::digest};

use std::{cell::Cell, collections::VecDeque};

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsValue, object::builtins::JsArray,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::parser;
use crate::engine::{
    classes::{ClassSpec, new_target, prototype_from},
    natives::arg,
};

pub(super) const SERVING: ClassSpec = ClassSpec {
    methods: &[
        ("takeRequests", 0, take_requests),
        ("queue", 1, |this, args, _| {
            let response = arg(args, 0).as_object();
            with(this, |serving| serving.waiting.borrow_mut().extend(response))?;
            Ok(JsValue::undefined())
        }),
        ("idleLeft", 1, answered::idle_left),
    ],
    accessors: &[
        (
            "parser",
            |this, _, _| shown(this, |serving| serving.parser.borrow().clone()),
            Some(|this, args, _| {
                let parser = arg(args, 0).as_object();
                with(this, |serving| *serving.parser.borrow_mut() = parser)?;
                Ok(JsValue::undefined())
            }),
        ),
        ("message", |this, _, _| shown(this, |serving| serving.message.borrow().clone()), None),
        (
            "lastQueued",
            |this, _, _| shown(this, |serving| serving.waiting.borrow().back().cloned()),
            None,
        ),
    ],
    ..ClassSpec::new("Serving", 4, construct)
};

/// The native data of a connection.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Serving {
    server: JsObject,
    socket: JsObject,
    /// What responses are told, where it is not the usual.
    options: JsValue,
    /// Until the connection is released.
    parser: GcRefCell<Option<JsObject>>,
    /// The request whose body comes.
    message: GcRefCell<Option<JsObject>>,
    /// The requests whose responses are not over, in their order.
    requests: GcRefCell<Requests>,
    /// The responses whose turn has not come.
    waiting: GcRefCell<Requests>,
    /// Since when nothing comes or goes, in milliseconds.
    #[unsafe_ignore_trace]
    idle_since: Cell<Option<f64>>,
    /// After how many milliseconds the timer looks that is set.
    #[unsafe_ignore_trace]
    alarm: Cell<Option<f64>>,
}

type Requests = VecDeque<JsObject>;

/// `new Serving(server, socket, parser, responseOptions)`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = new_target(this, "Serving")?;
    let serving = Serving {
        server: arg(args, 0).to_object(context)?,
        socket: arg(args, 1).to_object(context)?,
        parser: GcRefCell::new(arg(args, 2).as_object()),
        options: arg(args, 3),
        message: GcRefCell::default(),
        requests: GcRefCell::default(),
        waiting: GcRefCell::default(),
        idle_since: Cell::default(),
        alarm: Cell::default(),
    };
    let prototype = prototype_from(&target, context)?;
    Ok(JsObject::new(context.root_shape(), prototype, serving).upcast().into())
}

fn of<T>(object: &JsObject, look: impl FnOnce(&Serving) -> T) -> JsResult<T> {
    match object.downcast_ref::<Serving>() {
        Some(serving) => Ok(look(&serving)),
        None => Err(JsNativeError::typ().with_message("Illegal invocation").into()),
    }
}

fn with<T>(this: &JsValue, look: impl FnOnce(&Serving) -> T) -> JsResult<T> {
    match this.as_object() {
        Some(object) => of(&object, look),
        None => Err(JsNativeError::typ().with_message("Illegal invocation").into()),
    }
}

/// What an accessor shows: null for nothing, and on the prototype.
fn shown(this: &JsValue, look: impl FnOnce(&Serving) -> Option<JsObject>) -> JsResult<JsValue> {
    let found = with(this, look).unwrap_or_default();
    Ok(found.map_or(JsValue::null(), JsValue::from))
}

/// `takeRequests()`: the requests whose responses are not over; from now on there are none.
fn take_requests(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let requests = with(this, |serving| std::mem::take(&mut *serving.requests.borrow_mut()))?;
    Ok(JsArray::from_iter(requests.into_iter().map(JsValue::from), context).into())
}

/// The parser of a connection that was not released.
fn parser_of(connection: &JsObject) -> JsResult<Option<JsValue>> {
    of(connection, |serving| serving.parser.borrow().clone().map(JsValue::from))
}

/// This moment, in milliseconds.
fn now(context: &Context) -> f64 {
    parser::now(context)
}
