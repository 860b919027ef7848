//! `dns`: the system's look-ups, off the loop.

use std::net::SocketAddr;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::{
    engine::{
        callbacks,
        natives::{Method, arg, define_value, exports_of},
        state, validate,
    },
    sys::{
        address::{self, Family},
        errno::Errno,
        names::{self, Wanted},
    },
};

const METHODS: &[Method] = &[("getAddresses", 5, get_addresses), ("getService", 3, get_service)];

/// The native half of `dns`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    for (name, value) in
        [("ADDRCONFIG", names::ADDRCONFIG), ("ALL", names::ALL), ("V4MAPPED", names::V4MAPPED)]
    {
        define_value(&exports, JsString::from(name), value, true);
    }
    Ok(exports.into())
}

/// `getAddresses(host, family, hints, order, callback)`: the callback gets a status, and a list of
/// `{ address, family }` in the order `verbatim`, `ipv4first` or `ipv6first`.
fn get_addresses(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let host = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let wanted = match arg(args, 1).to_i32(context)? {
        4 => Wanted::V4,
        6 => Wanted::V6,
        _ => Wanted::Any,
    };
    let flags = arg(args, 2).to_i32(context)?;
    let first = match arg(args, 3).to_string(context)?.to_std_string_lossy().as_str() {
        "ipv4first" => Some(Family::V4),
        "ipv6first" => Some(Family::V6),
        _ => None,
    };
    let callback = validate::function(&arg(args, 4), "callback", context)?;
    state::of(context).event_loop.spawn_blocking_as(
        "GetAddrInfoReqWrap",
        move || names::addresses(&host, wanted, flags),
        move |context, found| {
            callbacks::enter(context, |context| {
                let (status, list) = match found {
                    Ok(list) => (0, shown(ordered(list, first), context)),
                    Err(errno) => (-errno.0, JsValue::undefined()),
                };
                callback.call(&JsValue::undefined(), &[status.into(), list], context)
            });
        },
    );
    Ok(JsValue::undefined())
}

fn ordered(mut list: Vec<SocketAddr>, first: Option<Family>) -> Vec<SocketAddr> {
    if let Some(first) = first {
        list.sort_by_key(|address| Family::of(address) != first);
    }
    list
}

fn shown(list: Vec<SocketAddr>, context: &mut Context) -> JsValue {
    let entries: Vec<JsValue> = list
        .iter()
        .map(|address| {
            let entry = JsObject::with_object_proto(context.intrinsics());
            let text = JsString::from(address::ip_text(address));
            define_value(&entry, js_string!("address"), text, true);
            let family = if address.is_ipv4() { 4 } else { 6 };
            define_value(&entry, js_string!("family"), family, true);
            entry.into()
        })
        .collect();
    JsArray::from_iter(entries, context).into()
}

/// `getService(address, port, callback)`: the callback gets a status, a host and a service.
fn get_service(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let host = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let port = arg(args, 1).to_uint16(context)?;
    let callback = validate::function(&arg(args, 2), "callback", context)?;
    state::of(context).event_loop.spawn_blocking_as(
        "GetNameInfoReqWrap",
        move || {
            address::parse_any(&host, port).ok_or(Errno::EINVAL).and_then(|to| names::service(&to))
        },
        move |context, found| {
            callbacks::enter(context, |context| {
                let args: Vec<JsValue> = match found {
                    Ok((host, service)) => {
                        vec![0.into(), JsString::from(host).into(), JsString::from(service).into()]
                    }
                    Err(errno) => vec![(-errno.0).into()],
                };
                callback.call(&JsValue::undefined(), &args, context)
            });
        },
    );
    Ok(JsValue::undefined())
}
