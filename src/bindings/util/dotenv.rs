//! `util.parseEnv`: the format of `.env` files.
//!
//! Node's documentation, "Environment variables", says what a line may be; where it is silent this
//! does what Node does.

use std::collections::BTreeMap;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use crate::engine::{
    natives::{arg, define_value},
    validate,
};

/// `util.parseEnv(content)`.
pub(super) fn parse_env(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let content = validate::string(&arg(args, 0), "content", context)?;
    let variables = JsObject::with_null_proto();
    for (name, value) in parse(&content.to_std_string_lossy()) {
        let value = JsString::from(value.as_str());
        define_value(&variables, JsString::from(name.as_str()), value, true);
    }
    Ok(variables.into())
}

/// The variables by name; a later value replaces an earlier one.
pub(crate) fn parse(content: &str) -> BTreeMap<String, String> {
    let content = content.replace('\r', "");
    let mut variables = BTreeMap::new();
    let mut rest = trimmed(&content);
    while !rest.is_empty() {
        let (found, after) = next(rest);
        rest = after;
        variables.extend(found);
    }
    variables
}

/// What Node takes for white space around names and values.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n'])
}

/// What follows the line break, if there is one.
fn next_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
}

/// The variable that the text begins with, if it does, and the text after it.
fn next(text: &str) -> (Option<(String, String)>, &str) {
    if text.starts_with(['\n', '#']) {
        return (None, next_line(text));
    }
    let Some(at) = text.find(['=', '\n']) else { return (None, "") };
    let (name, after) = (&text[..at], &text[at + 1..]);
    if text.as_bytes()[at] == b'\n' {
        return (None, trimmed(after));
    }
    let name = trimmed(name);
    if name.is_empty() {
        return (None, next_line(after));
    }
    let name = name.strip_prefix("export ").map_or(name, trimmed);
    if after.is_empty() || after.starts_with('\n') {
        return (Some((name.to_owned(), String::new())), after.strip_prefix('\n').unwrap_or(after));
    }
    let (value, rest) = value(trimmed(after));
    (Some((name.to_owned(), value)), rest)
}

/// The value that the text begins with, and the text after its line.
fn value(text: &str) -> (String, &str) {
    if let Some(quote @ ('"' | '\'' | '`')) = text.chars().next()
        && let Some(end) = text[1..].find(quote)
    {
        let value = &text[1..=end];
        let value = if quote == '"' { value.replace("\\n", "\n") } else { value.to_owned() };
        return (value, next_line(&text[end + 2..]));
    }
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    if text.starts_with(['"', '\'', '`']) {
        // A quote that is not closed is part of the value.
        return (line.to_owned(), rest);
    }
    let value = line.split_once('#').map_or(line, |(value, _)| value);
    (trimmed(value).to_owned(), rest)
}
