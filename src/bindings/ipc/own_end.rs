//! The child's end of its channel to the parent: `NODE_CHANNEL_FD`.

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{Endpoint, EndpointRef, Liveness, attach};
use crate::{
    bindings::{
        events::{self, Position},
        trace,
    },
    engine::natives::{arg, closure},
    ipc::codec::Serialization,
    sys::{
        channel::{FD_VARIABLE as CHANNEL, MODE_VARIABLE as MODE},
        fd,
    },
};

/// A channel that the environment told of.
#[derive(Debug)]
pub(crate) struct OwnEnd {
    fd: OwnedFd,
    serialization: Serialization,
}

impl OwnEnd {
    /// Takes the channel out of the environment: both variables are gone from it then.
    ///
    /// # Errors
    /// One line that says why the descriptor named there can be no channel.
    pub(crate) fn take(env: &mut Vec<(String, String)>) -> Result<Option<Self>, String> {
        let mut remove = |name: &str| {
            let value =
                env.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            env.retain(|(key, _)| key != name);
            value
        };
        let (Some(number), mode) = (remove(CHANNEL), remove(MODE)) else { return Ok(None) };
        let fail = |what: &str| format!("{CHANNEL}={number}: {what}");
        let parsed = number.parse::<i32>().ok().filter(|fd| *fd >= 0);
        let parsed = parsed.ok_or_else(|| fail("not the number of a descriptor"))?;
        let mode = mode.unwrap_or_else(|| Serialization::Json.name().to_owned());
        let serialization = Serialization::from_name(&mode).ok_or_else(|| {
            format!("{MODE}={mode}: this version of rjs has no such serialization")
        })?;
        let fd = fd::adopt(parsed).map_err(|_| fail("not an open descriptor"))?;
        if !fd::is_unix_stream(&fd) {
            return Err(fail("not the socket of a channel"));
        }
        Ok(Some(Self { fd, serialization }))
    }
}

/// Gives `process` its channel: `send`, `disconnect`, `connected`, `channel`.
///
/// # Errors
/// One line that says why the channel cannot be used.
pub(crate) fn start(process: &JsObject, end: OwnEnd, context: &mut Context) -> Result<(), String> {
    let endpoint = attach(process, end.fd, end.serialization, Liveness::Counted, context).map_err(
        |error| format!("{CHANNEL}: {}", error.errno.message().unwrap_or("cannot be used")),
    )?;
    if let Some(trace) = trace::own_channel(context) {
        endpoint.trace_with(trace);
    }
    watch_listeners(process, &endpoint, Counting::Yes, context).map_err(|error| error.to_string())
}

/// Whether listeners are counted to keep the channel referenced: they are in a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counting {
    Yes,
    No,
}

/// Listens for listeners: kept messages go to the first, and the child's channel is referenced
/// while there are any.
pub(super) fn watch_listeners(
    target: &JsObject,
    endpoint: &Rc<Endpoint>,
    counting: Counting,
    context: &mut Context,
) -> JsResult<()> {
    let captured = || EndpointRef(endpoint.clone());
    let kept = closure("", 1, captured(), deliver_kept, context);
    events::add_listener(target, js_string!("newListener"), kept, Position::Last, context)?;
    if counting == Counting::No {
        return Ok(());
    }
    let added = closure("onNewListener", 1, captured(), listener_added, context);
    events::add_listener(target, js_string!("newListener"), added, Position::Last, context)?;
    let removed = closure("onRemoveListener", 1, captured(), listener_removed, context);
    events::add_listener(target, js_string!("removeListener"), removed, Position::Last, context)
}

fn deliver_kept(
    this: &JsValue,
    _: &[JsValue],
    endpoint: &EndpointRef,
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(target) = this.as_object() {
        endpoint.0.deliver_kept(target, context);
    }
    Ok(JsValue::undefined())
}

/// Only these events are the channel's.
fn is_counted(name: &JsValue) -> bool {
    name.as_string()
        .is_some_and(|name| name == js_string!("message") || name == js_string!("disconnect"))
}

fn listener_added(
    _: &JsValue,
    args: &[JsValue],
    endpoint: &EndpointRef,
    context: &mut Context,
) -> JsResult<JsValue> {
    if is_counted(&arg(args, 0)) { endpoint.0.count(1, context) } else { Ok(JsValue::undefined()) }
}

fn listener_removed(
    _: &JsValue,
    args: &[JsValue],
    endpoint: &EndpointRef,
    context: &mut Context,
) -> JsResult<JsValue> {
    if is_counted(&arg(args, 0)) { endpoint.0.count(-1, context) } else { Ok(JsValue::undefined()) }
}
