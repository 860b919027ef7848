//! What follows a message that was handed to the system: its events, the next one's turn, the connection's rest.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{arriving::reader_of, now, of, with};
use crate::{
    bindings::{
        diagnostics_channel, events,
        http::{
            incoming::{self, PROGRAM},
            message::{self, Field},
            realm,
        },
        streams::{self, call_method},
    },
    engine::{builtins, natives::arg},
};

/// All of a message was handed to the system.
pub(in crate::bindings::http) fn told(message: &JsObject, context: &mut Context) -> JsResult<()> {
    let socket = message::get(message, Field::Socket, context)?;
    if let Some(socket) = socket.as_object()
        && socket.get(js_string!("_hadError"), context)?.to_boolean()
    {
        return Ok(());
    }
    let served = message::get(message, Field::Served, context)?;
    if let Some(connection) = served.as_object() {
        finished(&connection, message, context)?;
    } else {
        let key = realm::of(context)?.keys.on_finish.clone();
        let on_finish = message.get(key, context)?;
        if let Some(on_finish) = on_finish.as_callable() {
            on_finish.call(&message.clone().into(), &[], context)?;
        }
    }
    tell(message, js_string!("finish"), context)
}

fn tell(message: &JsObject, event: JsString, context: &mut Context) -> JsResult<()> {
    events::emit(message, event, &[], context).map(drop)
}

/// A response is over.
fn finished(connection: &JsObject, response: &JsObject, context: &mut Context) -> JsResult<()> {
    let (server, socket, request) = of(connection, |serving| {
        let request = serving.requests.borrow_mut().pop_front();
        (serving.server.clone(), serving.socket.clone(), request)
    })?;
    if let Some(request) = &request {
        dismiss(request, context)?;
    }
    leave_socket(response, &socket, context)?;
    if let Some(request) = &request
        && builtins::is_loaded("internal/performance", context)
    {
        let args = [request.clone().into(), response.clone().into()];
        call_method(connection, js_string!("stopClock"), &args, context)?;
    }
    let closed = response.clone();
    streams::next_tick(context, move |context| close(&closed, context));
    let message = |context: &mut Context| {
        let request = request.map_or(JsValue::undefined(), JsValue::from);
        let told = [
            ("request", request),
            ("response", response.clone().into()),
            ("socket", socket.clone().into()),
            ("server", server.clone().into()),
        ];
        diagnostics_channel::message(&told, context).into()
    };
    diagnostics_channel::publish("http.server.response.finish", message, context)?;
    if message::is(response, Field::IsLast, context)? {
        call_method(connection, js_string!("leave"), &[], context)?;
        return Ok(());
    }
    let next = of(connection, |serving| serving.waiting.borrow_mut().pop_front())?;
    match next {
        Some(next) => {
            call_method(&next, js_string!("assignSocket"), &[socket.into()], context).map(drop)
        }
        None => rest(connection, &server, context),
    }
}

/// A request that was answered: what of its body nobody reads is let go.
fn dismiss(request: &JsObject, context: &mut Context) -> JsResult<()> {
    if incoming::end_untouched(request) {
        return Ok(());
    }
    let is_read = reader_of(request, context)? == PROGRAM
        || request.get(js_string!("readableDidRead"), context)?.to_boolean();
    if !is_read {
        call_method(request, js_string!("_dump"), &[], context)?;
    }
    Ok(())
}

/// As `detachSocket` of a response that has a connection.
fn leave_socket(response: &JsObject, socket: &JsObject, context: &mut Context) -> JsResult<()> {
    if !realm::of(context)?.is_usual(response, context)? {
        call_method(response, js_string!("detachSocket"), &[socket.clone().into()], context)?;
        return Ok(());
    }
    message::set(response, Field::Socket, JsValue::null(), context)?;
    socket.set(js_string!("_httpMessage"), JsValue::null(), false, context).map(drop)
}

/// The end of a response's life.
fn close(response: &JsObject, context: &mut Context) -> JsResult<()> {
    if message::is(response, Field::Closed, context)? {
        return Ok(());
    }
    message::set(response, Field::Closed, true, context)?;
    message::set(response, Field::Destroyed, true, context)?;
    tell(response, js_string!("close"), context)
}

/// Nothing is to be said: a while later the connection ends, if nothing comes.
fn rest(connection: &JsObject, server: &JsObject, context: &mut Context) -> JsResult<()> {
    let most = server.get(js_string!("keepAliveTimeout"), context)?.to_number(context)?;
    if most <= 0.0 || most.is_nan() {
        return Ok(());
    }
    let more = server.get(js_string!("keepAliveTimeoutBuffer"), context)?.to_number(context)?;
    let alarm = most + more;
    let moment = now(context);
    let before = of(connection, |serving| {
        serving.idle_since.set(Some(moment));
        serving.alarm.replace(Some(alarm))
    })?;
    if before != Some(alarm) {
        call_method(connection, js_string!("setAlarm"), &[alarm.into()], context)?;
    }
    Ok(())
}

/// `idleLeft(milliseconds)`: how much longer a connection may rest that may do so for this long; undefined where it does
/// not rest, and from then on no timer is set.
pub(super) fn idle_left(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let most = arg(args, 0).to_number(context)?;
    let now = now(context);
    let since = with(this, |serving| {
        let since = serving.idle_since.get();
        if since.is_none() {
            serving.alarm.set(None);
        }
        since
    })?;
    Ok(since.map_or(JsValue::undefined(), |since| (since + most - now).into()))
}
