//! What comes in on a server's connection: heads become requests with their responses, and the program is told.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{of, parser_of};
use crate::{
    bindings::{
        diagnostics_channel, domain, events,
        http::{
            incoming::{self, DISCARDED, PROGRAM},
            message::{self, Field, Message, Part},
            parser::{
                self, ASKS_FOR_UPGRADE, BODY, END, EXPECTS, FAILED, HEAD, KEEPS_ALIVE, NAMES_HOST,
                SAYS_LENGTH, UPGRADED,
            },
            realm::{self, Http, Kind, Messages},
            wire::{Head, Verdict},
        },
        sockets,
        streams::{self, call_method},
    },
    engine::{builtins, natives::arg},
};

/// The module that times messages for who observes them.
const OBSERVER: &str = "internal/performance";

/// The listener of a socket's `data`, the socket as `this`.
pub(in crate::bindings::http) fn digest(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let socket = this.to_object(context)?;
    let key = realm::of(context)?.keys.connection.clone();
    if let Some(connection) = socket.get(key, context)?.as_object() {
        consume(&connection, arg(args, 0), context)?;
    }
    Ok(JsValue::undefined())
}

/// Lets a parser look at a chunk and does what it finds. Whatever is told may release the connection.
fn consume(connection: &JsObject, chunk: JsValue, context: &mut Context) -> JsResult<()> {
    let Some(parser) = parser_of(connection)? else { return Ok(()) };
    of(connection, |serving| serving.idle_since.set(None))?;
    parser::give(&parser, chunk.clone())?;
    while let Some(parser) = parser_of(connection)? {
        let event = parser::advance(&parser, context)?;
        match event & 0xff {
            HEAD => head(connection, &parser, event >> 8, context)?,
            BODY => body(connection, &parser, context)?,
            END => end(connection, &parser, context)?,
            UPGRADED => {
                call_method(connection, js_string!("upgrade"), &[], context)?;
                break;
            }
            FAILED => {
                call_method(connection, js_string!("failParsing"), &[chunk], context)?;
                break;
            }
            _ => break,
        }
    }
    Ok(())
}

fn body(connection: &JsObject, parser: &JsValue, context: &mut Context) -> JsResult<()> {
    let (message, socket) =
        of(connection, |serving| (serving.message.borrow().clone(), serving.socket.clone()))?;
    let Some(message) = message else { return Ok(()) };
    if reader_of(&message, context)? == DISCARDED {
        return Ok(());
    }
    let chunk = parser::body(parser, &[], context)?;
    if !streams::push(&message, chunk, streams::Source::Unknown, context)? {
        call_method(&socket, js_string!("pause"), &[], context)?;
    }
    Ok(())
}

/// Who reads the body of a request.
pub(super) fn reader_of(message: &JsObject, context: &mut Context) -> JsResult<i32> {
    if let Some(reader) = incoming::reader(message) {
        return Ok(reader);
    }
    let key = realm::of(context)?.keys.reader.clone();
    Ok(message.get(key, context)?.as_i32().unwrap_or(PROGRAM))
}

/// The end of a request.
fn end(connection: &JsObject, parser: &JsValue, context: &mut Context) -> JsResult<()> {
    let (message, socket) =
        of(connection, |serving| (serving.message.borrow_mut().take(), serving.socket.clone()))?;
    let trailers = parser::trailers(parser, &[], context)?;
    if let Some(message) = message {
        if trailers.is_undefined() && incoming::is_untouched(&message) {
            incoming::complete(&message);
        } else {
            complete(&message, trailers, context)?;
        }
    }
    listen(&socket, context)
}

fn complete(message: &JsObject, trailers: JsValue, context: &mut Context) -> JsResult<()> {
    message::set_part(message, Part::Complete, true, context)?;
    if !trailers.is_undefined() {
        message::set_part(message, Part::Trailers, trailers, context)?;
    }
    if !streams::has_closed(message, context)? {
        streams::push(message, JsValue::null(), streams::Source::Unknown, context)?;
    }
    Ok(())
}

