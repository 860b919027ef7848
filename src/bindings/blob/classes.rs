//! The classes `Blob` and `File`.

use std::rc::Rc;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    NativeFunction, js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsArrayBuffer, JsPromise, JsUint8Array},
    },
    property::PropertyDescriptor,
};

use super::{
    data::{BlobData, FileData, SentBlob},
    sources,
};
use crate::{
    bindings::{
        buffer,
        encoding::{self, Encoding},
        inspect::custom,
    },
    engine::{
        builtins,
        errors::{Code, coded},
        natives::{Method, Native, arg, define_accessor, define_methods, define_value, function},
    },
};

/// The two classes of a realm.
pub(crate) struct BlobClasses {
    pub(crate) blob: JsObject,
    pub(crate) file: JsObject,
    pub(super) blob_prototype: JsObject,
    file_prototype: JsObject,
}

const BLOB_METHODS: &[Method] = &[
    ("slice", 0, slice),
    ("arrayBuffer", 0, array_buffer),
    ("text", 0, text),
    ("bytes", 0, bytes),
    ("stream", 0, stream),
];
const BLOB_GETTERS: &[(&str, Native)] = &[("type", media_type), ("size", size)];
const FILE_GETTERS: &[(&str, Native)] = &[("name", name), ("lastModified", last_modified)];

/// The realm's classes, made if they were not yet.
pub(crate) fn classes(context: &mut Context) -> JsResult<Rc<BlobClasses>> {
    if let Some(classes) = context.get_data::<Rc<BlobClasses>>() {
        return Ok(classes.clone());
    }
    let blob_prototype = JsObject::with_object_proto(context.intrinsics());
    let blob = class("Blob", 0, construct_blob, &blob_prototype, context);
    define_getters(&blob_prototype, BLOB_GETTERS, context);
    define_methods(&blob_prototype, BLOB_METHODS, true, context);
    let file_prototype = JsObject::from_proto_and_data(
        blob_prototype.clone(),
        boa_engine::builtins::object::OrdinaryObject,
    );
    let file = class("File", 2, construct_file, &file_prototype, context);
    file.set_prototype(Some(blob.clone()));
    define_getters(&file_prototype, FILE_GETTERS, context);
    let symbol = custom::symbol(context)?;
    for prototype in [&blob_prototype, &file_prototype] {
        let method = function("[nodejs.util.inspect.custom]", 2, inspect, context);
        define_value(prototype, symbol.clone(), method, false);
    }
    let classes = Rc::new(BlobClasses { blob, file, blob_prototype, file_prototype });
    context.insert_data(classes.clone());
    Ok(classes)
}

/// The object of a blob that another thread has sent.
pub(crate) fn from_sent(sent: &SentBlob, context: &mut Context) -> JsResult<JsObject> {
    let data = BlobData::of_sent(sent);
    let classes = classes(context)?;
    let prototype =
        if data.file.is_some() { &classes.file_prototype } else { &classes.blob_prototype };
    Ok(JsObject::new(context.root_shape(), prototype.clone(), data).upcast())
}

fn class(
    name: &str,
    length: usize,
    call: Native,
    prototype: &JsObject,
    context: &Context,
) -> JsObject {
    let native = NativeFunction::from_fn_ptr(call);
    let class: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .name(JsString::from(name))
        .length(length)
        .constructor(true)
        .build()
        .into();
    let fixed = |value: JsValue, configurable| {
        PropertyDescriptor::builder()
            .value(value)
            .writable(false)
            .enumerable(false)
            .configurable(configurable)
            .build()
    };
    class.insert_property(js_string!("prototype"), fixed(prototype.clone().into(), false));
    define_value(prototype, js_string!("constructor"), class.clone(), false);
    let tag = fixed(JsString::from(name).into(), true);
    prototype.insert_property(JsSymbol::to_string_tag(), tag);
    class
}

fn define_getters(prototype: &JsObject, getters: &[(&str, Native)], context: &Context) {
    for &(name, get) in getters {
        let get = function(&format!("get {name}"), 0, get, context);
        define_accessor(prototype, JsString::from(name), Some(get), None, true);
    }
}

/// The prototype of the object under construction: that of the class that `new` named.
fn prototype_for(
    new_target: &JsValue,
    class: &str,
    default: &JsObject,
    context: &mut Context,
) -> JsResult<JsObject> {
    let Some(new_target) = new_target.as_object() else {
        let message = format!("Class constructor {class} cannot be invoked without 'new'");
        return Err(JsNativeError::typ().with_message(message).into());
    };
    let prototype = new_target.get(js_string!("prototype"), context)?;
    Ok(prototype.as_object().unwrap_or_else(|| default.clone()))
}

fn construct_blob(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let classes = classes(context)?;
    let prototype = prototype_for(this, "Blob", &classes.blob_prototype, context)?;
    let decoded = sources::decode(&arg(args, 0), &arg(args, 1), context)?;
    let data = BlobData::new(decoded.bytes, decoded.media_type, None);
    Ok(JsObject::new(context.root_shape(), prototype, data).into())
}

