//! `URL.createObjectURL()`: names under which blobs can be found again.

use std::{
    cell::RefCell,
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use super::{classes::classes, data::BlobData};
use crate::engine::{
    errors::{Code, coded},
    natives::arg,
    validate,
};

const PREFIX: &str = "blob:nodedata:";

/// The blobs of a realm that have a URL.
#[derive(Default)]
struct Registry(RefCell<HashMap<String, BlobData>>);

fn registry(context: &mut Context) -> Rc<Registry> {
    if let Some(registry) = context.get_data::<Rc<Registry>>() {
        return registry.clone();
    }
    let registry = Rc::new(Registry::default());
    context.insert_data(registry.clone());
    registry
}

/// `URL.createObjectURL(blob)`.
pub(crate) fn create_object_url(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let blob =
        value.as_object().and_then(|object| object.downcast_ref::<BlobData>().map(|d| d.clone()));
    let Some(blob) = blob else {
        return Err(validate::invalid_arg_type(context, "obj", "an instance of Blob", &value));
    };
    let url = format!("{PREFIX}{}", random_uuid());
    registry(context).0.borrow_mut().insert(url.clone(), blob);
    Ok(JsString::from(url).into())
}

/// `URL.revokeObjectURL(url)`; URLs that name nothing are ignored.
pub(crate) fn revoke_object_url(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if args.is_empty() {
        let message = "The \"url\" argument must be specified";
        return Err(coded(context, Code::ERR_MISSING_ARGS, message));
    }
    let url = args[0].to_string(context)?.to_std_string_lossy();
    registry(context).0.borrow_mut().remove(&url);
    Ok(JsValue::undefined())
}

/// `buffer.resolveObjectURL(url)`: the blob, or `undefined`.
pub(super) fn resolve(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let url = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let Some(blob) = registry(context).0.borrow().get(&url).cloned() else {
        return Ok(JsValue::undefined());
    };
    let prototype = classes(context)?.blob_prototype.clone();
    Ok(JsObject::new(context.root_shape(), prototype, blob).into())
}

/// A random UUID (RFC 9562, version 4): nobody should guess another's URL.
fn random_uuid() -> String {
    let random = || RandomState::new().hash_one(PREFIX);
    let (high, low) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}
