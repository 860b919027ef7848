//! `fs.Dirent`: one entry of a folder with its kind.

use std::{fs::FileType, os::unix::fs::FileTypeExt, path::Path};

use boa_engine::{Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string};

use crate::{
    bindings::encoding::Encoding,
    engine::natives::{Method, define_methods, define_value, function},
    sys::files::Entry,
};

/// Kinds, as `fs.constants.UV_DIRENT_*` numbers them.
const FILE: i32 = 1;
const DIR: i32 = 2;
const LINK: i32 = 3;
const FIFO: i32 = 4;
const SOCKET: i32 = 5;
const CHAR: i32 = 6;
const BLOCK: i32 = 7;

const METHODS: &[Method] = &[
    ("isDirectory", 0, |this, _, context| is_kind(this, DIR, context)),
    ("isFile", 0, |this, _, context| is_kind(this, FILE, context)),
    ("isBlockDevice", 0, |this, _, context| is_kind(this, BLOCK, context)),
    ("isCharacterDevice", 0, |this, _, context| is_kind(this, CHAR, context)),
    ("isSymbolicLink", 0, |this, _, context| is_kind(this, LINK, context)),
    ("isFIFO", 0, |this, _, context| is_kind(this, FIFO, context)),
    ("isSocket", 0, |this, _, context| is_kind(this, SOCKET, context)),
];

/// The class, made on first use.
#[derive(Clone)]
struct Class {
    prototype: JsObject,
    constructor: JsObject,
    kind: JsSymbol,
}

fn class_of(context: &mut Context) -> Class {
    if let Some(known) = context.get_data::<Class>() {
        return known.clone();
    }
    let prototype = JsObject::with_object_proto(context.intrinsics());
    define_methods(&prototype, METHODS, false, context);
    let constructor: JsObject =
        function("Dirent", 3, |_, _, _| Ok(JsValue::undefined()), context).into();
    define_value(&constructor, js_string!("prototype"), prototype.clone(), false);
    define_value(&prototype, js_string!("constructor"), constructor.clone(), false);
    // Boa runs out of symbols after 2^64 of them.
    let kind = JsSymbol::new(Some(js_string!("type"))).expect("one symbol a realm is available");
    let made = Class { prototype, constructor, kind };
    context.insert_data(made.clone());
    made
}

/// `fs.Dirent`, for `instanceof`.
pub(super) fn class(context: &mut Context) -> JsObject {
    class_of(context).constructor
}

fn is_kind(this: &JsValue, kind: i32, context: &mut Context) -> JsResult<JsValue> {
    let key = class_of(context).kind;
    let own = this.to_object(context)?.get(key, context)?;
    Ok((own.as_number() == Some(f64::from(kind))).into())
}

fn kind_number(kind: FileType) -> i32 {
    match kind {
        kind if kind.is_file() => FILE,
        kind if kind.is_dir() => DIR,
        kind if kind.is_symlink() => LINK,
        kind if kind.is_fifo() => FIFO,
        kind if kind.is_socket() => SOCKET,
        kind if kind.is_char_device() => CHAR,
        kind if kind.is_block_device() => BLOCK,
        _ => 0,
    }
}

/// Makes a `Dirent`.
pub(super) fn create(
    folder: &Path,
    entry: &Entry,
    encoding: Option<Encoding>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let class = class_of(context);
    let name = super::answer::name(&entry.name, encoding, context)?;
    let object = JsObject::new(
        context.root_shape(),
        class.prototype,
        boa_engine::builtins::object::OrdinaryObject,
    )
    .upcast();
    define_value(&object, js_string!("name"), name, true);
    let folder = JsString::from(&*folder.to_string_lossy());
    define_value(&object, js_string!("parentPath"), folder, true);
    define_value(&object, class.kind, kind_number(entry.kind), true);
    Ok(object)
}