/// Lets a socket flow, unless the program or its connection has stopped it.
fn listen(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    if sockets::flows(socket) {
        return Ok(());
    }
    let is_stopped = socket.get(js_string!("_paused"), context)?.to_boolean();
    if !is_stopped && socket.get(js_string!("readable"), context)?.to_boolean() {
        call_method(socket, js_string!("resume"), &[], context)?;
    }
    Ok(())
}

/// A request has begun.
fn head(
    connection: &JsObject,
    parser: &JsValue,
    flags: i32,
    context: &mut Context,
) -> JsResult<()> {
    let Some(head) = parser::take_head(parser)? else { return Ok(()) };
    let http = realm::of(context)?;
    let (server, socket) =
        of(connection, |serving| (serving.server.clone(), serving.socket.clone()))?;
    let is_modern = head.minor == 1;
    let request = receive(&http, (&server, &socket), head, context)?;
    of(connection, |serving| *serving.message.borrow_mut() = Some(request.clone()))?;
    if flags & ASKS_FOR_UPGRADE != 0 {
        let is_upgraded = wants_upgrade(&server, &request, context)?;
        message::set_part(&request, Part::Upgrade, is_upgraded, context)?;
        if is_upgraded {
            return parser::decide(parser, Verdict::Upgrade);
        }
    }
    if of(connection, |serving| !serving.requests.borrow().is_empty())? {
        // A peer that asks without listening is listened to no more.
        call_method(connection, js_string!("holdBack"), &[], context)?;
    }
    of(connection, |serving| serving.requests.borrow_mut().push_back(request.clone()))?;
    if flags & SAYS_LENGTH == 0 && server.get(http.keys.skips_empty.clone(), context)?.to_boolean()
    {
        call_method(&request, js_string!("_dumpAndCloseReadable"), &[], context)?;
    }
    let response = respond(connection, &request, (is_modern, flags), context)?;
    let told = [
        ("request", request.clone().into()),
        ("response", response.clone().into()),
        ("socket", socket.into()),
        ("server", server.clone().into()),
    ];
    let message = |context: &mut Context| diagnostics_channel::message(&told, context).into();
    diagnostics_channel::publish("http.server.request.start", message, context)?;
    let both: [JsValue; 2] = [request.into(), response.into()];
    if is_modern && is_special(&server, flags, context)? {
        let args = [both[0].clone(), both[1].clone(), (flags << 8).into()];
        if call_method(connection, js_string!("isSpecial"), &args, context)?.to_boolean() {
            return Ok(());
        }
    }
    events::emit(&server, js_string!("request"), &both, context).map(drop)
}

/// The message that a head is, of the class that the server wants.
fn receive(
    http: &Http,
    (server, socket): (&JsObject, &JsObject),
    head: Head,
    context: &mut Context,
) -> JsResult<JsObject> {
    let most = server.get(js_string!("maxHeadersCount"), context)?;
    let most = most.as_number().map(|most| most as usize);
    let class = server.get(http.keys.incoming_class.clone(), context)?.to_object(context)?;
    let request = if let Some(messages) = http.class(Kind::Incoming, &class) {
        let request = incoming::make(http, messages, (socket, head), most, context);
        domain::adopt(&request, context)?;
        request
    } else {
        let request = class.construct(&[socket.clone().into()], None, context)?;
        let fields = parser::describe(&request, head, most, context);
        request.set(http.keys.fields.clone(), fields, false, context)?;
        request
    };
    if server.get(js_string!("joinDuplicateHeaders"), context)?.to_boolean() {
        message::set_part(&request, Part::JoinsAll, true, context)?;
    }
    Ok(request)
}

