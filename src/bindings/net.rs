//! `internal/net/ip`: what `net` knows about addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use boa_engine::{Context, JsResult, JsString, JsValue};

use crate::{
    engine::natives::{Method, arg, exports_of},
    sys::address,
};

const METHODS: &[Method] = &[
    ("isIP", 1, |_, args, context| Ok(version(&arg(args, 0), context)?.into())),
    ("isIPv4", 1, |_, args, context| Ok((version(&arg(args, 0), context)? == 4).into())),
    ("isIPv6", 1, |_, args, context| Ok((version(&arg(args, 0), context)? == 6).into())),
    ("canonical", 2, canonical),
    ("compare", 2, compare),
    ("within", 3, within),
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
    let is_zone = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
    let address = match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() && zone.chars().all(is_zone) => address,
        _ => text.as_str(),
    };
    Ok(if address.parse::<Ipv6Addr>().is_ok() { 6 } else { 0 })
}

/// `canonical(address, family)`: the address as it is written shortest, `undefined` if it is none of
/// the family `ipv4` or `ipv6`.
fn canonical(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let is_v4 = arg(args, 1).to_string(context)? == "ipv4";
    let Some(address) = parsed(&arg(args, 0), context)? else { return Ok(JsValue::undefined()) };
    if address.is_ipv4() != is_v4 {
        return Ok(JsValue::undefined());
    }
    Ok(JsString::from(address::ip_text(&SocketAddr::new(address, 0))).into())
}

/// `compare(a, b)`: below 0, 0 or above; `undefined` for addresses that cannot be compared. An IPv4
/// address that is written as IPv6 is the IPv4 address.
fn compare(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (a, b) = (parsed(&arg(args, 0), context)?, parsed(&arg(args, 1), context)?);
    let (Some(a), Some(b)) = (a, b) else { return Ok(JsValue::undefined()) };
    Ok(match (a.to_canonical(), b.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.cmp(&b) as i32).into(),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.cmp(&b) as i32).into(),
        _ => JsValue::undefined(),
    })
}

/// `within(address, network, bits)`: whether the first bits of both are the same.
fn within(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (address, network) = (parsed(&arg(args, 0), context)?, parsed(&arg(args, 1), context)?);
    let bits = arg(args, 2).to_u32(context)?;
    let (Some(address), Some(network)) = (address, network) else { return Ok(false.into()) };
    Ok(match (address.to_canonical(), network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
            (address.to_bits() & mask == network.to_bits() & mask).into()
        }
        (IpAddr::V6(_), IpAddr::V4(_)) => false.into(),
        (address, IpAddr::V6(network)) => {
            let address = match address {
                IpAddr::V4(address) => address.to_ipv6_mapped(),
                IpAddr::V6(address) => address,
            };
            let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
            (address.to_bits() & mask == network.to_bits() & mask).into()
        }
    })
}

fn parsed(value: &JsValue, context: &mut Context) -> JsResult<Option<IpAddr>> {
    Ok(value.to_string(context)?.to_std_string_lossy().parse().ok())
}
