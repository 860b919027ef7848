//! What `require('assert')` gives.

use std::{collections::HashMap, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    Asserts,
    checks::{self, CHECKS},
    class::{self, STRICT},
    error,
    expectations::EXPECTATIONS,
};
use crate::{
    bindings::deep_equal::{self, Mode},
    engine::{
        classes::{self, ClassSpec},
        kinds,
        natives::{Method, Native, arg, define_value, exports_of, function},
    },
};

const ASSERT: ClassSpec = ClassSpec::new("Assert", 1, class::construct);

/// Makes the functions, the strict variant and the class.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let class = classes::class(&ASSERT, None, context);
    let mut functions = HashMap::new();
    let assert: JsObject = function("assert", 0, checks::assert, context).into();
    let strict: JsObject = function("strict", 0, checks::strict, context).into();
    let error = error::class(context)?;
    for object in [&assert, &strict] {
        define_value(object, js_string!("AssertionError"), error.clone(), true);
    }
    for &(name, length, call) in CHECKS.iter().chain(EXPECTATIONS) {
        let method: JsObject = function(name, length, call as Native, context).into();
        functions.insert(name, method);
    }
    for &(name, ..) in CHECKS.iter().chain(EXPECTATIONS) {
        let method = functions[name].clone();
        define_value(&assert, JsString::from(name), method.clone(), true);
        define_value(&class.prototype, JsString::from(name), method, true);
        let strict_name = STRICT.iter().find(|(loose, _)| *loose == name);
        let method = functions[strict_name.map_or(name, |(_, strict)| strict)].clone();
        define_value(&strict, JsString::from(name), method, true);
    }
    functions.insert("assert", assert.clone());
    functions.insert("strict", strict.clone());
    define_value(&strict, js_string!("Assert"), class.constructor.clone(), true);
    define_value(&strict, js_string!("strict"), strict.clone(), true);
    define_value(&assert, js_string!("strict"), strict, true);
    define_value(&assert, js_string!("Assert"), class.constructor.clone(), true);
    context.insert_data(Rc::new(Asserts { functions, class }));
    Ok(assert.into())
}

/// `assert/strict`.
pub(crate) fn strict_exports(context: &mut Context) -> JsResult<JsValue> {
    let assert = crate::engine::builtins::load_object("assert", context)?;
    assert.get(js_string!("strict"), context)
}

/// What the JavaScript half needs: the comparison that validation objects are checked with, and
/// kinds of objects.
const HALF: &[Method] = &[
    ("isDeepStrictEqual", 2, is_deep_strict_equal),
    ("isNativeError", 1, |_, args, _| Ok(is(args, kinds::is_error))),
    ("isPromise", 1, |_, args, _| Ok(is(args, kinds::is_promise))),
    ("isRegExp", 1, |_, args, _| Ok(is(args, kinds::is_reg_exp))),
];

pub(crate) fn expectation_exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(HALF, context).into())
}

fn is(args: &[JsValue], is_kind: fn(&JsObject) -> bool) -> JsValue {
    arg(args, 0).as_object().is_some_and(|object| is_kind(&object)).into()
}

fn is_deep_strict_equal(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = (arg(args, 0), arg(args, 1));
    deep_equal::deep_equal(&actual, &expected, Mode::Strict, context).map(Into::into)
}
