//! `net.connect` to an address that is known, without JavaScript: the usual way of clients. Names, paths, further
//! options and whoever watches more closely are left to `js/internal/net/connect.js`.

use std::{net::SocketAddr, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use super::{
    accepted::{self, Plain},
    core::{self, Field},
    handles, streams, touch,
};
use crate::{
    bindings::{diagnostics_channel, events},
    engine::{builtins, callbacks, natives::arg, permission, state},
    sys::{
        address::{self, Family},
        errno::Errno,
    },
};

const JAVASCRIPT: &str = "internal/net/connect";

/// Where a connection goes to.
struct Target {
    /// As the program has written it.
    host: JsString,
    address: SocketAddr,
    callback: Option<JsObject>,
}

impl Target {
    /// Reads `(port, address, callback)` or `({ port, host: address }, callback)`; `None` where there is more to
    /// it.
    fn of(args: &[JsValue], context: &Context) -> Option<Self> {
        let first = arg(args, 0);
        let (port, host, callback) = match first.as_object() {
            Some(options) if args.len() <= 2 => {
                let usual = context.intrinsics().constructors().object().prototype();
                if !options.is_ordinary() || options.prototype().is_some_and(|other| other != usual)
                {
                    return None;
                }
                let options = options.borrow();
                let value = |name: JsString| {
                    options.properties().get(&PropertyKey::from(name))?.value().cloned()
                };
                if options.shape().keys().len() != 2 {
                    return None;
                }
                (value(js_string!("port"))?, value(js_string!("host"))?, arg(args, 1))
            }
            None if args.len() <= 3 => (first, arg(args, 1), arg(args, 2)),
            _ => return None,
        };
        let port =
            port.as_number().filter(|port| port.fract() == 0.0 && (0.0..65536.0).contains(port))?;
        let host = host.as_string()?;
        let address = address::parse_any(&host.to_std_string().ok()?, port as u16)?;
        let callback = match callback.as_callable() {
            None if !callback.is_undefined() => return None,
            callback => callback,
        };
        Some(Self { host, address, callback })
    }

    fn family(&self) -> i32 {
        if self.address.is_ipv4() { 4 } else { 6 }
    }
}

/// `net.connect(…)`.
pub(super) fn connect(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = super::prototype(context)?;
    if let Some(target) = Target::of(args, context)
        && !is_watched(&prototype, context)?
    {
        let socket = accepted::make(prototype, Plain::default(), context)?;
        begin(&socket, target, context)?;
        return Ok(socket.into());
    }
    streams::rare(JAVASCRIPT, js_string!("connectNew"), args, context)
}

/// Whether somebody hears of every step, or has changed how sockets connect.
fn is_watched(prototype: &JsObject, context: &mut Context) -> JsResult<bool> {
    if state::of(context).async_ids.is_watched() || permission::is_limited(context) {
        return Ok(true);
    }
    if builtins::is_loaded("internal/performance", context) {
        let performance = builtins::load_object("internal/performance", context)?;
        if performance.get(js_string!("net"), context)?.to_boolean() {
            return Ok(true);
        }
    }
    let connect = prototype.get(js_string!("connect"), context)?;
    let ours = super::of(context)?.connect.borrow().clone();
    Ok(connect != ours)
}

fn begin(socket: &JsObject, target: Target, context: &mut Context) -> JsResult<()> {
    let handle = handles::tcp_socket(context);
    super::take_up(socket, &handle, context)?;
    if let Some(callback) = &target.callback {
        let name = js_string!("connect");
        let last = events::Position::Last;
        events::add_once_listener(socket, name, callback.clone(), last, context)?;
    }
    let told = |context: &mut Context| {
        diagnostics_channel::message(&[("socket", socket.clone().into())], context).into()
    };
    diagnostics_channel::publish("net.client.socket", told, context)?;
    core::set(socket, Field::Connecting, true, context)?;
    let socket = socket.clone();
    state::of(context).ticks.push_native(move |context| attempt(&socket, target, context));
    Ok(())
}

fn is_connecting(socket: &JsObject) -> bool {
    core::with(socket, |core| core.get(Field::Connecting).to_boolean()).unwrap_or(false)
}

fn attempt(socket: &JsObject, target: Target, context: &mut Context) -> JsResult<()> {
    if !is_connecting(socket) {
        return Ok(());
    }
    let family = target.family();
    let port = target.address.port();
    let args = [target.host.clone().into(), port.into(), family.into()];
    events::emit(socket, js_string!("connectionAttempt"), &args, context)?;
    let handle = core::get(socket, Field::Handle, context)?.as_object();
    let native = handle.as_ref().and_then(handles::native);
    let (Some(handle), Some(native)) = (handle, native) else { return Ok(()) };
    let address = target.address;
    let target = Rc::new(target);
    let told = (socket.clone(), handle, target.clone());
    let done = Box::new(move |context: &mut Context, outcome| {
        let (socket, handle, target) = told;
        callbacks::enter(context, |context| connected(&socket, &handle, &target, outcome, context));
    });
    if let Err(errno) = native.connect(&address, Family::of(&address), done) {
        fail("attemptRefused", socket, &target, errno, context)?;
    }
    Ok(())
}

/// Makes the error in JavaScript, and ends the socket with it.
fn fail(
    how: &'static str,
    socket: &JsObject,
    target: &Target,
    errno: Errno,
    context: &mut Context,
) -> JsResult<()> {
    let args = [
        socket.clone().into(),
        handles::status(errno).into(),
        target.host.clone().into(),
        target.address.port().into(),
        target.family().into(),
    ];
    streams::rare(JAVASCRIPT, JsString::from(how), &args, context).map(drop)
}

/// The system has said how the attempt ended.
fn connected(
    socket: &JsObject,
    handle: &JsObject,
    target: &Target,
    outcome: Result<(), Errno>,
    context: &mut Context,
) -> JsResult<()> {
    if streams::is_destroyed(socket, context)? {
        return Ok(());
    }
    core::set(socket, Field::Connecting, false, context)?;
    core::set(socket, Field::SockName, JsValue::null(), context)?;
    if let Err(errno) = outcome {
        return fail("connectionFailed", socket, target, errno, context);
    }
    touch(socket, context)?;
    let is = |field| core::with(socket, |core| core.get(field).to_boolean()).unwrap_or(false);
    let type_of_service = core::get(socket, Field::TypeOfService, context)?;
    if is(Field::NoDelay) || is(Field::KeepAlive) || !type_of_service.is_undefined() {
        let args = [socket.clone().into(), handle.clone().into()];
        streams::rare(JAVASCRIPT, js_string!("applyOptions"), &args, context)?;
    }
    events::emit(socket, js_string!("connect"), &[], context)?;
    super::transfer::start_if_wanted(socket, context)?;
    events::emit(socket, js_string!("ready"), &[], context)?;
    if !streams::is_paused(socket, context)? {
        // Begins to read, or learns of the end at once.
        streams::read_nothing(socket, context)?;
    }
    Ok(())
}