fn wants_upgrade(server: &JsObject, request: &JsObject, context: &mut Context) -> JsResult<bool> {
    let method = request.get(js_string!("method"), context)?.as_string();
    if method.is_some_and(|method| method == js_string!("CONNECT")) {
        return Ok(true);
    }
    let args = [request.clone().into()];
    let answer = call_method(server, js_string!("shouldUpgradeCallback"), &args, context)?;
    Ok(answer.to_boolean())
}

/// Whether a request may be one that is not told to the program as others are.
fn is_special(server: &JsObject, flags: i32, context: &mut Context) -> JsResult<bool> {
    if flags & EXPECTS != 0 || flags & NAMES_HOST == 0 {
        return Ok(true);
    }
    let most = server.get(js_string!("maxRequestsPerSocket"), context)?;
    Ok(most.as_number().is_some_and(|most| most > 0.0))
}

/// The response to a request, with the socket if it is its turn.
fn respond(
    connection: &JsObject,
    request: &JsObject,
    (is_modern, flags): (bool, i32),
    context: &mut Context,
) -> JsResult<JsObject> {
    let http = realm::of(context)?;
    let (server, options) =
        of(connection, |serving| (serving.server.clone(), serving.options.clone()))?;
    let class = server.get(http.keys.response_class.clone(), context)?.to_object(context)?;
    let usual = http.class(Kind::Outgoing, &class);
    let response = match usual.filter(|_| is_modern && options.is_undefined()) {
        Some(messages) => {
            let response = make_response(&http, messages, request, context)?;
            domain::adopt(&response, context)?;
            response
        }
        None => class.construct(&[request.clone().into(), options], None, context)?,
    };
    message::set(&response, Field::Served, connection.clone(), context)?;
    if flags & KEEPS_ALIVE == 0 {
        message::set(&response, Field::KeepsAlive, false, context)?;
    }
    for (said, own) in [
        (js_string!("keepAliveTimeout"), Field::RestTimeout),
        (js_string!("maxRequestsPerSocket"), Field::MostRequests),
    ] {
        let number = server.get(said, context)?;
        if number.as_number().is_some_and(|number| number > 0.0) {
            message::set(&response, own, number, context)?;
        }
    }
    let unique = server.get(http.keys.unique.clone(), context)?;
    if !unique.is_null_or_undefined() {
        message::set(&response, Field::Unique, unique, context)?;
    }
    if builtins::is_loaded(OBSERVER, context) {
        let args = [response.clone().into()];
        streams::rare("internal/http/parsing", js_string!("startClock"), &args, context)?;
    }
    take_turn(connection, &response, context)?;
    Ok(response)
}

/// Gives a response its socket, or lets it wait for it.
fn take_turn(connection: &JsObject, response: &JsObject, context: &mut Context) -> JsResult<()> {
    let socket = of(connection, |serving| serving.socket.clone())?;
    if socket.get(js_string!("_httpMessage"), context)?.to_boolean() {
        call_method(connection, js_string!("enqueue"), &[response.clone().into()], context)?;
    } else if realm::of(context)?.is_usual(response, context)? {
        message::set(response, Field::Socket, socket.clone(), context)?;
        socket.set(js_string!("_httpMessage"), response.clone(), false, context)?;
    } else {
        call_method(response, js_string!("assignSocket"), &[socket.into()], context)?;
    }
    Ok(())
}

/// A response of the usual class, as its constructor makes it for a request of HTTP/1.1.
fn make_response(
    http: &Http,
    messages: Messages,
    request: &JsObject,
    context: &mut Context,
) -> JsResult<JsObject> {
    let mut slots = http.outgoing.fresh();
    slots[Field::Request as usize] = request.clone().into();
    let method = match incoming::method(request) {
        Some(method) => method,
        None => request.get(js_string!("method"), context)?,
    };
    if method.as_string().is_some_and(|method| method == js_string!("HEAD")) {
        slots[Field::HasBody as usize] = false.into();
    }
    let message = Message::new(Kind::Outgoing, slots, None);
    Ok(JsObject::new(context.root_shape(), messages.prototype, message).upcast())
}
