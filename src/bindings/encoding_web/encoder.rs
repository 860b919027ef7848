//! `TextEncoder`.

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsUint8Array,
};
use boa_gc::{Finalize, Trace};

use super::{Class, prototype_for, wrong_this};
use crate::{
    bindings::{
        buffer::{self, View},
        encoding::{self, Encoding},
        inspect::custom,
    },
    engine::{
        natives::{arg, define_value},
        validate,
    },
};

pub(super) const CLASS: Class = Class {
    name: "TextEncoder",
    construct,
    methods: &[("encode", 0, encode), ("encodeInto", 2, encode_into)],
    getters: &[("encoding", encoding_name)],
    inspect,
};

/// Marks the objects of the class; they have no state.
#[derive(Trace, Finalize, JsData)]
struct TextEncoder;

fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = prototype_for(this, CLASS.name, context)?;
    Ok(JsObject::new(context.root_shape(), prototype, TextEncoder).into())
}

fn check_this(this: &JsValue, context: &mut Context) -> JsResult<()> {
    match this.as_object() {
        Some(object) if object.is::<TextEncoder>() => Ok(()),
        _ => Err(wrong_this(CLASS.name, context)),
    }
}

fn encoding_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check_this(this, context)?;
    Ok(js_string!("utf-8").into())
}

fn encode(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check_this(this, context)?;
    let text = match arg(args, 0) {
        absent if absent.is_undefined() => JsString::default(),
        given => given.to_string(context)?,
    };
    let buffer = match encoding::own_bytes(&text, Encoding::Utf8) {
        Some(bytes) => buffer::array_buffer_of(bytes, context)?,
        None => buffer::array_buffer_of(&encoding::encode(&text, Encoding::Utf8), context)?,
    };
    Ok(JsUint8Array::from_array_buffer(buffer, context)?.into())
}

fn encode_into(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check_this(this, context)?;
    let source = validate::string(&arg(args, 0), "src", context)?;
    let target = arg(args, 1);
    let Some(view) = View::of_uint8_array(&target, context) else {
        let expected = "an instance of Uint8Array";
        return Err(validate::invalid_arg_type(context, "dest", expected, &target));
    };
    let (read, written) =
        view.write(context, |bytes| encoding::utf8_encode_into(&source, bytes))?;
    let result = JsObject::with_object_proto(context.intrinsics());
    define_value(&result, js_string!("read"), read, true);
    define_value(&result, js_string!("written"), written, true);
    Ok(result.into())
}

/// Node shows it as the object `{ encoding: 'utf-8' }`.
fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check_this(this, context)?;
    let shown = JsObject::with_object_proto(context.intrinsics());
    define_value(&shown, js_string!("encoding"), js_string!("utf-8"), true);
    custom::plain(CLASS.name, &shown, args, context)
}
