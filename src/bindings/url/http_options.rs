//! `url.urlToHttpOptions`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use super::{errors, percent};
use crate::engine::{
    natives::{arg, define_value},
    validate,
};

/// The options of `http.request` for a URL, or for anything with its properties.
pub(super) fn url_to_http_options(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let url = validate::object(&arg(args, 0), "url", context)?;
    let options = JsObject::with_null_proto();
    // What a program has added to the URL object goes along.
    options.copy_data_properties::<PropertyKey>(&url.clone().into(), Vec::new(), context)?;
    let mut get = |name: &str| url.get(JsString::from(name), context);
    let hostname = without_brackets(get("hostname")?);
    let (pathname, search) = (get("pathname")?, get("search")?);
    let path = [get("pathname")?, get("search")?];
    let rows = [
        ("protocol", get("protocol")?),
        ("hostname", hostname),
        ("hash", get("hash")?),
        ("search", search),
        ("pathname", pathname),
    ];
    let (href, port) = (get("href")?, get("port")?);
    let (username, password) = (get("username")?, get("password")?);
    for (name, value) in rows {
        define_value(&options, JsString::from(name), value, true);
    }
    let mut joined = js_string!();
    for part in path.into_iter().filter(JsValue::to_boolean) {
        joined = js_string!(&joined, &part.to_string(context)?);
    }
    define_value(&options, js_string!("path"), joined, true);
    define_value(&options, js_string!("href"), href, true);
    if !port.as_string().is_some_and(|port| port.is_empty()) {
        define_value(&options, js_string!("port"), port.to_number(context)?, true);
    }
    if username.to_boolean() || password.to_boolean() {
        let auth = format!("{}:{}", decoded(&username, context)?, decoded(&password, context)?);
        define_value(&options, js_string!("auth"), JsString::from(auth), true);
    }
    Ok(options.into())
}

/// `[::1]` as sockets want it.
fn without_brackets(hostname: JsValue) -> JsValue {
    let Some(text) = hostname.as_string() else { return hostname };
    let text = text.to_std_string_lossy();
    match text.strip_prefix('[') {
        Some(rest) => {
            let end = rest.char_indices().last().map_or(0, |(index, _)| index);
            JsString::from(&rest[..end]).into()
        }
        None => hostname,
    }
}

fn decoded(value: &JsValue, context: &mut Context) -> JsResult<String> {
    let text = value.to_string(context)?.to_std_string_lossy();
    percent::decode_component(&text).ok_or_else(errors::malformed_uri)
}
