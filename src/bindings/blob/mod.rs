//! `Blob`, `File` and object URLs (W3C File API).

mod classes;
mod data;
mod object_url;
mod sources;

use boa_engine::{Context, JsResult, JsValue};

use crate::engine::natives::Method;

pub(crate) use classes::{classes, from_sent};
pub(crate) use data::{BlobData, SentBlob};
pub(crate) use object_url::{create_object_url, revoke_object_url};

/// What `buffer` exports beside the classes.
pub(crate) const METHODS: &[Method] = &[("resolveObjectURL", 1, resolve_object_url)];

fn resolve_object_url(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    object_url::resolve(args, context)
}
