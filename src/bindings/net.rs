//! `internal/net/ip`: what `net` knows about addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use boa_engine::{Context, JsResult, JsValue};

use crate::engine::natives::{Method, arg, exports_of};

const METHODS: &[Method] = &[
    ("isIP", 1, |_, args, context| Ok(version(&arg(args, 0), context)?.into())),
    ("isIPv4", 1, |_, args, context| Ok((version(&arg(args, 0), context)? == 4).into())),
    ("isIPv6", 1, |_, args, context| Ok((version(&arg(args, 0), context)? == 6).into())),
];

/// The exports: `isIP` and its relatives.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// 4 or 6 for an address of that version, else 0. An IPv6 address may name its zone.
fn version(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    let text = value.to_string(context)?.to_std_string_lossy();
    if text.parse::<Ipv4Addr>().is_ok() {
        return Ok(4);
    }
    let address = match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() => address,
        _ => text.as_str(),
    };
    Ok(if address.parse::<Ipv6Addr>().is_ok() { 6 } else { 0 })
}
