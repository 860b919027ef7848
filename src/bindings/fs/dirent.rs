//! `fs.Dirent`: one entry of a folder with its kind.

use boa_engine::{
    Context, JsObject, JsResult, JsSymbol, JsValue, builtins::object::OrdinaryObject, js_string,
};

use crate::{
    engine::{
        classes::{self, Class, ClassSpec, new_target},
        natives::{Method, arg, define_value},
    },
    sys::folders::Kind,
};

const METHODS: &[Method] = &[
    ("isDirectory", 0, |this, _, context| is_kind(this, Kind::Folder, context)),
    ("isFile", 0, |this, _, context| is_kind(this, Kind::File, context)),
    ("isBlockDevice", 0, |this, _, context| is_kind(this, Kind::BlockDevice, context)),
    ("isCharacterDevice", 0, |this, _, context| is_kind(this, Kind::CharacterDevice, context)),
    ("isSymbolicLink", 0, |this, _, context| is_kind(this, Kind::Link, context)),
    ("isFIFO", 0, |this, _, context| is_kind(this, Kind::Fifo, context)),
    ("isSocket", 0, |this, _, context| is_kind(this, Kind::Socket, context)),
];

const SPEC: ClassSpec = ClassSpec { methods: METHODS, ..ClassSpec::new("Dirent", 3, construct) };

/// The class, made on first use.
#[derive(Clone)]
struct Dirent {
    class: Class,
    kind: JsSymbol,
}

fn dirent_of(context: &mut Context) -> Dirent {
    if let Some(known) = context.get_data::<Dirent>() {
        return known.clone();
    }
    let class = classes::class(&SPEC, None, context);
    // Boa runs out of symbols after 2^64 of them.
    let kind = JsSymbol::new(Some(js_string!("type"))).expect("one symbol a realm is available");
    let made = Dirent { class, kind };
    context.insert_data(made.clone());
    made
}

/// `fs.Dirent`.
pub(super) fn class(context: &mut Context) -> JsObject {
    dirent_of(context).class.constructor
}

/// `new Dirent(name, type, path)`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "Dirent")?;
    let dirent = dirent_of(context);
    let object = classes::instance(&new_target, &dirent.class, OrdinaryObject, context)?;
    define(&object, [arg(args, 0), arg(args, 2), arg(args, 1)], &dirent.kind);
    Ok(object.into())
}

fn define(object: &JsObject, [name, folder, kind]: [JsValue; 3], symbol: &JsSymbol) {
    define_value(object, js_string!("name"), name, true);
    define_value(object, js_string!("parentPath"), folder, true);
    define_value(object, symbol.clone(), kind, true);
}

fn is_kind(this: &JsValue, kind: Kind, context: &mut Context) -> JsResult<JsValue> {
    let key = dirent_of(context).kind;
    let own = this.to_object(context)?.get(key, context)?;
    Ok((own.as_number() == Some(f64::from(number(kind)))).into())
}

/// Kinds, as `fs.constants.UV_DIRENT_*` numbers them.
const fn number(kind: Kind) -> i32 {
    match kind {
        Kind::Unknown => 0,
        Kind::File => 1,
        Kind::Folder => 2,
        Kind::Link => 3,
        Kind::Fifo => 4,
        Kind::Socket => 5,
        Kind::CharacterDevice => 6,
        Kind::BlockDevice => 7,
    }
}

/// Makes a `Dirent` of a name, the path of its folder, and its kind.
pub(super) fn create(
    name: JsValue,
    folder: JsValue,
    kind: Kind,
    context: &mut Context,
) -> JsObject {
    let dirent = dirent_of(context);
    let object = classes::object(&dirent.class, OrdinaryObject, context);
    define(&object, [name, folder, number(kind).into()], &dirent.kind);
    object
}
