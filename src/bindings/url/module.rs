//! What `require('url')` gives.

use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsSymbol, JsValue, js_string, property::PropertyDescriptor,
};

use super::{Classes, class, domain, file, http_options, inspection, legacy, params};
use crate::engine::{
    classes::{Class, class as make_class, define_accessors},
    natives::{Method, define_methods, define_value},
};

const METHODS: &[Method] = &[
    ("domainToASCII", 1, domain::to_ascii),
    ("domainToUnicode", 1, domain::to_unicode),
    ("pathToFileURL", 2, file::path_to_file_url),
    ("fileURLToPath", 1, file::file_url_to_path),
    ("fileURLToPathBuffer", 1, file::file_url_to_path_buffer),
    ("urlToHttpOptions", 1, http_options::url_to_http_options),
];

/// Makes the classes and the functions.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let classes = Classes {
        url: url_class(context)?,
        params: params_class(context)?,
        iterator_prototype: iterator_prototype(context)?,
    };
    let exports = JsObject::with_object_proto(context.intrinsics());
    legacy::define(&exports, context)?;
    define_value(&exports, js_string!("URL"), classes.url.constructor.clone(), true);
    let params = classes.params.constructor.clone();
    define_value(&exports, js_string!("URLSearchParams"), params, true);
    define_methods(&exports, METHODS, true, context);
    context.insert_data(Rc::new(classes));
    Ok(exports.into())
}

fn url_class(context: &mut Context) -> JsResult<Class> {
    let url = make_class(&class::URL, None, context);
    define_methods(&url.prototype, &[class::TO_JSON], true, context);
    inspection::define(&url.prototype, class::inspect, context)?;
    Ok(url)
}

fn params_class(context: &mut Context) -> JsResult<Class> {
    let class = make_class(&params::PARAMS, None, context);
    let prototype = &class.prototype;
    define_accessors(prototype, params::SIZE, true, context);
    define_methods(prototype, params::METHODS, true, context);
    let entries = prototype.get(js_string!("entries"), context)?;
    define_value(prototype, JsSymbol::iterator(), entries, false);
    inspection::define(prototype, params::inspect, context)?;
    Ok(class)
}

fn iterator_prototype(context: &mut Context) -> JsResult<JsObject> {
    let arrays = context.intrinsics().objects().iterator_prototypes().array();
    let parent = arrays.prototype();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    prototype.set_prototype(parent);
    define_methods(&prototype, params::ITERATOR_METHODS, true, context);
    inspection::define(&prototype, params::inspect_iterator, context)?;
    let tag = PropertyDescriptor::builder()
        .value(js_string!("URLSearchParams Iterator"))
        .writable(false)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(JsSymbol::to_string_tag(), tag.build());
    Ok(prototype)
}
