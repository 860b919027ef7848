//! `fs`: one table of functions, three products: with a callback, synchronous, with a promise.
//!
//! What is rare or a class of its own (`FileHandle`, streams, watching, `cp`, `glob`, `opendir`) is
//! JavaScript, loaded when it is first called.

mod answer;
mod arguments;
mod calls;
mod constants;
mod dirent;
mod forms;
mod internal;
mod lazy;
mod open_folders;
mod operation;
mod options;
mod permission;
mod placement;
mod statfs;
mod stats;
mod table;
mod walk;
mod watches;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use self::{
    forms::{Function, Kind},
    table::{FUNCTIONS, NATIVE_REALPATH},
};
use crate::{
    bindings::util,
    engine::natives::{define_accessor, define_value, function},
};

pub(crate) use internal::exports as internal_exports;

/// The builtin `fs`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    for function in FUNCTIONS {
        let with_callback = forms::with_callback(function, function.name, context);
        let sync_name = format!("{}Sync", function.name);
        let synchronous = forms::synchronous(function, &sync_name, context);
        if function.name == "realpath" {
            let native = forms::with_callback(&NATIVE_REALPATH, "native", context);
            define_value(&with_callback, js_string!("native"), native, true);
            let native = forms::synchronous(&NATIVE_REALPATH, "native", context);
            define_value(&synchronous, js_string!("native"), native, true);
        }
        describe(&with_callback, function, context)?;
        define_value(&exports, JsString::from(function.name), with_callback, true);
        define_value(&exports, JsString::from(sync_name), synchronous, true);
    }
    for name in ["lchmod", "lchmodSync"] {
        define_value(&exports, JsString::from(name), JsValue::undefined(), true);
    }
    lazy::define(&exports, context);
    let stats = stats::class(context);
    define_value(&exports, js_string!("Stats"), stats, true);
    let dirent = dirent::class(context);
    define_value(&exports, js_string!("Dirent"), dirent, true);
    let time = function("toUnixTimestamp", 1, internal::to_unix_timestamp, context);
    define_value(&exports, js_string!("_toUnixTimestamp"), time, true);
    let constants = constants::create(context);
    define_value(&exports, js_string!("constants"), constants, true);
    let promises = function("get promises", 0, |_, _, context| promises(context), context);
    define_accessor(&exports, js_string!("promises"), Some(promises), None, true);
    Ok(exports.into())
}

/// Tells `util.promisify` what a form with a callback is when it is promised.
fn describe(
    with_callback: &JsObject,
    function: &'static Function,
    context: &mut Context,
) -> JsResult<()> {
    match function.kind {
        Kind::Buffer(names) => util::name_values(with_callback, &names, context),
        Kind::Exists => {
            let promised = forms::promised(function, function.name, context);
            util::define_promisified(with_callback, promised, context)
        }
        _ => Ok(()),
    }
}

/// The builtin `fs/promises`.
pub(crate) fn promises_exports(context: &mut Context) -> JsResult<JsValue> {
    crate::engine::builtins::load_object("fs", context)?.get(js_string!("promises"), context)
}

/// `fs.promises`, made when it is first asked for.
struct Promises(JsObject);

fn promises(context: &mut Context) -> JsResult<JsValue> {
    if let Some(Promises(known)) = context.get_data() {
        return Ok(known.clone().into());
    }
    let promises = JsObject::with_object_proto(context.intrinsics());
    for function in FUNCTIONS.iter().filter(|function| function.kind == Kind::Plain) {
        let row = if function.name == "realpath" { &NATIVE_REALPATH } else { function };
        let promised = forms::promised(row, function.name, context);
        define_value(&promises, JsString::from(function.name), promised, true);
    }
    lazy::define_promised(&promises, context);
    let fs = crate::engine::builtins::load_object("fs", context)?;
    let constants = fs.get(js_string!("constants"), context)?;
    define_value(&promises, js_string!("constants"), constants, true);
    context.insert_data(Promises(promises.clone()));
    Ok(promises.into())
}
