//! `fs.Stats` and `BigIntStats`: what the system knows of a file.

use std::{fs::Metadata, os::unix::fs::MetadataExt, rc::Rc};

use boa_engine::{
    Context, JsBigInt, JsObject, JsResult, JsString, JsValue,
    builtins::object::OrdinaryObject,
    js_string,
    object::builtins::JsDate,
    property::{PropertyDescriptor, PropertyKey},
};

use crate::{
    bindings::warning,
    engine::{
        classes::{self, Class, ClassSpec},
        natives::{Method, Native, arg, define_accessor, define_methods, define_value, function},
    },
};

/// The classes, made on first use.
#[derive(Clone)]
struct Classes {
    stats: Class,
    big: Class,
    /// The names of the fields, and behind them those that only `BigIntStats` have: strings are made and hashed
    /// once, not for every file.
    keys: Rc<[PropertyKey]>,
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

const OWN_METHODS: &[Method] = &[("_checkModeProperty", 1, |this, args, context| {
    let kind = arg(args, 0).to_u32(context)?;
    is_kind(this, kind, context)
})];

/// The four times: the name of the `Date`, of the milliseconds, of the nanoseconds.
const TIMES: [(&str, &str, &str); 4] = [
    ("atime", "atimeMs", "atimeNs"),
    ("mtime", "mtimeMs", "mtimeNs"),
    ("ctime", "ctimeMs", "ctimeNs"),
    ("birthtime", "birthtimeMs", "birthtimeNs"),
];

const BASE: ClassSpec = ClassSpec {
    methods: METHODS,
    enumerable: true,
    ..ClassSpec::new("StatsBase", 10, |_, _, context| Ok(empty(false, context).into()))
};
const STATS: ClassSpec = ClassSpec::new("Stats", 14, construct);
const BIG: ClassSpec =
    ClassSpec::new("BigIntStats", 14, |_, _, context| Ok(empty(true, context).into()));

/// The properties of `Stats`, in the order of its constructor's arguments.
const FIELDS: [&str; 14] = [
    "dev",
    "mode",
    "nlink",
    "uid",
    "gid",
    "rdev",
    "blksize",
    "ino",
    "size",
    "blocks",
    "atimeMs",
    "mtimeMs",
    "ctimeMs",
    "birthtimeMs",
];

fn is_kind(this: &JsValue, kind: u32, context: &mut Context) -> JsResult<JsValue> {
    let mode = number(&this.to_object(context)?.get(js_string!("mode"), context)?, context)?;
    Ok((mode as u32 & libc::S_IFMT == kind).into())
}

fn number(value: &JsValue, context: &mut Context) -> JsResult<f64> {
    match value.as_bigint() {
        Some(number) => Ok(number.to_f64()),
        None => value.to_number(context),
    }
}

fn classes_of(context: &mut Context) -> Classes {
    if let Some(known) = context.get_data::<Classes>() {
        return known.clone();
    }
    let base = classes::class(&BASE, None, context);
    let stats = classes::class(&STATS, Some(&base), context);
    let big = classes::class(&BIG, Some(&base), context);
    for class in [&stats, &big] {
        define_dates(&class.prototype, context);
        define_methods(&class.prototype, OWN_METHODS, true, context);
    }
    let names = FIELDS.into_iter().chain(TIMES.iter().map(|(_, _, name)| *name));
    let keys = names.map(|name| JsString::from(name).into()).collect();
    let made = Classes { stats, big, keys };
    context.insert_data(made.clone());
    made
}

/// `fs.Stats`.
pub(super) fn class(context: &mut Context) -> JsObject {
    classes_of(context).stats.constructor
}

/// The deprecation of the constructor was told.
struct ToldDeprecated;

/// `new Stats(dev, mode, …)`, which nobody needs any more.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = "fs.Stats constructor is deprecated.";
    if context.get_data::<ToldDeprecated>().is_none() {
        context.insert_data(ToldDeprecated);
        warning::emit_deprecation(message, "DEP0180", context)?;
    }
    let class = classes_of(context).stats;
    let new_target = this.as_object().unwrap_or_else(|| class.constructor.clone());
    let object = classes::instance(&new_target, &class, OrdinaryObject, context)?;
    for (index, name) in FIELDS.into_iter().enumerate() {
        define_value(&object, JsString::from(name), arg(args, index), true);
    }
    Ok(object.into())
}

