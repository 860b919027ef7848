//! `console`.

use boa_engine::{Context, JsResult, JsValue};

use crate::engine::natives::{Method, exports_of};

const METHODS: &[Method] = &[("log", 0, log)];

pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

fn log(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut line = String::new();
    for (i, value) in args.iter().enumerate() {
        if i > 0 {
            line.push(' ');
        }
        match value.as_string() {
            Some(text) => line.push_str(&text.to_std_string_lossy()),
            None => line.push_str(&crate::engine::validate::shown(value, context)),
        }
    }
    println!("{line}");
    Ok(JsValue::undefined())
}
