//! `os.constants`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, js_string, object::IntegrityLevel,
    property::PropertyDescriptor,
};

use crate::{
    engine::natives::define_value,
    sys::{constants, signals},
};

/// The worst scheduling priority.
pub(super) const PRIORITY_LOW: i32 = 19;
/// The best scheduling priority.
pub(super) const PRIORITY_HIGHEST: i32 = -20;

/// libuv's flag for sockets that share their address.
const UV_UDP_REUSEADDR: i32 = 4;

const PRIORITIES: &[(&str, i32)] = &[
    ("PRIORITY_LOW", PRIORITY_LOW),
    ("PRIORITY_BELOW_NORMAL", 10),
    ("PRIORITY_NORMAL", 0),
    ("PRIORITY_ABOVE_NORMAL", -7),
    ("PRIORITY_HIGH", -14),
    ("PRIORITY_HIGHEST", PRIORITY_HIGHEST),
];

pub(super) fn make(context: &mut Context) -> JsResult<JsObject> {
    let all = JsObject::with_null_proto();
    let fixed = PropertyDescriptor::builder()
        .value(UV_UDP_REUSEADDR)
        .writable(false)
        .enumerable(true)
        .configurable(false);
    all.insert_property(js_string!("UV_UDP_REUSEADDR"), fixed.build());
    define_value(&all, js_string!("dlopen"), table(constants::DLOPEN), true);
    define_value(&all, js_string!("errno"), table(constants::ERRORS), true);
    let signals = table(signals::TABLE);
    signals.set_integrity_level(IntegrityLevel::Frozen, context)?;
    define_value(&all, js_string!("signals"), signals, true);
    define_value(&all, js_string!("priority"), table(PRIORITIES), true);
    Ok(all)
}

fn table(rows: &[(&str, i32)]) -> JsObject {
    let object = JsObject::with_null_proto();
    for &(name, number) in rows {
        define_value(&object, JsString::from(name), number, true);
    }
    object
}