/// Accessors that make a `Date` of the milliseconds when it is first asked for.
fn define_dates(prototype: &JsObject, context: &mut Context) {
    const ACCESSORS: [(Native, Native); 4] = [
        (|this, _, context| date(this, 0, context), |this, args, _| replace(this, args, 0)),
        (|this, _, context| date(this, 1, context), |this, args, _| replace(this, args, 1)),
        (|this, _, context| date(this, 2, context), |this, args, _| replace(this, args, 2)),
        (|this, _, context| date(this, 3, context), |this, args, _| replace(this, args, 3)),
    ];
    for ((name, _, _), (get, set)) in TIMES.into_iter().zip(ACCESSORS) {
        let get = function("get", 0, get, context);
        let set = function("set", 1, set, context);
        define_accessor(prototype, JsString::from(name), Some(get), Some(set), true);
    }
}

fn date(this: &JsValue, index: usize, context: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(context)?;
    let milliseconds = object.get(JsString::from(TIMES[index].1), context)?;
    let milliseconds = number(&milliseconds, context)?;
    let date = JsDate::new(context);
    date.set_time((milliseconds + 0.5).floor(), context)?;
    let date = JsValue::from(date);
    replace(this, std::slice::from_ref(&date), index)?;
    Ok(date)
}

fn replace(this: &JsValue, args: &[JsValue], index: usize) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        let property = PropertyDescriptor::builder()
            .value(arg(args, 0))
            .writable(true)
            .enumerable(false)
            .configurable(false);
        object.insert_property(JsString::from(TIMES[index].0), property.build());
    }
    Ok(JsValue::undefined())
}

/// A `Stats` of zeros: of a file that is not there.
pub(super) fn empty(bigint: bool, context: &mut Context) -> JsObject {
    fill([0; 10], [0; 4], bigint, context)
}

/// Makes a `Stats` object from what the system says of a file.
pub(super) fn create(metadata: &Metadata, bigint: bool, context: &mut Context) -> JsObject {
    let numbers = [
        metadata.dev(),
        metadata.mode().into(),
        metadata.nlink(),
        metadata.uid().into(),
        metadata.gid().into(),
        metadata.rdev(),
        metadata.blksize(),
        metadata.ino(),
        metadata.size(),
        metadata.blocks(),
    ];
    fill(numbers, times(metadata), bigint, context)
}

fn fill(numbers: [u64; 10], times: [i128; 4], bigint: bool, context: &mut Context) -> JsObject {
    let classes = classes_of(context);
    let class = if bigint { &classes.big } else { &classes.stats };
    let object = classes::object(class, OrdinaryObject, context);
    let mut keys = classes.keys.iter().cloned();
    let mut define = |value: JsValue| {
        if let Some(key) = keys.next() {
            define_value(&object, key, value, true);
        }
    };
    for value in numbers {
        define(if bigint { JsBigInt::from(value).into() } else { JsValue::from(value as f64) });
    }
    for nanoseconds in times {
        define(if bigint {
            JsBigInt::from((nanoseconds / 1_000_000) as i64).into()
        } else {
            milliseconds(nanoseconds).into()
        });
    }
    if bigint {
        for nanoseconds in times {
            define(JsBigInt::from(nanoseconds as i64).into());
        }
    }
    object
}

/// Access, change of content, change of status, birth: nanoseconds since the epoch. Where a file
/// system does not know the birth, it is the epoch.
fn times(metadata: &Metadata) -> [i128; 4] {
    let whole = |seconds: i64, nanoseconds: i64| {
        i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
    };
    let born =
        metadata.created().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let born = born.and_then(|time| i128::try_from(time.as_nanos()).ok());
    [
        whole(metadata.atime(), metadata.atime_nsec()),
        whole(metadata.mtime(), metadata.mtime_nsec()),
        whole(metadata.ctime(), metadata.ctime_nsec()),
        born.unwrap_or(0),
    ]
}

fn milliseconds(nanoseconds: i128) -> f64 {
    let whole = nanoseconds.div_euclid(1_000_000);
    let rest = nanoseconds.rem_euclid(1_000_000);
    whole as f64 + rest as f64 / 1e6
}
