//! `StatFs`: what the system knows of a file system.

use boa_engine::{
    Context, JsBigInt, JsObject, JsString, JsValue, builtins::object::OrdinaryObject,
};
use nix::sys::statfs::Statfs;

use crate::engine::{
    classes::{self, Class, ClassSpec},
    natives::define_value,
};

const SPEC: ClassSpec = ClassSpec::new("StatFs", 7, |_, _, _| Ok(JsValue::undefined()));

/// The class, made on first use; programs do not see it.
struct StatFs(Class);

fn class_of(context: &mut Context) -> Class {
    if let Some(StatFs(known)) = context.get_data() {
        return known.clone();
    }
    let class = classes::class(&SPEC, None, context);
    context.insert_data(StatFs(class.clone()));
    class
}

/// Makes a `StatFs` object.
pub(super) fn create(statfs: &Statfs, bigint: bool, context: &mut Context) -> JsObject {
    let class = class_of(context);
    let object = classes::object(&class, OrdinaryObject, context);
    let numbers = [
        ("type", statfs.filesystem_type().0.cast_unsigned()),
        ("bsize", statfs.block_size().cast_unsigned()),
        ("blocks", statfs.blocks()),
        ("bfree", statfs.blocks_free()),
        ("bavail", statfs.blocks_available()),
        ("files", statfs.files()),
        ("ffree", statfs.files_free()),
    ];
    for (name, value) in numbers {
        let value = if bigint { JsBigInt::from(value).into() } else { JsValue::from(value as f64) };
        define_value(&object, JsString::from(name), value, true);
    }
    object
}
