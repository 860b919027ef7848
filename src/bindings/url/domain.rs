//! `url.domainToASCII` and `url.domainToUnicode`.

use boa_engine::{Context, JsResult, JsString, JsValue};

use super::{
    Record, errors,
    parser::{State, parse_into},
    text::text,
};

/// `url.domainToASCII(domain)`: Punycode, or nothing where it is no domain.
pub(super) fn to_ascii(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(hostname(args, context)?).into())
}

/// `url.domainToUnicode(domain)`.
pub(super) fn to_unicode(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(JsString::from(unicode(&hostname(args, context)?)).into())
}

/// The Unicode form of a host as a URL has it; an IP address is its own.
pub(super) fn unicode(host: &str) -> String {
    let unicode = url::quirks::domain_to_unicode(host);
    if unicode.is_empty() { host.to_owned() } else { unicode }
}

/// What a URL's host would be, were it set to the first argument.
fn hostname(args: &[JsValue], context: &mut Context) -> JsResult<String> {
    let Some(domain) = args.first() else {
        return Err(errors::missing_args(&["domain"], context));
    };
    let domain = text(domain, context)?;
    let mut record = Record { scheme: "ws".to_owned(), ..Record::default() };
    let valid = parse_into(&mut record, &domain, State::Hostname);
    Ok(if valid { record.hostname() } else { String::new() })
}