fn construct_file(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let classes = classes(context)?;
    let prototype = prototype_for(this, "File", &classes.file_prototype, context)?;
    if args.len() < 2 {
        let message = "The \"fileBits\" and \"fileName\" arguments must be specified";
        return Err(coded(context, Code::ERR_MISSING_ARGS, message));
    }
    let decoded = sources::decode(&args[0], &arg(args, 2), context)?;
    let last_modified = match sources::dictionary(&arg(args, 2), context)? {
        Some(options) => options.get(js_string!("lastModified"), context)?,
        None => JsValue::undefined(),
    };
    let last_modified = if last_modified.is_undefined() {
        context.clock().system_time_millis() as f64
    } else {
        match last_modified.to_number(context)? {
            number if number.is_nan() => 0.0,
            number => number,
        }
    };
    let file = FileData { name: well_formed(&args[1].to_string(context)?), last_modified };
    let data = BlobData::new(decoded.bytes, decoded.media_type, Some(file));
    Ok(JsObject::new(context.root_shape(), prototype, data).into())
}

/// The text with U+FFFD in the place of lone surrogates.
fn well_formed(text: &JsString) -> JsString {
    encoding::decode(&encoding::encode(text, Encoding::Utf8), Encoding::Utf8)
}

/// The blob behind `this`.
pub(super) fn receiver(this: &JsValue, context: &mut Context) -> JsResult<BlobData> {
    let data =
        this.as_object().and_then(|object| object.downcast_ref::<BlobData>().map(|d| d.clone()));
    data.ok_or_else(|| wrong_this("Blob", context))
}

fn wrong_this(class: &str, context: &mut Context) -> JsError {
    let message = format!("Value of \"this\" must be of type {class}");
    coded(context, Code::ERR_INVALID_THIS, message)
}

fn size(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(receiver(this, context)?.bytes().len().into())
}

fn media_type(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(receiver(this, context)?.media_type.into())
}

fn file(this: &JsValue, context: &mut Context) -> JsResult<FileData> {
    let data = receiver(this, context).ok().and_then(|blob| blob.file);
    data.ok_or_else(|| wrong_this("File", context))
}

fn name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(file(this, context)?.name.into())
}

fn last_modified(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(file(this, context)?.last_modified.into())
}

fn slice(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let blob = receiver(this, context)?;
    let length = blob.bytes().len();
    let start = position(&arg(args, 0), 0, length, context)?;
    let end = position(&arg(args, 1), length, length, context)?;
    let media_type = match arg(args, 2) {
        absent if absent.is_undefined() => JsString::default(),
        given => sources::normalized_type(&given.to_string(context)?),
    };
    let data = blob.slice(start, end, media_type);
    let prototype = classes(context)?.blob_prototype.clone();
    Ok(JsObject::new(context.root_shape(), prototype, data).into())
}

/// A position, 32 bits wide as in Node; negative ones count from the end.
fn position(
    value: &JsValue,
    default: usize,
    length: usize,
    context: &mut Context,
) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(default);
    }
    let position = value.to_i32(context)? as isize;
    let position = if position < 0 { position + length as isize } else { position };
    Ok(usize::try_from(position).unwrap_or(0).min(length))
}

fn fulfilled(result: JsResult<JsValue>, context: &mut Context) -> JsResult<JsValue> {
    Ok(match result {
        Ok(value) => JsPromise::resolve(value, context)?.into(),
        Err(error) => JsPromise::reject(error, context)?.into(),
    })
}

fn copied(this: &JsValue, context: &mut Context) -> JsResult<JsArrayBuffer> {
    let blob = receiver(this, context)?;
    buffer::array_buffer_of(blob.bytes(), context)
}

fn array_buffer(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let result = copied(this, context).map(Into::into);
    fulfilled(result, context)
}

fn bytes(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let result = copied(this, context)
        .and_then(|buffer| JsUint8Array::from_array_buffer(buffer, context))
        .map(Into::into);
    fulfilled(result, context)
}

fn text(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let result = receiver(this, context).map(|blob| {
        let bytes = blob.bytes();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        encoding::decode(bytes, Encoding::Utf8).into()
    });
    fulfilled(result, context)
}

/// `blob.stream()`: in JavaScript, because web streams are.
fn stream(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = receiver(this, context)?.bytes().len();
    let half = builtins::load_object("internal/blob_stream", context)?;
    let make = half.get(js_string!("stream"), context)?.to_object(context)?;
    make.call(&JsValue::undefined(), &[this.clone(), size.into()], context)
}

/// `Blob { size: 3, type: '' }`.
fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let blob = receiver(this, context)?;
    let class = if blob.file.is_some() { "File" } else { "Blob" };
    let shown = JsObject::with_object_proto(context.intrinsics());
    define_value(&shown, js_string!("size"), blob.bytes().len(), true);
    define_value(&shown, js_string!("type"), blob.media_type, true);
    if let Some(file) = blob.file {
        define_value(&shown, js_string!("name"), file.name, true);
        define_value(&shown, js_string!("lastModified"), file.last_modified, true);
    }
    custom::named(class, &shown, args, context)
}
