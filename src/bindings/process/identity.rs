//! What rjs says it is: `version`, `versions`, `release`, `features`, `config`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
    property::PropertyDescriptor,
};

use crate::engine::natives::define_value;

/// The version of Node whose API rjs follows.
pub(crate) const NODE_VERSION: &str = "25.8.1";
/// The version of the engine.
const BOA_VERSION: &str = "0.22.0";
/// The ABI number of that version of Node.
const MODULES_ABI: &str = "141";

/// Defines the constants of `process` on the object.
pub(super) fn define(process: &JsObject, context: &mut Context) {
    constant(process, "version", JsString::from(format!("v{NODE_VERSION}")));
    let versions = record(
        &[
            ("node", NODE_VERSION),
            ("rjs", env!("CARGO_PKG_VERSION")),
            ("boa", BOA_VERSION),
            ("modules", MODULES_ABI),
            ("unicode", "17.0"),
        ],
        context,
    );
    constant(process, "versions", versions);
    constant(process, "arch", js_string!(arch()));
    constant(process, "platform", js_string!("linux"));
    // Packages test for this name.
    constant(process, "release", record(&[("name", "node")], context));
}

/// The architecture in Node's words.
pub(crate) fn arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    }
}

/// A property that programs can see and configure but not assign.
fn constant(object: &JsObject, name: &str, value: impl Into<JsValue>) {
    let descriptor = PropertyDescriptor::builder()
        .value(value.into())
        .writable(false)
        .enumerable(true)
        .configurable(true);
    object.insert_property(JsString::from(name), descriptor.build());
}

fn record(fields: &[(&str, &str)], context: &Context) -> JsObject {
    let object = JsObject::with_object_proto(context.intrinsics());
    for &(name, value) in fields {
        define_value(&object, JsString::from(name), JsString::from(value), true);
    }
    object
}

/// `process.features`.
pub(super) fn features(context: &mut Context) -> JsObject {
    let object = JsObject::with_object_proto(context.intrinsics());
    let no = ["inspector", "debug"];
    let yes = ["uv", "ipv6", "require_module"];
    let absent =
        ["tls_alpn", "tls_sni", "tls_ocsp", "tls", "openssl_is_boringssl", "cached_builtins"];
    for name in no {
        define_value(&object, JsString::from(name), false, true);
    }
    for name in yes {
        define_value(&object, JsString::from(name), true, true);
    }
    for name in absent.into_iter().chain(["quic", "typescript"]) {
        define_value(&object, JsString::from(name), false, true);
    }
    object
}

/// `process.config`: how the executable was built, as far as that means anything here.
pub(super) fn config(context: &mut Context) -> JsResult<JsObject> {
    let config = JsObject::with_object_proto(context.intrinsics());
    let defaults = JsObject::with_object_proto(context.intrinsics());
    for name in ["cflags", "conditions", "defines", "include_dirs", "libraries"] {
        define_value(&defaults, JsString::from(name), JsArray::new(context)?, true);
    }
    define_value(&defaults, js_string!("default_configuration"), js_string!("Release"), true);
    let variables = JsObject::with_object_proto(context.intrinsics());
    let has_intl = i32::from(cfg!(feature = "intl"));
    for (name, value) in [
        ("v8_enable_i18n_support", has_intl),
        ("asan", 0),
        ("napi_build_version", 10),
        ("node_module_version", 141),
    ] {
        define_value(&variables, JsString::from(name), value, true);
    }
    define_value(&variables, js_string!("node_shared"), false, true);
    define_value(&config, js_string!("target_defaults"), defaults, true);
    define_value(&config, js_string!("variables"), variables, true);
    Ok(config)
}
