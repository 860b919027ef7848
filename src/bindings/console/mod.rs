//! `console`.

use std::io::Write;

use boa_engine::{Context, JsResult, JsValue};

use super::inspect::{self, format};
use crate::engine::natives::{Method, exports_of};

const METHODS: &[Method] = &[
    ("log", 0, to_stdout),
    ("info", 0, to_stdout),
    ("debug", 0, to_stdout),
    ("warn", 0, to_stderr),
    ("error", 0, to_stderr),
];

pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    inspect::install(context);
    Ok(exports_of(METHODS, context).into())
}

fn line(args: &[JsValue], context: &mut Context) -> JsResult<String> {
    let mut line = format(args, context)?.into_string();
    line.push('\n');
    Ok(line)
}

fn to_stdout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let line = line(args, context)?;
    // A console that cannot write stays silent, as Node's does.
    drop(std::io::stdout().lock().write_all(line.as_bytes()));
    Ok(JsValue::undefined())
}

fn to_stderr(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let line = line(args, context)?;
    drop(std::io::stderr().lock().write_all(line.as_bytes()));
    Ok(JsValue::undefined())
}
