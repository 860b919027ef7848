//! `os.networkInterfaces()`.

use std::net::IpAddr;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::system_error;
use crate::{
    engine::natives::define_value,
    sys::machine::{self, NetworkAddress},
};

pub(super) fn interfaces(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let addresses = machine::network_addresses().map_err(|error| system_error(&error, context))?;
    let interfaces = JsObject::with_object_proto(context.intrinsics());
    let mut done: Vec<&str> = Vec::new();
    for NetworkAddress { interface, .. } in &addresses {
        if done.contains(&interface.as_str()) {
            continue;
        }
        let same = addresses.iter().filter(|address| address.interface == *interface);
        let shown: Vec<JsValue> = same.map(|address| shown(address, context).into()).collect();
        let list = JsArray::from_iter(shown, context);
        define_value(&interfaces, JsString::from(interface.as_str()), list, true);
        done.push(interface);
    }
    Ok(interfaces.into())
}

fn shown(address: &NetworkAddress, context: &Context) -> JsObject {
    let object = JsObject::with_object_proto(context.intrinsics());
    let text = |key: &str, value: String| {
        define_value(&object, JsString::from(key), JsString::from(value), true);
    };
    let unspecified = match address.address {
        IpAddr::V4(_) => IpAddr::from([0; 4]),
        IpAddr::V6(_) => IpAddr::from([0; 16]),
    };
    text("address", address.address.to_string());
    text("netmask", address.netmask.unwrap_or(unspecified).to_string());
    text("family", if address.address.is_ipv4() { "IPv4" } else { "IPv6" }.to_owned());
    text("mac", address.mac.map(|byte| format!("{byte:02x}")).join(":"));
    define_value(&object, js_string!("internal"), address.internal, true);
    match prefix_length(address.netmask.unwrap_or(unspecified)) {
        Some(length) => text("cidr", format!("{}/{length}", address.address)),
        None => define_value(&object, js_string!("cidr"), JsValue::null(), true),
    }
    if address.address.is_ipv6() {
        define_value(&object, js_string!("scopeid"), address.scope, true);
    }
    object
}

/// The number of leading ones of a netmask; `None` where ones follow zeros.
fn prefix_length(netmask: IpAddr) -> Option<u32> {
    let (ones, total) = match netmask {
        IpAddr::V4(mask) => (mask.to_bits().leading_ones(), mask.to_bits().count_ones()),
        IpAddr::V6(mask) => (mask.to_bits().leading_ones(), mask.to_bits().count_ones()),
    };
    (ones == total).then_some(ones)
}
