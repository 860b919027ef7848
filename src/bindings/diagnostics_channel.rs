//! `diagnostics_channel` for natives: what they publish reaches those who subscribed in JavaScript.
//!
//! A program that never loads the module pays one look at an empty slot for each event.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::engine::{
    natives::{Method, arg, define_value, exports_of},
    validate,
};

const METHODS: &[Method] = &[("useLookup", 1, use_lookup)];

const INTERNAL: &[Method] = &[("publish", 1, publish_fields)];

/// `internal/diagnostics`: publishing for JavaScript halves.
pub(crate) fn internal_exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(INTERNAL, context).into())
}

/// `publish(channel, key, value, …)`: a message of these properties, if anybody subscribed.
fn publish_fields(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if context.get_data::<Lookup>().is_none() {
        return Ok(JsValue::undefined());
    }
    let name = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let fields = |context: &mut Context| {
        let message = JsObject::with_object_proto(context.intrinsics());
        for pair in args.get(1..).unwrap_or_default().chunks_exact(2) {
            let key = pair[0].as_string().unwrap_or_default();
            define_value(&message, key, pair[1].clone(), true);
        }
        message.into()
    };
    publish(&name, fields, context)?;
    Ok(JsValue::undefined())
}

/// Finds the channel of a name if it has subscribers; there once the module is loaded.
struct Lookup(JsObject);

/// The native half.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

fn use_lookup(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let lookup = validate::function(&arg(args, 0), "lookup", context)?;
    context.insert_data(Lookup(lookup));
    Ok(JsValue::undefined())
}

/// The channel of this name, if anybody subscribed to it.
fn active(name: &str, context: &mut Context) -> JsResult<Option<JsObject>> {
    let lookup = context.get_data::<Lookup>().map(|Lookup(lookup)| lookup.clone());
    let Some(lookup) = lookup else { return Ok(None) };
    let name = JsString::from(name).into();
    Ok(lookup.call(&JsValue::undefined(), &[name], context)?.as_object())
}

/// Publishes what `message` makes, if anybody subscribed to the channel; returns it then, as
/// subscribers may have changed it.
pub(crate) fn publish(
    name: &str,
    message: impl FnOnce(&mut Context) -> JsValue,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    let Some(channel) = active(name, context)? else { return Ok(None) };
    let message = message(context);
    if let Some(publish) = channel.get(js_string!("publish"), context)?.as_callable() {
        publish.call(&channel.into(), std::slice::from_ref(&message), context)?;
    }
    Ok(Some(message))
}

/// A message of these properties.
pub(crate) fn message(fields: &[(&'static str, JsValue)], context: &Context) -> JsObject {
    let message = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in fields {
        define_value(&message, JsString::from(*name), value.clone(), true);
    }
    message
}

/// What a native traces: its channels are `tracing:NAME:start`, `end` and `error`.
pub(crate) struct Tracing {
    name: &'static str,
    /// The message of all three; none where nobody listens.
    message: Option<JsObject>,
}

impl Tracing {
    /// Publishes the start.
    pub(crate) fn start(
        name: &'static str,
        message: impl FnOnce(&mut Context) -> JsObject,
        context: &mut Context,
    ) -> JsResult<Self> {
        if context.get_data::<Lookup>().is_none() {
            return Ok(Self { name, message: None });
        }
        let mut listened = false;
        for event in ["start", "end", "error"] {
            listened |= active(&format!("tracing:{name}:{event}"), context)?.is_some();
        }
        let tracing = Self { name, message: listened.then(|| message(context)) };
        tracing.tell("start", context)?;
        Ok(tracing)
    }

    /// Publishes that it is done.
    pub(crate) fn end(&self, context: &mut Context) -> JsResult<()> {
        self.tell("end", context)
    }

    /// Publishes that it failed, and why.
    pub(crate) fn error(&self, error: &JsValue, context: &mut Context) -> JsResult<()> {
        if let Some(message) = &self.message {
            define_value(message, js_string!("error"), error.clone(), true);
        }
        self.tell("error", context)
    }

    fn tell(&self, event: &str, context: &mut Context) -> JsResult<()> {
        let Some(message) = &self.message else { return Ok(()) };
        let channel = format!("tracing:{}:{event}", self.name);
        publish(&channel, |_| message.clone().into(), context).map(drop)
    }
}
