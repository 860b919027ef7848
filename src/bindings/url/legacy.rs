//! The legacy API of `url`: natives that load the JavaScript half when they are first called.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::engine::{
    builtins,
    natives::{Native, define_value, function},
    scripts,
};

const MODULE: &str = "internal/url_legacy";

/// `Url` must be callable on an existing object and with `new`: only JavaScript makes such.
const CLASS: &str = "(function Url() { this.protocol = null; this.slashes = null; \
    this.auth = null; this.host = null; this.port = null; this.hostname = null; this.hash = null; \
    this.search = null; this.query = null; this.pathname = null; this.path = null; \
    this.href = null; })";

/// Property of the module, name of the function, its `length`, what it does.
type Function = (&'static str, &'static str, usize, Native);

const FUNCTIONS: &[Function] = &[
    ("parse", "urlParse", 3, |_, args, context| call("parse", args, context)),
    ("resolve", "urlResolve", 2, |_, args, context| call("resolve", args, context)),
    ("resolveObject", "urlResolveObject", 2, |_, args, context| {
        call("resolveObject", args, context)
    }),
    ("format", "urlFormat", 2, |_, args, context| call("format", args, context)),
];

const METHODS: &[Function] = &[
    ("parse", "parse", 3, |this, args, context| call_method("parse", this, args, context)),
    ("format", "format", 0, |this, args, context| call_method("format", this, args, context)),
    ("resolve", "resolve", 1, |this, args, context| call_method("resolve", this, args, context)),
    ("resolveObject", "resolveObject", 1, |this, args, context| {
        call_method("resolveObject", this, args, context)
    }),
    ("parseHost", "parseHost", 0, |this, args, context| {
        call_method("parseHost", this, args, context)
    }),
];

fn call(name: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = builtins::load_object(MODULE, context)?;
    let function = module.get(JsString::from(name), context)?.to_object(context)?;
    function.call(&JsValue::undefined(), args, context)
}

fn call_method(
    name: &str,
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let module = builtins::load_object(MODULE, context)?;
    let methods = module.get(js_string!("methods"), context)?.to_object(context)?;
    let method = methods.get(JsString::from(name), context)?.to_object(context)?;
    let args = JsArray::from_iter(args.iter().cloned(), context);
    method.call(&JsValue::undefined(), &[this.clone(), args.into()], context)
}

/// Defines the legacy part of the exports.
pub(super) fn define(exports: &JsObject, context: &mut Context) -> JsResult<()> {
    let class = scripts::evaluate(CLASS, "node:url", context)?.to_object(context)?;
    let prototype = class.get(js_string!("prototype"), context)?.to_object(context)?;
    define_functions(&prototype, METHODS, context);
    define_value(exports, js_string!("Url"), class, true);
    define_functions(exports, FUNCTIONS, context);
    Ok(())
}

fn define_functions(object: &JsObject, functions: &[Function], context: &Context) {
    for &(property, name, length, run) in functions {
        let value = function(name, length, run, context);
        define_value(object, JsString::from(property), value, true);
    }
}
