//! Members of `fs` whose JavaScript is loaded when they are first used.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use crate::engine::{
    builtins,
    natives::{arg, closure, constructible, define_accessor, define_value},
};

/// A function: its name, its `length`, the builtin that exports it.
type Row = (&'static str, usize, &'static str);

const FUNCTIONS: &[Row] = &[
    ("cp", 4, "internal/fs/cp"),
    ("cpSync", 3, "internal/fs/cp"),
    ("createReadStream", 2, "internal/fs/streams"),
    ("createWriteStream", 2, "internal/fs/streams"),
    ("glob", 3, "internal/fs/glob"),
    ("globSync", 2, "internal/fs/glob"),
    ("mkdtempDisposableSync", 2, "internal/fs/whole_files"),
    ("openAsBlob", 1, "internal/fs/whole_files"),
    ("opendir", 3, "internal/fs/dir"),
    ("opendirSync", 2, "internal/fs/dir"),
    ("unwatchFile", 2, "internal/fs/watch"),
    ("watch", 3, "internal/fs/watch"),
    ("watchFile", 3, "internal/fs/watch"),
];

/// Functions of `fs.promises`, whose name among the builtin's exports ends with `Promised`.
const PROMISED: &[Row] = &[
    ("cp", 3, "internal/fs/cp"),
    ("glob", 2, "internal/fs/glob"),
    ("lchmod", 2, "internal/fs/whole_files"),
    ("mkdtempDisposable", 2, "internal/fs/whole_files"),
    ("open", 3, "internal/fs/file_handle"),
    ("opendir", 2, "internal/fs/dir"),
    ("watch", 1, "internal/fs/watch"),
];

/// Classes, and the builtin that exports them under the name given last.
const CLASSES: &[(&str, &str, &str)] = &[
    ("ReadStream", "internal/fs/streams", "ReadStream"),
    ("WriteStream", "internal/fs/streams", "WriteStream"),
    ("FileReadStream", "internal/fs/streams", "ReadStream"),
    ("FileWriteStream", "internal/fs/streams", "WriteStream"),
    ("Dir", "internal/fs/dir", "Dir"),
];

#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Export {
    builtin: &'static str,
    name: JsString,
}

/// Defines the functions and classes of `fs`.
pub(super) fn define(exports: &JsObject, context: &Context) {
    define_functions(exports, FUNCTIONS, "", context);
    for &(name, builtin, export) in CLASSES {
        let lazy = || Export { builtin, name: JsString::from(export) };
        let get = closure("get", 0, lazy(), |_, _, export, context| load(export, context), context);
        let set = closure("set", 1, Name(JsString::from(name)), replace, context);
        define_accessor(exports, JsString::from(name), Some(get), Some(set), true);
    }
}

/// Defines the functions of `fs.promises`.
pub(super) fn define_promised(promises: &JsObject, context: &Context) {
    define_functions(promises, PROMISED, "Promised", context);
}

fn define_functions(target: &JsObject, rows: &[Row], suffix: &str, context: &Context) {
    for &(name, length, builtin) in rows {
        let export = Export { builtin, name: JsString::from(format!("{name}{suffix}")) };
        let function = constructible(name, length, export, call, context);
        define_value(target, JsString::from(name), function, true);
    }
}

fn load(export: &Export, context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object(export.builtin, context)?.get(export.name.clone(), context)
}

/// With `new` too: what comes back is the stream or watcher that a call without it makes.
fn call(
    this: &JsValue,
    args: &[JsValue],
    export: &Export,
    context: &mut Context,
) -> JsResult<JsValue> {
    load(export, context)?.to_object(context)?.call(this, args, context)
}

#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Name(JsString);

/// A program puts a class of its own in the place: a plain property from then on.
fn replace(this: &JsValue, args: &[JsValue], name: &Name, _: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        define_value(&object, name.0.clone(), arg(args, 0), true);
    }
    Ok(JsValue::undefined())
}
