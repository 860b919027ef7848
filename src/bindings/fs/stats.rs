//! `fs.Stats` and `fs.BigIntStats`.

use std::{fs::Metadata, os::unix::fs::MetadataExt};

use boa_engine::{
    Context, JsBigInt, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsDate, JsFunction},
};

use crate::engine::natives::{Method, define_accessor, define_methods, define_value, function};

/// The prototypes, made on first use.
#[derive(Clone)]
struct Prototypes {
    stats: JsObject,
    class: JsFunction,
}

const METHODS: &[Method] = &[
    ("isDirectory", 0, |this, _, context| is_kind(this, libc::S_IFDIR, context)),
    ("isFile", 0, |this, _, context| is_kind(this, libc::S_IFREG, context)),
    ("isBlockDevice", 0, |this, _, context| is_kind(this, libc::S_IFBLK, context)),
    ("isCharacterDevice", 0, |this, _, context| is_kind(this, libc::S_IFCHR, context)),
    ("isSymbolicLink", 0, |this, _, context| is_kind(this, libc::S_IFLNK, context)),
    ("isFIFO", 0, |this, _, context| is_kind(this, libc::S_IFIFO, context)),
    ("isSocket", 0, |this, _, context| is_kind(this, libc::S_IFSOCK, context)),
];

/// The four times: the name of the `Date`, of the milliseconds, of the nanoseconds.
const TIMES: [(&str, &str, &str); 4] = [
    ("atime", "atimeMs", "atimeNs"),
    ("mtime", "mtimeMs", "mtimeNs"),
    ("ctime", "ctimeMs", "ctimeNs"),
    ("birthtime", "birthtimeMs", "birthtimeNs"),
];

fn is_kind(this: &JsValue, kind: u32, context: &mut Context) -> JsResult<JsValue> {
    let mode = this.to_object(context)?.get(js_string!("mode"), context)?;
    let mode = match mode.as_bigint() {
        Some(mode) => mode.to_f64(),
        None => mode.to_number(context)?,
    };
    Ok((mode as u32 & libc::S_IFMT == kind).into())
}

fn prototypes(context: &mut Context) -> Prototypes {
    if let Some(known) = context.get_data::<Prototypes>() {
        return known.clone();
    }
    let stats = JsObject::with_object_proto(context.intrinsics());
    define_methods(&stats, METHODS, false, context);
    let getters: [crate::engine::natives::Native; 4] = [
        |this, _, context| date(this, 0, context),
        |this, _, context| date(this, 1, context),
        |this, _, context| date(this, 2, context),
        |this, _, context| date(this, 3, context),
    ];
    for ((name, _, _), get) in TIMES.into_iter().zip(getters) {
        let get = function(name, 0, get, context);
        define_accessor(&stats, JsString::from(name), Some(get), None, true);
    }
    let class = function("Stats", 0, |_, _, _| Ok(JsValue::undefined()), context);
    define_value(&class, js_string!("prototype"), stats.clone(), false);
    define_value(&stats, js_string!("constructor"), class.clone(), false);
    let made = Prototypes { stats, class };
    context.insert_data(made.clone());
    made
}

/// `fs.Stats`, for `instanceof`.
pub(super) fn class(context: &mut Context) -> JsObject {
    prototypes(context).class.into()
}

fn date(this: &JsValue, index: usize, context: &mut Context) -> JsResult<JsValue> {
    let name = JsString::from(TIMES[index].1);
    let milliseconds = this.to_object(context)?.get(name, context)?;
    let milliseconds = match milliseconds.as_bigint() {
        Some(number) => number.to_f64(),
        None => milliseconds.to_number(context)?,
    };
    let date = JsDate::new(context);
    date.set_time((milliseconds + 0.5).floor(), context)?;
    Ok(date.into())
}

/// Makes a `Stats` object from what the system says of a file.
pub(super) fn create(
    metadata: &Metadata,
    bigint: bool,
    context: &mut Context,
) -> JsResult<JsObject> {
    let prototype = prototypes(context).stats;
    let object = JsObject::new(
        context.root_shape(),
        prototype,
        boa_engine::builtins::object::OrdinaryObject,
    )
    .upcast();
    let numbers = [
        ("dev", metadata.dev()),
        ("mode", metadata.mode().into()),
        ("nlink", metadata.nlink()),
        ("uid", metadata.uid().into()),
        ("gid", metadata.gid().into()),
        ("rdev", metadata.rdev()),
        ("blksize", metadata.blksize()),
        ("ino", metadata.ino()),
        ("size", metadata.size()),
        ("blocks", metadata.blocks()),
    ];
    for (name, value) in numbers {
        let value = if bigint { JsBigInt::from(value).into() } else { JsValue::from(value as f64) };
        define_value(&object, JsString::from(name), value, true);
    }
    let times = times(metadata);
    for ((_, name, _), nanoseconds) in TIMES.iter().zip(times) {
        let value: JsValue = if bigint {
            JsBigInt::from((nanoseconds / 1_000_000) as i64).into()
        } else {
            milliseconds(nanoseconds).into()
        };
        define_value(&object, JsString::from(*name), value, true);
    }
    if bigint {
        for ((_, _, name), nanoseconds) in TIMES.iter().zip(times) {
            let value = JsBigInt::from(nanoseconds as i64);
            define_value(&object, JsString::from(*name), value, true);
        }
    }
    Ok(object)
}

/// Access, change of content, change of status, birth: nanoseconds since the epoch.
fn times(metadata: &Metadata) -> [i128; 4] {
    let whole = |seconds: i64, nanoseconds: i64| {
        i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
    };
    let changed = whole(metadata.ctime(), metadata.ctime_nsec());
    let born =
        metadata.created().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let born = born.and_then(|time| i128::try_from(time.as_nanos()).ok());
    [
        whole(metadata.atime(), metadata.atime_nsec()),
        whole(metadata.mtime(), metadata.mtime_nsec()),
        changed,
        born.unwrap_or(changed),
    ]
}

fn milliseconds(nanoseconds: i128) -> f64 {
    let whole = nanoseconds.div_euclid(1_000_000);
    let rest = nanoseconds.rem_euclid(1_000_000);
    whole as f64 + rest as f64 / 1e6
}
