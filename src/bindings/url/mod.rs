//! `url`: URLs by the WHATWG standard, their search parameters, paths of files as URLs.
//!
//! [`Record`] is the standard's URL record with its parser; it knows no JavaScript. The legacy
//! API (`url.parse` and its relatives) is JavaScript, loaded when it is first used.

mod class;
mod domain;
mod errors;
mod file;
mod host;
mod http_options;
mod inspection;
mod legacy;
mod module;
mod params;
mod parser;
mod percent;
mod record;
mod setters;
mod text;

pub(crate) use file::{file_url_to_path, looks_like_url};
pub(crate) use module::exports;
pub(crate) use record::Record;

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use crate::engine::{builtins, classes::Class};

/// The classes of `url` in a realm.
pub(crate) struct Classes {
    /// `URL`.
    url: Class,
    /// `URLSearchParams`.
    params: Class,
    /// What the iterators of `URLSearchParams` inherit from.
    iterator_prototype: JsObject,
}

/// The classes of this realm; the module is loaded if it was not.
fn classes(context: &mut Context) -> JsResult<Rc<Classes>> {
    if let Some(classes) = context.get_data::<Rc<Classes>>() {
        return Ok(classes.clone());
    }
    builtins::load("url", context)?;
    Ok(context.get_data::<Rc<Classes>>().expect("loading `url` inserts its classes").clone())
}

/// True for a `URL` of any realm or package.
pub(crate) fn is_url(object: &JsObject, context: &mut Context) -> bool {
    file::looks_like_url(object, context)
}

/// The path of what looks like a `URL`, which must be one of a file; `None` for anything else.
pub(crate) fn path_if_url(value: &JsValue, context: &mut Context) -> JsResult<Option<JsString>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !file::looks_like_url(&object, context) {
        return Ok(None);
    }
    let path = file::file_url_to_path(&JsValue::undefined(), std::slice::from_ref(value), context)?;
    Ok(path.as_string())
}

/// The address of a `URL` object.
pub(crate) fn href_of(object: &JsObject) -> Option<String> {
    object.downcast_ref::<class::UrlData>().map(|url| url.href())
}

/// A new `URL` object.
pub(crate) fn create(record: Record, context: &mut Context) -> JsResult<JsObject> {
    let classes = classes(context)?;
    Ok(crate::engine::classes::object(&classes.url, class::UrlData::new(record), context))
}
